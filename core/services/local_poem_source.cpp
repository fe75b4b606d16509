#include "services/local_poem_source.h"

#include <utility>
#include <variant>

#include <QFile>

#include "engine/api/worker.h"
#include "services/event_mailbox.h"
#include "services/poem_words.h"
#include "verse/open_composer.h"
#include "verse/script/opencc_converter.h"
#include "verse/verse_data.h"

namespace linnet::services {

using engine::Error;
using engine::ErrorCode;
using engine::Flow;
using engine::Generator;
using engine::Result;

struct LocalPoemSource::LineEvent {
    quint64 id = 0;
    int version = 0;
    int line = 0;
    PoemReplyLine text;
};
struct LocalPoemSource::PoemEvent {
    quint64 id = 0;
    int version = 0;
    PoemReply poem;
};
struct LocalPoemSource::FailureEvent {
    quint64 id = 0;
    PoemFailure failure;
};
struct LocalPoemSource::DoneEvent {
    quint64 id = 0;
    QVector<int> ranking;
};
// The model of a language; neither info nor error: its load was given up.
struct LocalPoemSource::LoadEvent {
    verse::Language language = verse::Language::English;
    std::optional<engine::ModelInfo> info;
    std::optional<Error> error;
};

struct LocalPoemSource::Mailbox
    : EventMailbox<std::variant<LineEvent, PoemEvent, FailureEvent, DoneEvent, LoadEvent>> {
    using EventMailbox::EventMailbox;
};

namespace {

QString toQString(const std::filesystem::path& path) {
#if defined(Q_OS_WIN)
    return QString::fromStdWString(path.wstring());
#else
    return QFile::decodeName(path.c_str());
#endif
}

PoemReplyLine toReply(const verse::PoemLine& line) {
    return {QString::fromStdString(line.text), line.fixed, line.fromCorpus};
}

PoemReply toReply(const verse::Poem& poem) {
    PoemReply reply;
    reply.form = QString::fromStdString(poem.form);
    reply.variant = QString::fromStdString(poem.variant);
    reply.title = QString::fromStdString(poem.title);
    for (const verse::PoemLine& line : poem.lines) {
        reply.lines.append(toReply(line));
    }
    for (const int line : poem.breaks) {
        reply.breaks.append(line);
    }
    reply.seed = poem.seed;
    reply.score = poem.score;
    return reply;
}

PoemFailure toFailure(const Error& error) {
    return {std::nullopt, -1, QString(), QString::fromStdString(error.message), error.code};
}

} // namespace

class LocalPoemSource::Seat {
public:
    Seat(verse::Language language, const LocalPoemOptions& options, Mailbox& mailbox)
        : m_language(language)
        , m_options(options)
        , m_mailbox(mailbox) {}

    // True if a model was asked for and has not been found wanting.
    bool hasModel() const { return m_hasModel; }

    void load(const std::filesystem::path& folder, const engine::LoadOptions& load) {
        m_hasModel = true;
        auto loader = [desk = m_desk, folder, load, open = m_options.openEngine](
                          std::stop_token stop) -> Result<std::unique_ptr<Generator>> {
            desk->composer.reset(); // it refers to the tokenizer of the model before
            desk->folder = folder;
            if (!desk->engine) {
                auto opened = open();
                if (!opened) {
                    return opened.error();
                }
                desk->engine = std::move(opened).value();
            }
            return desk->engine->load(folder, load, std::move(stop));
        };
        m_worker.load(std::move(loader), [this](const engine::ModelInfo* info, const Error* error) {
            m_mailbox.post(LoadEvent{m_language, info ? std::optional(*info) : std::nullopt,
                                     error ? std::optional(*error) : std::nullopt});
        });
    }
    void unload() {
        m_hasModel = false;
        m_worker.unload();
    }
    // The load failed; the next poem tries again.
    void forget() { m_hasModel = false; }

