#pragma once

#include <atomic>
#include <memory>
#include <semaphore>

#include <QCoreApplication>
#include <QThread>

#include "services/save_target.h"

namespace linnet::tests {

// A disk that takes its time: each commit waits until the test lets it go.
struct SlowDisk {
    std::counting_semaphore<> begun{0};
    std::counting_semaphore<> mayCommit{0};
    std::atomic<bool> full = false;
    std::atomic<bool> onGuiThread = false;

    services::SaveTargetFactory factory() {
        return [this](const QString& path) { return std::make_unique<Target>(*this, path); };
    }

    class Target : public services::SaveTarget {
    public:
        Target(SlowDisk& disk, const QString& path)
            : m_disk(disk)
            , m_real(services::makeAtomicSaveTarget(path)) {}
        bool open() override { return m_real->open(); }
        qint64 write(const QByteArray& bytes) override { return m_real->write(bytes); }
        bool commit() override {
            m_disk.onGuiThread = QThread::currentThread() == qApp->thread();
            m_disk.begun.release();
            m_disk.mayCommit.acquire();
            return !m_disk.full && m_real->commit();
        }
        QString errorString() const override {
            return m_disk.full ? QStringLiteral("no space left") : m_real->errorString();
        }

    private:
        SlowDisk& m_disk;
        std::unique_ptr<services::SaveTarget> m_real;
    };
};

} // namespace linnet::tests
