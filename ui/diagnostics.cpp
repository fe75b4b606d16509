#include "ui/diagnostics.h"

#include <QCoreApplication>

#include "ui/verse_words.h"

namespace linnet::ui {

namespace {

class Diagnostics {
    Q_DECLARE_TR_FUNCTIONS(Diagnostics)
};

QString reasonOf(engine::ErrorCode code) {
    using engine::ErrorCode;
    switch (code) {
    case ErrorCode::InvalidArgument:
        return Diagnostics::tr("What was asked for cannot be done.");
    case ErrorCode::NotFound:
        return Diagnostics::tr("A file or a model that it needs is not there.");
    case ErrorCode::Io:
        return Diagnostics::tr("A file cannot be read or written.");
    case ErrorCode::CorruptFile:
        return Diagnostics::tr("A file of it is damaged.");
    case ErrorCode::UnsupportedFormat:
        return Diagnostics::tr("A file of it is of a kind that Linnet does not know.");
    case ErrorCode::UnsafeFormat:
        return Diagnostics::tr("Reading its file could run a program, so it was not read.");
    case ErrorCode::OutOfMemory:
        return Diagnostics::tr("There is not enough memory.");
    case ErrorCode::DeviceUnavailable:
        return Diagnostics::tr("The device that was chosen for it is not there.");
    case ErrorCode::Network:
        return Diagnostics::tr("The server could not be reached, or did not answer as it should.");
    case ErrorCode::Timeout:
        return Diagnostics::tr("The server did not answer in time.");
    case ErrorCode::Internal:
        break;
    }
    return Diagnostics::tr("This is a mistake in Linnet.");
}

QString joined(const QString& first, const QString& second) {
    return second.isEmpty() ? first : Diagnostics::tr("%1 %2").arg(first, second);
}

} // namespace

QString withReason(const QString& sentence, engine::ErrorCode code, const QString& english) {
    return joined(sentence, interfaceIsChinese() || english.isEmpty() ? reasonOf(code) : english);
}

QString withReason(const QString& sentence, const engine::Error& error) {
    return withReason(sentence, error.code, QString::fromStdString(error.message));
}

QString withDetails(const QString& sentence, const QString& english) {
    return interfaceIsChinese() ? sentence : joined(sentence, english);
}

QString noticeOf(const services::ModelStatus& status) {
    using services::ModelState;
    if (status.notice.isEmpty() || !status.error || !interfaceIsChinese()) {
        return status.notice;
    }
    return status.state == ModelState::Ready && status.error == engine::ErrorCode::OutOfMemory
               ? Diagnostics::tr("The memory of the graphics card does not suffice, so the model "
                                 "runs on the processor.")
               : reasonOf(*status.error);
}

} // namespace linnet::ui
