#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include <QDeadlineTimer>
#include <QHash>
#include <QObject>
#include <QTimer>
#include <QVector>

#include "services/remote_client.h"
#include "services/remote_error.h"
#include "services/remote_profile.h"
#include "services/remote_status.h"
#include "services/settings.h"
#include "services/token_keeper.h"

namespace linnet::services {

enum class RemoteRouting {
    LocalOnly,    // nothing leaves this machine, and no socket is opened
    PreferRemote, // a server whenever one answers
    Fallback,     // a server where no model on this machine fits
};

// The servers that the writer has set up, and which of them to ask now. One that fails is left
// alone for a while, or until something about it is changed. GUI thread.
class RemoteServers : public QObject {
    Q_OBJECT
public:
    // Both outlive this.
    RemoteServers(Settings& settings, TokenKeeper& tokens, QObject* parent = nullptr);
    ~RemoteServers() override;

    RemoteRouting routing() const;
    const QVector<RemoteProfile>& profiles() const { return m_profiles; }

    // The server to ask for `use`; `localFits`: a model on this machine could do it too. Nothing:
    // it is to be done here.
    std::optional<RemoteProfile> serverFor(RemoteUse use, bool localFits) const;
    // Made with the first need; until then nothing here could open a socket.
    RemoteClient& client();
    bool hasNetwork() const { return m_client && m_client->hasNetwork(); }

    // What its list of models says that linnet-server can do: "poems", "captions"; of any other
    // server nothing. Unknown until a list has been seen, and again when its profile is changed.
    std::optional<QStringList> abilitiesOf(const RemoteProfile& profile) const;
    void learnAbilities(const RemoteProfile& profile, const QByteArray& modelList);

    // What came of asking; begin() and end() come in pairs.
    void begin(const RemoteProfile& profile);
    void end(const RemoteProfile& profile);
    void succeeded(const RemoteProfile& profile);
    void failed(const RemoteProfile& profile, const RemoteError& error);
    // Asks it again at once, whatever it did.
    void forgive(const QString& profileId);

    RemoteStatus status() const;
    // Nothing is suggested, so nothing is sent while the writer types.
    void setSuggesting(bool on);

Q_SIGNALS:
    void changed(); // profiles or routing
    void statusChanged(const linnet::services::RemoteStatus& status);
    // The first of a row of failures; what it does is done here meanwhile.
    void troubled(const linnet::services::RemoteProfile& profile,
                  const linnet::services::RemoteError& error);

private:
    struct Trouble {
        RemoteError error;
        QDeadlineTimer until; // left alone
        std::chrono::milliseconds pause{0};
    };

    void reload();
    void forgetOldToken(const RemoteProfile& old);
    void showStatus();
    bool isLeftAlone(const QString& id) const;

    Settings& m_settings;
    TokenKeeper& m_tokens;
    QVector<RemoteProfile> m_profiles;
    QHash<QString, Trouble> m_troubles; // by profile
    QHash<QString, int> m_busy;
    QHash<QString, QStringList> m_abilities; // by profile
    QString m_recent; // the profile that text went to last; until m_afterglow ends
    QTimer m_afterglow;
    QTimer m_recheck;
    bool m_suggesting = true;
    RemoteStatus m_shown;
    std::unique_ptr<RemoteClient> m_client;
};

} // namespace linnet::services

Q_DECLARE_METATYPE(linnet::services::RemoteProfile)
