#pragma once

#include <functional>
#include <memory>

#include <QByteArray>
#include <QString>

#include "engine/api/result.h"

namespace linnet::services {

enum class JournalAccess {
    CreateNew, // fails when the file exists
    Existing,  // fails when it does not, or when a living process holds it
};

// A file that is appended to and synced, locked against other processes while it is open (the
// lock ends with the process, however it ends). Space is reserved ahead, so that a disk that fills
// up does not stop the next edits from being kept. Used by one thread at a time.
class JournalFile {
public:
    virtual ~JournalFile() = default;

    virtual QString path() const = 0;
    virtual qint64 size() const = 0; // bytes appended, without the reserve

    // Appends all or nothing: after a failure the next append starts at the same place.
    virtual engine::Result<void> append(const QByteArray& bytes) = 0;
    // Returns when all that was appended survives a power loss.
    virtual engine::Result<void> sync() = 0;
    virtual engine::Result<QByteArray> readAll(qint64 limit) = 0;
    // Removes the file from its folder; the object is of no more use then.
    virtual engine::Result<void> remove() = 0;
};

using JournalFileFactory = std::function<engine::Result<std::unique_ptr<JournalFile>>(
    const QString& path, JournalAccess access)>;

// The real one. Errors: Io; InvalidArgument when the file exists (CreateNew) or is in use by
// another process (Existing); NotFound.
engine::Result<std::unique_ptr<JournalFile>> openJournalFile(const QString& path,
                                                             JournalAccess access);

// Makes creations, renames and removals in `folder` survive a power loss. Best effort: not every
// system can.
void syncFolder(const QString& folder);

} // namespace linnet::services
