#include "ui/status_strip.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QToolButton>

#include "ui/diagnostics.h"
#include "ui/icons.h"
#include "ui/remote_words.h"

namespace linnet::ui {

namespace {
constexpr int widestServer = 160; // pixels of its name
}

StatusStrip::StatusStrip(QWidget* parent)
    : QWidget(parent)
    , m_theme(lightTheme()) {
    setObjectName(QStringLiteral("statusStrip"));
    setAccessibleName(tr("Status"));
    m_document = makeButton("statusDocument", &StatusStrip::documentClicked);
    m_encoding = makeButton("statusEncoding", &StatusStrip::encodingClicked);
    m_encoding->hide();
    m_counts = makeButton("statusCounts", &StatusStrip::countsClicked);
    m_suggestions = makeButton("statusSuggestions", &StatusStrip::suggestionsClicked);
    m_model = makeButton("statusModel", &StatusStrip::modelClicked);
    m_device = makeButton("statusDevice", &StatusStrip::deviceClicked);
    m_where = makeButton("statusWhere", &StatusStrip::whereClicked);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(6, 2, 6, 2);
    row->setSpacing(2);
    row->addWidget(m_document);
    row->addWidget(m_encoding);
    row->addStretch(1);
    row->addWidget(m_counts);
    row->addStretch(1);
    for (QToolButton* button : {m_suggestions, m_model, m_device, m_where}) {
        row->addWidget(button);
    }
    setSuggestionsEnabled(true);
    setTheme(m_theme);
    setCounts({}, 0, true);
}

QToolButton* StatusStrip::makeButton(const char* name, void (StatusStrip::*clicked)()) {
    auto* button = new QToolButton(this);
    button->setObjectName(QString::fromLatin1(name));
    button->setAutoRaise(true);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setIconSize(QSize(12, 12));
    button->setFocusPolicy(Qt::TabFocus);
    connect(button, &QToolButton::clicked, this, clicked);
    return button;
}

void StatusStrip::setTheme(const Theme& theme) {
    m_theme = theme;
    for (auto* button : findChildren<QToolButton*>()) {
        QPalette palette = button->palette();
        palette.setColor(QPalette::ButtonText, theme.muted);
        button->setPalette(palette);
    }
    showModel();
    showWhere();
}

void StatusStrip::setRemote(const services::RemoteStatus& status) {
    m_remote = status;
    showWhere();
}

// In the one colour that stands out, whenever text leaves the machine.
void StatusStrip::showWhere() {
    const QString name =
        m_where->fontMetrics().elidedText(m_remote.server, Qt::ElideRight, widestServer);
    QString hint = m_remote.isLocal()
                       ? tr("Your text stays on this computer.")
                       : tr("The text before the caret is sent to “%1”. Click to change that.")
                             .arg(m_remote.server);
    m_where->setText(m_remote.isLocal() ? tr("local") : name);
    m_where->setAccessibleName(hint);
    if (!m_remote.troubled.isEmpty()) {
        hint += u'\n' + explainRemoteError(m_remote.error, m_remote.troubled);
    }
    m_where->setToolTip(hint);
    QPalette palette = m_where->palette();
    palette.setColor(QPalette::ButtonText, m_remote.isLocal() ? m_theme.muted : m_theme.accent);
    m_where->setPalette(palette);
}

void StatusStrip::setDocument(const QString& name, const QString& state, const QString& hint) {
    m_document->setText(tr("%1 · %2").arg(name, state));
    m_document->setToolTip(hint);
    m_document->setAccessibleName(tr("Document %1, %2").arg(name, state));
}

void StatusStrip::setEncoding(const QString& label) {
    m_encoding->setVisible(!label.isEmpty());
    m_encoding->setText(label);
    m_encoding->setToolTip(tr("The file is written as %1. Click to change that.").arg(label));
    m_encoding->setAccessibleName(tr("Encoding %1").arg(label));
}

void StatusStrip::setCounts(const services::TextCounts& total, int fromSuggestions,
                            bool showProvenance) {
    m_total = total;
    m_fromSuggestions = fromSuggestions;
    m_showProvenance = showProvenance;
    showCounts();
}

void StatusStrip::setSelectionCounts(const services::TextCounts* selection) {
    m_hasSelection = selection != nullptr;
    m_selected = selection != nullptr ? *selection : services::TextCounts();
    showCounts();
}

void StatusStrip::showCounts() {
    QString text;
    if (m_hasSelection) {
        text = tr("%Ln selected word(s)", nullptr, m_selected.words());
    } else if (m_showProvenance && m_fromSuggestions > 0) {
        text = tr("%Ln word(s) (%1 by Linnet)", nullptr, m_total.words())
                   .arg(QLocale().toString(m_fromSuggestions));
    } else {
        text = tr("%Ln word(s)", nullptr, m_total.words());
    }
    const services::TextCounts& counts = m_hasSelection ? m_selected : m_total;
    m_counts->setText(text);
    m_counts->setAccessibleName(text);
    const QLocale locale;
    m_counts->setToolTip(
        tr("Characters: %1\nWithout spaces: %2\nParagraphs: %3\nReading time: %4 min")
            .arg(locale.toString(counts.characters), locale.toString(counts.charactersNoSpaces),
                 locale.toString(counts.paragraphs),
                 locale.toString((counts.readingSeconds() + 59) / 60)));
}

void StatusStrip::setSuggestionsEnabled(bool enabled) {
    m_suggestions->setText(enabled ? tr("suggestions on") : tr("suggestions off"));
    m_suggestions->setAccessibleName(m_suggestions->text());
    m_suggestions->setToolTip(enabled ? tr("Linnet suggests words while you write. Click to stop.")
                                      : tr("Linnet suggests nothing. Click to start."));
}

void StatusStrip::setModel(const services::ModelStatus& status) {
    m_status = status;
    showModel();
}

void StatusStrip::showModel() {
    QColor dot = m_theme.ghost;
    switch (m_status.state) {
    case services::ModelState::Off:
        dot = m_theme.ghost;
        break;
    case services::ModelState::Loading:
        dot = m_theme.busy;
        break;
    case services::ModelState::Ready:
        dot = m_theme.good;
        break;
    case services::ModelState::Failed:
        dot = m_theme.bad;
        break;
    }
    m_model->setIcon(dotIcon(dot));
    m_model->setText(m_status.name.isEmpty() ? tr("no model") : m_status.name);
    m_device->setVisible(!m_status.device.isEmpty());
    m_device->setText(m_status.device.toUpper());
    m_device->setAccessibleName(tr("Runs on %1").arg(m_status.device.toUpper()));
    m_device->setToolTip(
        m_status.precision.isEmpty()
            ? tr("Where the model runs.")
            : tr("The model runs here with weights of type %1.").arg(m_status.precision));
    describeModel();
}

void StatusStrip::describeModel() {
    QString hint;
    switch (m_status.state) {
    case services::ModelState::Off:
        hint = tr("The model is off. Writing works as always.");
        break;
    case services::ModelState::Loading:
        hint = tr("The model is loading. You can write meanwhile.");
        break;
    case services::ModelState::Ready:
        hint = tr("The model is ready.");
        break;
    case services::ModelState::Failed:
        hint = tr("The model could not be loaded. Your text is not affected. Click to choose "
                  "another model or to try again.");
        break;
    }
    m_model->setAccessibleName(hint);
    const QString notice = noticeOf(m_status);
    m_model->setToolTip(notice.isEmpty() ? hint : hint + u'\n' + notice);
}

} // namespace linnet::ui