    void submit(quint64 id, verse::PoemRequest request) {
        m_worker.submit(
            [this, id, desk = m_desk, request = std::move(request)](Generator& model,
                                                                    const std::stop_token& stop) {
                compose(*desk, id, model, request, stop);
            },
            [this, id](engine::RequestId, engine::Worker::Outcome outcome, const Error* error) {
                if (outcome == engine::Worker::Outcome::Failed) {
                    m_mailbox.post(FailureEvent{
                        id, toFailure(error ? *error : Error{ErrorCode::Internal, "no poem"})});
                    m_mailbox.post(DoneEvent{id, {}});
                }
            });
    }
    void cancel() { m_worker.cancelAll(); }

private:
    // Used on the worker thread only.
    struct Desk {
        std::unique_ptr<engine::Engine> engine;
        std::filesystem::path folder; // of the model
        std::unique_ptr<verse::VerseData> data;
        std::unique_ptr<verse::Composer> composer;
    };

    Result<void> openComposer(Desk& desk, const Generator& model) const {
        if (desk.composer) {
            return {};
        }
        if (!m_options.makeComposer && !desk.data) {
            auto data = verse::VerseData::open(m_options.resources);
            if (!data) {
                return data.error();
            }
            desk.data = std::make_unique<verse::VerseData>(std::move(data).value());
        }
        auto composer = m_options.makeComposer
                            ? m_options.makeComposer(m_language, model, desk.folder)
                            : verse::openComposer(m_language, *desk.data, model.tokenizer(),
                                                  desk.folder, verse::makeOpenccConverter());
        if (!composer) {
            return composer.error();
        }
        desk.composer = std::move(composer).value();
        return {};
    }

    void compose(Desk& desk, quint64 id, Generator& model, const verse::PoemRequest& request,
                 const std::stop_token& stop) const {
        const Result<void> opened = openComposer(desk, model);
        if (!opened) {
            m_mailbox.post(FailureEvent{id, toFailure(opened.error())});
            m_mailbox.post(DoneEvent{id, {}});
            return;
        }
        verse::PoemSink sink;
        sink.line = [&](int version, int line, const verse::PoemLine& text) {
            m_mailbox.post(LineEvent{id, version, line, toReply(text)});
            return Flow::Continue;
        };
        sink.poem = [&](int version, const verse::Poem& poem) {
            m_mailbox.post(PoemEvent{id, version, toReply(poem)});
            return Flow::Continue;
        };
        const auto made = desk.composer->compose(model, request, sink, stop);
        if (stop.stop_requested()) {
            return;
        }
        DoneEvent done{id, {}};
        if (!made) {
            m_mailbox.post(FailureEvent{id, toFailure(made.error())});
        } else if (made->refusal) {
            const verse::Refusal& refusal = *made->refusal;
            m_mailbox.post(
                FailureEvent{id,
                             {refusal.kind, refusal.line, QString::fromStdString(refusal.subject),
                              QString::fromStdString(refusal.message)}});
        } else {
            for (const verse::Poem& poem : made->poems) {
                done.ranking.append(static_cast<int>(poem.seed - request.seed));
            }
        }
        m_mailbox.post(done);
    }

