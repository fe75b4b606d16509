#pragma once

#include <optional>

#include "services/poem_source.h"
#include "services/remote_servers.h"
#include "services/verse_source.h"

namespace linnet::services {

// Poems from a server. linnet-server composes them itself; any other is asked in words. Either way
// a poem counts only if the analyzer here finds no fault in it, so that a form is as sure as with
// the models here; a server asked in words gets a few chances, and is told what was wrong.
class RemotePoemSource : public PoemSource {
    Q_OBJECT
public:
    // Both outlive this.
    RemotePoemSource(RemoteServers& servers, VerseSource& verse, QObject* parent = nullptr);
    ~RemotePoemSource() override;

    bool isWanted(bool localFits) const;

    // Asks the server that RemoteServers names.
    quint64 compose(const PoemQuery& query, bool localFits);
    quint64 compose(const PoemQuery& query) override { return compose(query, true); }
    void cancel() override;

private:
    void begin();
    void follow(RemoteCallPtr call);
    void letGo();
    void askComposer();
    void onComposed(const std::string& data);
    void askInWords();
    void onWords(const QByteArray& body);
    void tryAgain(const QString& complaint);
    void onAnalysed(const VerseReport& report);
    void checkNext();
    void refuse(verse::RefusalKind kind, const QString& why);
    void giveUp(const QString& why, const std::optional<RemoteError>& error = std::nullopt);
    void finish();

    struct Candidate {
        PoemReply poem;
        int version = 0;
    };

    RemoteServers& m_servers;
    VerseSource& m_verse;
    quint64 m_lastId = 0;
    bool m_waiting = false; // for answers to m_lastId
    PoemQuery m_query;
    std::optional<RemoteProfile> m_asked;
    bool m_sent = false;
    bool m_inWords = false; // the server does not compose
    RemoteCallPtr m_call;
    QVector<Candidate> m_candidates; // to be analysed
    quint64 m_analysis = 0;
    int m_version = 0; // that is asked for in words
    int m_attempt = 0;
    QString m_complaint; // about the attempt before
    QVector<int> m_ready;
};

} // namespace linnet::services
