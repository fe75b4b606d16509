#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include <QTimer>

#include "services/remote_ghost.h"
#include "services/remote_servers.h"
#include "services/suggestion_source.h"

namespace linnet::services {

struct RemoteSuggestionOptions {
    std::chrono::milliseconds leastDelay{150}; // between a key and the request
    std::chrono::milliseconds mostDelay{300};
    std::chrono::milliseconds deadline{500}; // from the request to the first ghost text
    RemoteGhostOptions ghost;
};

// Ghost text from a server; words it has none. A request goes out when the writer has paused for a
// moment: half as long as the server took lately, within the bounds. What comes too late is
// dropped. A reply's ghostProbability is negative where the server does not give probabilities.
// Every request that is neither superseded nor cancelled ends with finished().
class RemoteSuggestionSource : public SuggestionSource {
    Q_OBJECT
public:
    explicit RemoteSuggestionSource(RemoteServers& servers, RemoteSuggestionOptions options = {},
                                    QObject* parent = nullptr);
    ~RemoteSuggestionSource() override;

    void setGhost(double threshold, int words); // negative: the default
    // Whether request() would ask a server at all.
    bool isWanted(bool localFits) const;

    // Asks the server that RemoteServers names; `localFits` as there.
    quint64 request(const SuggestionQuery& query, bool localFits);
    quint64 request(const SuggestionQuery& query) override { return request(query, true); }
    void cancel() override;
    void setDocument(const QString&) override {}

    std::chrono::milliseconds delay() const;

private:
    void send();
    void onEvent(const std::string& data);
    void onLate();
    void onEnd(const std::optional<RemoteError>& error);
    void show(bool complete);
    void finish();
    void drop();

    RemoteServers& m_servers;
    const RemoteSuggestionOptions m_options;
    RemoteGhostOptions m_ghost;
    quint64 m_lastId = 0;
    bool m_waiting = false; // for answers to m_lastId
    bool m_localFits = true;
    RemotePrompt m_prompt;
    std::optional<RemoteProfile> m_asked; // the server of the running call
    bool m_sent = false;                  // to it
    bool m_measured = false;              // its latency
    int m_late = 0;                       // requests in a row that came to nothing in time
    QString m_text;                       // answered so far
    std::vector<protocol::TokenInfo> m_tokens;
    QString m_shown;
    double m_latency = 0; // ms, of late; 0: unknown
    QTimer m_delay;
    QTimer m_deadline;
    RemoteCallPtr m_call;
};

} // namespace linnet::services
