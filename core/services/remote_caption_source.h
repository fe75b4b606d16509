#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include <QHash>

#include "services/caption_source.h"
#include "services/event_mailbox.h"
#include "services/picture_upload.h"
#include "services/remote_servers.h"

namespace linnet::services {

// Captions from a server, one picture at a time: from linnet-server by /v1/captions, from any other
// by asking in words about the picture as a data URI. Does not look for pictures.
class RemoteCaptionSource : public CaptionSource {
    Q_OBJECT
public:
    RemoteCaptionSource(RemoteServers& servers, caption::PictureLimits limits,
                        OpenPictureDecoder openDecoder, QObject* parent = nullptr);
    ~RemoteCaptionSource() override; // waits for a picture that is being decoded

    bool isWanted(bool localFits) const;
    void setLimits(const caption::PictureLimits& limits) { m_limits = limits; }
    quint64 add(const PictureQuery& query, bool localFits);
    quint64 add(const PictureQuery& query) override { return add(query, true); }
    void cancel(const QVector<quint64>& ids) override;
    quint64 find(const QStringList&) override { return 0; }
    void cancelSearch(quint64) override {}

private:
    struct Job {
        quint64 id = 0;
        PictureQuery query;
        bool localFits = true;
    };
    struct Prepared {
        quint64 id = 0;
        engine::Result<PictureUpload> upload;
    };

    void startNext();
    void onPrepared(const Prepared& prepared);
    void follow(RemoteCallPtr call);
    void letGo();
    void ask();
    void askForCaptions();
    void onCaptions(const QByteArray& body);
    void askInWords();
    void onWords(const QByteArray& body);
    void succeed();
    void fail(const CaptionFailure& failure);
    void failRemotely(const RemoteError& error);
    void next();

    RemoteServers& m_servers;
    caption::PictureLimits m_limits;
    const OpenPictureDecoder m_openDecoder;
    quint64 m_lastId = 0;
    std::deque<Job> m_queue;
    std::optional<Job> m_job; // being worked on
    std::optional<RemoteProfile> m_asked;
    bool m_sent = false;
    PictureUpload m_upload;
    QStringList m_languages; // still to be asked for in words
    QVector<CaptionReply> m_captions;
    RemoteCallPtr m_call;
    EventMailbox<Prepared> m_mailbox;
    std::jthread m_reader; // last: its thread uses the mailbox
};

// Captions as the writer wants them routed: a picture whose server fails is captioned here.
class RoutedCaptionSource : public CaptionSource {
    Q_OBJECT
public:
    // Both sources outlive this one. `localFits`: there is a model of captions here.
    RoutedCaptionSource(CaptionSource& local, RemoteCaptionSource& remote,
                        std::function<bool()> localFits, QObject* parent = nullptr);

    quint64 add(const PictureQuery& query) override;
    void cancel(const QVector<quint64>& ids) override;
    quint64 find(const QStringList& paths) override { return m_local.find(paths); }
    void cancelSearch(quint64 id) override { m_local.cancelSearch(id); }

private:
    struct Picture {
        PictureQuery query;
        bool isRemote = false;
        quint64 inner = 0; // the id at its source
    };

    void connectSource(CaptionSource& source, bool isRemote);
    quint64 idOf(quint64 inner, bool isRemote) const; // 0: not ours any more

    CaptionSource& m_local;
    RemoteCaptionSource& m_remote;
    const std::function<bool()> m_localFits;
    quint64 m_lastId = 0;
    QHash<quint64, Picture> m_pictures;
};

} // namespace linnet::services
