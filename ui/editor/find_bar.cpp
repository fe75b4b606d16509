#include "ui/editor/find_bar.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/icons.h"

namespace linnet::ui {

namespace {
constexpr int countDelay = 120; // ms after the last change
constexpr int labelWidth = 64;
} // namespace

FindBar::FindBar(Editor& editor, QWidget* parent)
    : QWidget(parent)
    , m_editor(editor)
    , m_theme(lightTheme()) {
    setObjectName(QStringLiteral("findBar"));
    setAccessibleName(tr("Find and replace"));
    setAutoFillBackground(true);
    build();
    m_counting.setSingleShot(true);
    m_counting.setInterval(countDelay);
    connect(&m_counting, &QTimer::timeout, this, &FindBar::updateCount);
    connect(editor.document(), &QTextDocument::contentsChange, this, [this] {
        if (isVisible()) {
            m_counting.start();
        }
    });
    hide();
}

QToolButton* FindBar::makeToggle(const QString& text, const QString& name, const QString& tip) {
    auto* button = new QToolButton(this);
    button->setObjectName(name);
    button->setText(text);
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    button->setCheckable(true);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    connect(button, &QToolButton::toggled, this, &FindBar::optionsChanged);
    return button;
}

void FindBar::build() {
    auto* row = new QHBoxLayout;
    auto* label = new QLabel(tr("&Find"), this);
    label->setMinimumWidth(labelWidth);
    m_text = new QLineEdit(this);
    m_text->setObjectName(QStringLiteral("findText"));
    m_text->setAccessibleName(tr("Find"));
    m_text->installEventFilter(this);
    label->setBuddy(m_text);
    connect(m_text, &QLineEdit::textChanged, this, &FindBar::optionsChanged);
    m_count = new QLabel(this);
    m_count->setObjectName(QStringLiteral("findCount"));
    m_count->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("00,000 matches")));
    m_case = makeToggle(tr("Aa"), QStringLiteral("findCase"), tr("Match upper and lower case"));
    m_words = makeToggle(tr("Word"), QStringLiteral("findWords"), tr("Whole words only"));
    m_expression = makeToggle(tr(".*"), QStringLiteral("findExpression"), tr("Regular expression"));
    const auto tool = [this](const QString& name, const QString& tip) {
        auto* button = new QToolButton(this);
        button->setObjectName(name);
        button->setToolTip(tip);
        button->setAccessibleName(tip);
        button->setAutoRaise(true);
        button->setFocusPolicy(Qt::TabFocus);
        return button;
    };
    m_previous = tool(QStringLiteral("findPrevious"), tr("Previous match"));
    m_next = tool(QStringLiteral("findNext"), tr("Next match"));
    m_close = tool(QStringLiteral("findClose"), tr("Close"));
    connect(m_previous, &QToolButton::clicked, this, &FindBar::findPrevious);
    connect(m_next, &QToolButton::clicked, this, &FindBar::findNext);
    connect(m_close, &QToolButton::clicked, this, &FindBar::close);
    row->addWidget(label);
    row->addWidget(m_text, 1);
    row->addWidget(m_count);
    for (QToolButton* button : {m_previous, m_next, m_case, m_words, m_expression, m_close}) {
        row->addWidget(button);
    }
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(16, 8, 10, 8);
    rows->setSpacing(6);
    rows->addLayout(row);
    buildReplaceRow();
    rows->addWidget(m_replaceRow);
    setTheme(m_theme);
}

void FindBar::buildReplaceRow() {
    m_replaceRow = new QWidget(this);
    auto* row = new QHBoxLayout(m_replaceRow);
    row->setContentsMargins(0, 0, 0, 0);
    auto* label = new QLabel(tr("Re&place"), m_replaceRow);
    label->setMinimumWidth(labelWidth);
    m_replacement = new QLineEdit(m_replaceRow);
    m_replacement->setObjectName(QStringLiteral("replaceText"));
    m_replacement->setAccessibleName(tr("Replace with"));
    m_replacement->installEventFilter(this);
    label->setBuddy(m_replacement);
    m_replaceOne = new QPushButton(tr("Replace"), m_replaceRow);
    m_replaceOne->setObjectName(QStringLiteral("replaceOne"));
    m_replaceAll = new QPushButton(tr("Replace All"), m_replaceRow);
    m_replaceAll->setObjectName(QStringLiteral("replaceAll"));
    connect(m_replaceOne, &QPushButton::clicked, this, &FindBar::replaceOne);
    connect(m_replaceAll, &QPushButton::clicked, this, &FindBar::replaceAll);
    row->addWidget(label);
    row->addWidget(m_replacement, 1);
    row->addWidget(m_replaceOne);
    row->addWidget(m_replaceAll);
}

