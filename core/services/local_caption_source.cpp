#include "services/local_caption_source.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <QFile>
#include <QSet>

#include "caption/picture_files.h"
#include "caption/resize.h"
#include "services/event_mailbox.h"

namespace linnet::services {

using engine::Captioner;
using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

constexpr std::size_t mostPictures = 5000; // of one search

std::filesystem::path toPath(const QString& path) {
    return std::filesystem::path(path.toStdU16String());
}

QString toQString(const std::filesystem::path& path) {
    return QString::fromStdU16String(path.u16string());
}

CaptionFailure toFailure(const Error& error, bool ofModel) {
    return {error.code, ofModel, QString::fromStdString(error.message)};
}

PicturePixels toPixels(const caption::Picture& picture) {
    return {picture.width, picture.height,
            QByteArray(reinterpret_cast<const char*>(picture.rgb.data()),
                       static_cast<qsizetype>(picture.rgb.size()))};
}

caption::Picture toPicture(const PicturePixels& pixels) {
    return {pixels.width, pixels.height, {pixels.rgb.begin(), pixels.rgb.end()}};
}

} // namespace

struct LocalCaptionSource::StartedEvent {
    quint64 id = 0;
};
struct LocalCaptionSource::ThumbnailEvent {
    quint64 id = 0;
    PicturePixels thumbnail;
};
struct LocalCaptionSource::CaptionsEvent {
    quint64 id = 0;
    QVector<CaptionReply> captions;
};
struct LocalCaptionSource::FailureEvent {
    quint64 id = 0;
    CaptionFailure failure;
};
// The worker is through with a picture, in whatever way.
struct LocalCaptionSource::DoneEvent {
    quint64 id = 0;
};
// Neither info nor error: the load was given up.
struct LocalCaptionSource::LoadEvent {
    std::optional<engine::ModelInfo> info;
    std::optional<Error> error;
};
struct LocalCaptionSource::FoundEvent {
    quint64 id = 0;
    QStringList files;
    bool more = false;
};

struct LocalCaptionSource::Mailbox
    : EventMailbox<std::variant<StartedEvent, ThumbnailEvent, CaptionsEvent, FailureEvent,
                                DoneEvent, LoadEvent, FoundEvent>> {
    using EventMailbox::EventMailbox;
};

struct LocalCaptionSource::Desk {
    std::unique_ptr<engine::Engine> engine;
    caption::CaptionDesk pictures;
};

LocalCaptionSource::LocalCaptionSource(LocalCaptionOptions options, QObject* parent)
    : CaptionSource(parent)
    , m_options(std::move(options))
    , m_mailbox(std::make_unique<Mailbox>([this] {
        QMetaObject::invokeMethod(
            this, [this] { drain(); }, Qt::QueuedConnection);
    }))
    , m_desk(std::make_shared<Desk>(Desk{nullptr, caption::CaptionDesk(m_options.openDecoder)})) {
    m_idle.setSingleShot(true);
    connect(&m_idle, &QTimer::timeout, this, &LocalCaptionSource::unloadIdle);
}

LocalCaptionSource::~LocalCaptionSource() = default;

quint64 LocalCaptionSource::add(const PictureQuery& query) {
    const quint64 id = ++m_lastId;
    m_queue.push_back({id, query});
    // Not now: no answer may come before the id is known.
    if (!std::exchange(m_settling, true)) {
        QMetaObject::invokeMethod(
            this,
            [this] {
                m_settling = false;
                startNext();
            },
            Qt::QueuedConnection);
    }
    return id;
}

void LocalCaptionSource::cancel(const QVector<quint64>& ids) {
    // A folder of thousands may go at once.
    const QSet<quint64> unwanted(ids.begin(), ids.end());
    std::erase_if(m_queue, [&](const Job& job) { return unwanted.contains(job.id); });
    if (unwanted.contains(m_running)) {
        m_running = 0;
        m_worker.cancelAll();
    }
}

quint64 LocalCaptionSource::find(const QStringList& paths) {
    const quint64 id = ++m_lastId;
    std::vector<std::filesystem::path> places;
    for (const QString& path : paths) {
        places.push_back(toPath(path));
    }
    m_searches.emplace(
        id, std::jthread([this, id, places = std::move(places)](const std::stop_token& stop) {
            FoundEvent event{id, {}, false};
            try {
                auto files = caption::findPictures(places, mostPictures + 1, stop);
                event.more = files.size() > mostPictures;
                files.resize(std::min(files.size(), mostPictures));
                for (const std::filesystem::path& file : files) {
                    event.files.append(toQString(file));
                }
            } catch (...) { // out of memory, a name that is no text: what was found counts
            }
            m_mailbox->post(event);
        }));
    return id;
}

