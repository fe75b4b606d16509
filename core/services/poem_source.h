#pragma once

#include <optional>

#include <QMap>
#include <QMetaType>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QVector>

#include "services/model_status.h"
#include "verse/poem.h"

namespace linnet::services {

// What a poem is asked to be; see verse::PoemRequest. Lines are numbered from 0.
struct PoemQuery {
    QString form; // "qijue", "sonnet", ...
    QString variant;
    QString theme;
    QString title;
    QStringList keywords;
    QString firstLine;
    QString rhyme;
    QString acrostic;
    QString style;
    QMap<int, QString> fixed; // lines that stay; all others are composed
    int lines = 0;            // of the poem, where the form leaves a choice; 0: its default
    int count = 1;            // versions
    quint64 seed = 0;         // version i uses seed + i
    double temperature = 1.0;
    bool traditional = false;
};

struct PoemReplyLine {
    QString text;
    bool fixed = false;
    bool fromCorpus = false; // composed, but a whole line of the training corpus
};

struct PoemReply {
    QString form;
    QString variant;
    QString title;
    QVector<PoemReplyLine> lines;
    QVector<int> breaks; // a stanza ends before these lines
    quint64 seed = 0;
    double score = 0; // higher: the model likes it better
};

// Why there is no poem. `kind` is set when the request itself cannot be met, and then `line` and
// `subject` say more (verse::Refusal); else the model failed or is not installed.
struct PoemFailure {
    std::optional<verse::RefusalKind> kind;
    int line = -1;
    QString subject;
    QString message; // an English diagnostic
    // Without `kind`, what the message is about; it may be missing.
    std::optional<engine::ErrorCode> code = std::nullopt;
};

// Where poems come from: the models on this machine, or a fake in tests. Lives on the GUI thread;
// every function returns at once.
class PoemSource : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    // Asks for poems; a new request supersedes the one before it. The returned id, never 0, comes
    // back with each reply.
    virtual quint64 compose(const PoemQuery& query) = 0;
    virtual void cancel() = 0;

Q_SIGNALS:
    // A line that is final; versions count from 0, lines come in order.
    void lineReady(quint64 id, int version, int line, const linnet::services::PoemReplyLine& text);
    void poemReady(quint64 id, int version, const linnet::services::PoemReply& poem);
    // Comes before finished(); versions that are ready by then stay valid.
    void failed(quint64 id, const linnet::services::PoemFailure& failure);
    // Once for each request that was neither superseded nor cancelled. `ranking`: the versions that
    // became ready, best first.
    void finished(quint64 id, const QVector<int>& ranking);
    // Of the model that composes; also while it is being loaded for the first poem.
    void statusChanged(const linnet::services::ModelStatus& status);
};

} // namespace linnet::services

Q_DECLARE_METATYPE(linnet::services::PoemReplyLine)
Q_DECLARE_METATYPE(linnet::services::PoemReply)
Q_DECLARE_METATYPE(linnet::services::PoemFailure)
