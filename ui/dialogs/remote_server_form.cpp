#include "ui/dialogs/remote_server_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include "protocol/models.h"
#include "ui/remote_words.h"

namespace linnet::ui {

using services::RemoteUse;
using services::TokenState;
using namespace std::chrono_literals;

namespace {

// The writer is waiting in front of it.
services::RemoteLimits testLimits() {
    services::RemoteLimits limits;
    limits.connect = 5s;
    limits.firstByte = 10s;
    limits.total = 20s;
    limits.attempts = 1;
    return limits;
}

// Some servers load a model when it is first asked for.
services::RemoteLimits wordLimits() {
    services::RemoteLimits limits = testLimits();
    limits.firstByte = 60s;
    limits.total = 60s;
    return limits;
}

QWidget* inARow(std::initializer_list<QWidget*> widgets, QWidget* parent) {
    auto* box = new QWidget(parent);
    auto* line = new QHBoxLayout(box);
    line->setContentsMargins(0, 0, 0, 0);
    for (QWidget* widget : widgets) {
        line->addWidget(widget, qobject_cast<QLineEdit*>(widget) != nullptr ? 1 : 0);
    }
    if (qobject_cast<QLineEdit*>(*widgets.begin()) == nullptr) {
        line->addStretch(1);
    }
    return box;
}

} // namespace

RemoteServerForm::RemoteServerForm(services::RemoteServers& servers, services::TokenKeeper& tokens,
                                   Dialogs& dialogs, QWidget* parent)
    : QWidget(parent)
    , m_servers(servers)
    , m_tokens(tokens)
    , m_dialogs(dialogs) {
    build();
    connect(&tokens, &services::TokenKeeper::changed, this, [this](const QString& key) {
        if (key == services::tokenKey(m_profile)) {
            showToken();
        }
    });
}

RemoteServerForm::~RemoteServerForm() = default;

void RemoteServerForm::build() {
    auto* form = new QFormLayout(this);
    form->setContentsMargins(0, 0, 0, 0);
    form->setHorizontalSpacing(20);
    form->setVerticalSpacing(8);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->setLabelAlignment(Qt::AlignRight | Qt::AlignVCenter);
    buildServer(*form);
    buildToken(*form);
    m_test = makeButton("remoteTest", tr("Test Connection"));
    m_result = makeNote("remoteResult");
    form->addRow(QString(), inARow({m_test}, this));
    form->addRow(QString(), m_result);
    buildMore(*form);
    connect(m_test, &QPushButton::clicked, this, &RemoteServerForm::test);
    for (QLineEdit* field : {m_name, m_address, m_certificate, m_extras}) {
        connect(field, &QLineEdit::editingFinished, this, &RemoteServerForm::apply);
    }
    for (QCheckBox* box : {m_suggestions, m_poems, m_captions, m_logProbs}) {
        connect(box, &QCheckBox::toggled, this, &RemoteServerForm::apply);
    }
    connect(m_address, &QLineEdit::textChanged, this, &RemoteServerForm::showAddress);
    connect(m_model->lineEdit(), &QLineEdit::editingFinished, this, &RemoteServerForm::apply);
    connect(m_model, &QComboBox::activated, this, &RemoteServerForm::apply);
}

void RemoteServerForm::buildServer(QFormLayout& form) {
    m_name = makeField("remoteName", tr("Name"));
    form.addRow(tr("Name"), m_name);
    m_address = makeField("remoteAddress", tr("Address"));
    m_address->setPlaceholderText(QStringLiteral("https://studio.example/v1"));
    form.addRow(tr("Address"), m_address);
    m_addressNote = makeNote("remoteAddressNote");
    form.addRow(QString(), m_addressNote);
    m_model = new QComboBox(this);
    m_model->setObjectName(QStringLiteral("remoteModel"));
    m_model->setAccessibleName(tr("Model"));
    m_model->setEditable(true);
    m_model->setInsertPolicy(QComboBox::NoInsert);
    m_model->lineEdit()->setPlaceholderText(tr("Test the connection to choose one"));
    form.addRow(tr("Model"), m_model);
    const auto box = [this](const char* name, const QString& text) {
        auto* check = new QCheckBox(text, this);
        check->setObjectName(QString::fromLatin1(name));
        return check;
    };
    m_suggestions = box("remoteSuggestions", tr("suggestions"));
    m_poems = box("remotePoems", tr("poems"));
    m_captions = box("remoteCaptions", tr("captions"));
    form.addRow(tr("Used for"), inARow({m_suggestions, m_poems, m_captions}, this));
}

void RemoteServerForm::buildToken(QFormLayout& form) {
    m_token = makeField("remoteToken", tr("Token"));
    m_token->setEchoMode(QLineEdit::Password);
    m_token->setPlaceholderText(tr("Typed here, it goes to the keychain"));
    m_token->setInputMethodHints(Qt::ImhSensitiveData | Qt::ImhNoPredictiveText);
    m_saveToken = makeButton("remoteSaveToken", tr("Keep"));
    m_saveToken->setEnabled(false);
    form.addRow(tr("Token"), inARow({m_token, m_saveToken}, this));
    m_tokenState = makeNote("remoteTokenState");
    form.addRow(QString(), m_tokenState);
    m_askKeychain = makeButton("remoteAskKeychain", tr("Ask the Keychain Again"));
    m_forgetToken = makeButton("remoteForgetToken", tr("Forget the Token"));
    form.addRow(QString(), inARow({m_askKeychain, m_forgetToken}, this));
    connect(m_token, &QLineEdit::textChanged, this,
            [this](const QString& text) { m_saveToken->setEnabled(!text.trimmed().isEmpty()); });
    connect(m_token, &QLineEdit::returnPressed, this, &RemoteServerForm::saveToken);
    connect(m_saveToken, &QPushButton::clicked, this, &RemoteServerForm::saveToken);
    connect(m_askKeychain, &QPushButton::clicked, this,
            [this] { m_tokens.askAgain(services::tokenKey(m_profile)); });
    connect(m_forgetToken, &QPushButton::clicked, this,
            [this] { m_tokens.forget(services::tokenKey(m_profile)); });
}

void RemoteServerForm::buildMore(QFormLayout& form) {
    m_certificate = makeField("remoteCertificate", tr("Certificate file to trust"));
    m_certificate->setPlaceholderText(tr("Only those of the system"));
    auto* choose = makeButton("remoteChooseCertificate", tr("Choose…"));
    form.addRow(tr("Trust also"), inARow({m_certificate, choose}, this));
    connect(choose, &QPushButton::clicked, this, &RemoteServerForm::chooseCertificate);
    m_logProbs = new QCheckBox(tr("It tells how probable its words are (logprobs)"), this);
    m_logProbs->setObjectName(QStringLiteral("remoteLogProbs"));
    m_logProbs->setToolTip(tr("Then its text is shown by the same measure as that of the models "
                              "here; otherwise only where a model here agrees with it."));
    form.addRow(QString(), m_logProbs);
    m_extras = makeField("remoteExtras", tr("Extra fields of requests"));
    m_extras->setPlaceholderText(QStringLiteral("{\"top_k\": 40}"));
    form.addRow(tr("Extra fields"), m_extras);
    m_extrasNote = makeNote("remoteExtrasNote");
    form.addRow(QString(), m_extrasNote);
}

QLineEdit* RemoteServerForm::makeField(const char* name, const QString& label) {
    auto* field = new QLineEdit(this);
    field->setObjectName(QString::fromLatin1(name));
    field->setAccessibleName(label);
    return field;
}

QLabel* RemoteServerForm::makeNote(const char* name) {
    auto* note = new QLabel(this);
    note->setObjectName(QString::fromLatin1(name));
    note->setWordWrap(true);
    note->setForegroundRole(QPalette::PlaceholderText);
    note->setTextFormat(Qt::PlainText); // a server's words are only words
    note->hide();
    return note;
}

QPushButton* RemoteServerForm::makeButton(const char* name, const QString& text) {
    auto* button = new QPushButton(text, this);
    button->setObjectName(QString::fromLatin1(name));
    button->setAutoDefault(false); // Enter in a field belongs to the field
    return button;
}

void RemoteServerForm::setProfile(const services::RemoteProfile& profile) {
    const bool another = profile.id != m_profile.id;
    m_profile = profile;
    m_filling = true;
    m_name->setText(profile.name);
    m_address->setText(profile.address);
    if (another) {
        stopTest();
        m_model->clear();
        m_token->clear();
        say(QString(), false);
    }
    m_model->setEditText(profile.model);
    m_suggestions->setChecked(profile.uses.testFlag(RemoteUse::Suggestions));
    m_poems->setChecked(profile.uses.testFlag(RemoteUse::Poems));
    m_captions->setChecked(profile.uses.testFlag(RemoteUse::Captions));
    m_certificate->setText(profile.caFile);
    m_logProbs->setChecked(profile.logProbs);
    m_extras->setText(
        profile.extras.isEmpty()
            ? QString()
            : QString::fromUtf8(QJsonDocument(profile.extras).toJson(QJsonDocument::Compact)));
    m_extrasNote->hide();
    m_filling = false;
    showAddress();
    showToken();
}

void RemoteServerForm::focusAddress() {
    m_address->setFocus();
}

void RemoteServerForm::apply() {
    if (m_filling) {
        return;
    }
    services::RemoteProfile changed = m_profile;
    changed.name = m_name->text().trimmed();
    changed.address = m_address->text().trimmed();
    changed.model = m_model->currentText().trimmed();
    changed.uses = {};
    changed.uses.setFlag(RemoteUse::Suggestions, m_suggestions->isChecked());
    changed.uses.setFlag(RemoteUse::Poems, m_poems->isChecked());
    changed.uses.setFlag(RemoteUse::Captions, m_captions->isChecked());
    changed.caFile = m_certificate->text().trimmed();
    changed.logProbs = m_logProbs->isChecked();
    QString problem;
    if (const auto extras = services::parseExtras(m_extras->text(), &problem)) {
        changed.extras = *extras;
    }
    m_extrasNote->setText(
        tr("These fields are not used: %1. They must be a JSON object.").arg(problem));
    m_extrasNote->setVisible(!problem.isEmpty());
    if (changed != m_profile) {
        const QString oldKey = services::tokenKey(m_profile);
        if (!oldKey.isEmpty() && services::tokenKey(changed) != oldKey &&
            m_tokens.state(oldKey) != TokenState::None) {
            say(tr("Another address: a token kept for the old one is removed from the keychain. "
                   "Enter the token of this server, if it wants one."),
                true);
        }
        if (changed.address != m_profile.address) {
            stopTest(); // it was of the old one
        }
        m_profile = changed;
        showToken();
        Q_EMIT edited(m_profile);
    }
}

void RemoteServerForm::saveToken() {
    apply();
    const QString key = services::tokenKey(m_profile);
    const QString token = m_token->text().trimmed();
    if (token.isEmpty()) {
        return;
    }
    if (key.isEmpty()) {
        say(tr("Enter the address first: a token belongs to one server."), true);
        return;
    }
    if (!m_tokens.set(key, token)) {
        say(tr("This is not a token: it may have letters, digits and signs, but no spaces."), true);
        return;
    }
    m_token->clear();
}

void RemoteServerForm::chooseCertificate() {
    const QString file = m_dialogs.certificateToTrust(this);
    if (!file.isEmpty()) {
        m_certificate->setText(file);
        apply();
    }
}

void RemoteServerForm::showToken() {
    const QString key = services::tokenKey(m_profile);
    const TokenState state = m_tokens.state(key);
    m_tokenState->setText(explainTokenState(state, m_tokens.problem(key)));
    m_tokenState->setVisible(true);
    m_askKeychain->setVisible(state == TokenState::Locked || state == TokenState::Unavailable ||
                              state == TokenState::MemoryOnly);
    m_forgetToken->setVisible(state == TokenState::Kept || state == TokenState::MemoryOnly);
    m_askKeychain->parentWidget()->setVisible(!m_askKeychain->isHidden() ||
                                              !m_forgetToken->isHidden());
}

void RemoteServerForm::showAddress() {
    const QString address = m_address->text();
    QString text = explainAddressProblem(services::checkAddress(address));
    if (const auto url = services::apiUrl(address)) {
        if (services::isUnencrypted(*url)) {
            text = tr("The connection is not encrypted: others on the network could read your text "
                      "and the token. Prefer https.");
        }
    }
    m_addressNote->setText(text);
    m_addressNote->setVisible(!text.isEmpty());
    m_test->setEnabled(services::apiUrl(address).has_value());
}

// ---- the test

void RemoteServerForm::test() {
    apply();
    stopTest();
    if (!services::apiUrl(m_profile.address)) {
        return;
    }
    say(tr("Asking “%1”…").arg(nameOf(m_profile)), false);
    m_servers.client().closeConnections(); // its certificate may be another by now
    m_call = m_servers.client().listModels(m_profile, testLimits());
    connect(m_call.get(), &services::RemoteCall::finished, this,
            [this](const QByteArray& body) { onModels(body, m_call->latency()); });
    connect(m_call.get(), &services::RemoteCall::failed, this,
            [this](const services::RemoteError& error) {
                say(explainRemoteError(error, nameOf(m_profile)), true);
            });
}

void RemoteServerForm::stopTest() {
    m_call.reset();
}

void RemoteServerForm::onModels(const QByteArray& body, qint64 latency) {
    const auto models = protocol::parseModelList(body.toStdString());
    if (!models) {
        say(explainRemoteError({}, nameOf(m_profile)), true);
        return;
    }
    const QString chosen = m_model->currentText().trimmed();
    m_filling = true;
    m_model->clear();
    for (const protocol::ModelEntry& model : *models) {
        m_model->addItem(QString::fromStdString(model.id));
    }
    m_model->setEditText(
        chosen.isEmpty() && !models->empty() ? QString::fromStdString(models->front().id) : chosen);
    m_filling = false;
    apply();
    m_servers.forgive(m_profile.id);
    const QString time = tr("“%1” answers after %2 ms.").arg(nameOf(m_profile)).arg(latency);
    QString what;
    const bool unlisted = !chosen.isEmpty() && m_model->findText(chosen) < 0;
    if (models->empty()) {
        what = tr("It lists no models.");
    } else if (unlisted) {
        what = tr("It does not list the model “%1”: choose another.").arg(chosen);
    } else {
        what = tr("%n model(s) to choose from.", nullptr, static_cast<int>(models->size()));
    }
    if (models->empty() || unlisted) {
        say(twoSentences(time, what), true);
    } else {
        askForAWord(twoSentences(time, what));
    }
}

// Says `passed` if the server gives one.
void RemoteServerForm::askForAWord(const QString& passed) {
    say(tr("“%1” lists its models. Asking it for a word…").arg(nameOf(m_profile)), false);
    services::RemoteClient& client = m_servers.client();
    if (m_profile.uses == RemoteUse::Captions) {
        protocol::ChatRequest request;
        request.messages = {{"user", {{protocol::ContentPart::Kind::Text, "Hello"}}}};
        request.options.maxTokens = 1;
        m_call = client.chat(m_profile, request, wordLimits());
    } else {
        protocol::CompletionRequest request;
        request.prompts = {"Once upon a"};
        request.options.maxTokens = 1;
        m_call = client.complete(m_profile, request, wordLimits());
    }
    connect(m_call.get(), &services::RemoteCall::finished, this,
            [this, passed] { say(passed, false); });
    connect(m_call.get(), &services::RemoteCall::failed, this,
            [this, passed](const services::RemoteError& error) {
                // What captions pictures may want one; by then it has looked at the token.
                if (m_profile.uses == RemoteUse::Captions &&
                    error.kind == services::RemoteErrorKind::Rejected) {
                    say(passed, false);
                } else {
                    onNoWord(error);
                }
            });
}

void RemoteServerForm::onNoWord(const services::RemoteError& error) {
    const QString name = nameOf(m_profile);
    if (error.kind != services::RemoteErrorKind::Unauthorized) {
        say(explainRemoteError(error, name), true);
        return;
    }
    const TokenState state = m_tokens.state(services::tokenKey(m_profile));
    if (state == TokenState::Kept || state == TokenState::MemoryOnly) {
        say(tr("“%1” lists its models to anyone, but does not accept this token: it is wrong or "
               "was replaced. Enter the right one.")
                .arg(name),
            true);
    } else {
        say(tr("“%1” lists its models to anyone, but writes only for those with a token. Enter "
               "yours.")
                .arg(name),
            true);
    }
}

void RemoteServerForm::say(const QString& text, bool bad) {
    m_result->setText(text);
    m_result->setVisible(!text.isEmpty());
    m_result->setForegroundRole(bad ? QPalette::WindowText : QPalette::PlaceholderText);
}

} // namespace linnet::ui
