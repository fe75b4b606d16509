#pragma once

#include <functional>

#include "services/remote_suggestion_source.h"
#include "services/suggestion_source.h"

namespace linnet::services {

// How well the model on this machine suits a text.
enum class LocalFit {
    None, // it cannot continue it
    Fits,
    Alone, // verse with a form, which no server would keep to
};

// Suggestions as the writer wants them routed. Words always come from the model on this machine, at
// once. Ghost text comes from the server where one is to be asked and answers in time, else from
// this machine, within the same suggestion. A server that gives no probabilities is believed when
// the first word of its text is among the words of the model here, or when no model here fits.
class RoutedSuggestionSource : public SuggestionSource {
    Q_OBJECT
public:
    using LocalFits = std::function<LocalFit(const SuggestionQuery&)>;

    // Both sources outlive this one.
    RoutedSuggestionSource(SuggestionSource& local, RemoteSuggestionSource& remote,
                           LocalFits localFits, QObject* parent = nullptr);

    quint64 request(const SuggestionQuery& query) override;
    void cancel() override;
    void setDocument(const QString& text) override { m_local.setDocument(text); }
    void setDocumentPath(const QString& path) override { m_local.setDocumentPath(path); }
    void documentSaved(const QString& path, const QString& text) override {
        m_local.documentSaved(path, text);
    }

private:
    void onLocal(const SuggestionReply& reply);
    void onRemote(const SuggestionReply& reply);
    void onRemoteEnd();
    bool isBelieved(const SuggestionReply& remote) const;
    void offerRemote();
    void finishIfDone();

    SuggestionSource& m_local;
    RemoteSuggestionSource& m_remote;
    const LocalFits m_localFits;
    quint64 m_lastId = 0;
    quint64 m_localId = 0;
    quint64 m_remoteId = 0; // 0: no server was asked
    bool m_waiting = false;
    bool m_localRuns = false;
    bool m_remoteRuns = false;
    bool m_fits = true;
    QString m_before;
    SuggestionReply m_words;       // the latest of this machine, with its ghost text
    SuggestionReply m_remoteReply; // the latest of the server
    bool m_remoteShown = false;
};

} // namespace linnet::services
