#include "ui/panels/poem_panel.h"

#include <utility>

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QRandomGenerator>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/diagnostics.h"
#include "ui/panels/poem_card.h"
#include "ui/panels/poem_cards.h"
#include "ui/panels/poem_form.h"
#include "ui/verse_words.h"

namespace linnet::ui {

namespace {
constexpr int chineseCard = 250;
constexpr int englishCard = 330;
constexpr int narrowest = 290;

// Small enough for the field of the seed.
quint64 randomSeed() {
    return 1 + QRandomGenerator::global()->bounded(999'999U);
}
} // namespace

PoemPanel::PoemPanel(services::PoemSource& poems, services::VerseSource& verse, QWidget* parent)
    : QWidget(parent)
    , m_poems(poems)
    , m_verse(verse)
    , m_theme(lightTheme())
    , m_seeds(randomSeed) {
    setObjectName(QStringLiteral("poemPanel"));
    build();
    connectSource();
    connect(m_form, &PoemForm::formChanged, this, &PoemPanel::showState);
    connect(m_form, &PoemForm::traditionalChanged, this, &PoemPanel::convertCards);
    connect(&m_verse, &services::VerseSource::converted, this,
            [this](quint64 id, const QStringList& lines) {
                const QPointer<PoemCard> card = m_conversions.take(id);
                if (card && card != m_target) {
                    card->setTexts(lines);
                    analyse(card);
                }
            });
    showState();
    setTheme(m_theme);
}

void PoemPanel::build() {
    m_form = new PoemForm(m_verse, this);
    m_compose = new QPushButton(tr("Compose"), this);
    m_compose->setObjectName(QStringLiteral("poemCompose"));
    m_compose->setAutoDefault(false);
    m_stop = new QPushButton(tr("Stop"), this);
    m_stop->setObjectName(QStringLiteral("poemStop"));
    m_stop->setAutoDefault(false);
    connect(m_compose, &QPushButton::clicked, this, &PoemPanel::compose);
    connect(m_stop, &QPushButton::clicked, this, &PoemPanel::stop);
    const auto makeLabel = [this](const char* name) {
        auto* label = new QLabel(this);
        label->setObjectName(QString::fromLatin1(name));
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->hide();
        return label;
    };
    m_model = makeLabel("poemModel");
    m_message = makeLabel("poemMessage");
    m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_cards = new PoemCards(this);

    auto* inside = new QWidget;
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(12, 10, 12, 12);
    column->setSpacing(8);
    column->addWidget(m_form);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_compose);
    buttons->addWidget(m_stop);
    buttons->addStretch(1);
    column->addLayout(buttons);
    column->addWidget(m_model);
    column->addWidget(m_message);
    column->addWidget(m_cards);
    column->addStretch(1);
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(inside);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(scroll);
    setMinimumWidth(narrowest);
    setFocusProxy(m_form);
}

void PoemPanel::connectSource() {
    connect(&m_poems, &services::PoemSource::lineReady, this, &PoemPanel::onLine);
    connect(&m_poems, &services::PoemSource::poemReady, this, &PoemPanel::onPoem);
    connect(&m_poems, &services::PoemSource::failed, this,
            [this](quint64 id, const services::PoemFailure& failure) {
                if (isOurs(id)) {
                    say(explainFailure(failure), true);
                }
            });
    connect(&m_poems, &services::PoemSource::finished, this,
            [this](quint64 id, const QVector<int>& ranking) {
                if (isOurs(id)) {
                    onFinished(ranking);
                }
            });
    connect(&m_poems, &services::PoemSource::statusChanged, this, &PoemPanel::showModel);
    connect(&m_verse, &services::VerseSource::analysed, this,
            [this](quint64 id, const services::VerseReport& report) {
                const QPointer<PoemCard> card = m_analyses.take(id);
                // Only the answer to a card's last question counts.
                if (card && m_analyses.key(card) == 0) {
                    card->setReport(report);
                }
            });
}

// The poems that are there follow the switch; those to come are asked for in its script.
void PoemPanel::convertCards(bool traditional) {
    for (PoemCard* card : m_cards->cards()) {
        if (!card->poem() || card == m_target) {
            continue;
        }
        card->keepLines(!traditional);
        const QStringList before = card->keptLines(traditional);
        if (before.isEmpty()) {
            m_conversions.insert(m_verse.convert(card->lines(), traditional), card);
        } else {
            card->setTexts(before);
            analyse(card);
        }
    }
}

void PoemPanel::setTheme(const Theme& theme) {
    m_theme = theme;
    m_cards->setTheme(theme);
    setTextColour(m_model, theme.muted);
    say(m_message->text(), m_saidBad);
    setCurrent(m_current);
}

void PoemPanel::setFamilies(const QStringList& latin, const QStringList& chinese) {
    m_cards->setFamilies(latin, chinese);
}

void PoemPanel::compose() {
    const services::VerseForm* form = m_form->form();
    if (form == nullptr) {
        return;
    }
    services::PoemQuery query = m_form->query();
    if (query.seed == 0) {
        query.seed = m_seeds();
    }
    m_chosen = false;
    m_analyses.clear();
    setCurrent(nullptr);
    m_cards->reset(query.count);
    m_cards->setCardWidth(form->language == services::VerseLanguage::Chinese ? chineseCard
                                                                             : englishCard);
    for (PoemCard* card : m_cards->cards()) {
        card->setQuery(query);
        const services::VerseVariant& variant = form->variants.constFirst();
        card->setBreaks(variant.breaks, variant.blockLines);
        card->expect(form->lines > 0 ? form->lines : query.lines, {});
        connectCard(card);
    }
    send(query, nullptr);
}

void PoemPanel::connectCard(PoemCard* card) {
    connect(card, &PoemCard::insertRequested, this, [this, card] {
        setCurrent(card);
        Q_EMIT insertRequested(card->text());
    });
    connect(card, &PoemCard::copyRequested, this, [this, card] {
        m_chosen = true;
        setCurrent(card);
        QApplication::clipboard()->setText(card->text());
    });
    connect(card, &PoemCard::againRequested, this,
            [this, card](const QMap<int, QString>& kept) { again(card, kept); });
}

void PoemPanel::again(PoemCard* card, const QMap<int, QString>& kept) {
    if (!card->poem()) {
        return;
    }
    services::PoemQuery query = card->query();
    query.variant = card->poem()->variant;
    query.firstLine.clear(); // locked like any other, or let go
    query.fixed = kept;
    query.count = 1;
    query.seed = m_seeds();
    query.traditional = m_form->wantsTraditional();
    m_chosen = true;
    setCurrent(card);
    card->expect(static_cast<int>(card->poem()->lines.size()), kept);
    send(query, card);
}

void PoemPanel::send(const services::PoemQuery& query, PoemCard* card) {
    say(QString(), false);
    m_target = card;
    m_request = m_poems.compose(query);
    showState();
}

void PoemPanel::stop() {
    if (m_request == 0) {
        return;
    }
    m_poems.cancel();
    settle();
}

// Whether an answer is to our request. A later request than ours, from another window, means that
// ours will not be answered any more.
bool PoemPanel::isOurs(quint64 id) {
    if (m_request != 0 && id > m_request) {
        settle();
        say(tr("Another window began to compose. Compose again when it has finished."), false);
    }
    return m_request != 0 && id == m_request;
}

PoemCard* PoemPanel::cardOf(int version) const {
    return m_target ? m_target.data() : m_cards->card(version);
}

void PoemPanel::onLine(quint64 id, int version, int line, const services::PoemReplyLine& text) {
    PoemCard* card = isOurs(id) ? cardOf(version) : nullptr;
    if (card != nullptr) {
        card->setLine(line, text);
        analyse(card);
    }
}

void PoemPanel::onPoem(quint64 id, int version, const services::PoemReply& poem) {
    PoemCard* card = isOurs(id) ? cardOf(version) : nullptr;
    if (card == nullptr) {
        return;
    }
    card->setPoem(poem);
    analyse(card);
    if (m_current == nullptr) {
        setCurrent(card);
    }
}

void PoemPanel::onFinished(const QVector<int>& ranking) {
    // The best version becomes the one that Enter inserts, unless the writer chose already.
    if (!m_target && !m_chosen && !ranking.isEmpty()) {
        setCurrent(m_cards->card(ranking.constFirst()));
    }
    settle();
}

// Nothing more comes: cards without a poem go, and a card that was to be composed again shows what
// it has.
void PoemPanel::settle() {
    m_request = 0;
    if (m_target) {
        m_target->restore();
        analyse(m_target);
    }
    m_target.clear();
    const QList<PoemCard*> cards = m_cards->cards();
    for (PoemCard* card : cards) {
        if (!card->poem()) {
            m_cards->remove(card);
        }
    }
    if (m_current == nullptr && !m_cards->cards().isEmpty()) {
        setCurrent(m_cards->cards().constFirst());
    }
    showState();
}

void PoemPanel::analyse(PoemCard* card) {
    services::VerseQuery query;
    query.form = card->query().form;
    query.variant = card->poem() ? card->poem()->variant : card->query().variant;
    query.text = card->lines().join(u'\n');
    m_analyses.insert(m_verse.analyse(query), card);
}

PoemCard* PoemPanel::current() const {
    return m_current;
}

void PoemPanel::setCurrent(PoemCard* card) {
    m_current = card;
    for (PoemCard* one : m_cards->cards()) {
        one->setCurrent(one == card);
    }
}

void PoemPanel::showState() {
    const bool composing = isComposing();
    m_compose->setEnabled(!composing && m_form->form() != nullptr);
    m_stop->setEnabled(composing);
    m_stop->setVisible(composing);
    for (PoemCard* card : m_cards->cards()) {
        card->setBusy(composing);
    }
}

void PoemPanel::showModel(const services::ModelStatus& status) {
    QString text;
    if (status.state == services::ModelState::Loading) {
        text = tr("The model is loading…");
    } else if (status.state == services::ModelState::Failed) {
        text = withReason(tr("The model for this form cannot be used. Your text is not affected."),
                          status.error.value_or(engine::ErrorCode::Internal), status.notice);
    }
    m_model->setText(text);
    m_model->setVisible(!text.isEmpty());
}

void PoemPanel::say(const QString& message, bool bad) {
    m_saidBad = bad;
    setTextColour(m_message, bad ? m_theme.bad : m_theme.muted);
    m_message->setText(message);
    m_message->setVisible(!message.isEmpty());
}

PoemCard* PoemPanel::focusedCard() const {
    for (QWidget* widget = QApplication::focusWidget(); widget != nullptr && widget != this;
         widget = widget->parentWidget()) {
        if (auto* card = qobject_cast<PoemCard*>(widget)) {
            return card;
        }
    }
    return nullptr;
}

void PoemPanel::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Escape:
        // The first Esc stops, the next one leaves.
        if (isComposing()) {
            stop();
        } else {
            Q_EMIT closeRequested();
        }
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter: {
        const bool inForm = m_form->isAncestorOf(QApplication::focusWidget());
        PoemCard* card = focusedCard() != nullptr ? focusedCard() : m_current.data();
        if (inForm || card == nullptr) {
            if (!isComposing()) {
                compose();
            }
        } else if (card->poem()) {
            setCurrent(card);
            Q_EMIT insertRequested(card->text());
        }
        return;
    }
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace linnet::ui
