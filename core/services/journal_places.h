#pragma once

#include <memory>

#include <QByteArray>
#include <QString>
#include <QStringList>

#include "engine/api/result.h"
#include "services/app_paths.h"
#include "services/journal_file.h"

namespace linnet::services {

// Where journals are. Those beside documents could be anywhere on the disk, so for each there is a
// small pointer file in the state folder. Any thread.
class JournalPlaces {
public:
    explicit JournalPlaces(const AppPaths& paths);

    // A new journal that begins with `beginning`, synced, in the first place that works: beside
    // `document` (empty: untitled), the state folder, the temporary folder. Never touches a journal
    // that is there already. Errors: those of the last place.
    engine::Result<std::unique_ptr<JournalFile>> create(const QString& document,
                                                        const QByteArray& beginning,
                                                        const JournalFileFactory& openFile) const;

    // Removes a journal and its pointer. True: it is gone.
    bool remove(const QString& journal) const;
    // Removes the pointer of a journal that is gone.
    void forget(const QString& journal) const;

    // Every journal that exists in a known place. Pointers to nothing are cleaned away.
    QStringList existing() const;
    // The journals that exist beside `document`.
    static QStringList existingBeside(const QString& document);

private:
    QString pointerTo(const QString& journal) const;
    engine::Result<std::unique_ptr<JournalFile>> createAt(const QString& path,
                                                          const QByteArray& beginning,
                                                          const JournalFileFactory& openFile) const;

    QString m_journals; // in the state folder
    QString m_temporary;
};

} // namespace linnet::services
