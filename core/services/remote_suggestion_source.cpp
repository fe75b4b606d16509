#include "services/remote_suggestion_source.h"

#include <algorithm>
#include <utility>

namespace linnet::services {

using namespace std::chrono_literals;

namespace {

constexpr double newestShare = 0.3; // of the latest latency in the mean of late
constexpr int tokensPerWord = 4;    // Chinese characters may take two tokens

constexpr int lateInARow = 5;

// An answer that is not there after these does not matter any more.
RemoteLimits limitsFor(std::chrono::milliseconds deadline) {
    RemoteLimits limits;
    limits.connect = 5s;
    limits.firstByte = std::max<std::chrono::milliseconds>(deadline, 5s);
    limits.pause = 5s;
    limits.total = deadline + 10s;
    limits.answerBytes = 1 << 20;
    limits.attempts = 1; // by the next one the writer has typed on
    return limits;
}

} // namespace

RemoteSuggestionSource::RemoteSuggestionSource(RemoteServers& servers,
                                               RemoteSuggestionOptions options, QObject* parent)
    : SuggestionSource(parent)
    , m_servers(servers)
    , m_options(options)
    , m_ghost(options.ghost) {
    m_delay.setSingleShot(true);
    m_deadline.setSingleShot(true);
    connect(&m_delay, &QTimer::timeout, this, &RemoteSuggestionSource::send);
    connect(&m_deadline, &QTimer::timeout, this, &RemoteSuggestionSource::onLate);
}

RemoteSuggestionSource::~RemoteSuggestionSource() {
    drop();
}

void RemoteSuggestionSource::setGhost(double threshold, int words) {
    m_ghost.threshold = threshold < 0 ? m_options.ghost.threshold : threshold;
    m_ghost.words = words;
}

bool RemoteSuggestionSource::isWanted(bool localFits) const {
    return m_servers.serverFor(RemoteUse::Suggestions, localFits).has_value();
}

std::chrono::milliseconds RemoteSuggestionSource::delay() const {
    const std::chrono::milliseconds half(static_cast<int>(m_latency / 2));
    return std::clamp(half, m_options.leastDelay, m_options.mostDelay);
}

quint64 RemoteSuggestionSource::request(const SuggestionQuery& query, bool localFits) {
    drop();
    m_waiting = true;
    m_localFits = localFits;
    m_prompt = query.ghost ? remotePromptFor(query.before) : RemotePrompt();
    m_delay.start(m_prompt.text.isEmpty() || !isWanted(localFits) ? 0ms : delay());
    return ++m_lastId;
}

void RemoteSuggestionSource::cancel() {
    m_waiting = false;
    drop();
}

void RemoteSuggestionSource::drop() {
    m_delay.stop();
    m_deadline.stop();
    m_text.clear();
    m_tokens.clear();
    m_shown.clear();
    if (m_call) {
        m_call.reset();
        if (std::exchange(m_sent, false)) {
            m_servers.end(*m_asked);
        }
    }
}

void RemoteSuggestionSource::send() {
    m_asked = m_servers.serverFor(RemoteUse::Suggestions, m_localFits);
    if (!m_asked || m_prompt.text.isEmpty()) {
        finish();
        return;
    }
    protocol::CompletionRequest request;
    request.prompts = {m_prompt.text.toStdString()};
    request.options.maxTokens = m_ghost.words * tokensPerWord;
    request.options.temperature = 0;
    request.options.stop = {"\n"};
    request.options.stream = true;
    if (m_asked->logProbs) {
        request.logProbs = 1;
    }
    m_call = m_servers.client().complete(*m_asked, request, limitsFor(m_options.deadline));
    m_measured = false;
    m_deadline.start(m_options.deadline); // also of a keychain that takes its time
    connect(m_call.get(), &RemoteCall::sent, this, [this] {
        m_sent = true;
        m_servers.begin(*m_asked);
        m_deadline.start(m_options.deadline);
    });
    connect(m_call.get(), &RemoteCall::event, this,
            [this](const QByteArray& data) { onEvent(data.toStdString()); });
    connect(m_call.get(), &RemoteCall::finished, this, [this](const QByteArray& body) {
        if (!body.isEmpty()) {
            onEvent(body.toStdString());
        }
        onEnd(std::nullopt);
    });
    connect(m_call.get(), &RemoteCall::failed, this,
            [this](const RemoteError& error) { onEnd(error); });
}

void RemoteSuggestionSource::onEvent(const std::string& data) {
    const auto answer = protocol::parseCompletionResponse(data);
    if (!answer || !m_call) {
        if (m_call) {
            RemoteError error;
            error.detail = QString::fromStdString(answer.error().message);
            onEnd(error);
        }
        return;
    }
    for (const protocol::CompletionChoice& choice : answer->choices) {
        if (choice.index != 0) {
            continue;
        }
        m_text += QString::fromStdString(choice.text);
        if (choice.logProbs) {
            m_tokens.insert(m_tokens.end(), choice.logProbs->begin(), choice.logProbs->end());
        }
    }
    m_late = 0;
    if (!std::exchange(m_measured, true)) {
        const auto latency = static_cast<double>(m_call->latency());
        m_latency = m_latency == 0 ? latency : m_latency + newestShare * (latency - m_latency);
    }
    show(false);
}

void RemoteSuggestionSource::show(bool complete) {
    const RemoteGhost ghost = remoteGhost(m_prompt, m_text, m_tokens, complete, m_ghost);
    // Only ever more of the same: what is on screen does not change under the writer's eyes.
    if (ghost.text.size() > m_shown.size() && ghost.text.startsWith(m_shown)) {
        m_shown = ghost.text;
        m_deadline.stop();
        SuggestionReply reply;
        reply.ghost = ghost.text;
        reply.ghostProbability = ghost.probability;
        Q_EMIT ready(m_lastId, reply);
    }
}

// Once is nothing; a server that is never in time is as good as none, and the writer is told.
void RemoteSuggestionSource::onLate() {
    const bool silent = m_sent && !m_measured;
    const std::optional<RemoteProfile> asked = m_asked;
    finish();
    if (silent && ++m_late == lateInARow) {
        m_late = 0;
        RemoteError error;
        error.kind = RemoteErrorKind::Timeout;
        error.detail = QStringLiteral("no suggestion within %1 ms, %2 times in a row")
                           .arg(m_options.deadline.count())
                           .arg(lateInARow);
        m_servers.failed(*asked, error);
    }
}

void RemoteSuggestionSource::onEnd(const std::optional<RemoteError>& error) {
    if (!m_call) {
        return;
    }
    if (error) {
        const RemoteProfile profile = *m_asked;
        finish();
        m_servers.failed(profile, *error);
        return;
    }
    m_servers.succeeded(*m_asked);
    const quint64 id = m_lastId;
    show(true);
    if (id == m_lastId) {
        finish();
    }
}

void RemoteSuggestionSource::finish() {
    drop();
    if (std::exchange(m_waiting, false)) {
        Q_EMIT finished(m_lastId);
    }
}

} // namespace linnet::services
