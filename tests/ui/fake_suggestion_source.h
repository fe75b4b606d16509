#pragma once

#include <utility>

#include <QStringList>
#include <QVector>

#include "services/suggestion_source.h"

namespace linnet::tests {

// A source that answers when the test says so, with what the test says.
class FakeSuggestionSource : public services::SuggestionSource {
    Q_OBJECT
public:
    using services::SuggestionSource::SuggestionSource;

    quint64 request(const services::SuggestionQuery& query) override {
        queries.append(query);
        return ++lastId;
    }
    void cancel() override { ++cancels; }
    void setDocument(const QString& text) override { document = text; }

    void answer(const QString& ghost, const QStringList& words = {}) {
        answer(lastId, ghost, words);
    }
    void answer(quint64 id, const QString& ghost, const QStringList& words) {
        services::SuggestionReply reply;
        reply.ghost = ghost;
        reply.ghostProbability = ghost.isEmpty() ? 0 : 0.5;
        for (const QString& word : words) {
            reply.words.append({word, 0.1});
        }
        Q_EMIT ready(id, reply);
    }
    void finish() { Q_EMIT finished(lastId); }
    int requests() const { return static_cast<int>(queries.size()); }

    QVector<services::SuggestionQuery> queries;
    QString document;
    quint64 lastId = 0;
    int cancels = 0;
};

} // namespace linnet::tests
