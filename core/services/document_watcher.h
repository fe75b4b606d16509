#pragma once

#include <QFileSystemWatcher>
#include <QObject>
#include <QString>
#include <QTimer>

#include "services/background_work.h"
#include "services/file_fingerprint.h"

namespace linnet::services {

// Tells when another program changes the open document's file. Lives on the GUI thread; the file is
// read on another one.
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
    bool isReading() const { return m_reading; }

    // Notifications come in bursts; they are looked at this long after the last one.
    void setSettleTime(int milliseconds) { m_settle.setInterval(milliseconds); }

Q_SIGNALS:
    // Once per change of content; a file that was only touched, or that got its known content
    // back before anyone looked, is not reported. `now` is what is on disk.
    void changed(linnet::services::DocumentWatcher::Change change,
                 const linnet::services::FileFingerprint& now);

private:
    void rewatch();
    void compare(const engine::Result<FileFingerprint>& now);

    QString m_path;
    FileFingerprint m_known;
    QFileSystemWatcher m_watcher;
    QTimer m_settle;
    quint64 m_watched = 0;    // counts what was watched, to know late answers
    bool m_reading = false;   // for the present one
    bool m_readAgain = false; // it was asked for meanwhile
    BackgroundWork m_work;
};

} // namespace linnet::services
