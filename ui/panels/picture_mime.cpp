#include "ui/panels/picture_mime.h"

#include <algorithm>
#include <cstring>

#include <QFileInfo>
#include <QMimeData>
#include <QPainter>
#include <QRegularExpression>

#include "caption/picture_files.h"
#include "services/picture_download.h"

namespace linnet::ui {

namespace {

bool hasPictureName(const QString& path) {
    return caption::hasPictureName(path.toStdU16String());
}

bool isLocalPicture(const QUrl& url) {
    const QFileInfo info(url.toLocalFile());
    return url.isLocalFile() &&
           (info.isDir() || (info.isFile() && hasPictureName(info.filePath())));
}

// The address of a picture on the web: what a browser's drag is about.
QUrl remotePicture(const QMimeData& data) {
    const QList<QUrl> urls = data.urls();
    if (urls.size() != 1 || !services::PictureDownload::canFetch(urls.constFirst())) {
        return {};
    }
    // A drag of <img> has a link to somewhere else if the picture is one.
    static const QRegularExpression source(QStringLiteral("<img[^>]*\\ssrc=[\"']([^\"']+)[\"']"),
                                           QRegularExpression::CaseInsensitiveOption);
    const QRegularExpressionMatch match = source.match(data.html());
    const QUrl shown(match.captured(1).replace(QLatin1String("&amp;"), QLatin1String("&")));
    if (match.hasMatch() && services::PictureDownload::canFetch(shown)) {
        return shown;
    }
    const QUrl& url = urls.constFirst();
    return hasPictureName(url.path()) ? url : QUrl();
}

// Words that are more than the address of what is dropped.
bool hasWords(const QMimeData& data) {
    const QString text = data.text().trimmed();
    if (text.isEmpty()) {
        return false;
    }
    const QList<QUrl> urls = data.urls();
    return !std::any_of(urls.begin(), urls.end(), [&](const QUrl& url) {
        return text.contains(url.toString());
    }) && QUrl(text, QUrl::StrictMode).scheme().isEmpty();
}

} // namespace

bool hasPictures(const QMimeData& data, bool alsoRemote) {
    const QList<QUrl> urls = data.urls();
    if (std::any_of(urls.begin(), urls.end(), isLocalPicture)) {
        return true;
    }
    return (data.hasImage() && !hasWords(data)) || (alsoRemote && !remotePicture(data).isEmpty());
}

DroppedPictures picturesIn(const QMimeData& data) {
    DroppedPictures found;
    for (const QUrl& url : data.urls()) {
        if (isLocalPicture(url)) {
            found.paths.append(url.toLocalFile());
        } else if (url.isLocalFile() && QFileInfo(url.toLocalFile()).isFile()) {
            found.others.append(url.toLocalFile());
        }
    }
    if (!found.paths.isEmpty() || !found.others.isEmpty()) {
        return found;
    }
    for (const char* format :
         {"image/png", "image/jpeg", "image/webp", "image/tiff", "image/bmp", "image/gif"}) {
        if (data.hasFormat(QLatin1String(format))) {
            found.bytes = data.data(QLatin1String(format));
            if (!found.bytes.isEmpty()) {
                return found;
            }
        }
    }
    if (data.hasImage()) {
        found.image = qvariant_cast<QImage>(data.imageData());
    }
    if (found.image.isNull()) {
        found.remote = remotePicture(data);
    }
    return found;
}

services::PicturePixels toPixels(const QImage& image) {
    QImage flat = image;
    if (image.hasAlphaChannel()) {
        flat = QImage(image.size(), QImage::Format_RGB32);
        flat.fill(Qt::white);
        QPainter(&flat).drawImage(QPoint(), image);
    }
    flat = flat.convertToFormat(QImage::Format_RGB888);
    const qsizetype stride = 3 * static_cast<qsizetype>(flat.width());
    services::PicturePixels pixels{flat.width(), flat.height(),
                                   QByteArray(stride * flat.height(), Qt::Uninitialized)};
    for (int y = 0; y < flat.height(); ++y) {
        std::memcpy(pixels.rgb.data() + y * stride, flat.constScanLine(y),
                    static_cast<std::size_t>(stride));
    }
    return pixels;
}

QImage toImage(const services::PicturePixels& pixels) {
    return QImage(reinterpret_cast<const uchar*>(pixels.rgb.constData()), pixels.width,
                  pixels.height, 3 * static_cast<qsizetype>(pixels.width), QImage::Format_RGB888)
        .copy();
}

} // namespace linnet::ui
