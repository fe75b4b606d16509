#include "ui/panels/picture_card.h"

#include <algorithm>
#include <utility>

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QRadioButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/icons.h"
#include "ui/panels/caption_field.h"

namespace linnet::ui {

namespace {
constexpr int thumbnailSide = 88;
constexpr int smallIcon = 14;
constexpr int between = 2; // rows
} // namespace

PictureCard::PictureCard(int captions, QWidget* parent)
    : QFrame(parent)
    , m_theme(lightTheme()) {
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    build(captions);
    setTheme(m_theme);
}

QPushButton* PictureCard::makeButton(const char* name, const QString& text, const QString& tip) {
    auto* button = new QPushButton(text, m_buttons);
    button->setObjectName(QLatin1String(name));
    button->setToolTip(tip);
    button->setAutoDefault(false);
    button->installEventFilter(this);
    return button;
}

void PictureCard::build(int captions) {
    m_thumbnail = new QLabel(this);
    m_thumbnail->setObjectName(QStringLiteral("pictureThumbnail"));
    m_thumbnail->setFixedSize(thumbnailSide, thumbnailSide);
    m_thumbnail->setAlignment(Qt::AlignCenter);
    m_title = new QLabel(this);
    m_title->setObjectName(QStringLiteral("pictureName"));
    m_title->setTextFormat(Qt::PlainText);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_remove = new QToolButton(this);
    m_remove->setObjectName(QStringLiteral("pictureRemove"));
    m_remove->setAutoRaise(true);
    m_remove->setIconSize({smallIcon, smallIcon});
    m_remove->setToolTip(tr("Take the picture off the list; its file stays."));
    m_remove->setAccessibleName(tr("Remove"));
    m_remove->setFocusPolicy(Qt::StrongFocus);
    m_remove->installEventFilter(this);
    m_state = new QLabel(this);
    m_state->setObjectName(QStringLiteral("pictureState"));
    m_state->setTextFormat(Qt::PlainText);
    m_state->setWordWrap(true);
    m_state->setAlignment(Qt::AlignTop | Qt::AlignLeft);

    auto* head = new QHBoxLayout;
    head->addWidget(m_title, 1);
    head->addWidget(m_remove);
    auto* right = new QVBoxLayout;
    right->setSpacing(between);
    right->addLayout(head);
    right->addWidget(m_state, 1);
    for (int i = 0; i < captions; ++i) {
        Row row{new QRadioButton(this), new CaptionField(this)};
        row.choice->setObjectName(QStringLiteral("captionChoice%1").arg(i + 1));
        row.choice->setAccessibleName(tr("Choose caption %1").arg(i + 1));
        row.field->setObjectName(QStringLiteral("caption%1").arg(i + 1));
        row.field->setAccessibleName(tr("Caption %1").arg(i + 1));
        row.choice->setFocusPolicy(Qt::ClickFocus); // Tab goes to the words, which choose it
        row.field->installEventFilter(this);
        connect(row.choice, &QRadioButton::toggled, this, [this](bool on) {
            if (on && !m_showing) {
                Q_EMIT edited(m_index);
            }
        });
        connect(row.field, &CaptionField::entered, row.choice,
                [choice = row.choice] { choice->setChecked(true); });
        connect(row.field, &CaptionField::accepted, this,
                [this] { Q_EMIT insertRequested(m_index); });
        connect(row.field, &CaptionField::textChanged, this, [this] {
            if (!m_showing) {
                Q_EMIT edited(m_index);
            }
        });
        auto* line = new QHBoxLayout;
        line->setSpacing(4);
        line->addWidget(row.choice, 0, Qt::AlignTop);
        line->addWidget(row.field, 1);
        right->addLayout(line);
        m_rows.append(row);
    }
    auto* top = new QHBoxLayout;
    top->setSpacing(10);
    top->addWidget(m_thumbnail, 0, Qt::AlignTop);
    top->addLayout(right, 1);

    m_buttons = new QWidget(this);
    m_insert = makeButton("pictureInsert", tr("Insert"),
                          tr("Put the caption into the text where the caret is."));
    m_markdown = makeButton("pictureMarkdown", tr("As Markdown"),
                            tr("Put the picture into the text as a Markdown image that has the "
                               "caption as its description."));
    m_poem = makeButton("picturePoem", tr("Poem from This"),
                        tr("Take the caption as the theme of a poem."));
    connect(m_insert, &QPushButton::clicked, this, [this] { Q_EMIT insertRequested(m_index); });
    connect(m_markdown, &QPushButton::clicked, this, [this] { Q_EMIT markdownRequested(m_index); });
    connect(m_poem, &QPushButton::clicked, this, [this] { Q_EMIT poemRequested(m_index); });
    connect(m_remove, &QToolButton::clicked, this, [this] { Q_EMIT removeRequested(m_index); });
    auto* buttons = new QHBoxLayout(m_buttons);
    buttons->setContentsMargins(0, 0, 0, 0);
    buttons->addWidget(m_insert);
    buttons->addWidget(m_markdown);
    buttons->addStretch(1);
    buttons->addWidget(m_poem);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(10, 6, 8, 8);
    all->setSpacing(6);
    all->addLayout(top, 1);
    all->addWidget(m_buttons);
    setFixedHeight(fullHeight());
    QWidget* before = nullptr;
    for (QWidget* stop : stops()) {
        if (before != nullptr) {
            setTabOrder(before, stop);
        }
        before = stop;
    }
}

void PictureCard::setTheme(const Theme& theme) {
    m_theme = theme;
    setTextColour(m_title, theme.muted);
    setTextColour(m_state, theme.muted);
    m_remove->setIcon(lineIcon(QStringLiteral("close"), theme.muted));
    showThumbnail();
}

void PictureCard::setFamilies(const QStringList& latin, const QStringList& chinese) {
    QFont font = this->font();
    font.setFamilies(latin + chinese);
    for (const Row& row : std::as_const(m_rows)) {
        row.field->setFont(font);
    }
    setFixedHeight(fullHeight()); // another face may be taller
}

// With all captions, whatever shows now.
int PictureCard::fullHeight() const {
    int right = std::max(m_title->sizeHint().height(), m_remove->sizeHint().height());
    for (const Row& row : m_rows) {
        right +=
            between + std::max(row.field->sizeHint().height(), row.choice->sizeHint().height());
    }
    const QMargins margins = layout()->contentsMargins();
    return margins.top() + margins.bottom() + 2 * frameWidth() + std::max(right, thumbnailSide) +
           layout()->spacing() + m_insert->sizeHint().height();
}

void PictureCard::show(const PictureEntry& entry, int index) {
    m_showing = true;
    m_index = index;
    m_name = entry.name;
    setObjectName(QStringLiteral("pictureCard%1").arg(index + 1));
    setAccessibleName(tr("Picture %1: %2").arg(QString::number(index + 1), entry.name));
    m_title->setToolTip(entry.file);
    elideName();
    if (m_image.cacheKey() != entry.thumbnail.cacheKey() || m_thumbnail->pixmap().isNull()) {
        m_image = entry.thumbnail;
        showThumbnail();
    }
    for (int i = 0; i < m_rows.size(); ++i) {
        const QString caption = entry.captions.value(i);
        // Setting the same text would take the caret and the undo of who is editing.
        if (m_rows.at(i).field->toPlainText() != caption) {
            m_rows.at(i).field->setPlainText(caption);
        }
        m_rows.at(i).choice->setChecked(i == entry.chosen);
    }
    showState(entry);
    m_showing = false;
    QWidget::show();
}

void PictureCard::showState(const PictureEntry& entry) {
    using State = PictureEntry::State;
    const bool done = entry.state == State::Done;
    for (int i = 0; i < m_rows.size(); ++i) {
        const bool there = done && i < entry.captions.size();
        m_rows.at(i).choice->setVisible(there);
        m_rows.at(i).field->setVisible(there);
    }
    m_buttons->setVisible(done);
    m_markdown->setEnabled(!entry.file.isEmpty());
    m_markdown->setToolTip(
        entry.file.isEmpty()
            ? tr("A pasted picture has no file that the text could refer to.")
            : tr("Put the picture into the text as a Markdown image that has the caption as its "
                 "description."));
    m_state->setVisible(!done);
    setTextColour(m_state, entry.state == State::Failed ? m_theme.bad : m_theme.muted);
    switch (entry.state) {
    case State::Waiting:
        m_state->setText(tr("Waiting…"));
        break;
    case State::Working:
        m_state->setText(tr("Looking at the picture…"));
        break;
    case State::Failed:
        m_state->setText(entry.problem);
        break;
    case State::Done:
        m_state->clear();
        break;
    }
}

void PictureCard::showThumbnail() {
    const qreal ratio = devicePixelRatioF();
    const QSize side = QSize(thumbnailSide, thumbnailSide) * ratio;
    QPixmap pixmap(side);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    if (m_image.isNull()) {
        painter.fillRect(pixmap.rect(), m_theme.chrome);
    } else {
        const QImage scaled = m_image.scaled(side, Qt::KeepAspectRatio, Qt::SmoothTransformation);
        painter.drawImage((side.width() - scaled.width()) / 2, 0, scaled);
    }
    painter.end();
    pixmap.setDevicePixelRatio(ratio);
    m_thumbnail->setPixmap(pixmap);
}

void PictureCard::elideName() {
    m_title->setText(
        m_title->fontMetrics().elidedText(m_name, Qt::ElideMiddle, std::max(40, m_title->width())));
}

void PictureCard::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    elideName();
}

