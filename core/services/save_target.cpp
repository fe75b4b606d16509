#include "services/save_target.h"

#include <QFileInfo>
#include <QSaveFile>

#include "services/journal_file.h"

#if defined(Q_OS_UNIX)
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace linnet::services {

namespace {

class AtomicSaveTarget : public SaveTarget {
public:
    explicit AtomicSaveTarget(const QString& path)
        : m_file(path) {
        m_file.setDirectWriteFallback(false);
    }

    bool open() override {
        if (!m_file.open(QIODevice::WriteOnly)) {
            return false;
        }
        keepOwnerAndMode();
        return true;
    }

    qint64 write(const QByteArray& bytes) override { return m_file.write(bytes); }

    bool commit() override {
        // QSaveFile syncs the file; the new name is in the folder, which needs a sync of its own.
        if (!m_file.commit()) {
            return false;
        }
        syncFolder(QFileInfo(m_file.fileName()).absolutePath());
        return true;
    }

    QString errorString() const override { return m_file.errorString(); }

private:
    // QSaveFile copies the permissions that Qt knows, but the new file belongs to whoever saves.
    // Only root can change that, and for everybody else there is nothing to change.
    void keepOwnerAndMode() {
#if defined(Q_OS_UNIX)
        struct stat before {};
        const QByteArray name = QFile::encodeName(m_file.fileName());
        if (::stat(name.constData(), &before) != 0) {
            return;
        }
        const int handle = m_file.handle();
        const bool owned = ::fchown(handle, before.st_uid, before.st_gid) == 0;
        const mode_t mode = before.st_mode & (owned ? 07777U : 0777U);
        [[maybe_unused]] const int ignored = ::fchmod(handle, mode);
#endif
    }

    QSaveFile m_file;
};

} // namespace

std::unique_ptr<SaveTarget> makeAtomicSaveTarget(const QString& path) {
    return std::make_unique<AtomicSaveTarget>(path);
}

} // namespace linnet::services
