#include "services/remote_caption_source.h"

#include <algorithm>
#include <utility>

#include <QRegularExpression>

#include "protocol/base64.h"
#include "protocol/captions.h"

namespace linnet::services {

using namespace std::chrono_literals;

namespace {

constexpr int thumbnailSide = 160; // pixels, as of the model here
constexpr qsizetype longest = 300; // characters of a caption

RemoteLimits captionLimits() {
    RemoteLimits limits;
    limits.firstByte = 120s;
    limits.answerBytes = 1 << 20;
    return limits;
}

protocol::ChatRequest captionsInWords(const QByteArray& png, const QString& language, int count) {
    const QString wish =
        language == QLatin1String("zh")
            ? QString::fromUtf8("用一句简短的中文描述这张图片。写出%1种不同的说法，每行一句，"
                                "不要编号，也不要其他内容。")
            : QStringLiteral(
                  "Describe this picture in one short sentence. Write %1 different ones, "
                  "one a line, without numbers and nothing else.");
    protocol::ChatRequest request;
    protocol::ChatMessage message;
    message.role = "user";
    message.content.push_back({protocol::ContentPart::Kind::Text, wish.arg(count).toStdString()});
    message.content.push_back(
        {protocol::ContentPart::Kind::Image, protocol::dataUri("image/png", png.toStdString())});
    request.messages.push_back(message);
    request.options.maxTokens = 256;
    request.options.temperature = 0;
    return request;
}

QStringList linesOf(const QString& answer, int count) {
    static const QRegularExpression decoration(
        QStringLiteral("^(?:[-*•]\\s+|\\d{1,2}[.)、．]\\s*|[\"“”]+)|[\"“”]+$"));
    QStringList lines;
    for (QString line : answer.split(u'\n')) {
        line = line.trimmed().remove(decoration).trimmed();
        if (!line.isEmpty() && !line.endsWith(u':') && !line.endsWith(QChar(0xff1a)) &&
            !lines.contains(line) && lines.size() < count) {
            lines.append(line.left(longest));
        }
    }
    return lines;
}

} // namespace

RemoteCaptionSource::RemoteCaptionSource(RemoteServers& servers, caption::PictureLimits limits,
                                         OpenPictureDecoder openDecoder, QObject* parent)
    : CaptionSource(parent)
    , m_servers(servers)
    , m_limits(limits)
    , m_openDecoder(std::move(openDecoder))
    , m_mailbox([this] {
        QMetaObject::invokeMethod(
            this,
            [this] {
                for (const Prepared& prepared : m_mailbox.take()) {
                    onPrepared(prepared);
                }
            },
            Qt::QueuedConnection);
    }) {
}

RemoteCaptionSource::~RemoteCaptionSource() {
    letGo();
}

bool RemoteCaptionSource::isWanted(bool localFits) const {
    return m_servers.serverFor(RemoteUse::Captions, localFits).has_value();
}

quint64 RemoteCaptionSource::add(const PictureQuery& query, bool localFits) {
    m_queue.push_back({++m_lastId, query, localFits});
    QMetaObject::invokeMethod(this, &RemoteCaptionSource::startNext, Qt::QueuedConnection);
    return m_lastId;
}

void RemoteCaptionSource::cancel(const QVector<quint64>& ids) {
    std::erase_if(m_queue, [&](const Job& job) { return ids.contains(job.id); });
    if (m_job && ids.contains(m_job->id)) {
        m_reader.request_stop();
        next();
    }
}

void RemoteCaptionSource::next() {
    letGo();
    m_job.reset();
    m_upload = {};
    m_captions.clear();
    QMetaObject::invokeMethod(this, &RemoteCaptionSource::startNext, Qt::QueuedConnection);
}

// ---- the picture

void RemoteCaptionSource::startNext() {
    if (m_job || m_queue.empty()) {
        return;
    }
    m_job = std::move(m_queue.front());
    m_queue.pop_front();
    m_asked = m_servers.serverFor(RemoteUse::Captions, m_job->localFits);
    const quint64 id = m_job->id;
    Q_EMIT started(id);
    if (!m_job || m_job->id != id) {
        return;
    }
    if (!m_asked) { // it has failed at the picture before
        fail({engine::ErrorCode::Network, true, QStringLiteral("no server answers")});
        return;
    }
    m_reader = std::jthread([this, job = *m_job, limits = m_limits](const std::stop_token& stop) {
        try {
            m_mailbox.post(
                {job.id, preparePicture(job.query, limits, thumbnailSide, m_openDecoder, stop)});
        } catch (...) {
            m_mailbox.post({job.id, engine::Error{engine::ErrorCode::OutOfMemory,
                                                  "not enough memory for the picture"}});
        }
    });
}

void RemoteCaptionSource::onPrepared(const Prepared& prepared) {
    if (!m_job || prepared.id != m_job->id) {
        return;
    }
    if (!prepared.upload) {
        const engine::Error& error = prepared.upload.error();
        fail({error.code, false, QString::fromStdString(error.message)});
        return;
    }
    m_upload = *prepared.upload;
    const quint64 id = m_job->id;
    Q_EMIT thumbnailReady(id, m_upload.thumbnail);
    if (m_job && m_job->id == id) {
        ask();
    }
}

// ---- the server

void RemoteCaptionSource::letGo() {
    m_call.reset();
    if (std::exchange(m_sent, false)) {
        m_servers.end(*m_asked);
    }
}

void RemoteCaptionSource::follow(RemoteCallPtr call) {
    letGo();
    m_call = std::move(call);
    connect(m_call.get(), &RemoteCall::sent, this, [this] {
        if (!std::exchange(m_sent, true)) {
            m_servers.begin(*m_asked);
        }
    });
    connect(m_call.get(), &RemoteCall::failed, this, &RemoteCaptionSource::failRemotely);
}

void RemoteCaptionSource::ask() {
    const auto abilities = m_servers.abilitiesOf(*m_asked);
    if (!abilities) {
        follow(m_servers.client().listModels(*m_asked));
        connect(m_call.get(), &RemoteCall::finished, this, [this](const QByteArray& body) {
            m_servers.learnAbilities(*m_asked, body);
            ask();
        });
        return;
    }
    if (abilities->contains(QLatin1String("captions"))) {
        askForCaptions();
        return;
    }
    m_languages = m_job->query.languages;
    if (m_languages.isEmpty()) {
        m_languages.append(QStringLiteral("en"));
    }
    askInWords();
}

void RemoteCaptionSource::askForCaptions() {
    follow(m_servers.client().captions(
        *m_asked, {{QStringLiteral("picture.png"), "image/png", m_upload.png}},
        m_job->query.languages.join(u','), m_job->query.count, captionLimits()));
    connect(m_call.get(), &RemoteCall::finished, this, &RemoteCaptionSource::onCaptions);
}

void RemoteCaptionSource::onCaptions(const QByteArray& body) {
    const auto answer = protocol::parseCaptionResponse(body.toStdString());
    if (!answer || answer->files.empty()) {
        RemoteError error;
        error.detail =
            answer ? QStringLiteral("no captions") : QString::fromStdString(answer.error().message);
        failRemotely(error);
        return;
    }
    const protocol::CaptionedFile& file = answer->files.front();
    for (const protocol::CaptionText& one : file.captions) {
        m_captions.append({QString::fromStdString(one.text).left(longest),
                           QString::fromStdString(one.language), one.probability});
    }
    if (m_captions.isEmpty()) {
        fail({engine::ErrorCode::Internal, true, QString::fromStdString(file.error)});
        return;
    }
    succeed();
}

void RemoteCaptionSource::askInWords() {
    follow(m_servers.client().chat(
        *m_asked, captionsInWords(m_upload.png, m_languages.front(), m_job->query.count),
        captionLimits()));
    connect(m_call.get(), &RemoteCall::finished, this, &RemoteCaptionSource::onWords);
}

void RemoteCaptionSource::onWords(const QByteArray& body) {
    const auto answer = protocol::parseChatResponse(body.toStdString());
    const QString language = m_languages.takeFirst();
    if (answer && !answer->choices.empty()) {
        const QString text = QString::fromStdString(answer->choices.front().content);
        for (const QString& line : linesOf(text, m_job->query.count)) {
            m_captions.append({line, language, 0});
        }
    }
    if (m_captions.isEmpty() && m_languages.isEmpty()) {
        RemoteError error;
        error.detail = QStringLiteral("no captions");
        failRemotely(error);
    } else if (m_languages.isEmpty()) {
        succeed();
    } else {
        askInWords();
    }
}

// ---- the end

void RemoteCaptionSource::succeed() {
    const quint64 id = m_job->id;
    const QVector<CaptionReply> captions = m_captions;
    m_servers.succeeded(*m_asked);
    next();
    Q_EMIT captioned(id, captions);
}

void RemoteCaptionSource::fail(const CaptionFailure& failure) {
    const quint64 id = m_job->id;
    next();
    Q_EMIT failed(id, failure);
}

void RemoteCaptionSource::failRemotely(const RemoteError& error) {
    const RemoteProfile profile = *m_asked;
    m_servers.failed(profile, error);
    fail({error.kind == RemoteErrorKind::Timeout ? engine::ErrorCode::Timeout
                                                 : engine::ErrorCode::Network,
          true, error.detail});
}

// ---- the routing

RoutedCaptionSource::RoutedCaptionSource(CaptionSource& local, RemoteCaptionSource& remote,
                                         std::function<bool()> localFits, QObject* parent)
    : CaptionSource(parent)
    , m_local(local)
    , m_remote(remote)
    , m_localFits(std::move(localFits)) {
    connectSource(local, false);
    connectSource(remote, true);
    connect(&local, &CaptionSource::found, this, &CaptionSource::found);
    connect(&local, &CaptionSource::statusChanged, this, &CaptionSource::statusChanged);
}

quint64 RoutedCaptionSource::idOf(quint64 inner, bool isRemote) const {
    for (auto picture = m_pictures.begin(); picture != m_pictures.end(); ++picture) {
        if (picture->inner == inner && picture->isRemote == isRemote) {
            return picture.key();
        }
    }
    return 0;
}

void RoutedCaptionSource::connectSource(CaptionSource& source, bool isRemote) {
    connect(&source, &CaptionSource::started, this, [this, isRemote](quint64 inner) {
        if (const quint64 id = idOf(inner, isRemote)) {
            Q_EMIT started(id);
        }
    });
    connect(&source, &CaptionSource::thumbnailReady, this,
            [this, isRemote](quint64 inner, const PicturePixels& thumbnail) {
                if (const quint64 id = idOf(inner, isRemote)) {
                    Q_EMIT thumbnailReady(id, thumbnail);
                }
            });
    connect(&source, &CaptionSource::captioned, this,
            [this, isRemote](quint64 inner, const QVector<CaptionReply>& captions) {
                if (const quint64 id = idOf(inner, isRemote)) {
                    m_pictures.remove(id);
                    Q_EMIT captioned(id, captions);
                }
            });
    connect(&source, &CaptionSource::failed, this,
            [this, isRemote](quint64 inner, const CaptionFailure& failure) {
                const quint64 id = idOf(inner, isRemote);
                if (id == 0) {
                    return;
                }
                if (isRemote && failure.ofModel && m_localFits()) {
                    Picture& picture = m_pictures[id];
                    picture.isRemote = false;
                    picture.inner = m_local.add(picture.query);
                    return;
                }
                m_pictures.remove(id);
                Q_EMIT failed(id, failure);
            });
}

quint64 RoutedCaptionSource::add(const PictureQuery& query) {
    const bool fits = m_localFits();
    Picture picture{query, m_remote.isWanted(fits), 0};
    picture.inner = picture.isRemote ? m_remote.add(query, fits) : m_local.add(query);
    m_pictures.insert(++m_lastId, picture);
    return m_lastId;
}

void RoutedCaptionSource::cancel(const QVector<quint64>& ids) {
    QVector<quint64> here;
    QVector<quint64> there;
    for (const quint64 id : ids) {
        const auto picture = m_pictures.constFind(id);
        if (picture != m_pictures.constEnd()) {
            (picture->isRemote ? there : here).append(picture->inner);
            m_pictures.erase(picture);
        }
    }
    m_local.cancel(here);
    m_remote.cancel(there);
}

} // namespace linnet::services
