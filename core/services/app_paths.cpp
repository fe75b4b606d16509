#include "services/app_paths.h"

#include <QCoreApplication>
#include <QDir>
#include <QStandardPaths>

namespace linnet::services {

namespace {

// QStandardPaths has no state folder before Qt 6.7. XDG Base Directory Specification 0.8.
QString stateFolder() {
#if defined(Q_OS_UNIX) && !defined(Q_OS_DARWIN)
    const QString fromEnvironment = qEnvironmentVariable("XDG_STATE_HOME");
    const QString base = QDir::isAbsolutePath(fromEnvironment)
                             ? fromEnvironment
                             : QDir::homePath() + QStringLiteral("/.local/state");
    return base + QStringLiteral("/linnet");
#else
    return QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) +
           QStringLiteral("/state");
#endif
}

QString inLinnet(QStandardPaths::StandardLocation location) {
    return QStandardPaths::writableLocation(location) + QStringLiteral("/linnet");
}

} // namespace

AppPaths AppPaths::standard() {
    AppPaths paths;
    paths.config = inLinnet(QStandardPaths::GenericConfigLocation);
    paths.data = inLinnet(QStandardPaths::GenericDataLocation);
    paths.state = stateFolder();
    // One folder for each user, as the system's temporary folder is shared by all.
    const QString user = QDir::home().dirName();
    paths.temporary = QDir::tempPath() + QStringLiteral("/linnet-") + user;
    const QDir executable(QCoreApplication::applicationDirPath());
    for (const char* place :
         {"../share/linnet/models", "models", "../models", "../../models", "../../../models"}) {
        const QString folder = QDir::cleanPath(executable.filePath(QLatin1String(place)));
        if (QDir(folder).exists() && !paths.bundledModels.contains(folder)) {
            paths.bundledModels << folder;
        }
    }
    for (const char* place : {"../share/linnet", "resources", "../resources", "../../resources",
                              "../../../resources"}) {
        const QString folder = QDir::cleanPath(executable.filePath(QLatin1String(place)));
        if (paths.resources.isEmpty() && QDir(folder + QStringLiteral("/forms")).exists()) {
            paths.resources = folder;
        }
    }
    return paths;
}

AppPaths AppPaths::under(const QString& folder) {
    const QDir base(QDir(folder).absolutePath());
    AppPaths paths;
    paths.config = base.filePath(QStringLiteral("config"));
    paths.data = base.filePath(QStringLiteral("data"));
    paths.state = base.filePath(QStringLiteral("state"));
    paths.temporary = base.filePath(QStringLiteral("temporary"));
    paths.resources = base.filePath(QStringLiteral("resources"));
    paths.bundledModels = {base.filePath(QStringLiteral("models"))};
    return paths;
}

} // namespace linnet::services
