#include "services/journal_file.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#if defined(Q_OS_UNIX)
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#else
#include <QLockFile>
#endif

namespace linnet::services {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

#if defined(Q_OS_UNIX)

namespace {

// Reserved ahead of the end. Half of it is always free, which is hours of typing.
constexpr qint64 reserveBytes = 256LL * 1024;

Error systemError(const QString& path, const char* what, int code) {
    return {ErrorCode::Io,
            std::string("cannot ") + what + " " + path.toStdString() + ": " + std::strerror(code)};
}

class PosixJournalFile : public JournalFile {
public:
    PosixJournalFile(QString path, int descriptor, qint64 size)
        : m_path(std::move(path))
        , m_descriptor(descriptor)
        , m_size(size) {}
    ~PosixJournalFile() override { ::close(m_descriptor); }
    PosixJournalFile(const PosixJournalFile&) = delete;
    PosixJournalFile& operator=(const PosixJournalFile&) = delete;

    QString path() const override { return m_path; }
    qint64 size() const override { return m_size; }

    Result<void> append(const QByteArray& bytes) override {
        reserve(bytes.size());
        qsizetype done = 0;
        while (done < bytes.size()) {
            const ssize_t wrote = ::pwrite(m_descriptor, bytes.constData() + done,
                                           static_cast<size_t>(bytes.size() - done), m_size + done);
            if (wrote < 0 && errno == EINTR) {
                continue;
            }
            if (wrote <= 0) {
                const int code = wrote < 0 ? errno : EIO;
                [[maybe_unused]] const int ignored = ::ftruncate(m_descriptor, m_size);
                m_reserved = 0; // the truncation gave it back
                return systemError(m_path, "write", code);
            }
            done += wrote;
        }
        m_size += bytes.size();
        return {};
    }

    Result<void> sync() override {
#if defined(Q_OS_LINUX)
        const int result = ::fdatasync(m_descriptor);
#else
        const int result = ::fsync(m_descriptor);
#endif
        return result == 0 ? Result<void>() : systemError(m_path, "sync", errno);
    }

    Result<QByteArray> readAll(qint64 limit) override {
        struct stat info {};
        if (::fstat(m_descriptor, &info) != 0) {
            return systemError(m_path, "read", errno);
        }
        if (info.st_size > limit) {
            return Error{ErrorCode::CorruptFile, m_path.toStdString() + " is too large"};
        }
        QByteArray bytes(static_cast<qsizetype>(info.st_size), Qt::Uninitialized);
        qsizetype done = 0;
        while (done < bytes.size()) {
            const ssize_t got = ::pread(m_descriptor, bytes.data() + done,
                                        static_cast<size_t>(bytes.size() - done), done);
            if (got < 0 && errno == EINTR) {
                continue;
            }
            if (got < 0) {
                return systemError(m_path, "read", errno);
            }
            if (got == 0) {
                break;
            }
            done += got;
        }
        bytes.truncate(done);
        return bytes;
    }

    Result<void> remove() override {
        if (::unlink(QFile::encodeName(m_path).constData()) != 0 && errno != ENOENT) {
            return systemError(m_path, "remove", errno);
        }
        return {};
    }

private:
    // Keeps blocks allocated beyond the end while there is room on the disk; without that support
    // the journal works, only less surely.
    void reserve([[maybe_unused]] qsizetype needed) {
#if defined(Q_OS_LINUX)
        const qint64 end = m_size + needed;
        if (end + reserveBytes / 2 <= m_reserved) {
            return;
        }
        if (::fallocate(m_descriptor, FALLOC_FL_KEEP_SIZE, 0, end + reserveBytes) == 0) {
            m_reserved = end + reserveBytes;
        }
#endif
    }

