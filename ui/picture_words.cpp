#include "ui/picture_words.h"

#include <QCoreApplication>
#include <QDir>
#include <QUrl>

#include "ui/diagnostics.h"

namespace linnet::ui {

namespace {

class Pictures {
    Q_DECLARE_TR_FUNCTIONS(Pictures)
};

} // namespace

QString explainPictureFailure(const services::CaptionFailure& failure) {
    using engine::ErrorCode;
    if (failure.ofModel) {
        if (failure.code == ErrorCode::NotFound) {
            return Pictures::tr(
                "No model that writes captions is installed. Your text is not affected; "
                "Settings > Models shows where models belong.");
        }
        if (failure.code == ErrorCode::OutOfMemory) {
            return Pictures::tr(
                "The model ran out of memory. Close other programs and add the picture "
                "again.");
        }
        return withReason(Pictures::tr("The model of captions cannot be used."), failure.code,
                          failure.message);
    }
    switch (failure.code) {
    case ErrorCode::NotFound:
        return Pictures::tr("The file is not there any more.");
    case ErrorCode::Io:
        return Pictures::tr("The file cannot be read. Check that you may open it.");
    case ErrorCode::CorruptFile:
        return Pictures::tr("The file is damaged or incomplete.");
    case ErrorCode::UnsupportedFormat:
        return Pictures::tr(
            "This is no picture that can be read. JPEG, PNG, WebP, TIFF, BMP and GIF can.");
    case ErrorCode::InvalidArgument:
        return withDetails(Pictures::tr("The picture is beyond the limits in Settings > Pictures."),
                           failure.message);
    case ErrorCode::OutOfMemory:
        return Pictures::tr("There is not enough memory for this picture.");
    case ErrorCode::Network:
    case ErrorCode::Timeout:
        return withReason(Pictures::tr("The picture could not be downloaded."), failure.code,
                          failure.message);
    default:
        return withReason(Pictures::tr("The picture cannot be captioned."), failure.code,
                          failure.message);
    }
}

QString markdownImage(const QString& alt, const QString& file, const QString& folder) {
    QString escaped;
    for (const QChar c : alt.simplified()) {
        if (QStringLiteral("\\[]`*_<>!&").contains(c)) {
            escaped += u'\\';
        }
        escaped += c;
    }
    QString path = folder.isEmpty() ? file : QDir(folder).relativeFilePath(file);
    path = QDir::fromNativeSeparators(path);
    // What a link may contain as it is; letters of all scripts stay readable.
    QString link;
    for (const QChar c : path) {
        const bool plain =
            c.isLetterOrNumber() || c.isSurrogate() || QStringLiteral("/._-~:").contains(c);
        link += plain ? QString(c) : QString::fromLatin1(QUrl::toPercentEncoding(QString(c)));
    }
    return QStringLiteral("![%1](%2)").arg(escaped, link);
}

} // namespace linnet::ui