QStringList PictureCard::captions() const {
    QStringList captions;
    for (const Row& row : m_rows) {
        if (!row.field->isHidden()) {
            captions.append(row.field->toPlainText());
        }
    }
    return captions;
}

int PictureCard::chosen() const {
    for (int i = 0; i < m_rows.size(); ++i) {
        if (m_rows.at(i).choice->isChecked()) {
            return i;
        }
    }
    return 0;
}

void PictureCard::choose(int caption) {
    if (caption >= 0 && caption < m_rows.size()) {
        m_rows.at(caption).choice->setChecked(true);
    }
}

QList<QWidget*> PictureCard::stops() const {
    QList<QWidget*> all;
    for (const Row& row : m_rows) {
        if (!row.field->isHidden()) {
            all.append(row.field);
        }
    }
    if (!m_buttons->isHidden()) {
        all.append(m_insert);
        if (m_markdown->isEnabled()) {
            all.append(m_markdown);
        }
        all.append(m_poem);
    }
    all.append(m_remove);
    return all;
}

void PictureCard::focusFirst() {
    // On the chosen caption rather than the first, which would choose it.
    const int caption = chosen();
    QWidget* stop =
        !m_rows.at(caption).field->isHidden() ? m_rows.at(caption).field : stops().constFirst();
    stop->setFocus(Qt::TabFocusReason);
}

void PictureCard::focusLast() {
    stops().constLast()->setFocus(Qt::BacktabFocusReason);
}

bool PictureCard::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool forward = key->key() == Qt::Key_Tab;
        if (forward || key->key() == Qt::Key_Backtab) {
            const QList<QWidget*> all = stops();
            const QWidget* edge = forward ? all.constLast() : all.constFirst();
            if (watched == edge) {
                Q_EMIT left(m_index, forward);
                return true;
            }
        }
    }
    return QFrame::eventFilter(watched, event);
}

} // namespace linnet::ui
