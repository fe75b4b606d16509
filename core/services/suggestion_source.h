#pragma once

#include <QObject>
#include <QString>
#include <QVector>

namespace linnet::services {

struct SuggestionQuery {
    QString before; // the document's text up to the caret; the last few thousand characters do
    QString after;  // what follows the caret on its line
    int wordCount = 5;
    bool ghost = true;
    bool verse = false;     // the writer is writing verse (Chinese verse is told from its lines)
    QString verseForm = {}; // "sonnet"; empty: the one that fits
};

struct SuggestedWord {
    QString word; // the whole word, also when part of it is typed already
    double probability = 0;
};

struct SuggestionReply {
    QVector<SuggestedWord> words;
    QString ghost; // what follows the caret; empty: none
    double ghostProbability = 0;
};

// Where suggestions come from: the local model, a server, or a fake in tests. Lives on the GUI
// thread; every function returns at once.
class SuggestionSource : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    // Asks for suggestions; a new request supersedes the one before it. The returned id, never 0,
    // comes back with each reply.
    virtual quint64 request(const SuggestionQuery& query) = 0;
    virtual void cancel() = 0;

    // The whole text of the document now in the editor, for the adaptive model; called when a
    // document is opened. Text written later is learned from the queries.
    virtual void setDocument(const QString& text) = 0;

    // Where the document is whose text setDocument() tells next; empty: nowhere yet. For what is
    // learned from the writer's documents, folder by folder.
    virtual void setDocumentPath(const QString&) {}
    // `text` is on disk as `path`.
    virtual void documentSaved(const QString& /*path*/, const QString& /*text*/) {}

Q_SIGNALS:
    // May come several times for one id: words first, then words with ghost text.
    void ready(quint64 id, const linnet::services::SuggestionReply& reply);
    void finished(quint64 id);
};

} // namespace linnet::services
