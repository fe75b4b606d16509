#pragma once

#include <QTimer>
#include <QWidget>

#include "ui/editor/finder.h"
#include "ui/theme.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QToolButton;

namespace linnet::ui {

// Find and replace under the page. Enter goes on, Shift+Enter back, Esc returns to the text.
class FindBar : public QWidget {
    Q_OBJECT
public:
    explicit FindBar(Editor& editor, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    void open(bool withReplace); // with the selected text, if it is within a line
    void close();
    void findNext();
    void findPrevious();

Q_SIGNALS:
    void closed();

protected:
    bool eventFilter(QObject* object, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void build();
    void buildReplaceRow();
    QToolButton* makeToggle(const QString& text, const QString& name, const QString& tip);
    void optionsChanged();
    void updateCount();
    void go(bool backwards, int from);
    void replaceOne();
    void replaceAll();

    Editor& m_editor;
    Finder m_finder;
    QLineEdit* m_text = nullptr;
    QLineEdit* m_replacement = nullptr;
    QLabel* m_count = nullptr;
    QToolButton* m_case = nullptr;
    QToolButton* m_words = nullptr;
    QToolButton* m_expression = nullptr;
    QToolButton* m_previous = nullptr;
    QToolButton* m_next = nullptr;
    QToolButton* m_close = nullptr;
    QPushButton* m_replaceOne = nullptr;
    QPushButton* m_replaceAll = nullptr;
    QWidget* m_replaceRow = nullptr;
    QTimer m_counting;
    Theme m_theme;
};

} // namespace linnet::ui