    QString m_path;
    int m_descriptor;
    qint64 m_size;
    qint64 m_reserved = 0;
};

// Whether the locked descriptor is still the file of that name: its owner may have removed it
// between our opening and our locking.
bool stillNamed(int descriptor, const QByteArray& name) {
    struct stat opened {};
    struct stat named {};
    return ::fstat(descriptor, &opened) == 0 && ::lstat(name.constData(), &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

} // namespace

Result<std::unique_ptr<JournalFile>> openJournalFile(const QString& path, JournalAccess access) {
    const QByteArray name = QFile::encodeName(path);
    const int creation = access == JournalAccess::CreateNew ? O_CREAT | O_EXCL : 0;
    // Only for the user's eyes: it holds text that he has not shown to anyone yet.
    const int descriptor =
        ::open(name.constData(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | creation, 0600);
    if (descriptor < 0) {
        const int code = errno;
        Error error = systemError(path, "open", code);
        error.code = code == EEXIST   ? ErrorCode::InvalidArgument
                     : code == ENOENT ? ErrorCode::NotFound
                                      : ErrorCode::Io;
        return error;
    }
    struct stat info {};
    if (::fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
        ::close(descriptor);
        return Error{ErrorCode::Io, path.toStdString() + " is not a regular file"};
    }
    auto file = std::make_unique<PosixJournalFile>(path, descriptor, info.st_size);
    const bool locked = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    // A file system without locks must not keep the text from being written.
    if (!locked && errno == EWOULDBLOCK) {
        return Error{ErrorCode::InvalidArgument, path.toStdString() + " is in use"};
    }
    if (!stillNamed(descriptor, name)) {
        return Error{ErrorCode::NotFound, path.toStdString() + " was just removed"};
    }
    return std::unique_ptr<JournalFile>(std::move(file));
}

void syncFolder(const QString& folder) {
    const int descriptor =
        ::open(QFile::encodeName(folder).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        [[maybe_unused]] const int ignored = ::fsync(descriptor);
        ::close(descriptor);
    }
}

#else

namespace {

class PortableJournalFile : public JournalFile {
public:
    explicit PortableJournalFile(const QString& path)
        : m_file(path)
        , m_lock(path + QStringLiteral(".lock")) {
        m_lock.setStaleLockTime(0); // stale when its process is gone, never by age
    }

    Result<void> open(JournalAccess access) {
        if (!m_lock.tryLock(0)) {
            return Error{ErrorCode::InvalidArgument, path().toStdString() + " is in use"};
        }
        const QIODevice::OpenMode mode =
            access == JournalAccess::CreateNew
                ? QIODevice::ReadWrite | QIODevice::NewOnly | QIODevice::Unbuffered
                : QIODevice::ReadWrite | QIODevice::ExistingOnly | QIODevice::Unbuffered;
        if (!m_file.open(mode)) {
            const bool there = m_file.exists();
            return Error{there && access == JournalAccess::CreateNew ? ErrorCode::InvalidArgument
                         : there                                     ? ErrorCode::Io
                                                                     : ErrorCode::NotFound,
                         "cannot open " + path().toStdString() + ": " +
                             m_file.errorString().toStdString()};
        }
        m_size = m_file.size();
        return {};
    }

    QString path() const override { return m_file.fileName(); }
    qint64 size() const override { return m_size; }

    Result<void> append(const QByteArray& bytes) override {
        if (!m_file.seek(m_size) || m_file.write(bytes) != bytes.size()) {
            const Error error = failure("write");
            m_file.resize(m_size);
            return error;
        }
        m_size += bytes.size();
        return {};
    }

    Result<void> sync() override {
        return m_file.flush() ? Result<void>() : Result<void>(failure("sync"));
    }

    Result<QByteArray> readAll(qint64 limit) override {
        if (m_file.size() > limit) {
            return Error{ErrorCode::CorruptFile, path().toStdString() + " is too large"};
        }
        if (!m_file.seek(0)) {
            return failure("read");
        }
        return m_file.readAll();
    }

    Result<void> remove() override {
        return m_file.remove() || !m_file.exists() ? Result<void>()
                                                   : Result<void>(failure("remove"));
    }

private:
    Error failure(const char* what) const {
        return {ErrorCode::Io, std::string("cannot ") + what + " " + path().toStdString() + ": " +
                                   m_file.errorString().toStdString()};
    }

    QFile m_file;
    QLockFile m_lock;
    qint64 m_size = 0;
};

} // namespace

Result<std::unique_ptr<JournalFile>> openJournalFile(const QString& path, JournalAccess access) {
    auto file = std::make_unique<PortableJournalFile>(path);
    if (const Result<void> opened = file->open(access); !opened) {
        return opened.error();
    }
    return std::unique_ptr<JournalFile>(std::move(file));
}

void syncFolder(const QString&) {
}

#endif

} // namespace linnet::services
