#pragma once

#include <QWidget>

#include "services/poem_source.h"
#include "services/verse_source.h"
#include "ui/theme.h"

class QLabel;
class QToolButton;

namespace linnet::ui {

class VerseLineView;

// A line on a poem's card: its lock, the line with its marks, its rhyme letter, whether it is a
// line of the corpus, its check, and a button for another line in its place.
class PoemLineRow : public QWidget {
    Q_OBJECT
public:
    explicit PoemLineRow(int line, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    void setFamilies(const QStringList& latin, const QStringList& chinese);
    void setLine(const services::PoemReplyLine& line);
    // The line is still to come: nothing but its place shows.
    void setWaiting();
    void setReport(const services::VerseReport* report);
    void setBusy(bool busy); // nothing can be asked for

    bool isWaiting() const { return m_waiting; }
    const services::PoemReplyLine& line() const { return m_lineText; }
    bool isLocked() const;
    void setLocked(bool locked);

Q_SIGNALS:
    void lockChanged();
    void againRequested(int line);

private:
    QToolButton* makeButton(const QString& name, const QString& tip);
    void showState();
    void showCheck(const services::VerseReport* report);

    Theme m_theme;
    int m_number;
    services::PoemReplyLine m_lineText;
    bool m_waiting = true;
    bool m_busy = false;
    enum class Check { None, Good, Faulty } m_check = Check::None;
    QToolButton* m_lock = nullptr;
    VerseLineView* m_view = nullptr;
    QLabel* m_rhyme = nullptr;
    QLabel* m_corpus = nullptr;
    QLabel* m_checkMark = nullptr;
    QToolButton* m_again = nullptr;
};

} // namespace linnet::ui
