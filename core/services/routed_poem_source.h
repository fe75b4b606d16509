#pragma once

#include <functional>

#include "services/remote_poem_source.h"

namespace linnet::services {

// Poems as the writer wants them routed: from a server where one is to be asked, and from this
// machine where none is or where it fails before it has given a poem.
class RoutedPoemSource : public PoemSource {
    Q_OBJECT
public:
    // Whether a model on this machine can compose it.
    using LocalFits = std::function<bool(const PoemQuery&)>;

    // Both sources outlive this one.
    RoutedPoemSource(PoemSource& local, RemotePoemSource& remote, LocalFits localFits,
                     QObject* parent = nullptr);

    quint64 compose(const PoemQuery& query) override;
    void cancel() override;

private:
    void connectSource(PoemSource& source, bool isRemote);
    bool isOurs(quint64 id, bool isRemote) const;

    PoemSource& m_local;
    RemotePoemSource& m_remote;
    const LocalFits m_localFits;
    PoemQuery m_query;
    quint64 m_lastId = 0;
    bool m_waiting = false;
    bool m_remoteTurn = false;
    quint64 m_inner = 0; // the id of the source whose turn it is
    bool m_anyPoem = false;
};

} // namespace linnet::services
