#include "services/remote_profile.h"

#include <algorithm>
#include <array>
#include <utility>

#include <QHostAddress>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QUuid>

namespace linnet::services {

namespace {

constexpr int maxExtrasBytes = 4096;

struct UseName {
    RemoteUse use;
    const char* name;
};
constexpr std::array useNames{UseName{RemoteUse::Suggestions, "suggestions"},
                              UseName{RemoteUse::Poems, "poems"},
                              UseName{RemoteUse::Captions, "captions"}};

// "localhost:8080" is a host, though a URL would begin with a scheme.
QUrl urlOf(const QString& address) {
    const QString text = address.trimmed();
    if (text.contains(QLatin1String("://"))) {
        return QUrl(text, QUrl::StrictMode);
    }
    const QUrl guess(QStringLiteral("https://") + text, QUrl::StrictMode);
    if (QHostAddress(guess.host()).isNull() && !isLoopback(guess.host())) {
        return guess;
    }
    return QUrl(QStringLiteral("http://") + text, QUrl::StrictMode);
}

} // namespace

bool isLoopback(const QString& host) {
    const QString name = host.toLower();
    return name == QLatin1String("localhost") || name.endsWith(QLatin1String(".localhost")) ||
           QHostAddress(name).isLoopback();
}

bool isUnencrypted(const QUrl& url) {
    return url.scheme() == QLatin1String("http") && !isLoopback(url.host());
}

AddressProblem checkAddress(const QString& address) {
    if (address.trimmed().isEmpty()) {
        return AddressProblem::Empty;
    }
    const QUrl url = urlOf(address);
    if (!url.isValid() || url.host().isEmpty()) {
        return AddressProblem::NotAnAddress;
    }
    if (url.scheme() != QLatin1String("http") && url.scheme() != QLatin1String("https")) {
        return AddressProblem::Scheme;
    }
    if (!url.userInfo().isEmpty()) {
        return AddressProblem::Secret;
    }
    if (url.hasQuery() || url.hasFragment()) {
        return AddressProblem::Query;
    }
    return AddressProblem::None;
}

std::optional<QUrl> apiUrl(const QString& address) {
    if (checkAddress(address) != AddressProblem::None) {
        return std::nullopt;
    }
    QUrl url = urlOf(address);
    QString path = url.path();
    // An address copied whole from some example.
    static const QRegularExpression endpoint(
        QStringLiteral("/(chat/completions|completions|models)/*$"));
    path.remove(endpoint);
    while (path.endsWith(u'/')) {
        path.chop(1);
    }
    static const QRegularExpression version(QStringLiteral("/v\\d+$"));
    if (!version.match(path).hasMatch()) {
        path += QStringLiteral("/v1");
    }
    url.setPath(path);
    return url;
}

QString tokenKey(const RemoteProfile& profile) {
    const auto url = apiUrl(profile.address);
    if (!url) {
        return {};
    }
    const int port = url->port(url->scheme() == QLatin1String("https") ? 443 : 80);
    return QStringLiteral("%1://%2:%3/%4")
        .arg(url->scheme(), url->host(QUrl::FullyEncoded), QString::number(port), profile.id);
}

bool isReservedField(const QString& name) {
    static const QStringList reserved{
        QStringLiteral("model"),  QStringLiteral("prompt"),        QStringLiteral("messages"),
        QStringLiteral("stream"), QStringLiteral("max_tokens"),    QStringLiteral("stop"),
        QStringLiteral("n"),      QStringLiteral("echo"),          QStringLiteral("logprobs"),
        QStringLiteral("suffix"), QStringLiteral("stream_options")};
    return reserved.contains(name);
}

std::optional<QJsonObject> parseExtras(const QString& text, QString* problem) {
    const auto refuse = [problem](const QString& why) {
        if (problem != nullptr) {
            *problem = why;
        }
        return std::nullopt;
    };
    if (text.trimmed().isEmpty()) {
        return QJsonObject();
    }
    const QByteArray bytes = text.toUtf8();
    if (bytes.size() > maxExtrasBytes) {
        return refuse(QStringLiteral("too long"));
    }
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(bytes, &error);
    if (error.error != QJsonParseError::NoError) {
        return refuse(error.errorString());
    }
    if (!document.isObject()) {
        return refuse(QStringLiteral("not a JSON object"));
    }
    const QJsonObject object = document.object();
    for (const QString& name : object.keys()) {
        if (isReservedField(name)) {
            return refuse(QStringLiteral("\"%1\" is set by Linnet itself").arg(name));
        }
    }
    return object;
}

RemoteProfile newProfile() {
    RemoteProfile profile;
    profile.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    profile.uses = RemoteUse::Suggestions | RemoteUse::Poems | RemoteUse::Captions;
    return profile;
}

QString shownName(const RemoteProfile& profile) {
    const QString name = profile.name.trimmed();
    if (!name.isEmpty()) {
        return name;
    }
    const auto url = apiUrl(profile.address);
    return url ? url->host() : QString();
}

QStringList toSetting(const QVector<RemoteProfile>& profiles) {
    QStringList list;
    for (const RemoteProfile& profile : profiles) {
        QJsonObject object{{QStringLiteral("id"), profile.id},
                           {QStringLiteral("name"), profile.name},
                           {QStringLiteral("address"), profile.address},
                           {QStringLiteral("model"), profile.model},
                           {QStringLiteral("logprobs"), profile.logProbs},
                           {QStringLiteral("extras"), profile.extras},
                           {QStringLiteral("ca"), profile.caFile}};
        for (const UseName& use : useNames) {
            object.insert(QLatin1String(use.name), profile.uses.testFlag(use.use));
        }
        list.append(QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)));
    }
    return list;
}

QVector<RemoteProfile> profilesFrom(const QStringList& setting) {
    QVector<RemoteProfile> profiles;
    for (const QString& text : setting) {
        const QJsonObject object = QJsonDocument::fromJson(text.toUtf8()).object();
        RemoteProfile profile;
        profile.id = object.value(QLatin1String("id")).toString();
        profile.name = object.value(QLatin1String("name")).toString();
        profile.address = object.value(QLatin1String("address")).toString();
        profile.model = object.value(QLatin1String("model")).toString();
        profile.logProbs = object.value(QLatin1String("logprobs")).toBool();
        profile.extras = object.value(QLatin1String("extras")).toObject();
        profile.caFile = object.value(QLatin1String("ca")).toString();
        for (const UseName& use : useNames) {
            profile.uses.setFlag(use.use, object.value(QLatin1String(use.name)).toBool());
        }
        const bool known =
            std::any_of(profiles.begin(), profiles.end(),
                        [&profile](const RemoteProfile& other) { return other.id == profile.id; });
        if (!profile.id.isEmpty() && !known) {
            profiles.append(profile);
        }
    }
    return profiles;
}

} // namespace linnet::services