    const verse::Language m_language;
    const LocalPoemOptions& m_options;
    Mailbox& m_mailbox;
    bool m_hasModel = false;
    const std::shared_ptr<Desk> m_desk = std::make_shared<Desk>();
    engine::Worker m_worker; // last: its thread uses the rest
};

LocalPoemSource::LocalPoemSource(LocalPoemOptions options, QObject* parent)
    : PoemSource(parent)
    , m_options(std::move(options))
    , m_mailbox(std::make_unique<Mailbox>([this] {
        QMetaObject::invokeMethod(
            this, [this] { drain(); }, Qt::QueuedConnection);
    })) {
    m_idle.setSingleShot(true);
    connect(&m_idle, &QTimer::timeout, this, &LocalPoemSource::unloadIdle);
}

LocalPoemSource::~LocalPoemSource() = default;

std::optional<verse::Language> LocalPoemSource::languageOf(const QString& form) {
    if (!m_forms) {
        auto opened = verse::FormLibrary::open(m_options.resources / "forms");
        if (!opened) {
            return std::nullopt;
        }
        m_forms = std::move(opened).value();
    }
    const auto found = m_forms->find(form.toStdString());
    return found ? std::optional((*found)->language) : std::nullopt;
}

LocalPoemSource::Seat& LocalPoemSource::seatFor(verse::Language language) {
    std::unique_ptr<Seat>& seat = m_seats[language];
    if (!seat) {
        seat = std::make_unique<Seat>(language, m_options, *m_mailbox);
    }
    return *seat;
}

quint64 LocalPoemSource::compose(const PoemQuery& query) {
    cancel();
    const quint64 id = ++m_lastId;
    m_waiting = true;
    m_failed = false;
    const auto language = languageOf(query.form);
    if (!language) {
        fail(id, {verse::RefusalKind::UnknownForm, -1, query.form,
                  QStringLiteral("there is no form \"%1\"").arg(query.form)});
        return id;
    }
    const auto folder = m_options.models.find(*language);
    if (folder == m_options.models.end() || folder->second.empty()) {
        fail(id, {std::nullopt, -1, QString(),
                  QStringLiteral("no model of verse in this language is installed"),
                  ErrorCode::NotFound});
        return id;
    }
    m_language = *language;
    Seat& seat = seatFor(*language);
    if (!seat.hasModel()) {
        seat.load(folder->second, m_options.load);
        setStatus({ModelState::Loading, toQString(folder->second.filename()), QString(), QString(),
                   QString()});
    }
    seat.submit(id, toRequest(query));
    restartIdleTimer();
    return id;
}

void LocalPoemSource::setIdleUnload(std::chrono::milliseconds idle) {
    m_options.idleUnload = idle;
    restartIdleTimer();
}

void LocalPoemSource::restartIdleTimer() {
    if (m_options.idleUnload.count() > 0) {
        m_idle.start(m_options.idleUnload);
    } else {
        m_idle.stop();
    }
}

void LocalPoemSource::fail(quint64 id, PoemFailure failure) {
    m_mailbox->post(FailureEvent{id, std::move(failure)});
    m_mailbox->post(DoneEvent{id, {}});
}

void LocalPoemSource::cancel() {
    m_waiting = false;
    for (const auto& [language, seat] : m_seats) {
        seat->cancel();
    }
}

void LocalPoemSource::setModels(std::map<verse::Language, std::filesystem::path> models,
                                const engine::LoadOptions& load) {
    cancel();
    for (const auto& [language, seat] : m_seats) {
        seat->unload();
    }
    m_options.models = std::move(models);
    m_options.load = load;
    setStatus({});
}

void LocalPoemSource::drain() {
    for (const auto& event : m_mailbox->take()) {
        std::visit([this](const auto& one) { handle(one); }, event);
    }
}

// Anything may have happened since an event was posted, in the slots of the one before it too: it
// counts only while it is still wanted.
void LocalPoemSource::handle(const LineEvent& event) {
    if (isWanted(event.id)) {
        Q_EMIT lineReady(event.id, event.version, event.line, event.text);
    }
}

void LocalPoemSource::handle(const PoemEvent& event) {
    if (isWanted(event.id)) {
        Q_EMIT poemReady(event.id, event.version, event.poem);
    }
}

void LocalPoemSource::handle(const FailureEvent& event) {
    if (isWanted(event.id) && !std::exchange(m_failed, true)) {
        Q_EMIT failed(event.id, event.failure);
    }
}

void LocalPoemSource::handle(const DoneEvent& event) {
    if (isWanted(event.id)) {
        m_waiting = false;
        Q_EMIT finished(event.id, event.ranking);
    }
}

void LocalPoemSource::handle(const LoadEvent& event) {
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
    seatFor(event.language).forget();
    const QString message = QString::fromStdString(event.error->message);
    setStatus({ModelState::Failed, toQString(m_options.models[event.language].filename()),
               QString(), QString(), message, event.error->code});
    if (event.language == m_language) {
        // What the worker says next is only that there is no model.
        handle(FailureEvent{m_lastId, toFailure(*event.error)});
    }
}

void LocalPoemSource::setStatus(const ModelStatus& status) {
    m_status = status;
    Q_EMIT statusChanged(m_status);
}

void LocalPoemSource::unloadIdle() {
    if (m_waiting) {
        restartIdleTimer();
        return;
    }
    for (const auto& [language, seat] : m_seats) {
        seat->unload();
    }
    setStatus({});
}

} // namespace linnet::services
