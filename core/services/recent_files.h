#pragma once

#include <QString>
#include <QStringList>

#include "services/settings.h"

namespace linnet::services {

// The latest documents, newest first, in the settings.
class RecentFiles {
public:
    static constexpr int maximum = 10;

    explicit RecentFiles(Settings& settings)
        : m_settings(settings) {}

    void add(const QString& path); // opened or saved
    void remove(const QString& path);
    void clear();

    QStringList all() const;
    QStringList existing() const; // looks at the disk, so only when a menu opens

private:
    Settings& m_settings;
};

} // namespace linnet::services
