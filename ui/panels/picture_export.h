#pragma once

#include <QToolButton>
#include <QVector>

#include "services/caption_export.h"
#include "ui/panels/picture_entry.h"

namespace linnet::ui {

class Dialogs;
class PictureCards;

// The button that writes the captions of the pictures on the list into files.
class PictureExport : public QToolButton {
    Q_OBJECT
public:
    PictureExport(const PictureCards& cards, Dialogs& dialogs, QWidget* parent);

    // Enabled if a picture has its answer.
    void refresh();

Q_SIGNALS:
    void said(const QString& message, bool bad); // how it went

private:
    QVector<services::CaptionRecord> records() const;
    void exportAs(bool json);
    void exportBeside();
    void sayFailed(const engine::Error& error);

    const PictureCards& m_cards;
    Dialogs& m_dialogs;
};

} // namespace linnet::ui
