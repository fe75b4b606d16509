#pragma once

#include <QFrame>

#include "ui/panels/picture_entry.h"
#include "ui/theme.h"

class QLabel;
class QPushButton;
class QRadioButton;
class QToolButton;

namespace linnet::ui {

class CaptionField;

// A picture with its captions: choose one, edit it, and put it to use. A card shows one entry after
// another as the list is scrolled, so all are of one height.
class PictureCard : public QFrame {
    Q_OBJECT
public:
    // With room for so many captions.
    explicit PictureCard(int captions, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    void setFamilies(const QStringList& latin, const QStringList& chinese);

    // `index` is its place in the list.
    void show(const PictureEntry& entry, int index);
    int index() const { return m_index; }
    // What the writer made of it.
    QStringList captions() const;
    int chosen() const;
    void choose(int caption);
    void focusFirst();
    void focusLast();

Q_SIGNALS:
    void edited(int index); // another choice or other words
    void insertRequested(int index);
    void markdownRequested(int index);
    void poemRequested(int index);
    void removeRequested(int index);
    void left(int index, bool forward); // by Tab, to the card after or before

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Row {
        QRadioButton* choice = nullptr;
        CaptionField* field = nullptr;
    };

    void build(int captions);
    QPushButton* makeButton(const char* name, const QString& text, const QString& tip);
    void showState(const PictureEntry& entry);
    int fullHeight() const;
    void showThumbnail();
    void elideName();
    QList<QWidget*> stops() const; // of Tab, in order

    Theme m_theme;
    int m_index = -1;
    bool m_showing = false;
    QString m_name;
    QImage m_image;
    QLabel* m_thumbnail = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_state = nullptr;
    QToolButton* m_remove = nullptr;
    QList<Row> m_rows;
    QWidget* m_buttons = nullptr;
    QPushButton* m_insert = nullptr;
    QPushButton* m_markdown = nullptr;
    QPushButton* m_poem = nullptr;
};

} // namespace linnet::ui
