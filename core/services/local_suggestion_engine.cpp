#include "services/local_suggestion_engine.h"

#include <exception>
#include <utility>

#include <QFile>

#include "services/load_marker.h"
#include "verse/script/opencc_converter.h"

namespace linnet::services {

using engine::Error;
using engine::ErrorCode;
using engine::Generator;
using engine::Result;

namespace {

QString toQString(const std::filesystem::path& path) {
#if defined(Q_OS_WIN)
    return QString::fromStdWString(path.wstring());
#else
    return QFile::decodeName(path.c_str());
#endif
}

SuggestionReply toReply(const suggest::Suggestions& suggestions) {
    SuggestionReply reply;
    for (const suggest::WordSuggestion& word : suggestions.words) {
        reply.words.push_back({QString::fromStdString(word.word), word.p});
    }
    if (suggestions.ghost) {
        reply.ghost = QString::fromStdString(suggestions.ghost->text);
        reply.ghostProbability = suggestions.ghost->p;
    }
    return reply;
}

// Runs `function`; no exception of a library may end the thread.
template <typename Function>
Result<void> guarded(Function function) {
    try {
        return function();
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "not enough memory"};
    } catch (const std::exception& problem) {
        return Error{ErrorCode::Internal, problem.what()};
    } catch (...) {
        return Error{ErrorCode::Internal, "unknown failure"};
    }
}

} // namespace

LocalSuggestionEngine::LocalSuggestionEngine(const LocalSuggestionOptions& options,
                                             SuggestionMailbox& mailbox)
    : m_options(options)
    , m_mailbox(mailbox)
    , m_words([this](const std::stop_token& stop) { runWords(stop); }) {
    setVerse(options.verseModels, options.load);
}

LocalSuggestionEngine::~LocalSuggestionEngine() {
    cancel();
    m_words.request_stop();
    m_words.join();
}

void LocalSuggestionEngine::loadWords(const std::filesystem::path& folder) {
    const std::lock_guard lock(m_mutex);
    m_slots.folder = folder;
    m_wake.notify_one();
}

void LocalSuggestionEngine::setDocument(const QString& text, const QString& path) {
    const std::lock_guard lock(m_mutex);
    m_slots.document = LearnedText{path, text};
    m_wake.notify_one();
}

void LocalSuggestionEngine::remember(const QString& path, const QString& text) {
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_slots.saved, [&](const LearnedText& one) { return one.path == path; });
    m_slots.saved.push_back({path, text});
    m_wake.notify_one();
}

void LocalSuggestionEngine::loadNetwork(quint64 load, const std::filesystem::path& folder,
                                        const engine::LoadOptions& options) {
    auto loader = [shared = m_shared, folder, options, open = m_options.openEngine,
                   state = toQString(m_options.stateFolder)](
                      std::stop_token stop) -> Result<std::unique_ptr<Generator>> {
        LoadMarker marker(state);
        // Without a marker the load is only less well guarded; another instance may have it.
        [[maybe_unused]] const Result<void> ignored = marker.begin(toQString(folder));
        if (!shared->engine) {
            Result<std::unique_ptr<engine::Engine>> opened = open();
            if (!opened) {
                return opened.error();
            }
            shared->engine = std::move(opened).value();
        }
        auto loaded = shared->engine->load(folder, options, stop);
        if (loaded && *loaded) {
            prepare(*shared, **loaded, stop);
        }
        return loaded;
    };
    m_worker.load(std::move(loader),
                  [this, load](const engine::ModelInfo* info, const Error* error) {
                      m_mailbox.post(NetworkEvent{load, info ? std::optional(*info) : std::nullopt,
                                                  error ? std::optional(*error) : std::nullopt});
                  });
}

// So that the first key after "ready" is answered like any other. The lock is not held meanwhile:
// the counted words go on answering.
void LocalSuggestionEngine::prepare(Shared& shared, Generator& network,
                                    const std::stop_token& stop) {
    std::shared_ptr<SuggestionComputer> computer;
    {
        const std::lock_guard lock(shared.mutex);
        computer = shared.computer;
    }
    if (computer) {
        computer->prepare(network, stop);
    }
}

void LocalSuggestionEngine::unloadNetwork() {
    m_worker.unload();
}

void LocalSuggestionEngine::setVerse(const VerseModels& models, const engine::LoadOptions& load) {
    if (m_options.resources.empty()) {
        return;
    }
    continuation::VerseContinuation::Options options;
    options.models = models;
    options.converter = verse::makeOpenccConverter();
    // Both are called by answers only, which hold the lock and run where the network is.
    Shared* shared = m_shared.get();
    options.data = [shared, folder = m_options.resources]() -> Result<const verse::VerseData*> {
        if (!shared->verseData) {
            auto opened = verse::VerseData::open(folder);
            if (!opened) {
                return opened.error();
            }
            shared->verseData = std::make_unique<verse::VerseData>(std::move(opened).value());
        }
        return shared->verseData.get();
    };
    options.load = [shared, load](const std::filesystem::path& folder, std::stop_token stop) {
        return shared->engine->load(folder, load, std::move(stop));
    };
    const std::lock_guard lock(m_mutex);
    m_slots.verse = std::move(options);
    m_wake.notify_one();
}

void LocalSuggestionEngine::submitToWords(SuggestionJob job) {
    m_worker.cancelAll();
    const std::lock_guard lock(m_mutex);
    dropWordJob();
    m_slots.job = std::move(job);
    m_slots.stop = std::stop_source();
    m_wake.notify_one();
}

