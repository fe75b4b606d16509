#include "services/load_marker.h"

#include <QDir>
#include <QFileInfo>

namespace linnet::services {

using engine::ErrorCode;
using engine::Result;

namespace {
constexpr qint64 maxPathBytes = 64LL * 1024;
}

LoadMarker::LoadMarker(const QString& stateFolder)
    : m_path(stateFolder + QStringLiteral("/loading-model")) {
}

LoadMarker::~LoadMarker() {
    end();
}

std::optional<QString> LoadMarker::unfinished() const {
    const Result<std::unique_ptr<JournalFile>> file =
        openJournalFile(m_path, JournalAccess::Existing);
    if (!file) {
        return std::nullopt;
    }
    const Result<QByteArray> folder = (*file)->readAll(maxPathBytes);
    return folder ? QString::fromUtf8(*folder) : QString();
}

Result<void> LoadMarker::begin(const QString& modelFolder) {
    end();
    const QString folder = QFileInfo(m_path).absolutePath();
    QDir().mkpath(folder);
    if (Result<std::unique_ptr<JournalFile>> old =
            openJournalFile(m_path, JournalAccess::Existing)) {
        if (const Result<void> removed = (*old)->remove(); !removed) {
            return removed;
        }
    }
    Result<std::unique_ptr<JournalFile>> file = openJournalFile(m_path, JournalAccess::CreateNew);
    if (!file) {
        return file.error();
    }
    Result<void> done = (*file)->append(modelFolder.toUtf8());
    if (done) {
        done = (*file)->sync();
    }
    syncFolder(folder);
    m_file = std::move(*file);
    return done;
}

void LoadMarker::end() {
    if (m_file) {
        [[maybe_unused]] const Result<void> ignored = m_file->remove();
        m_file.reset();
    }
}

} // namespace linnet::services
