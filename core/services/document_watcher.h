#pragma once

#include <QFileSystemWatcher>
#include <QObject>
#include <QString>
#include <QTimer>

#include "services/file_fingerprint.h"

namespace linnet::services {

// Tells when another program changes the open document's file. Lives on the GUI thread.
class DocumentWatcher : public QObject {
    Q_OBJECT
public:
    enum class Change { Modified, Removed };
    Q_ENUM(Change)

    explicit DocumentWatcher(QObject* parent = nullptr);

    // Watches `path`, which has the content `known` on disk; call it after each load and save.
    void watch(const QString& path, const FileFingerprint& known);
    void stop();

    // Looks at once; for when the window is activated, because some file systems send no events.
    void checkNow();

    // Notifications come in bursts; they are looked at this long after the last one.
    void setSettleTime(int milliseconds) { m_settle.setInterval(milliseconds); }

Q_SIGNALS:
    // Once per change of content; a file that was only touched, or that got its known content
    // back before anyone looked, is not reported. `now` is what is on disk.
    void changed(linnet::services::DocumentWatcher::Change change,
                 const linnet::services::FileFingerprint& now);

private:
    void rewatch();

    QString m_path;
    FileFingerprint m_known;
    QFileSystemWatcher m_watcher;
    QTimer m_settle;
};

} // namespace linnet::services