void LocalCaptionSource::cancelSearch(quint64 id) {
    const auto search = m_searches.find(id);
    if (search != m_searches.end()) {
        search->second.request_stop(); // its thread is joined when it reports
    }
}

void LocalCaptionSource::setModel(const std::filesystem::path& folder,
                                  const engine::LoadOptions& load) {
    m_options.model = folder;
    m_options.load = load;
    // A picture that is being worked on fails; those that wait get the other model.
    if (std::exchange(m_hasModel, false)) {
        m_worker.unload();
        setStatus({});
    }
}

void LocalCaptionSource::load() {
    m_hasModel = true;
    setStatus({ModelState::Loading, toQString(m_options.model.filename()), {}, {}, {}});
    auto loader =
        [desk = m_desk, folder = m_options.model, load = m_options.load,
         open = m_options.openEngine](std::stop_token stop) -> Result<std::unique_ptr<Captioner>> {
        if (!desk->engine) {
            auto opened = open();
            if (!opened) {
                return opened.error();
            }
            desk->engine = std::move(opened).value();
        }
        return desk->engine->loadCaptioner(folder, load, std::move(stop));
    };
    m_worker.load(std::move(loader), [this](const engine::ModelInfo* info, const Error* error) {
        m_mailbox->post(LoadEvent{info ? std::optional(*info) : std::nullopt,
                                  error ? std::optional(*error) : std::nullopt});
    });
}

// Gives the worker the next picture when it has none.
void LocalCaptionSource::startNext() {
    if (m_submitted != 0 || m_queue.empty()) {
        return;
    }
    if (m_options.model.empty()) {
        failAll({ErrorCode::NotFound, true, QStringLiteral("no model of captions is installed")});
        return;
    }
    if (!m_hasModel) {
        load();
    }
    Job job = std::move(m_queue.front());
    m_queue.pop_front();
    m_running = job.id;
    m_submitted = job.id;
    const quint64 id = job.id;
    m_worker.submit(
        [this, desk = m_desk, job = std::move(job),
         options = m_options](Captioner& model, const std::stop_token& stop) {
            work(*desk, job, model, options, *m_mailbox, stop);
        },
        [this, id](engine::RequestId, engine::WorkerOutcome outcome, const Error* error) {
            if (outcome == engine::WorkerOutcome::Failed) {
                const Error reason = error ? *error : Error{ErrorCode::Internal, "no captions"};
                m_mailbox->post(FailureEvent{id, toFailure(reason, true)});
            }
            m_mailbox->post(DoneEvent{id});
        });
    m_idle.stop();
}

// On the worker thread.
void LocalCaptionSource::work(Desk& desk, const Job& job, Captioner& model,
                              const LocalCaptionOptions& options, Mailbox& mailbox,
                              const std::stop_token& stop) {
    mailbox.post(StartedEvent{job.id});
    const PictureQuery& query = job.query;
    Result<caption::Picture> picture =
        Error{ErrorCode::InvalidArgument, "the picture is too large"};
    if (!query.pixels.isEmpty()) {
        const PicturePixels& pixels = query.pixels;
        if (static_cast<std::uint64_t>(pixels.width) * static_cast<std::uint64_t>(pixels.height) <=
            options.limits.pixels) {
            picture = toPicture(pixels);
        }
    } else {
        std::vector<std::uint8_t> bytes(query.bytes.begin(), query.bytes.end());
        if (!query.file.isEmpty()) {
            auto read = caption::readPictureFile(toPath(query.file), options.limits);
            if (!read) {
                mailbox.post(FailureEvent{job.id, toFailure(read.error(), false)});
                return;
            }
            bytes = std::move(read).value();
        }
        picture = desk.pictures.read(bytes, model.pixelFormat(), options.thumbnailSide,
                                     options.limits, stop);
    }
    if (!picture) {
        mailbox.post(FailureEvent{job.id, toFailure(picture.error(), false)});
        return;
    }
    if (stop.stop_requested() || picture->rgb.empty()) {
        return;
    }
    mailbox.post(
        ThumbnailEvent{job.id, toPixels(caption::thumbnail(*picture, options.thumbnailSide))});
    caption::CaptionOptions wishes;
    wishes.count = query.count;
    for (const QString& language : query.languages) {
        const std::string name = language.toStdString();
        if (std::find(model.languages().begin(), model.languages().end(), name) !=
            model.languages().end()) {
            wishes.languages.push_back(name);
        }
    }
    const auto written = caption::CaptionDesk::write(model, *picture, wishes, stop);
    model.clear(); // nothing of the picture stays
    if (!written) {
        mailbox.post(FailureEvent{job.id, toFailure(written.error(), true)});
        return;
    }
    CaptionsEvent event{job.id, {}};
    for (const caption::Caption& one : *written) {
        event.captions.append({QString::fromStdString(one.text),
                               QString::fromStdString(one.language), one.probability});
    }
    if (!event.captions.isEmpty()) {
        mailbox.post(std::move(event));
    }
}

