#include "services/caption_export.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

namespace linnet::services {

namespace {

QString cell(QString text) {
    for (const QChar breaking : {QChar(u'\t'), QChar(u'\n'), QChar(u'\r')}) {
        text.replace(breaking, QChar(u' '));
    }
    return text;
}

} // namespace

QByteArray captionsAsTsv(const QVector<CaptionRecord>& records) {
    QString out = QStringLiteral("file\tcaption\tothers\n");
    for (const CaptionRecord& record : records) {
        QStringList cells = {cell(record.file)};
        for (const QString& caption : record.captions) {
            cells.append(cell(caption));
        }
        if (record.captions.isEmpty()) {
            cells.append(QString());
        }
        out += cells.join(u'\t') + u'\n';
    }
    return out.toUtf8();
}

QByteArray captionsAsJson(const QVector<CaptionRecord>& records) {
    QJsonArray all;
    for (const CaptionRecord& record : records) {
        QJsonObject object{{QStringLiteral("file"), record.file}};
        if (record.captions.isEmpty()) {
            object.insert(QStringLiteral("error"), record.problem);
        } else {
            QJsonArray captions;
            for (qsizetype i = 0; i < record.captions.size(); ++i) {
                QJsonObject caption{{QStringLiteral("text"), record.captions.at(i)}};
                if (record.probabilities.value(i, -1) >= 0) {
                    caption.insert(QStringLiteral("p"), record.probabilities.at(i));
                }
                captions.append(caption);
            }
            object.insert(QStringLiteral("captions"), captions);
        }
        all.append(object);
    }
    return QJsonDocument(all).toJson();
}

QString captionFileOf(const QString& picture) {
    return picture + QStringLiteral(".txt");
}

engine::Result<void> writeWhole(const QString& path, const QByteArray& content) {
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size() ||
        !file.commit()) {
        return engine::Error{engine::ErrorCode::Io,
                             (path + QStringLiteral(": ") + file.errorString()).toStdString()};
    }
    return {};
}

engine::Result<int> writeCaptionFiles(const QVector<CaptionRecord>& records) {
    int written = 0;
    for (const CaptionRecord& record : records) {
        if (record.file.isEmpty() || record.captions.isEmpty()) {
            continue;
        }
        const QByteArray text = (record.captions.constFirst() + u'\n').toUtf8();
        if (const auto saved = writeWhole(captionFileOf(record.file), text); !saved) {
            return saved.error();
        }
        ++written;
    }
    return written;
}

} // namespace linnet::services
