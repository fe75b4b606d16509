#include "services/local_suggestion_source.h"

#include <QFile>
#include <QFileInfo>

#include "services/load_marker.h"
#include "services/local_suggestion_engine.h"
#include "services/suggestion_mailbox.h"

namespace linnet::services {

namespace {

// More than any model reads; keeps a keystroke in a long document cheap.
constexpr qsizetype maxBefore = 16000;
constexpr qsizetype maxAfter = 2000;

QString toQString(const std::filesystem::path& path) {
#if defined(Q_OS_WIN)
    return QString::fromStdWString(path.wstring());
#else
    return QFile::decodeName(path.c_str());
#endif
}

QString deviceName(const std::string& device) {
    return QString::fromStdString(device).section(QLatin1Char(':'), 0, 0).toUpper();
}

bool sameLoad(const engine::LoadOptions& a, const engine::LoadOptions& b) {
    return a.device == b.device && a.precision == b.precision && a.threads == b.threads;
}

// Does not begin in the middle of a surrogate pair.
QString tail(const QString& text, qsizetype length) {
    if (text.size() <= length) {
        return text;
    }
    qsizetype start = text.size() - length;
    if (text[start].isLowSurrogate()) {
        ++start;
    }
    return text.mid(start);
}

} // namespace

LocalSuggestionSource::LocalSuggestionSource(LocalSuggestionOptions options, QObject* parent)
    : SuggestionSource(parent)
    , m_options(std::move(options))
    , m_mailbox(std::make_unique<SuggestionMailbox>([this] {
        QMetaObject::invokeMethod(
            this, [this] { drain(); }, Qt::QueuedConnection);
    })) {
    m_idle.setSingleShot(true);
    connect(&m_idle, &QTimer::timeout, this, &LocalSuggestionSource::unloadIdle);
    m_status.name = toQString(m_options.modelFolder.filename());
}

LocalSuggestionSource::~LocalSuggestionSource() = default;

void LocalSuggestionSource::start() {
    if (m_started) {
        return;
    }
    m_started = true;
    m_engine = std::make_unique<LocalSuggestionEngine>(m_options, *m_mailbox);
    if (m_enabled) {
        loadAll();
    }
}

void LocalSuggestionSource::loadAll() {
    m_network = Network::None;
    m_failure.clear();
    ++m_load; // answers of an earlier load do not count any more
    if (m_options.modelFolder.empty()) {
        setStatus(ModelState::Off, tr("No model is installed. Add one in Settings, Models."));
        return;
    }
    if (m_wordsFolder != m_options.modelFolder) {
        loadWords();
    }
    const QString folder = toQString(m_options.modelFolder);
    if (LoadMarker(toQString(m_options.stateFolder)).unfinished() == folder) {
        m_network = Network::Failed;
        m_failureCode.reset();
        m_failure = tr("Linnet ended while it was loading this model last time, so it is not "
                       "loaded now; your text is safe. Try again, or choose another model or "
                       "device, in Settings, Models.");
        setStatus(ModelState::Failed, m_failure);
        return;
    }
    loadNetwork();
}

void LocalSuggestionSource::loadWords() {
    m_wordsFolder = m_options.modelFolder;
    m_wordsFailure.clear();
    m_engine->loadWords(m_wordsFolder);
    if (!m_document.isNull()) {
        tellDocument();
    }
}

void LocalSuggestionSource::loadNetwork() {
    m_network = Network::Loading;
    m_failure.clear();
    m_engine->loadNetwork(++m_load, m_options.modelFolder, m_options.load);
    setStatus(ModelState::Loading);
    restartIdleTimer();
}

void LocalSuggestionSource::retry() {
    if (!m_started || !m_enabled) {
        return;
    }
    if (!m_wordsFailure.isEmpty()) {
        loadWords();
    }
    if (m_network == Network::Failed) {
        loadNetwork();
    }
}

void LocalSuggestionSource::setEnabled(bool enabled) {
    if (m_enabled == enabled) {
        return;
    }
    m_enabled = enabled;
    if (!enabled) {
        cancel();
        restartIdleTimer();
        showStatus();
    } else if (m_started && m_network == Network::None) {
        loadAll();
    } else {
        showStatus();
    }
}

void LocalSuggestionSource::setModel(const std::filesystem::path& folder,
                                     const engine::LoadOptions& load) {
    if (folder == m_options.modelFolder && sameLoad(load, m_options.load)) {
        return;
    }
    m_options.modelFolder = folder;
    m_options.load = load;
    setVerseModels(m_options.verseModels); // on the same device
    m_status.name = toQString(folder.filename());
    if (!m_started) {
        return;
    }
    cancel();
    m_engine->unloadNetwork();
    m_network = Network::None;
    if (m_enabled) {
        loadAll();
    }
}

void LocalSuggestionSource::setVerseModels(
    const std::map<verse::Language, std::filesystem::path>& models) {
    m_options.verseModels = models;
    if (m_engine) {
        m_engine->setVerse(models, m_options.load);
    }
}

void LocalSuggestionSource::setGhost(double threshold, int words) {
    m_options.ghostThreshold = threshold;
    m_options.ghostWords = words;
}

void LocalSuggestionSource::setIdleUnload(std::chrono::milliseconds idle) {
    m_options.idleUnload = idle;
    restartIdleTimer();
}

quint64 LocalSuggestionSource::request(const SuggestionQuery& query) {
    const quint64 id = ++m_lastRequest;
    m_waiting = true;
    if (!m_started || !m_enabled || m_options.modelFolder.empty()) {
        m_mailbox->post(FinishedEvent{id});
        return id;
    }
    if (m_network == Network::None) {
        loadNetwork(); // it was unloaded while nobody wrote
    }
    SuggestionJob job;
    job.id = id;
    job.before = tail(query.before, maxBefore).toStdString();
    job.after = query.after.left(maxAfter).toStdString();
    job.options.count = query.wordCount;
    job.options.ghost = query.ghost;
    job.options.ghostThreshold = m_options.ghostThreshold;
    job.options.ghostWords = m_options.ghostWords;
    job.verse = {query.verse, query.verseForm.toStdString(), {}};
    if (m_network == Network::Ready) {
        m_engine->submitToNetwork(std::move(job));
    } else {
        m_engine->submitToWords(std::move(job));
    }
    restartIdleTimer();
    return id;
}

void LocalSuggestionSource::cancel() {
    m_waiting = false;
    if (m_engine) {
        m_engine->cancel();
    }
}

void LocalSuggestionSource::setDocument(const QString& text) {
    m_document = text.isNull() ? QStringLiteral("") : text;
    tellDocument();
}

void LocalSuggestionSource::tellDocument() {
    if (m_engine) {
        m_engine->setDocument(m_document, m_options.learn ? m_documentPath : QString());
    }
}

void LocalSuggestionSource::documentSaved(const QString& path, const QString& text) {
    if (m_engine && m_options.learn) {
        m_engine->remember(path, text);
    }
}

void LocalSuggestionSource::setLearning(bool learn) {
    m_options.learn = learn;
    if (!m_document.isNull()) {
        tellDocument();
    }
}

void LocalSuggestionSource::drain() {
    for (const SuggestionEvent& event : m_mailbox->take()) {
        std::visit([this](const auto& one) { handle(one); }, event);
    }
}

// Anything may have happened since an answer was posted, in the slots of the answer before it too:
// it counts only while it is still wanted.
void LocalSuggestionSource::handle(const ReplyEvent& event) {
    if (m_waiting && event.id == m_lastRequest) {
        Q_EMIT ready(event.id, event.reply);
    }
}

void LocalSuggestionSource::handle(const FinishedEvent& event) {
    if (m_waiting && event.id == m_lastRequest) {
        m_waiting = false;
        Q_EMIT finished(event.id);
    }
}

void LocalSuggestionSource::handle(const NetworkEvent& event) {
    if (event.load != m_load) {
        return;
    }
    if (event.info) {
        m_network = Network::Ready;
        m_ready.name = QString::fromStdString(event.info->name);
        m_ready.device = deviceName(event.info->device);
        m_ready.precision = QString::fromStdString(event.info->precision);
        m_ready.notice = QString::fromStdString(event.info->notice);
        m_ready.error = engine::ErrorCode::OutOfMemory; // what a notice here is about
    } else {
        m_network = event.error ? Network::Failed : Network::None;
        m_failure = event.error ? QString::fromStdString(event.error->message) : QString();
        m_failureCode = event.error ? std::optional(event.error->code) : std::nullopt;
    }
    showStatus();
}

void LocalSuggestionSource::handle(const WordsEvent& event) {
    m_wordsFailure = event.error ? QString::fromStdString(event.error->message) : QString();
    m_wordsFailureCode = event.error ? std::optional(event.error->code) : std::nullopt;
    showStatus();
}

void LocalSuggestionSource::handle(const TroubleEvent& event) {
    m_ready.notice = QString::fromStdString(event.error.message);
    m_ready.error = event.error.code;
    showStatus();
}

void LocalSuggestionSource::showStatus() {
    if (!m_enabled) {
        setStatus(ModelState::Off);
        return;
    }
    if (!m_wordsFailure.isEmpty()) {
        setStatus(ModelState::Failed, m_wordsFailure, m_wordsFailureCode);
        return;
    }
    switch (m_network) {
    case Network::None:
        break;
    case Network::Loading:
        setStatus(ModelState::Loading);
        break;
    case Network::Ready:
        setStatus(ModelState::Ready, m_ready.notice, m_ready.error);
        break;
    case Network::Failed:
        setStatus(ModelState::Failed, m_failure, m_failureCode);
        break;
    }
}

void LocalSuggestionSource::setStatus(ModelState state, const QString& notice,
                                      std::optional<engine::ErrorCode> error) {
    ModelStatus status;
    status.state = state;
    status.name = state == ModelState::Ready ? m_ready.name : m_status.name;
    if (state == ModelState::Ready) {
        status.device = m_ready.device;
        status.precision = m_ready.precision;
    }
    status.notice = notice;
    status.error = notice.isEmpty() ? std::nullopt : error;
    const bool same = status.state == m_status.state && status.name == m_status.name &&
                      status.device == m_status.device && status.precision == m_status.precision &&
                      status.notice == m_status.notice;
    m_status = status;
    if (!same) {
        Q_EMIT statusChanged(m_status);
    }
}

void LocalSuggestionSource::restartIdleTimer() {
    if (m_options.idleUnload.count() > 0) {
        m_idle.start(m_options.idleUnload);
    } else {
        m_idle.stop();
    }
}

void LocalSuggestionSource::unloadIdle() {
    if (!m_engine || m_network != Network::Ready) {
        return;
    }
    cancel();
    m_engine->unloadNetwork();
    setVerseModels(m_options.verseModels); // those that are loaded go, too
    m_network = Network::None;
    setStatus(ModelState::Off,
              m_enabled ? tr("Unloaded while nobody wrote; the next word loads it again.")
                        : QString());
}

} // namespace linnet::services
