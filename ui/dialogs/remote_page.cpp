#include "ui/dialogs/remote_page.h"

#include <algorithm>

#include <QComboBox>
#include <QHBoxLayout>
#include <QListWidget>
#include <QPushButton>
#include <QSignalBlocker>

#include "ui/remote_words.h"

namespace linnet::ui {

namespace setting = services::setting;

RemotePage::RemotePage(services::Settings& settings, services::RemoteServers& servers,
                       services::TokenKeeper& tokens, Dialogs& dialogs, QWidget* parent)
    : SettingsForm(settings, parent)
    , m_servers(servers)
    , m_tokens(tokens)
    , m_dialogs(dialogs) {
    heading(tr("Where suggestions, poems and captions are made"));
    QComboBox* routing =
        choice(setting::remoteRouting, tr("Make them"),
               {{QStringLiteral("local"), tr("only on this computer")},
                {QStringLiteral("fallback"), tr("on a server where no model here fits")},
                {QStringLiteral("remote"), tr("on a server when one answers, else here")}});
    routing->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    note(
        tr("On this computer only, nothing is sent and no connection is opened. Otherwise the text "
           "before the caret, what you ask of a poem, or a picture goes to the first server below "
           "that is used for it; the status bar then shows its name."));
    buildServers();
    connect(&servers, &services::RemoteServers::changed, this, &RemotePage::fill);
    fill();
}

void RemotePage::buildServers() {
    heading(tr("Servers"));
    m_list = new QListWidget(this);
    m_list->setObjectName(QStringLiteral("remoteServers"));
    m_list->setAccessibleName(tr("Servers"));
    m_list->setFixedHeight(90);
    wide(m_list);
    auto* buttons = new QWidget(this);
    auto* line = new QHBoxLayout(buttons);
    line->setContentsMargins(0, 0, 0, 0);
    const auto button = [&](const char* name, const QString& text) {
        auto* made = new QPushButton(text, buttons);
        made->setObjectName(QString::fromLatin1(name));
        made->setAutoDefault(false);
        line->addWidget(made);
        return made;
    };
    QPushButton* adding = button("remoteAdd", tr("Add a Server"));
    m_remove = button("remoteRemove", tr("Remove…"));
    m_up = button("remoteUp", tr("Ask Earlier"));
    line->addStretch(1);
    wide(buttons);
    m_form = new RemoteServerForm(m_servers, m_tokens, m_dialogs, this);
    m_form->setObjectName(QStringLiteral("remoteForm"));
    wide(m_form);
    auto* rest = new QWidget(this); // takes the spare height, which the rows would share
    rest->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Expanding);
    wide(rest);
    connect(adding, &QPushButton::clicked, this, &RemotePage::add);
    connect(m_remove, &QPushButton::clicked, this, &RemotePage::remove);
    connect(m_up, &QPushButton::clicked, this, [this] { move(-1); });
    connect(m_list, &QListWidget::currentRowChanged, this, &RemotePage::showCurrent);
    connect(m_form, &RemoteServerForm::edited, this, &RemotePage::store);
}

void RemotePage::fill() {
    const int row = m_list->currentRow();
    {
        const QSignalBlocker quiet(m_list);
        m_list->clear();
        for (const services::RemoteProfile& profile : m_servers.profiles()) {
            m_list->addItem(nameOf(profile));
        }
        const int last = m_list->count() - 1;
        m_list->setCurrentRow(std::clamp(row, std::min(0, last), last));
    }
    showCurrent();
}

void RemotePage::showCurrent() {
    const int row = m_list->currentRow();
    const bool any = row >= 0 && row < m_servers.profiles().size();
    m_form->setVisible(any);
    m_remove->setEnabled(any);
    m_up->setEnabled(any && row > 0);
    if (any && m_form->profile() != m_servers.profiles()[row]) {
        m_form->setProfile(m_servers.profiles()[row]);
    }
}

void RemotePage::store(const services::RemoteProfile& profile) {
    QVector<services::RemoteProfile> profiles = m_servers.profiles();
    for (services::RemoteProfile& one : profiles) {
        if (one.id == profile.id) {
            one = profile;
        }
    }
    m_settings.set(setting::remoteProfiles, toSetting(profiles));
}

void RemotePage::add() {
    QVector<services::RemoteProfile> profiles = m_servers.profiles();
    profiles.append(services::newProfile());
    m_settings.set(setting::remoteProfiles, toSetting(profiles));
    m_list->setCurrentRow(m_list->count() - 1);
    m_form->focusAddress();
}

void RemotePage::remove() {
    QVector<services::RemoteProfile> profiles = m_servers.profiles();
    const int row = m_list->currentRow();
    if (row < 0 || row >= profiles.size() ||
        !m_dialogs.confirm(this, tr("Remove the server “%1”?").arg(nameOf(profiles[row])),
                           tr("Its token is removed from the keychain too."), tr("Remove"))) {
        return;
    }
    const QString key = tokenKey(profiles[row]);
    profiles.removeAt(row);
    m_settings.set(setting::remoteProfiles, toSetting(profiles));
    if (!key.isEmpty()) {
        m_tokens.forget(key);
    }
}

void RemotePage::move(int step) {
    QVector<services::RemoteProfile> profiles = m_servers.profiles();
    const int row = m_list->currentRow();
    profiles.move(row, row + step);
    m_settings.set(setting::remoteProfiles, toSetting(profiles));
    m_list->setCurrentRow(row + step);
}

} // namespace linnet::ui
