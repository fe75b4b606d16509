#include "ui/panels/poem_card.h"

#include <algorithm>

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/icons.h"
#include "ui/panels/poem_line_row.h"
#include "ui/verse_words.h"

namespace linnet::ui {

namespace {
constexpr int stanzaGap = 10;
constexpr int headIcon = 16;
} // namespace

PoemCard::PoemCard(int number, QWidget* parent)
    : QFrame(parent)
    , m_theme(lightTheme()) {
    setObjectName(QStringLiteral("poemCard%1").arg(number));
    setAccessibleName(tr("Version %1").arg(number));
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);

    m_number = new QLabel(QString::number(number), this);
    m_title = new QLabel(this);
    m_title->setObjectName(QStringLiteral("poemTitle"));
    m_title->setTextFormat(Qt::PlainText);
    m_title->setWordWrap(true);
    m_verdict = new QLabel(this);
    m_verdict->setObjectName(QStringLiteral("poemVerdict"));
    auto* head = new QHBoxLayout;
    head->addWidget(m_number);
    head->addWidget(m_title, 1);
    head->addWidget(m_verdict);
    m_lines = new QVBoxLayout;
    m_lines->setSpacing(2);

    m_insert = makeButton(QStringLiteral("poemInsert"), tr("Insert"),
                          tr("Put the poem into the text where the caret is."));
    m_copy = makeButton(QStringLiteral("poemCopy"), tr("Copy"), QString());
    m_again = makeButton(QStringLiteral("poemAgain"), tr("Again"),
                         tr("Compose the lines that are not kept once more."));
    connect(m_insert, &QPushButton::clicked, this, &PoemCard::insertRequested);
    connect(m_copy, &QPushButton::clicked, this, &PoemCard::copyRequested);
    connect(m_again, &QPushButton::clicked, this, [this] { Q_EMIT againRequested(lockedLines()); });
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_insert);
    buttons->addWidget(m_copy);
    buttons->addStretch(1);
    buttons->addWidget(m_again);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 8, 8, 8);
    column->addLayout(head);
    column->addLayout(m_lines);
    column->addSpacing(4);
    column->addLayout(buttons);
    setTheme(m_theme);
}

QPushButton* PoemCard::makeButton(const QString& name, const QString& text, const QString& tip) {
    auto* button = new QPushButton(text, this);
    button->setObjectName(name);
    button->setToolTip(tip);
    button->setAutoDefault(false);
    return button;
}

void PoemCard::setTheme(const Theme& theme) {
    m_theme = theme;
    setCurrent(m_insert->isDefault());
    for (PoemLineRow* row : std::as_const(m_rows)) {
        row->setTheme(theme);
    }
    showVerdict();
}

void PoemCard::setFamilies(const QStringList& latin, const QStringList& chinese) {
    m_latin = latin;
    m_chinese = chinese;
    QFont font = this->font();
    font.setFamilies(latin + chinese);
    font.setBold(true);
    m_title->setFont(font);
    for (PoemLineRow* row : std::as_const(m_rows)) {
        row->setFamilies(latin, chinese);
    }
}

void PoemCard::setBusy(bool busy) {
    m_busy = busy;
    showState();
}

void PoemCard::setCurrent(bool current) {
    m_insert->setDefault(current);
    QFont font = m_number->font();
    font.setBold(current);
    m_number->setFont(font);
    m_insert->setFont(font);
    setTextColour(m_number, current ? m_theme.accent : m_theme.muted);
}

PoemLineRow* PoemCard::rowAt(int line) {
    while (m_rows.size() <= line) {
        const int number = static_cast<int>(m_rows.size());
        if (breaksBefore(number)) {
            m_lines->addSpacing(stanzaGap);
        }
        auto* row = new PoemLineRow(number, this);
        row->setTheme(m_theme);
        row->setFamilies(m_latin, m_chinese);
        row->setBusy(m_busy);
        connect(row, &PoemLineRow::lockChanged, this, &PoemCard::showState);
        connect(row, &PoemLineRow::againRequested, this, [this](int wanted) {
            QMap<int, QString> kept;
            for (int i = 0; i < m_rows.size(); ++i) {
                if (i != wanted) {
                    kept.insert(i, m_rows.at(i)->line().text);
                }
            }
            Q_EMIT againRequested(kept);
        });
        m_lines->addWidget(row);
        m_rows.append(row);
    }
    return m_rows.at(line);
}

void PoemCard::setBreaks(const QVector<int>& breaks, int every) {
    m_breaks = breaks;
    m_breakEvery = every;
}

bool PoemCard::breaksBefore(int line) const {
    return m_breaks.contains(line) || (m_breakEvery > 0 && line > 0 && line % m_breakEvery == 0);
}

