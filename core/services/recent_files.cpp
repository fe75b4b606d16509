#include "services/recent_files.h"

#include <QDir>
#include <QFileInfo>

namespace linnet::services {

namespace {
QString normal(const QString& path) {
    return QDir::cleanPath(QFileInfo(path).absoluteFilePath());
}
} // namespace

void RecentFiles::add(const QString& path) {
    QStringList files = all();
    files.removeAll(normal(path));
    files.prepend(normal(path));
    m_settings.set(setting::recentFiles, files.mid(0, maximum));
}

void RecentFiles::remove(const QString& path) {
    QStringList files = all();
    files.removeAll(normal(path));
    m_settings.set(setting::recentFiles, files);
}

void RecentFiles::clear() {
    m_settings.reset(setting::recentFiles);
}

QStringList RecentFiles::all() const {
    return m_settings.value(setting::recentFiles).mid(0, maximum);
}

QStringList RecentFiles::existing() const {
    QStringList files = all();
    files.removeIf([](const QString& path) { return !QFileInfo::exists(path); });
    return files;
}

} // namespace linnet::services
