#include "services/routed_suggestion_source.h"

#include <algorithm>
#include <utility>

namespace linnet::services {

RoutedSuggestionSource::RoutedSuggestionSource(SuggestionSource& local,
                                               RemoteSuggestionSource& remote, LocalFits localFits,
                                               QObject* parent)
    : SuggestionSource(parent)
    , m_local(local)
    , m_remote(remote)
    , m_localFits(std::move(localFits)) {
    connect(&local, &SuggestionSource::ready, this,
            [this](quint64 id, const SuggestionReply& reply) {
                if (m_waiting && id == m_localId) {
                    onLocal(reply);
                }
            });
    connect(&local, &SuggestionSource::finished, this, [this](quint64 id) {
        if (m_waiting && id == m_localId) {
            m_localRuns = false;
            finishIfDone();
        }
    });
    connect(&remote, &SuggestionSource::ready, this,
            [this](quint64 id, const SuggestionReply& reply) {
                if (m_waiting && id == m_remoteId) {
                    onRemote(reply);
                }
            });
    connect(&remote, &SuggestionSource::finished, this, [this](quint64 id) {
        if (m_waiting && id == m_remoteId) {
            onRemoteEnd();
        }
    });
}

quint64 RoutedSuggestionSource::request(const SuggestionQuery& query) {
    const LocalFit fit = m_localFits(query);
    m_fits = fit != LocalFit::None;
    m_before = query.before;
    m_words = {};
    m_remoteReply = {};
    m_remoteShown = false;
    m_waiting = true;
    m_remoteRuns = query.ghost && fit != LocalFit::Alone && m_remote.isWanted(m_fits);
    if (m_remoteRuns) {
        m_remoteId = m_remote.request(query, m_fits);
    } else {
        m_remote.cancel();
        m_remoteId = 0;
    }
    m_localRuns = true;
    m_localId = m_local.request(query);
    return ++m_lastId;
}

void RoutedSuggestionSource::cancel() {
    m_waiting = false;
    m_local.cancel();
    m_remote.cancel();
}

void RoutedSuggestionSource::onLocal(const SuggestionReply& reply) {
    m_words = reply;
    SuggestionReply shown = reply;
    if (m_remoteShown) {
        shown.ghost = m_remoteReply.ghost;
        shown.ghostProbability = m_remoteReply.ghostProbability;
    } else if (m_remoteRuns) {
        shown.ghost.clear(); // kept back as long as the server may still answer
        shown.ghostProbability = 0;
    }
    Q_EMIT ready(m_lastId, shown);
    if (m_waiting && !m_remoteShown) {
        offerRemote(); // what was not believed before
    }
}

void RoutedSuggestionSource::onRemote(const SuggestionReply& reply) {
    m_remoteReply = reply;
    offerRemote();
}

bool RoutedSuggestionSource::isBelieved(const SuggestionReply& remote) const {
    if (remote.ghostProbability >= 0 || !m_fits) {
        return true;
    }
    const QString word = firstWordOfGhost(m_before, remote.ghost);
    return !word.isEmpty() &&
           std::any_of(m_words.words.begin(), m_words.words.end(), [&](const SuggestedWord& one) {
               return one.word.compare(word, Qt::CaseInsensitive) == 0;
           });
}

void RoutedSuggestionSource::offerRemote() {
    if (!m_remoteRuns || m_remoteReply.ghost.isEmpty() || !isBelieved(m_remoteReply)) {
        return;
    }
    m_remoteShown = true;
    SuggestionReply shown = m_words;
    shown.ghost = m_remoteReply.ghost;
    shown.ghostProbability = m_remoteReply.ghostProbability;
    Q_EMIT ready(m_lastId, shown);
}

// In time or not at all: now it is this machine's turn.
void RoutedSuggestionSource::onRemoteEnd() {
    m_remoteRuns = false;
    if (!m_remoteShown && !m_words.ghost.isEmpty()) {
        const quint64 id = m_lastId;
        Q_EMIT ready(id, m_words);
        if (!m_waiting || id != m_lastId) {
            return;
        }
    }
    finishIfDone();
}

void RoutedSuggestionSource::finishIfDone() {
    if (!m_localRuns && !m_remoteRuns) {
        m_waiting = false;
        Q_EMIT finished(m_lastId);
    }
}

} // namespace linnet::services