void LocalCaptionSource::drain() {
    for (const auto& event : m_mailbox->take()) {
        std::visit([this](const auto& one) { handle(one); }, event);
    }
}

// Anything may have happened since an event was posted, in the slots of the one before it too: it
// counts only while it is still wanted.
void LocalCaptionSource::handle(const StartedEvent& event) {
    if (isWanted(event.id)) {
        Q_EMIT started(event.id);
    }
}

void LocalCaptionSource::handle(const ThumbnailEvent& event) {
    if (isWanted(event.id)) {
        Q_EMIT thumbnailReady(event.id, event.thumbnail);
    }
}

void LocalCaptionSource::handle(const CaptionsEvent& event) {
    if (isWanted(event.id)) {
        m_running = 0;
        Q_EMIT captioned(event.id, event.captions);
    }
}

void LocalCaptionSource::handle(const FailureEvent& event) {
    if (isWanted(event.id)) {
        m_running = 0;
        Q_EMIT failed(event.id, event.failure);
    }
}

void LocalCaptionSource::handle(const DoneEvent& event) {
    if (event.id != m_submitted) {
        return;
    }
    m_submitted = 0;
    // Wanted and without an answer: stopped by a change of the model.
    if (const quint64 id = std::exchange(m_running, 0); id != 0) {
        Q_EMIT failed(
            id, {ErrorCode::Internal, true, QStringLiteral("the model was changed in between")});
    }
    if (m_queue.empty()) {
        restartIdleTimer();
        return;
    }
    startNext();
}

void LocalCaptionSource::setIdleUnload(std::chrono::milliseconds idle) {
    m_options.idleUnload = idle;
    if (m_submitted == 0) {
        restartIdleTimer();
    }
}

void LocalCaptionSource::restartIdleTimer() {
    if (m_options.idleUnload.count() > 0) {
        m_idle.start(m_options.idleUnload);
    } else {
        m_idle.stop();
    }
}

void LocalCaptionSource::handle(const LoadEvent& event) {
    if (event.info) {
        setStatus(
            {ModelState::Ready, QString::fromStdString(event.info->name),
             QString::fromStdString(event.info->device).section(QLatin1Char(':'), 0, 0).toUpper(),
             QString::fromStdString(event.info->precision),
             QString::fromStdString(event.info->notice), ErrorCode::OutOfMemory});
        return;
    }
    if (!event.error) {
        return;
    }
    m_hasModel = false; // the next picture tries again
    setStatus({ModelState::Failed,
               toQString(m_options.model.filename()),
               {},
               {},
               QString::fromStdString(event.error->message),
               event.error->code});
    failAll(toFailure(*event.error, true));
}

void LocalCaptionSource::handle(const FoundEvent& event) {
    const auto search = m_searches.find(event.id);
    if (search == m_searches.end()) {
        return;
    }
    const bool stopped = search->second.get_stop_token().stop_requested();
    m_searches.erase(search); // joins a thread that has nothing left to do
    if (!stopped) {
        Q_EMIT found(event.id, event.files, event.more);
    }
}

// Without a model no picture can be captioned; those that wait need not try.
void LocalCaptionSource::failAll(const CaptionFailure& failure) {
    std::vector<quint64> ids;
    if (m_running != 0) {
        ids.push_back(std::exchange(m_running, 0));
    }
    for (const Job& job : m_queue) {
        ids.push_back(job.id);
    }
    m_queue.clear();
    for (const quint64 id : ids) {
        Q_EMIT failed(id, failure);
    }
}

void LocalCaptionSource::setStatus(const ModelStatus& status) {
    m_status = status;
    Q_EMIT statusChanged(m_status);
}

void LocalCaptionSource::unloadIdle() {
    if (m_submitted != 0 || !m_queue.empty()) {
        return;
    }
    m_hasModel = false;
    m_worker.unload();
    setStatus({});
}

} // namespace linnet::services
