#include "ui/panels/poem_line_row.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include "ui/icons.h"
#include "ui/panels/verse_line_view.h"
#include "ui/verse_words.h"

namespace linnet::ui {

namespace {
constexpr int iconSize = 14;

void setPicture(QLabel* label, const QString& icon, const QColor& colour) {
    label->setPixmap(icon.isEmpty() ? QPixmap() : lineIcon(icon, colour).pixmap(iconSize));
}
} // namespace

PoemLineRow::PoemLineRow(int line, QWidget* parent)
    : QWidget(parent)
    , m_theme(lightTheme())
    , m_number(line) {
    m_lock = makeButton(QStringLiteral("lineLock"), QString());
    m_lock->setCheckable(true);
    connect(m_lock, &QToolButton::toggled, this, [this] {
        showState();
        Q_EMIT lockChanged();
    });
    m_view = new VerseLineView(this);
    m_rhyme = new QLabel(this);
    m_rhyme->setObjectName(QStringLiteral("lineRhyme"));
    m_rhyme->setMinimumWidth(fontMetrics().horizontalAdvance(u'W'));
    m_corpus = new QLabel(this);
    m_corpus->setObjectName(QStringLiteral("lineFromCorpus"));
    m_corpus->setToolTip(tr("This whole line stands in the texts that the model learned from."));
    m_corpus->setAccessibleName(m_corpus->toolTip());
    m_checkMark = new QLabel(this);
    m_checkMark->setObjectName(QStringLiteral("lineCheck"));
    m_checkMark->setFixedWidth(iconSize);
    m_again = makeButton(QStringLiteral("lineAgain"), tr("Another line in this place"));
    m_again->setAccessibleName(tr("Another line %1").arg(m_number + 1));
    connect(m_again, &QToolButton::clicked, this, [this] { Q_EMIT againRequested(m_number); });

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(m_lock, 0, Qt::AlignTop);
    row->addWidget(m_view, 1);
    row->addWidget(m_rhyme, 0, Qt::AlignTop);
    row->addWidget(m_corpus, 0, Qt::AlignTop);
    row->addWidget(m_checkMark, 0, Qt::AlignTop);
    row->addWidget(m_again, 0, Qt::AlignTop);
    setWaiting();
}

QToolButton* PoemLineRow::makeButton(const QString& name, const QString& tip) {
    auto* button = new QToolButton(this);
    button->setObjectName(name);
    button->setAutoRaise(true);
    button->setIconSize(QSize(iconSize, iconSize));
    button->setFocusPolicy(Qt::TabFocus);
    button->setToolTip(tip);
    return button;
}

void PoemLineRow::setTheme(const Theme& theme) {
    m_theme = theme;
    m_view->setTheme(theme);
    m_again->setIcon(lineIcon(QStringLiteral("again"), theme.muted));
    setTextColour(m_rhyme, theme.muted);
    setPicture(m_corpus, QStringLiteral("book"), theme.busy);
    showState();
}

void PoemLineRow::setFamilies(const QStringList& latin, const QStringList& chinese) {
    m_view->setFamilies(latin, chinese);
}

void PoemLineRow::setLine(const services::PoemReplyLine& line) {
    m_waiting = false;
    m_lineText = line;
    m_view->setText(line.text);
    if (line.fixed) {
        setLocked(true);
    }
    showState();
}

void PoemLineRow::setWaiting() {
    m_waiting = true;
    m_lineText = {};
    m_view->setText(QString());
    setReport(nullptr);
    showState();
}

void PoemLineRow::setReport(const services::VerseReport* report) {
    m_view->setReport(report, m_number);
    showCheck(report);
}

void PoemLineRow::showCheck(const services::VerseReport* report) {
    m_check = Check::None;
    QString letter;
    QString explained;
    if (report != nullptr) {
        bool faulty = false;
        for (const services::VerseFault& fault : report->faults) {
            faulty = faulty || (!fault.remark && report->rowOf(fault) == m_number);
        }
        for (const services::VerseLine& line : report->lines) {
            if (line.row == m_number) {
                m_check = faulty ? Check::Faulty : Check::Good;
                letter = line.rhyme;
                explained = explainLine(line, report->language);
            }
        }
        const QString verdict = faulty ? QString() : tr("The line has its form.") + u'\n';
        m_checkMark->setToolTip(verdict + explainRow(*report, m_number).join(u'\n'));
    }
    m_rhyme->setText(letter);
    m_rhyme->setToolTip(explained);
    showState();
}

void PoemLineRow::setBusy(bool busy) {
    m_busy = busy;
    showState();
}

bool PoemLineRow::isLocked() const {
    return m_lock->isChecked();
}

void PoemLineRow::setLocked(bool locked) {
    m_lock->setChecked(locked);
}

void PoemLineRow::showState() {
    const bool locked = isLocked();
    m_lock->setIcon(lineIcon(locked ? QStringLiteral("locked") : QStringLiteral("unlocked"),
                             locked ? m_theme.accent : m_theme.ghost));
    m_lock->setToolTip(locked ? tr("The line stays. Click to let it go.")
                              : tr("Keep this line when the others are composed again."));
    m_lock->setAccessibleName(tr("Keep line %1").arg(m_number + 1));
    m_lock->setEnabled(!m_waiting && !m_busy);
    m_again->setEnabled(!m_waiting && !m_busy && !locked);
    m_corpus->setVisible(!m_waiting && m_lineText.fromCorpus);
    const bool good = m_check == Check::Good;
    setPicture(m_checkMark,
               m_check == Check::None ? QString()
               : good                 ? QStringLiteral("check")
                                      : QStringLiteral("warning"),
               good ? m_theme.good : m_theme.bad);
    m_checkMark->setAccessibleName(m_checkMark->toolTip());
    m_view->setText(m_waiting ? QStringLiteral("…") : m_lineText.text);
}

} // namespace linnet::ui
