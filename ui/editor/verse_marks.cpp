#include "ui/editor/verse_marks.h"

#include <algorithm>
#include <cmath>

#include <QHelpEvent>
#include <QTextBlock>
#include <QToolTip>

#include "ui/editor/editor.h"
#include "ui/verse_words.h"

// What is analysed when. How it looks is in verse_marks_paint.cpp.

namespace linnet::ui {

namespace {
constexpr int delay = 40; // ms after a change
constexpr int keptReports = 400;
constexpr int mostAsked = 1000;
constexpr int longestWholePoem = 40; // rows
} // namespace

VerseMarks::VerseMarks(Editor& editor, services::VerseSource& source, QObject* parent)
    : QObject(parent)
    , m_editor(editor)
    , m_source(source)
    , m_margin(new VerseMargin(*this, editor))
    , m_theme(lightTheme())
    , m_reports(keptReports) {
    m_margin->hide();
    m_later.setSingleShot(true);
    m_later.setInterval(delay);
    connect(&m_later, &QTimer::timeout, this, &VerseMarks::refresh);
    connect(editor.document(), &QTextDocument::contentsChange, this,
            [this](int position) { onContentsChange(position); });
    connect(&editor, &QPlainTextEdit::updateRequest, this, [this](const QRect&, int scrolled) {
        if (m_enabled && scrolled != 0) {
            m_later.start();
        }
        m_margin->update();
    });
    connect(&source, &services::VerseSource::analysed, this, &VerseMarks::onAnalysed);
    editor.viewport()->installEventFilter(this);
}

VerseMarks::~VerseMarks() = default;

void VerseMarks::setTheme(const Theme& theme) {
    m_theme = theme;
    m_margin->update();
    m_editor.viewport()->update();
}

void VerseMarks::setEnabled(bool on) {
    if (on == m_enabled) {
        return;
    }
    m_enabled = on;
    m_editor.setOverlay(on ? this : nullptr);
    m_editor.setSideMargin(on ? VerseMargin::wide : 0);
    m_margin->setVisible(on);
    m_margin->follow();
    m_passages.clear();
    m_blockCount = m_editor.document()->blockCount();
    if (on) {
        m_later.start();
    }
    Q_EMIT changed();
}

void VerseMarks::setForm(const QString& name) {
    if (name == m_form) {
        return;
    }
    m_form = name;
    m_reports.clear();
    m_asked.clear();
    m_passages.clear();
    if (m_enabled) {
        refresh();
    }
}

void VerseMarks::onContentsChange(int position) {
    if (!m_enabled) {
        return;
    }
    // What stands below the change moves with its lines until it is looked at again.
    const QTextDocument& document = *m_editor.document();
    const int block = document.findBlock(position).blockNumber();
    const int difference = document.blockCount() - m_blockCount;
    m_blockCount = document.blockCount();
    if (difference != 0) {
        for (Passage& passage : m_passages) {
            if (passage.text.firstBlock > block) {
                passage.text.firstBlock += difference;
            }
        }
    }
    m_later.start();
}

void VerseMarks::refresh() {
    if (!m_enabled) {
        return;
    }
    QTextBlock first;
    QTextBlock last;
    m_editor.forEachVisibleBlock([&](const QTextBlock& block, const QPointF&) {
        first = first.isValid() ? first : block;
        last = block;
    });
    const QVector<Passage> before = std::exchange(m_passages, {});
    for (VersePassage& text : passagesBetween(first, last)) {
        Passage passage;
        passage.rows.resize(text.rows.size());
        passage.text = std::move(text);
        if (!settle(passage)) {
            carryOver(passage, before);
        }
        m_passages.append(std::move(passage));
    }
    m_margin->update();
    m_editor.viewport()->update();
    Q_EMIT changed();
}

// Rows that did not change keep what is known of them until the answer comes.
void VerseMarks::carryOver(Passage& passage, const QVector<Passage>& before) const {
    const QStringList& rows = passage.text.rows;
    const auto end = passage.text.firstBlock + rows.size();
    for (const Passage& old : before) {
        const QStringList& oldRows = old.text.rows;
        if (old.text.firstBlock >= end ||
            old.text.firstBlock + oldRows.size() <= passage.text.firstBlock) {
            continue;
        }
        const qsizetype most = std::min(rows.size(), oldRows.size());
        qsizetype same = 0;
        while (same < most && rows.at(same) == oldRows.at(same)) {
            passage.rows[same] = old.rows.at(same);
            ++same;
        }
        qsizetype behind = 0;
        while (behind < most - same &&
               rows.at(rows.size() - 1 - behind) == oldRows.at(oldRows.size() - 1 - behind)) {
            passage.rows[rows.size() - 1 - behind] = old.rows.at(oldRows.size() - 1 - behind);
            ++behind;
        }
        const bool oneRowChanged =
            rows.size() == oldRows.size() && same + behind == rows.size() - 1;
        if (oneRowChanged) {
            passage.rows[same] = old.rows.at(same);
            passage.rows[same].stale = true;
        }
        return;
    }
}

// The report on `text`, if it is known; else asks for it.
const services::VerseReport* VerseMarks::reportOn(const QString& text) {
    if (const services::VerseReport* known = m_reports.object(text)) {
        return known;
    }
    const bool asked = std::any_of(m_asked.begin(), m_asked.end(),
                                   [&](const QString& one) { return one == text; });
    if (!asked) {
        if (m_asked.size() >= mostAsked) { // nobody answers
            m_asked.clear();
        }
        m_asked.insert(m_source.analyse({m_form, QString(), text}), text);
    }
    return nullptr;
}

// Fills in what the reports say, when all of them are there.
bool VerseMarks::settle(Passage& passage) {
    bool complete = true;
    QVector<services::VerseReport> parts;
    for (const VersePassage::Stanza& stanza : passage.text.stanzas) {
        const services::VerseReport* report = reportOn(passage.text.textOf(stanza));
        complete = complete && report != nullptr;
        if (report != nullptr) {
            parts.append(*report);
        }
    }
    const services::VerseReport* whole = nullptr;
    if (passage.text.stanzas.size() > 1 && passage.text.rows.size() <= longestWholePoem) {
        whole = reportOn(passage.text.text());
        complete = complete && whole != nullptr;
    }
    if (!complete) {
        return false;
    }
    passage.rows.fill(Row());
    if (whole != nullptr && prefersWhole(*whole, parts)) {
        fill(passage, 0, *whole);
        return true;
    }
    for (int i = 0; i < parts.size(); ++i) {
        fill(passage, passage.text.stanzas.at(i).first, parts.at(i));
    }
    return true;
}

// Whether stanzas are one poem: they make up a whole form and fit no worse than one by one.
bool VerseMarks::prefersWhole(const services::VerseReport& whole,
                              const QVector<services::VerseReport>& parts) const {
    const auto faults = [](const services::VerseReport& report) {
        return std::count_if(report.faults.begin(), report.faults.end(),
                             [](const services::VerseFault& fault) { return !fault.remark; });
    };
    const bool wrongLength =
        std::any_of(whole.faults.begin(), whole.faults.end(),
                    [](const auto& fault) { return fault.kind == verse::FaultKind::LineCount; });
    const services::VerseForm* form = m_source.findForm(whole.form);
    const bool open = form == nullptr || (form->lines == 0 && m_form.isEmpty());
    if (wrongLength || open) {
        return false;
    }
    std::ptrdiff_t apart = 0;
    for (const services::VerseReport& part : parts) {
        apart += faults(part);
    }
    return faults(whole) <= apart;
}

void VerseMarks::fill(Passage& passage, int firstRow, const services::VerseReport& report) const {
    const auto rowOf = [&](int row) -> Row* {
        const int wanted = firstRow + row;
        return row >= 0 && wanted < passage.rows.size() ? &passage.rows[wanted] : nullptr;
    };
    for (const services::VerseLine& line : report.lines) {
        if (Row* row = rowOf(line.row)) {
            row->language = report.language;
            row->form = report.form;
            row->lines.append(line);
        }
    }
    for (const services::VerseFault& fault : report.faults) {
        // What is said of the whole poem stands at its first line.
        const int of = report.rowOf(fault);
        if (Row* row = rowOf(of < 0 && !report.lines.isEmpty() ? report.lines.first().row : of)) {
            row->faults.append(fault);
        }
    }
}

void VerseMarks::onAnalysed(quint64 id, const services::VerseReport& report) {
    const auto found = m_asked.constFind(id);
    if (found == m_asked.constEnd()) {
        return; // somebody else's, or about another form
    }
    m_reports.insert(found.value(), new services::VerseReport(report));
    m_asked.erase(found);
    bool news = false;
    for (Passage& passage : m_passages) {
        news = settle(passage) || news;
    }
    if (news && m_enabled) {
        m_margin->update();
        m_editor.viewport()->update();
        Q_EMIT changed();
    }
}

const VerseMarks::Passage* VerseMarks::passageAt(int block) const {
    for (const Passage& passage : m_passages) {
        const int row = block - passage.text.firstBlock;
        if (row >= 0 && row < passage.rows.size()) {
            return &passage;
        }
    }
    return nullptr;
}

const VerseMarks::Row* VerseMarks::rowAt(int block) const {
    const Passage* passage = passageAt(block);
    if (passage == nullptr) {
        return nullptr;
    }
    const Row& row = passage->rows.at(block - passage->text.firstBlock);
    return row.lines.isEmpty() && row.faults.isEmpty() ? nullptr : &row;
}

QString VerseMarks::hintFor(int block, int position) const {
    const Row* row = rowAt(block);
    if (row == nullptr || row->stale) {
        return {};
    }
    const QString text = m_editor.document()->findBlockByNumber(block).text();
    // The words want a report; this row's is its own first.
    services::VerseReport report;
    report.language = row->language;
    report.lines = row->lines;
    report.faults = row->faults;
    for (services::VerseLine& line : report.lines) {
        line.row = 0;
    }
    for (services::VerseFault& fault : report.faults) {
        fault.line = 0;
    }
    QString hint =
        position >= 0 ? explainPlace(text, report, 0, position) : explainRow(report, 0).join(u'\n');
    const services::VerseForm* form = m_source.findForm(row->form);
    if (position < 0 && form != nullptr) {
        hint += u'\n' + tr("Read as: %1").arg(formTitle(*form));
    }
    return hint;
}

bool VerseMarks::eventFilter(QObject* watched, QEvent* event) {
    if (m_enabled && event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        showHint(help->globalPos(), hintAt(help->pos()));
        return true;
    }
    if (m_enabled && (event->type() == QEvent::Resize || event->type() == QEvent::Move)) {
        m_margin->follow();
        m_later.start();
    }
    return QObject::eventFilter(watched, event);
}

void VerseMarks::showHint(const QPoint& global, const QString& hint) const {
    if (hint.isEmpty()) {
        QToolTip::hideText();
    } else {
        QToolTip::showText(global, hint, &m_editor);
    }
}

} // namespace linnet::ui
