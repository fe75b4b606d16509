#include "services/remote_poem_source.h"

#include <utility>

#include "services/poem_words.h"

namespace linnet::services {

using namespace std::chrono_literals;

namespace {

constexpr int chances = 4;    // of a server that is asked in words, for each version
constexpr int complaints = 4; // about one attempt

RemoteLimits poemLimits() {
    RemoteLimits limits;
    limits.firstByte = 120s;
    limits.answerBytes = 4 << 20;
    return limits;
}

QString complaintOf(const VerseReport& report) {
    QStringList texts;
    for (const VerseFault& fault : report.faults) {
        if (!fault.remark && texts.size() < complaints) {
            texts.append(
                fault.line < 0
                    ? fault.message
                    : QStringLiteral("line %1: %2").arg(fault.line + 1).arg(fault.message));
        }
    }
    return texts.join(QStringLiteral("; "));
}

} // namespace

RemotePoemSource::RemotePoemSource(RemoteServers& servers, VerseSource& verse, QObject* parent)
    : PoemSource(parent)
    , m_servers(servers)
    , m_verse(verse) {
    connect(&verse, &VerseSource::analysed, this, [this](quint64 id, const VerseReport& report) {
        if (m_analysis != 0 && id == m_analysis) {
            m_analysis = 0;
            onAnalysed(report);
        }
    });
    connect(&verse, &VerseSource::failed, this, [this](const QString& message) {
        if (m_analysis != 0) {
            giveUp(message);
        }
    });
}

RemotePoemSource::~RemotePoemSource() {
    letGo();
}

bool RemotePoemSource::isWanted(bool localFits) const {
    return m_servers.serverFor(RemoteUse::Poems, localFits).has_value();
}

quint64 RemotePoemSource::compose(const PoemQuery& query, bool localFits) {
    cancel();
    m_waiting = true;
    m_query = query;
    m_version = 0;
    m_attempt = 0;
    m_inWords = false;
    m_complaint.clear();
    m_ready.clear();
    m_asked = m_servers.serverFor(RemoteUse::Poems, localFits);
    const quint64 id = ++m_lastId;
    QMetaObject::invokeMethod(
        this,
        [this, id] {
            if (m_waiting && id == m_lastId) {
                begin();
            }
        },
        Qt::QueuedConnection);
    return id;
}

void RemotePoemSource::cancel() {
    m_waiting = false;
    letGo();
    m_analysis = 0;
    m_candidates.clear();
}

void RemotePoemSource::letGo() {
    m_call.reset();
    if (std::exchange(m_sent, false)) {
        m_servers.end(*m_asked);
    }
}

void RemotePoemSource::follow(RemoteCallPtr call) {
    letGo();
    m_call = std::move(call);
    connect(m_call.get(), &RemoteCall::sent, this, [this] {
        if (!std::exchange(m_sent, true)) {
            m_servers.begin(*m_asked);
        }
    });
    connect(m_call.get(), &RemoteCall::failed, this,
            [this](const RemoteError& error) { giveUp(error.detail, error); });
}

void RemotePoemSource::begin() {
    if (!m_asked || m_verse.findForm(m_query.form) == nullptr) {
        giveUp(QStringLiteral("no server composes this"));
        return;
    }
    const auto abilities = m_servers.abilitiesOf(*m_asked);
    if (!abilities) {
        follow(m_servers.client().listModels(*m_asked));
        connect(m_call.get(), &RemoteCall::finished, this, [this](const QByteArray& body) {
            m_servers.learnAbilities(*m_asked, body);
            begin();
        });
        return;
    }
    abilities->contains(QLatin1String("poems")) ? askComposer() : askInWords();
}

// ---- linnet-server

void RemotePoemSource::askComposer() {
    follow(m_servers.client().poems(*m_asked, toRemote(m_query), poemLimits()));
    connect(m_call.get(), &RemoteCall::event, this,
            [this](const QByteArray& data) { onComposed(data.toStdString()); });
    connect(m_call.get(), &RemoteCall::finished, this, [this](const QByteArray& body) {
        if (!body.isEmpty()) {
            onComposed(body.toStdString());
        }
        if (m_waiting) {
            m_servers.succeeded(*m_asked);
            letGo();
            checkNext();
        }
    });
}

void RemotePoemSource::onComposed(const std::string& data) {
    if (const auto line = protocol::parsePoemLine(data)) {
        if (line->version >= 0 && line->version < m_query.count && line->line >= 0) {
            Q_EMIT lineReady(m_lastId, line->version, line->line,
                             {QString::fromStdString(line->text), line->fixed, line->fromCorpus});
        }
        return;
    }
    const auto answer = protocol::parsePoemResponse(data);
    if (!answer) {
        RemoteError error;
        error.detail = QString::fromStdString(answer.error().message);
        giveUp(error.detail, error);
        return;
    }
    for (const protocol::WrittenPoem& written : answer->poems) {
        const quint64 version = written.seed - (m_query.seed & 0x7fffffffffffffffULL);
        if (version < static_cast<quint64>(m_query.count)) {
            PoemReply poem = fromRemote(written);
            for (auto fixed = m_query.fixed.begin(); fixed != m_query.fixed.end(); ++fixed) {
                if (fixed.key() >= 0 && fixed.key() < poem.lines.size()) {
                    poem.lines[fixed.key()].fixed = true;
                }
            }
            m_candidates.append({poem, static_cast<int>(version)});
        }
    }
}

// ---- others

void RemotePoemSource::askInWords() {
    const VerseForm& form = *m_verse.findForm(m_query.form);
    if (!m_query.rhyme.isEmpty() && !form.rhymed) {
        refuse(verse::RefusalKind::Rhyme, QStringLiteral("the form does not rhyme"));
        return;
    }
    m_inWords = true;
    follow(m_servers.client().chat(*m_asked, poemInWords(m_query, form, m_complaint, m_version),
                                   poemLimits()));
    connect(m_call.get(), &RemoteCall::finished, this, &RemotePoemSource::onWords);
}

void RemotePoemSource::onWords(const QByteArray& body) {
    const auto answer = protocol::parseChatResponse(body.toStdString());
    if (!answer || answer->choices.empty()) {
        RemoteError error;
        error.detail =
            answer ? QStringLiteral("no choices") : QString::fromStdString(answer.error().message);
        giveUp(error.detail, error);
        return;
    }
    m_servers.succeeded(*m_asked);
    letGo();
    PoemReply poem = poemFromWords(QString::fromStdString(answer->choices.front().content),
                                   *m_verse.findForm(m_query.form));
    poem.variant = m_query.variant;
    poem.title = m_query.title;
    poem.seed = m_query.seed + static_cast<quint64>(m_version);
    const QString missing = missingWishes(m_query, poem);
    if (poem.lines.isEmpty() || !missing.isEmpty()) {
        tryAgain(missing);
        return;
    }
    m_candidates.append({poem, m_version});
    checkNext();
}

void RemotePoemSource::tryAgain(const QString& complaint) {
    m_complaint = complaint;
    if (++m_attempt >= chances) {
        giveUp(QStringLiteral("the server’s poems did not keep the form: %1").arg(complaint));
        return;
    }
    askInWords();
}

// ---- the analyzer has the last word

void RemotePoemSource::checkNext() {
    if (m_candidates.isEmpty()) {
        finish();
        return;
    }
    VerseQuery query;
    query.form = m_query.form;
    query.variant = m_candidates.front().poem.variant;
    query.text = textOf(m_candidates.front().poem);
    m_analysis = m_verse.analyse(query);
}

void RemotePoemSource::onAnalysed(const VerseReport& report) {
    const Candidate candidate = m_candidates.takeFirst();
    const quint64 id = m_lastId;
    const QString complaint =
        report.isCorrect() ? missingRhyme(m_query, report, candidate.poem) : complaintOf(report);
    if (!report.isCorrect() || !complaint.isEmpty()) {
        m_inWords ? tryAgain(complaint) : checkNext(); // it is left out
        return;
    }
    m_ready.append(candidate.version);
    for (int i = 0; m_inWords && i < candidate.poem.lines.size(); ++i) {
        Q_EMIT lineReady(id, candidate.version, i, candidate.poem.lines[i]);
    }
    Q_EMIT poemReady(id, candidate.version, candidate.poem);
    if (!m_waiting || id != m_lastId) {
        return;
    }
    if (!m_inWords) {
        checkNext();
        return;
    }
    m_attempt = 0;
    m_complaint.clear();
    if (++m_version < m_query.count) {
        askInWords();
    } else {
        finish();
    }
}

// Whoever is asked, there is no such poem.
void RemotePoemSource::refuse(verse::RefusalKind kind, const QString& why) {
    const quint64 id = m_lastId;
    cancel();
    Q_EMIT failed(id, {kind, -1, QString(), why});
    Q_EMIT finished(id, {});
}

void RemotePoemSource::giveUp(const QString& why, const std::optional<RemoteError>& error) {
    const quint64 id = m_lastId;
    const std::optional<RemoteProfile> asked = m_asked;
    const QVector<int> ready = m_ready;
    cancel();
    if (error && asked) {
        m_servers.failed(*asked, *error);
    }
    Q_EMIT failed(id, {std::nullopt, -1, QString(), why, engine::ErrorCode::Network});
    Q_EMIT finished(id, ready);
}

void RemotePoemSource::finish() {
    const quint64 id = m_lastId;
    const QVector<int> ready = m_ready;
    cancel();
    if (ready.isEmpty()) {
        Q_EMIT failed(id, {std::nullopt, -1, QString(),
                           QStringLiteral("the server’s poems did not keep the form"),
                           engine::ErrorCode::Network});
    }
    Q_EMIT finished(id, ready);
}

} // namespace linnet::services
