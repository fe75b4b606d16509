#include "services/remote_servers.h"

#include <algorithm>
#include <utility>

#include "protocol/models.h"

namespace linnet::services {

using namespace std::chrono_literals;

namespace {

constexpr auto firstPause = 5s; // after a failure that may pass; doubled with each further one
constexpr auto longestPause = 60s;
constexpr auto afterglow = 3s; // the mark stays readable after a short exchange

// A failure that stays until somebody does something about it.
bool needsTheWriter(RemoteErrorKind kind) {
    switch (kind) {
    case RemoteErrorKind::TokenLocked:
    case RemoteErrorKind::Unauthorized:
    case RemoteErrorKind::Forbidden:
    case RemoteErrorKind::NotFound:
    case RemoteErrorKind::Redirected:
    case RemoteErrorKind::Tls:
    case RemoteErrorKind::Certificate:
        return true;
    default:
        return false;
    }
}

bool sameStatus(const RemoteStatus& a, const RemoteStatus& b) {
    return a.server == b.server && a.troubled == b.troubled && a.error.kind == b.error.kind &&
           a.error.detail == b.error.detail;
}

} // namespace

RemoteServers::RemoteServers(Settings& settings, TokenKeeper& tokens, QObject* parent)
    : QObject(parent)
    , m_settings(settings)
    , m_tokens(tokens) {
    m_afterglow.setSingleShot(true);
    m_afterglow.setInterval(afterglow);
    m_recheck.setSingleShot(true);
    connect(&m_afterglow, &QTimer::timeout, this, [this] {
        m_recent.clear();
        showStatus();
    });
    connect(&m_recheck, &QTimer::timeout, this, &RemoteServers::showStatus);
    connect(&settings, &Settings::changed, this, [this](const QString& key) {
        if (key == QLatin1String(setting::remoteProfiles.key) ||
            key == QLatin1String(setting::remoteRouting.key)) {
            reload();
        }
    });
    // Another token is another chance.
    connect(&tokens, &TokenKeeper::changed, this, [this](const QString& key) {
        const TokenState state = m_tokens.state(key);
        if (state != TokenState::Saving && state != TokenState::Kept && state != TokenState::None) {
            return;
        }
        for (const RemoteProfile& profile : std::as_const(m_profiles)) {
            if (tokenKey(profile) == key) {
                forgive(profile.id);
            }
        }
    });
    m_profiles = profilesFrom(settings.value(setting::remoteProfiles));
    m_shown = status();
}

RemoteServers::~RemoteServers() = default;

void RemoteServers::reload() {
    const QVector<RemoteProfile> before =
        std::exchange(m_profiles, profilesFrom(m_settings.value(setting::remoteProfiles)));
    for (const RemoteProfile& old : before) {
        if (!m_profiles.contains(old)) {
            m_troubles.remove(old.id); // it may be better now
            m_abilities.remove(old.id);
            forgetOldToken(old);
        }
    }
    Q_EMIT changed();
    showStatus();
}

// A token belongs to one address: with another one nothing would ever use it, or remove it.
void RemoteServers::forgetOldToken(const RemoteProfile& old) {
    const auto now = std::find_if(m_profiles.begin(), m_profiles.end(),
                                  [&](const RemoteProfile& one) { return one.id == old.id; });
    const QString key = tokenKey(old);
    if (now != m_profiles.end() && !key.isEmpty() && tokenKey(*now) != key &&
        m_tokens.state(key) != TokenState::None) {
        m_tokens.forget(key);
    }
}

RemoteRouting RemoteServers::routing() const {
    const QString routing = m_settings.value(setting::remoteRouting);
    if (routing == QLatin1String("remote")) {
        return RemoteRouting::PreferRemote;
    }
    return routing == QLatin1String("fallback") ? RemoteRouting::Fallback
                                                : RemoteRouting::LocalOnly;
}

bool RemoteServers::isLeftAlone(const QString& id) const {
    const auto trouble = m_troubles.constFind(id);
    return trouble != m_troubles.constEnd() && !trouble->until.hasExpired();
}

std::optional<RemoteProfile> RemoteServers::serverFor(RemoteUse use, bool localFits) const {
    const RemoteRouting way = routing();
    if (way == RemoteRouting::LocalOnly || (way == RemoteRouting::Fallback && localFits)) {
        return std::nullopt;
    }
    for (const RemoteProfile& profile : m_profiles) {
        if (profile.uses.testFlag(use) && apiUrl(profile.address) && !isLeftAlone(profile.id)) {
            return profile;
        }
    }
    return std::nullopt;
}

std::optional<QStringList> RemoteServers::abilitiesOf(const RemoteProfile& profile) const {
    const auto known = m_abilities.constFind(profile.id);
    return known == m_abilities.constEnd() ? std::nullopt : std::optional(*known);
}

void RemoteServers::learnAbilities(const RemoteProfile& profile, const QByteArray& modelList) {
    QStringList abilities;
    if (const auto models = protocol::parseModelList(modelList.toStdString())) {
        for (const protocol::ModelEntry& model : *models) {
            for (const std::string& ability : model.capabilities) {
                abilities.append(QString::fromStdString(ability));
            }
        }
    }
    abilities.removeDuplicates();
    m_abilities.insert(profile.id, abilities);
}

RemoteClient& RemoteServers::client() {
    if (!m_client) {
        m_client = std::make_unique<RemoteClient>(m_tokens);
    }
    return *m_client;
}

void RemoteServers::begin(const RemoteProfile& profile) {
    ++m_busy[profile.id];
    m_afterglow.stop();
    m_recent = profile.id;
    showStatus();
}

void RemoteServers::end(const RemoteProfile& profile) {
    if (--m_busy[profile.id] <= 0) {
        m_busy.remove(profile.id);
    }
    if (m_busy.isEmpty()) {
        m_afterglow.start();
    }
}

void RemoteServers::succeeded(const RemoteProfile& profile) {
    if (m_troubles.remove(profile.id) > 0) {
        showStatus();
    }
}

void RemoteServers::failed(const RemoteProfile& profile, const RemoteError& error) {
    const bool isNews =
        !m_troubles.contains(profile.id) || m_troubles[profile.id].error.kind != error.kind;
    Trouble& trouble = m_troubles[profile.id];
    trouble.error = error;
    if (needsTheWriter(error.kind)) {
        trouble.until = QDeadlineTimer(QDeadlineTimer::Forever);
    } else {
        trouble.pause =
            std::clamp<std::chrono::milliseconds>(trouble.pause * 2, firstPause, longestPause);
        const std::chrono::milliseconds asked = std::chrono::seconds(std::max(0, error.retryAfter));
        trouble.until = QDeadlineTimer(std::max(trouble.pause, asked));
        m_recheck.start(std::chrono::milliseconds(trouble.until.remainingTime()));
    }
    showStatus();
    if (isNews) {
        Q_EMIT troubled(profile, error);
    }
}

void RemoteServers::forgive(const QString& profileId) {
    if (m_troubles.remove(profileId) > 0) {
        showStatus();
    }
}

void RemoteServers::setSuggesting(bool on) {
    m_suggesting = on;
    showStatus();
}

RemoteStatus RemoteServers::status() const {
    RemoteStatus status;
    const RemoteRouting way = routing();
    for (const RemoteProfile& profile : m_profiles) {
        const auto trouble = m_troubles.constFind(profile.id);
        if (way != RemoteRouting::LocalOnly && trouble != m_troubles.constEnd() &&
            status.troubled.isEmpty()) {
            status.troubled = shownName(profile);
            status.error = trouble->error;
        }
        if (profile.id == m_recent || m_busy.contains(profile.id)) {
            status.server = shownName(profile);
        }
    }
    if (status.server.isEmpty() && way == RemoteRouting::PreferRemote && m_suggesting) {
        const auto next = serverFor(RemoteUse::Suggestions, true);
        status.server = next ? shownName(*next) : QString(); // with the next key
    }
    return status;
}

void RemoteServers::showStatus() {
    const RemoteStatus now = status();
    if (!sameStatus(now, m_shown)) {
        m_shown = now;
        Q_EMIT statusChanged(now);
    }
}

} // namespace linnet::services
