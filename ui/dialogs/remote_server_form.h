#pragma once

#include <QWidget>

#include "services/remote_servers.h"
#include "ui/dialogs/dialogs.h"

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace linnet::ui {

// One server: its address, model, uses and token, and whether it answers. Every change is told by
// edited(). The token is written only: it goes to the keychain and never comes back here.
class RemoteServerForm : public QWidget {
    Q_OBJECT
public:
    RemoteServerForm(services::RemoteServers& servers, services::TokenKeeper& tokens,
                     Dialogs& dialogs, QWidget* parent = nullptr);
    ~RemoteServerForm() override;

    void setProfile(const services::RemoteProfile& profile);
    const services::RemoteProfile& profile() const { return m_profile; }
    void focusAddress();
    // Lists the server's models, tells how long it took to answer, and asks for one word, since
    // many servers list their models to anyone.
    void test();

Q_SIGNALS:
    void edited(const linnet::services::RemoteProfile& profile);

private:
    void build();
    void buildServer(QFormLayout& form);
    void buildToken(QFormLayout& form);
    void buildMore(QFormLayout& form);
    QLineEdit* makeField(const char* name, const QString& label);
    QLabel* makeNote(const char* name);
    QPushButton* makeButton(const char* name, const QString& text);
    void apply();
    void saveToken();
    void chooseCertificate();
    void showToken();
    void showAddress();
    void onModels(const QByteArray& body, qint64 latency);
    void askForAWord(const QString& passed);
    void onNoWord(const services::RemoteError& error);
    void stopTest();
    void say(const QString& text, bool bad);

    services::RemoteServers& m_servers;
    services::TokenKeeper& m_tokens;
    Dialogs& m_dialogs;
    services::RemoteProfile m_profile;
    services::RemoteCallPtr m_call; // of the test

    QLineEdit* m_name = nullptr;
    QLineEdit* m_address = nullptr;
    QLabel* m_addressNote = nullptr;
    QComboBox* m_model = nullptr;
    QCheckBox* m_suggestions = nullptr;
    QCheckBox* m_poems = nullptr;
    QCheckBox* m_captions = nullptr;
    QLineEdit* m_token = nullptr;
    QPushButton* m_saveToken = nullptr;
    QPushButton* m_forgetToken = nullptr;
    QPushButton* m_askKeychain = nullptr;
    QLabel* m_tokenState = nullptr;
    QPushButton* m_test = nullptr;
    QLabel* m_result = nullptr;
    QLineEdit* m_certificate = nullptr;
    QCheckBox* m_logProbs = nullptr;
    QLineEdit* m_extras = nullptr;
    QLabel* m_extrasNote = nullptr;
    bool m_filling = false;
};

} // namespace linnet::ui
