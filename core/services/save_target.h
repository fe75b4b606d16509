#pragma once

#include <functional>
#include <memory>

#include <QByteArray>
#include <QString>

namespace linnet::services {

// Where a document's bytes go: nothing of the old file is lost before commit() returns true.
class SaveTarget {
public:
    virtual ~SaveTarget() = default;
    virtual bool open() = 0;
    virtual qint64 write(const QByteArray& bytes) = 0; // bytes written, or -1
    virtual bool commit() = 0;                         // on disk, under its final name
    virtual QString errorString() const = 0;           // after a failure
};

using SaveTargetFactory = std::function<std::unique_ptr<SaveTarget>(const QString& path)>;

// The real one: a QSaveFile that never writes into the file itself, keeps the file's permissions
// and owner, and syncs file and folder to disk.
std::unique_ptr<SaveTarget> makeAtomicSaveTarget(const QString& path);

} // namespace linnet::services
