#pragma once

#include <QVector>

#include "services/poem_source.h"

namespace linnet::tests {

// Answers when the test says so, with what the test says.
class FakePoemSource : public services::PoemSource {
    Q_OBJECT
public:
    using services::PoemSource::PoemSource;

    quint64 compose(const services::PoemQuery& query) override {
        queries.append(query);
        return ++lastId;
    }
    void cancel() override { ++cancels; }

    const services::PoemQuery& query() const { return queries.constLast(); }
    void line(int version, int number, const QString& text, bool fixed = false,
              bool fromCorpus = false) {
        Q_EMIT lineReady(lastId, version, number, {text, fixed, fromCorpus});
    }
    // All the lines, then the poem.
    void poem(int version, const QStringList& lines, const QString& variant = {}) {
        services::PoemReply reply;
        reply.form = query().form;
        reply.variant = variant;
        reply.seed = query().seed + static_cast<quint64>(version);
        for (int i = 0; i < lines.size(); ++i) {
            reply.lines.append({lines.at(i), query().fixed.contains(i), false});
            Q_EMIT lineReady(lastId, version, i, reply.lines.constLast());
        }
        Q_EMIT poemReady(lastId, version, reply);
    }
    void fail(const services::PoemFailure& failure) { Q_EMIT failed(lastId, failure); }
    void finish(const QVector<int>& ranking = {}) { Q_EMIT finished(lastId, ranking); }
    void tellStatus(const services::ModelStatus& status) { Q_EMIT statusChanged(status); }

    QVector<services::PoemQuery> queries;
    quint64 lastId = 0;
    int cancels = 0;
};

} // namespace linnet::tests
