#pragma once

#include <QByteArray>
#include <QMetaType>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QVector>

#include "engine/api/result.h"
#include "services/model_status.h"

namespace linnet::services {

// Pixels as they cross threads: red, green, blue of eight bits each, rows without padding.
struct PicturePixels {
    int width = 0;
    int height = 0;
    QByteArray rgb;

    bool isEmpty() const { return rgb.isEmpty(); }
};

// A picture to be captioned: a file on disk, the bytes of one, or pixels.
struct PictureQuery {
    QString file; // a path; else one of the others
    QByteArray bytes;
    PicturePixels pixels;
    QStringList languages; // of the captions, "en" or "zh"; those that the model lacks are left out
    int count = 3;         // captions in each
};

struct CaptionReply {
    QString text;
    QString language;
    double probability = 0; // see caption::Caption
};

// Why a picture has no captions. `code` says what is wrong with the picture, or `ofModel`, that it
// is the model that cannot be used.
struct CaptionFailure {
    engine::ErrorCode code = engine::ErrorCode::Internal;
    bool ofModel = false;
    QString message; // an English diagnostic
};

// Where captions come from: the model on this machine, or a fake in tests. Lives on the GUI thread;
// every function returns at once. Pictures wait in a queue and are captioned one at a time.
class CaptionSource : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    // Puts a picture at the end of the queue. The returned id, never 0, comes back with each reply.
    virtual quint64 add(const PictureQuery& query) = 0;
    // Nothing comes for these ids any more, also if one is being worked on.
    virtual void cancel(const QVector<quint64>& ids) = 0;

    // Looks for the pictures that the paths mean, in folders too; found() brings them. A new search
    // does not end one before it.
    virtual quint64 find(const QStringList& paths) = 0;
    virtual void cancelSearch(quint64 id) = 0;

Q_SIGNALS:
    // The pictures of find(); no more than 5,000, and then there are `more`.
    void found(quint64 id, const QStringList& files, bool more);
    // Work on a picture has begun; the picture in small; then its captions, best first, or
    // failed().
    void started(quint64 id);
    void thumbnailReady(quint64 id, const linnet::services::PicturePixels& thumbnail);
    void captioned(quint64 id, const QVector<linnet::services::CaptionReply>& captions);
    void failed(quint64 id, const linnet::services::CaptionFailure& failure);
    // Of the model; also while it is being loaded for the first picture.
    void statusChanged(const linnet::services::ModelStatus& status);
};

} // namespace linnet::services

Q_DECLARE_METATYPE(linnet::services::PicturePixels)
Q_DECLARE_METATYPE(linnet::services::CaptionReply)
Q_DECLARE_METATYPE(linnet::services::CaptionFailure)
