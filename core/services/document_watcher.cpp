#include "services/document_watcher.h"

#include <utility>

#include <QFileInfo>

namespace linnet::services {

namespace {
constexpr int settleMilliseconds = 200;
}

DocumentWatcher::DocumentWatcher(QObject* parent)
    : QObject(parent) {
    m_settle.setSingleShot(true);
    m_settle.setInterval(settleMilliseconds);
    connect(&m_settle, &QTimer::timeout, this, &DocumentWatcher::checkNow);
    const auto soon = [this] { m_settle.start(); };
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, soon);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, soon);
}

void DocumentWatcher::watch(const QString& path, const FileFingerprint& known) {
    stop();
    m_path = path;
    m_known = known;
    rewatch();
}

void DocumentWatcher::stop() {
    m_settle.stop();
    m_path.clear();
    ++m_watched;
    m_reading = false;
    m_readAgain = false;
    const QStringList watched = m_watcher.files() + m_watcher.directories();
    if (!watched.isEmpty()) {
        m_watcher.removePaths(watched);
    }
}

// A file that is replaced, as most programs save, is no longer watched, and one that is not there
// cannot be; its folder tells when it comes back.
void DocumentWatcher::rewatch() {
    const QFileInfo info(m_path);
    const QString folder = info.absolutePath();
    if (!m_watcher.directories().contains(folder) && QFileInfo::exists(folder)) {
        m_watcher.addPath(folder);
    }
    if (!m_watcher.files().contains(m_path) && info.exists()) {
        m_watcher.addPath(m_path);
    }
}

void DocumentWatcher::checkNow() {
    if (m_path.isEmpty()) {
        return;
    }
    rewatch();
    const QFileInfo info(m_path);
    if (!info.exists()) {
        if (m_known.exists()) {
            m_known = {};
            Q_EMIT changed(Change::Removed, m_known);
        }
        return;
    }
    // The folder changes whenever anything in it does; hash only when this file may have changed.
    if (m_known.exists() && info.size() == m_known.size &&
        info.lastModified() == m_known.modified) {
        return;
    }
    if (m_reading) {
        m_readAgain = true;
        return;
    }
    m_reading = true;
    m_work.run([path = m_path] { return fingerprintOf(path); },
               [this, watched = m_watched](const engine::Result<FileFingerprint>& now) {
                   if (watched == m_watched) {
                       compare(now);
                   }
               });
}

void DocumentWatcher::compare(const engine::Result<FileFingerprint>& now) {
    m_reading = false;
    const bool again = std::exchange(m_readAgain, false);
    if (now && now->exists()) { // else it is being replaced just now; its new name will be told
        const bool same = now->sameContent(m_known);
        m_known = *now;
        if (!same) {
            Q_EMIT changed(Change::Modified, m_known);
        }
    }
    if (again) {
        checkNow();
    }
}

} // namespace linnet::services
