#pragma once

#include <QString>
#include <QStringList>

namespace linnet::services {

// Where the program keeps things. Folders are absolute and may not exist yet.
struct AppPaths {
    QString config;            // settings.ini
    QString data;              // the user's own models (models/), learned words
    QString state;             // recovery journals, crash markers
    QString temporary;         // last resort of the recovery journals
    QString resources;         // lexicons/ and forms/; empty: not found
    QStringList bundledModels; // folders that hold the model folders shipped with the program

    // From the platform's conventions (on Unix the XDG folders) and the place of the executable.
    // Needs a QCoreApplication.
    static AppPaths standard();

    // Everything below `folder`: tests, and an installation on a stick.
    static AppPaths under(const QString& folder);
};

} // namespace linnet::services
