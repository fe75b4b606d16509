#pragma once

#include <QWidget>

#include "services/model_status.h"
#include "services/remote_status.h"
#include "services/text_statistics.h"
#include "ui/theme.h"

class QToolButton;

namespace linnet::ui {

// The status bar: the document and whether it is safe on disk, counts, the switch for suggestions,
// the model's state, its device, and where the text goes. Each is a button.
class StatusStrip : public QWidget {
    Q_OBJECT
public:
    explicit StatusStrip(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    void setDocument(const QString& name, const QString& state, const QString& hint);
    void setEncoding(const QString& label); // empty: UTF-8, not shown
    void setCounts(const services::TextCounts& total, int fromSuggestions, bool showProvenance);
    // Of the selected text; null: nothing is selected.
    void setSelectionCounts(const services::TextCounts* selection);
    void setModel(const services::ModelStatus& status);
    void setRemote(const services::RemoteStatus& status);
    void setSuggestionsEnabled(bool enabled);

Q_SIGNALS:
    void documentClicked();
    void encodingClicked();
    void countsClicked();
    void suggestionsClicked();
    void modelClicked();
    void deviceClicked();
    void whereClicked();

private:
    QToolButton* makeButton(const char* name, void (StatusStrip::*clicked)());
    void showCounts();
    void showModel();
    void describeModel();
    void showWhere();

    QToolButton* m_document = nullptr;
    QToolButton* m_encoding = nullptr;
    QToolButton* m_counts = nullptr;
    QToolButton* m_suggestions = nullptr;
    QToolButton* m_model = nullptr;
    QToolButton* m_device = nullptr;
    QToolButton* m_where = nullptr;
    Theme m_theme;
    services::ModelStatus m_status;
    services::RemoteStatus m_remote;
    services::TextCounts m_total;
    services::TextCounts m_selected;
    int m_fromSuggestions = 0;
    bool m_showProvenance = true;
    bool m_hasSelection = false;
};

} // namespace linnet::ui
