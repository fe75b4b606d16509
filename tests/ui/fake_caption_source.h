#pragma once

#include <QImage>

#include "services/caption_source.h"
#include "services/picture_download.h"
#include "ui/panels/picture_mime.h"

namespace linnet::tests {

// Answers when the test says so.
class FakeCaptionSource : public services::CaptionSource {
    Q_OBJECT
public:
    quint64 add(const services::PictureQuery& query) override {
        queries.append(query);
        return ++last;
    }
    void cancel(const QVector<quint64>& ids) override { cancelled += ids; }
    quint64 find(const QStringList& paths) override {
        searches.append(paths);
        return ++last;
    }
    void cancelSearch(quint64 id) override { stoppedSearches.append(id); }

    // As the real one goes through a picture.
    void answer(quint64 id, const QStringList& captions = {QStringLiteral("A black dog runs."),
                                                           QStringLiteral("A dog on the grass."),
                                                           QStringLiteral("Two dogs play.")}) {
        Q_EMIT started(id);
        QImage image(40, 30, QImage::Format_RGB888);
        image.fill(Qt::darkGreen);
        Q_EMIT thumbnailReady(id, ui::toPixels(image));
        QVector<services::CaptionReply> replies;
        for (const QString& caption : captions) {
            replies.append({caption, QStringLiteral("en"), 0.5 / double(replies.size() + 1)});
        }
        Q_EMIT captioned(id, replies);
    }

    QVector<services::PictureQuery> queries;
    QVector<quint64> cancelled;
    QVector<QStringList> searches;
    QVector<quint64> stoppedSearches;
    quint64 last = 0;
};

// Opens no socket.
class FakeDownload : public services::PictureDownload {
    Q_OBJECT
public:
    void start(const QUrl& url, qint64 mostBytes) override {
        started.append(url);
        most = mostBytes;
    }
    void cancel() override { ++cancels; }

    QVector<QUrl> started;
    qint64 most = 0;
    int cancels = 0;
};

} // namespace linnet::tests
