#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>
#include <QVector>

#include "engine/api/result.h"

namespace linnet::services {

// A picture and its captions for a file of results; the chosen caption is the first.
struct CaptionRecord {
    QString file;
    QStringList captions;
    QVector<double> probabilities; // of the captions; not of one that the writer changed (-1)
    QString problem;               // not empty: why there are no captions
};

// Tab-separated: file, chosen caption, the others; a line each, the first with the names. What
// would break a line is a space.
QByteArray captionsAsTsv(const QVector<CaptionRecord>& records);

// An array of {"file", "captions": [{"text", "p"}]} or {"file", "error"}, as linnet-cli answers.
QByteArray captionsAsJson(const QVector<CaptionRecord>& records);

// The text file beside a picture: "a.jpg" has "a.jpg.txt".
QString captionFileOf(const QString& picture);

// Replaces the file as a whole. Error: Io.
engine::Result<void> writeWhole(const QString& path, const QByteArray& content);

// The chosen caption of each picture that has one and is a file, into captionFileOf(). Those that
// exist are replaced. Returns how many; stops at the first that fails (Io).
engine::Result<int> writeCaptionFiles(const QVector<CaptionRecord>& records);

} // namespace linnet::services
