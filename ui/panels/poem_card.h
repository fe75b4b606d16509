#pragma once

#include <optional>

#include <QFrame>

#include "services/poem_source.h"
#include "services/verse_source.h"
#include "ui/theme.h"

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace linnet::ui {

class PoemLineRow;

// One version of a poem: its lines, and what can be done with it.
class PoemCard : public QFrame {
    Q_OBJECT
public:
    explicit PoemCard(int number, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    void setFamilies(const QStringList& latin, const QStringList& chinese);
    void setBusy(bool busy);
    void setCurrent(bool current); // its Insert is the default button

    // What the card's poem is asked to be; kept for composing parts of it again.
    void setQuery(const services::PoemQuery& query) { m_query = query; }
    const services::PoemQuery& query() const { return m_query; }

    // Lines are to come; those in `kept` stand already.
    void expect(int lines, const QMap<int, QString>& kept);
    void setLine(int line, const services::PoemReplyLine& text);
    void setPoem(const services::PoemReply& poem);
    const std::optional<services::PoemReply>& poem() const { return m_poem; }
    // Shows `poem` again after composing in its place came to nothing.
    void restore();

    // Blank lines before these lines, as the variant of the form has them.
    void setBreaks(const QVector<int>& breaks, int every);

    // The same poem in other characters; what is locked stays so.
    void setTexts(const QStringList& lines);
    // Keeps the lines as they are in this script, to have them back instead of converting twice.
    void keepLines(bool traditional) { m_kept[traditional] = lines(); }
    QStringList keptLines(bool traditional) const { return m_kept.value(traditional); }
    QStringList lines() const; // that are there, from the first on
    QMap<int, QString> lockedLines() const;
    bool allLocked() const;
    void setReport(const services::VerseReport& report);
    QString text() const; // of the whole poem, with its title if it has one

Q_SIGNALS:
    void insertRequested();
    void copyRequested();
    void againRequested(const QMap<int, QString>& kept);

private:
    QPushButton* makeButton(const QString& name, const QString& text, const QString& tip);
    PoemLineRow* rowAt(int line);
    bool breaksBefore(int line) const;
    void showState();
    void showVerdict();

    Theme m_theme;
    QStringList m_latin;
    QStringList m_chinese;
    services::PoemQuery m_query;
    std::optional<services::PoemReply> m_poem;
    std::optional<services::VerseReport> m_report;
    QMap<bool, QStringList> m_kept; // by script: traditional or not
    QList<PoemLineRow*> m_rows;
    QVector<int> m_breaks;
    int m_breakEvery = 0;
    bool m_busy = false;
    QLabel* m_number = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_verdict = nullptr;
    QVBoxLayout* m_lines = nullptr;
    QPushButton* m_insert = nullptr;
    QPushButton* m_copy = nullptr;
    QPushButton* m_again = nullptr;
};

} // namespace linnet::ui
