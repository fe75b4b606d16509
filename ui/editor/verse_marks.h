#pragma once

#include <optional>

#include <QCache>
#include <QHash>
#include <QObject>
#include <QTimer>
#include <QWidget>

#include "services/verse_source.h"
#include "ui/editor/page_overlay.h"
#include "ui/editor/verse_stanzas.h"
#include "ui/theme.h"

class QPainter;
class QTextBlock;

namespace linnet::ui {

class Editor;
class VerseMargin;

// Marks the verse on screen: counts and rhyme letters in the margin, tones or stresses after the
// lines, faults underlined; hovering explains. Only what is on screen and has changed is analysed,
// a moment after the last change, and never on this thread.
class VerseMarks : public QObject, public PageOverlay {
    Q_OBJECT
public:
    VerseMarks(Editor& editor, services::VerseSource& source, QObject* parent = nullptr);
    ~VerseMarks() override;

    void setTheme(const Theme& theme);
    void setEnabled(bool on);
    bool isEnabled() const { return m_enabled; }
    // Empty: for each poem the form that fits best.
    void setForm(const QString& name);
    QString form() const { return m_form; }

    // What is known of a row of the document.
    struct Row {
        QVector<services::VerseLine> lines; // nearly always one
        QVector<services::VerseFault> faults;
        services::VerseLanguage language = services::VerseLanguage::English;
        QString form;
        bool stale = false; // of the row's text before the last change: counts may be shown
    };
    const Row* rowAt(int block) const; // null: nothing is known
    // In words, for the place at `position` in a block, or for all of it (-1).
    QString hintFor(int block, int position) const;

    void paint(QPainter& painter) override;

Q_SIGNALS:
    void changed(); // what is known

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Passage {
        VersePassage text;
        QVector<Row> rows;
    };
    void onContentsChange(int position);
    void refresh();
    void carryOver(Passage& passage, const QVector<Passage>& before) const;
    bool settle(Passage& passage);
    const services::VerseReport* reportOn(const QString& text);
    void fill(Passage& passage, int firstRow, const services::VerseReport& report) const;
    bool prefersWhole(const services::VerseReport& whole,
                      const QVector<services::VerseReport>& parts) const;
    void onAnalysed(quint64 id, const services::VerseReport& report);
    void paintRow(QPainter& painter, const QTextBlock& block, const QPointF& origin,
                  const Row& row) const;
    void paintFaults(QPainter& painter, const QTextBlock& block, const QPointF& origin,
                     const Row& row) const;
    QString hintAt(const QPoint& inViewport) const;
    QFont markFont() const;
    qreal marksLeft(const Passage& passage) const;
    const Passage* passageAt(int block) const;
    void showHint(const QPoint& global, const QString& hint) const;

    friend class VerseMargin;

    Editor& m_editor;
    services::VerseSource& m_source;
    VerseMargin* m_margin = nullptr;
    Theme m_theme;
    bool m_enabled = false;
    QString m_form;
    QTimer m_later;
    int m_blockCount = 0;
    QVector<Passage> m_passages;                      // on screen, in order
    QCache<QString, services::VerseReport> m_reports; // by text, for the form in use
    QHash<quint64, QString> m_asked;                  // by request
};

// The strip left of the column with counts and rhyme letters.
class VerseMargin : public QWidget {
    Q_OBJECT
public:
    VerseMargin(const VerseMarks& marks, Editor& editor);
    static constexpr int wide = 72; // pixels
    void follow();                  // the column

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    const VerseMarks& m_marks;
    Editor& m_editor;
};

} // namespace linnet::ui