void FindBar::setTheme(const Theme& theme) {
    m_theme = theme;
    m_previous->setIcon(lineIcon(QStringLiteral("previous"), theme.ink));
    m_next->setIcon(lineIcon(QStringLiteral("next"), theme.ink));
    m_close->setIcon(lineIcon(QStringLiteral("close"), theme.ink));
    QPalette count = m_count->palette();
    count.setColor(QPalette::WindowText, theme.muted);
    m_count->setPalette(count);
}

void FindBar::open(bool withReplace) {
    const QString selected = m_editor.textCursor().selectedText();
    m_replaceRow->setVisible(withReplace);
    show();
    if (!selected.isEmpty() && !selected.contains(QChar::ParagraphSeparator)) {
        m_text->setText(selected);
    }
    m_text->setFocus();
    m_text->selectAll();
    optionsChanged();
}

void FindBar::close() {
    m_counting.stop();
    m_editor.setMatcher({});
    hide();
    m_editor.setFocus();
    Q_EMIT closed();
}

void FindBar::optionsChanged() {
    const FindOptions options{m_text->text(), m_case->isChecked(), m_words->isChecked(),
                              m_expression->isChecked()};
    if (!(options == m_finder.options())) {
        m_finder = Finder(options);
        if (m_finder.canFind()) {
            go(false, m_editor.textCursor().selectionStart());
        }
    }
    m_editor.setMatcher(m_finder.canFind()
                            ? Editor::Matcher([finder = m_finder](const QString& block) {
                                  return finder.matches(block);
                              })
                            : Editor::Matcher());
    for (QWidget* widget :
         {static_cast<QWidget*>(m_previous), static_cast<QWidget*>(m_next),
          static_cast<QWidget*>(m_replaceOne), static_cast<QWidget*>(m_replaceAll)}) {
        widget->setEnabled(m_finder.canFind());
    }
    m_counting.start();
    if (!m_finder.problem().isEmpty()) {
        updateCount();
    }
}

void FindBar::updateCount() {
    QPalette palette = m_text->palette();
    const bool wrong = !m_finder.problem().isEmpty() && !m_finder.isEmpty();
    palette.setColor(QPalette::Text, wrong ? m_theme.bad : m_theme.ink);
    m_text->setPalette(palette);
    if (wrong) {
        m_count->setText(tr("Not a pattern: %1").arg(m_finder.problem()));
    } else if (m_finder.isEmpty()) {
        m_count->clear();
    } else {
        const int count = m_finder.count(*m_editor.document());
        m_count->setText(count == 0 ? tr("No matches") : tr("%n match(es)", nullptr, count));
    }
}

void FindBar::go(bool backwards, int from) {
    const QTextCursor found = m_finder.find(*m_editor.document(), from, backwards);
    if (!found.isNull()) {
        m_editor.setTextCursor(found);
        m_editor.ensureCursorVisible();
    }
}

void FindBar::findNext() {
    go(false, m_editor.textCursor().selectionEnd());
}

void FindBar::findPrevious() {
    go(true, m_editor.textCursor().selectionStart());
}

void FindBar::replaceOne() {
    QTextCursor cursor = m_editor.textCursor();
    const auto text = m_finder.replacementFor(cursor, m_replacement->text());
    if (text && !m_editor.isReadOnly()) {
        cursor.beginEditBlock();
        cursor.insertText(*text);
        cursor.endEditBlock();
        m_editor.setTextCursor(cursor);
    }
    findNext();
    updateCount();
}

void FindBar::replaceAll() {
    if (m_editor.isReadOnly()) {
        return;
    }
    const int count = m_finder.replaceAll(*m_editor.document(), m_replacement->text());
    m_counting.stop();
    m_count->setText(tr("%n replaced", nullptr, count));
}

bool FindBar::eventFilter(QObject* object, QEvent* event) {
    if (event->type() != QEvent::KeyPress) {
        return QWidget::eventFilter(object, event);
    }
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
        if (object == m_replacement) {
            replaceOne();
        } else if (key->modifiers() & Qt::ShiftModifier) {
            findPrevious();
        } else {
            findNext();
        }
        return true;
    }
    return QWidget::eventFilter(object, event);
}

void FindBar::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        close();
        return;
    }
    QWidget::keyPressEvent(event);
}

} // namespace linnet::ui
