#pragma once

#include <QByteArray>
#include <QImage>
#include <QStringList>
#include <QUrl>

#include "services/caption_source.h"

class QMimeData;

namespace linnet::ui {

// Pictures in what was dropped or pasted.
struct DroppedPictures {
    QStringList paths;  // of picture files and folders on this machine
    QStringList others; // files on this machine that are no pictures by their names
    QByteArray bytes;   // of a picture's file
    QImage image;       // a bitmap
    QUrl remote;        // a picture on the web, when there is nothing of the above
};

// Whether `data` is about pictures; text that also comes as a picture, as from an office program,
// is text. Decodes nothing. `alsoRemote`: an
// address on the web counts.
bool hasPictures(const QMimeData& data, bool alsoRemote = true);

DroppedPictures picturesIn(const QMimeData& data);

// The pixels of a bitmap, on white where it is transparent.
services::PicturePixels toPixels(const QImage& image);
QImage toImage(const services::PicturePixels& pixels);

} // namespace linnet::ui