void LocalSuggestionEngine::submitToNetwork(SuggestionJob job) {
    {
        const std::lock_guard lock(m_mutex);
        dropWordJob();
    }
    const quint64 id = job.id;
    m_worker.submit(
        [this, job = std::move(job)](Generator& network, const std::stop_token& stop) {
            answer(*m_shared, m_mailbox, &network, job, stop);
        },
        [this, id](engine::RequestId, engine::Worker::Outcome outcome, const Error* error) {
            if (outcome == engine::Worker::Outcome::Failed && error != nullptr) {
                m_mailbox.post(TroubleEvent{*error});
            }
            if (outcome != engine::Worker::Outcome::Cancelled) {
                m_mailbox.post(FinishedEvent{id});
            }
        });
}

void LocalSuggestionEngine::cancel() {
    m_worker.cancelAll();
    const std::lock_guard lock(m_mutex);
    dropWordJob();
}

void LocalSuggestionEngine::dropWordJob() {
    m_slots.job.reset();
    m_wordsStop.request_stop();
}

void LocalSuggestionEngine::runWords(const std::stop_token& stop) {
    for (;;) {
        WordSlots work;
        {
            std::unique_lock lock(m_mutex);
            if (!m_wake.wait(lock, stop, [this] { return !m_slots.empty(); }) ||
                stop.stop_requested()) {
                return;
            }
            work = std::exchange(m_slots, {});
            m_wordsStop = work.stop;
        }
        const Result<void> served = guarded([&]() -> Result<void> {
            serveWords(work);
            return {};
        });
        if (!served) {
            m_mailbox.post(TroubleEvent{served.error()});
        }
        if (work.job && !work.stop.stop_requested()) {
            m_mailbox.post(FinishedEvent{work.job->id});
        }
    }
}

void LocalSuggestionEngine::serveWords(WordSlots& work) {
    if (work.folder) {
        Result<std::unique_ptr<SuggestionComputer>> loaded = m_options.makeComputer(*work.folder);
        std::optional<Error> error;
        if (!loaded) {
            error = loaded.error();
        }
        const std::lock_guard lock(m_shared->mutex);
        m_shared->computer = loaded ? std::move(loaded).value() : nullptr;
        m_mailbox.post(WordsEvent{error});
    }
    if (work.verse) {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->verse = std::make_unique<continuation::VerseContinuation>(std::move(*work.verse));
    }
    if (work.document) {
        serveDocument(*work.document);
    }
    if (work.job) {
        answer(*m_shared, m_mailbox, nullptr, *work.job, work.stop.get_token());
    }
    for (const LearnedText& saved : work.saved) {
        keep(saved);
    }
}

// Only this thread replaces the computer, so it is there as long as this thread uses it; the disk
// is read and words are counted without the lock.
void LocalSuggestionEngine::serveDocument(const LearnedText& document) {
    std::shared_ptr<const suggest::PastCounts> past;
    if (m_options.memory && !document.path.isEmpty()) {
        past = std::make_shared<suggest::PastCounts>(m_options.memory->recall(document.path));
    }
    {
        const std::lock_guard lock(m_shared->mutex);
        if (!m_shared->computer) {
            return;
        }
        m_shared->computer->setDocument(document.text.toStdString(), std::move(past));
    }
    if (!document.path.isEmpty()) {
        keep(document);
    }
}

void LocalSuggestionEngine::keep(const LearnedText& document) {
    if (!m_options.memory || !m_shared->computer) {
        return;
    }
    const Result<void> kept = m_options.memory->remember(
        document.path, m_shared->computer->countsOf(document.text.toStdString()));
    if (!kept) {
        m_mailbox.post(TroubleEvent{kept.error()});
    }
}

// False where the caret is in prose, or the models of verse fail: then prose is better than none.
bool LocalSuggestionEngine::answerInVerse(Shared& shared, SuggestionMailbox& mailbox,
                                          Generator& network, const SuggestionJob& job,
                                          const std::stop_token& stop) {
    const continuation::CaretText text{job.before, job.after};
    const auto language = shared.verse ? shared.verse->languageAt(text, job.verse) : std::nullopt;
    if (!language) {
        return false;
    }
    const auto prose = [&](const suggest::SuggestOptions& options) {
        return shared.computer->suggest(&network, job.before, job.after, options, stop);
    };
    const auto early = [&](const suggest::Suggestions& suggestions) {
        mailbox.post(ReplyEvent{job.id, toReply(suggestions)});
    };
    const Result<suggest::Suggestions> found =
        shared.verse->suggest(*language, text, job.verse, job.options, prose, early, stop);
    if (!found) {
        mailbox.post(TroubleEvent{found.error()});
        return false;
    }
    if (!found->cancelled && !stop.stop_requested()) {
        mailbox.post(ReplyEvent{job.id, toReply(*found)});
    }
    return true;
}

// Words as soon as there are some, then words with ghost text.
void LocalSuggestionEngine::answer(Shared& shared, SuggestionMailbox& mailbox, Generator* network,
                                   const SuggestionJob& job, const std::stop_token& stop) {
    const std::lock_guard lock(shared.mutex);
    if (!shared.computer || stop.stop_requested()) {
        return;
    }
    if (network != nullptr && answerInVerse(shared, mailbox, *network, job, stop)) {
        return;
    }
    suggest::SuggestOptions options = job.options;
    options.ghost = false;
    for (;;) {
        Result<suggest::Suggestions> found =
            shared.computer->suggest(network, job.before, job.after, options, stop);
        if (!found && network != nullptr) {
            mailbox.post(TroubleEvent{found.error()});
            network = nullptr; // counted words are better than none
            continue;
        }
        if (!found) {
            mailbox.post(TroubleEvent{found.error()});
            return;
        }
        if (found->cancelled || stop.stop_requested()) {
            return;
        }
        mailbox.post(ReplyEvent{job.id, toReply(*found)});
        if (options.ghost || !job.options.ghost) {
            return;
        }
        options.ghost = true;
    }
}

} // namespace linnet::services