void PoemCard::expect(int lines, const QMap<int, QString>& kept) {
    m_report.reset();
    if (lines > 0) {
        rowAt(lines - 1);
    }
    for (int i = 0; i < m_rows.size(); ++i) {
        m_rows.at(i)->setReport(nullptr);
        if (!kept.contains(i)) {
            m_rows.at(i)->setWaiting();
        }
    }
    showState();
}

void PoemCard::setLine(int line, const services::PoemReplyLine& text) {
    PoemLineRow* row = rowAt(line);
    // A line that was kept for this once only is not locked by it.
    services::PoemReplyLine shown = text;
    shown.fixed = shown.fixed && !m_poem;
    row->setLine(shown);
    showState();
}

void PoemCard::setPoem(const services::PoemReply& poem) {
    // A poem of other length than expected leaves no empty rows.
    while (m_rows.size() > poem.lines.size()) {
        delete m_rows.takeLast();
    }
    for (int i = 0; i < poem.lines.size(); ++i) {
        setLine(i, poem.lines.at(i));
    }
    m_poem = poem;
    m_kept.clear();
    m_title->setText(poem.title);
    setToolTip(tr("Seed %1").arg(poem.seed));
    showState();
}

void PoemCard::restore() {
    if (!m_poem) {
        return;
    }
    const services::PoemReply poem = *m_poem;
    setPoem(poem);
}

void PoemCard::setTexts(const QStringList& lines) {
    if (!m_poem || lines.size() != m_rows.size() || lines.size() != m_poem->lines.size()) {
        return;
    }
    for (int i = 0; i < lines.size(); ++i) {
        m_poem->lines[i].text = lines.at(i);
        setLine(i, m_poem->lines.at(i));
    }
}

QStringList PoemCard::lines() const {
    QStringList lines;
    for (const PoemLineRow* row : m_rows) {
        if (row->isWaiting()) {
            break;
        }
        lines.append(row->line().text);
    }
    return lines;
}

QMap<int, QString> PoemCard::lockedLines() const {
    QMap<int, QString> locked;
    for (int i = 0; i < m_rows.size(); ++i) {
        if (m_rows.at(i)->isLocked()) {
            locked.insert(i, m_rows.at(i)->line().text);
        }
    }
    return locked;
}

bool PoemCard::allLocked() const {
    return std::all_of(m_rows.begin(), m_rows.end(),
                       [](const PoemLineRow* row) { return row->isLocked(); });
}

void PoemCard::setReport(const services::VerseReport& report) {
    m_report = report;
    for (PoemLineRow* row : std::as_const(m_rows)) {
        row->setReport(row->isWaiting() ? nullptr : &report);
    }
    showVerdict();
}

void PoemCard::showState() {
    const bool whole =
        m_poem && std::none_of(m_rows.begin(), m_rows.end(),
                               [](const PoemLineRow* row) { return row->isWaiting(); });
    m_insert->setEnabled(whole);
    m_copy->setEnabled(whole);
    m_again->setEnabled(whole && !m_busy && !allLocked());
    for (PoemLineRow* row : std::as_const(m_rows)) {
        row->setBusy(m_busy);
    }
    showVerdict();
}

void PoemCard::showVerdict() {
    const bool whole = m_poem && m_report && lines().size() == m_rows.size();
    if (!whole) {
        m_verdict->setPixmap(QPixmap());
        m_verdict->setToolTip(QString());
        return;
    }
    const bool good = m_report->isCorrect();
    m_verdict->setPixmap(lineIcon(good ? QStringLiteral("check") : QStringLiteral("warning"),
                                  good ? m_theme.good : m_theme.bad)
                             .pixmap(headIcon));
    QStringList explained;
    for (const services::VerseFault& fault : m_report->faults) {
        const QString sentence = explainFault(fault);
        const int row = m_report->rowOf(fault);
        explained.append(row < 0 ? sentence : tr("Line %1: %2").arg(row + 1).arg(sentence));
    }
    if (good) {
        explained.prepend(tr("The poem was checked and has its form."));
    }
    m_verdict->setToolTip(explained.join(u'\n'));
    m_verdict->setAccessibleName(m_verdict->toolTip());
}

QString PoemCard::text() const {
    QString text;
    if (!m_title->text().isEmpty()) {
        text = m_title->text() + QStringLiteral("\n\n");
    }
    const QStringList all = lines();
    for (int i = 0; i < all.size(); ++i) {
        if (i > 0) {
            text += breaksBefore(i) ? QStringLiteral("\n\n") : QStringLiteral("\n");
        }
        text += all.at(i);
    }
    return text;
}

} // namespace linnet::ui
