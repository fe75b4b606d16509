#pragma once

#include "ui/dialogs/dialogs.h"
#include "ui/dialogs/remote_server_form.h"
#include "ui/dialogs/settings_form.h"

class QListWidget;
class QPushButton;

namespace linnet::ui {

// Where things are made, here or on a server, and the servers.
class RemotePage : public SettingsForm {
    Q_OBJECT
public:
    RemotePage(services::Settings& settings, services::RemoteServers& servers,
               services::TokenKeeper& tokens, Dialogs& dialogs, QWidget* parent = nullptr);

private:
    void buildServers();
    void fill();
    void add();
    void remove();
    void move(int step);
    void store(const services::RemoteProfile& profile);
    void showCurrent();

    services::RemoteServers& m_servers;
    services::TokenKeeper& m_tokens;
    Dialogs& m_dialogs;
    QListWidget* m_list = nullptr;
    QPushButton* m_remove = nullptr;
    QPushButton* m_up = nullptr;
    RemoteServerForm* m_form = nullptr;
};

} // namespace linnet::ui
