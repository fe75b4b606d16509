#include "services/routed_poem_source.h"

#include <utility>

namespace linnet::services {

RoutedPoemSource::RoutedPoemSource(PoemSource& local, RemotePoemSource& remote, LocalFits localFits,
                                   QObject* parent)
    : PoemSource(parent)
    , m_local(local)
    , m_remote(remote)
    , m_localFits(std::move(localFits)) {
    connectSource(local, false);
    connectSource(remote, true);
    connect(&local, &PoemSource::statusChanged, this, &PoemSource::statusChanged);
}

bool RoutedPoemSource::isOurs(quint64 id, bool isRemote) const {
    return m_waiting && isRemote == m_remoteTurn && id == m_inner;
}

void RoutedPoemSource::connectSource(PoemSource& source, bool isRemote) {
    connect(&source, &PoemSource::lineReady, this,
            [this, isRemote](quint64 id, int version, int line, const PoemReplyLine& text) {
                if (isOurs(id, isRemote)) {
                    Q_EMIT lineReady(m_lastId, version, line, text);
                }
            });
    connect(&source, &PoemSource::poemReady, this,
            [this, isRemote](quint64 id, int version, const PoemReply& poem) {
                if (isOurs(id, isRemote)) {
                    m_anyPoem = true;
                    Q_EMIT poemReady(m_lastId, version, poem);
                }
            });
    connect(&source, &PoemSource::failed, this,
            [this, isRemote](quint64 id, const PoemFailure& failure) {
                if (!isOurs(id, isRemote)) {
                    return;
                }
                if (isRemote && !m_anyPoem && m_localFits(m_query)) {
                    m_remoteTurn = false; // its finished() is not ours any more
                    m_inner = m_local.compose(m_query);
                } else {
                    Q_EMIT failed(m_lastId, failure);
                }
            });
    connect(&source, &PoemSource::finished, this,
            [this, isRemote](quint64 id, const QVector<int>& ranking) {
                if (isOurs(id, isRemote)) {
                    m_waiting = false;
                    Q_EMIT finished(m_lastId, ranking);
                }
            });
}

quint64 RoutedPoemSource::compose(const PoemQuery& query) {
    cancel();
    m_query = query;
    m_anyPoem = false;
    m_waiting = true;
    const bool fits = m_localFits(query);
    m_remoteTurn = m_remote.isWanted(fits);
    m_inner = m_remoteTurn ? m_remote.compose(query, fits) : m_local.compose(query);
    return ++m_lastId;
}

void RoutedPoemSource::cancel() {
    m_waiting = false;
    m_local.cancel();
    m_remote.cancel();
}

} // namespace linnet::services
