#pragma once

#include <memory>
#include <optional>

#include <QString>

#include "engine/api/result.h"
#include "services/journal_file.h"

namespace linnet::services {

// A file that exists while a model is being loaded. When it is still there at the next start and
// no living process holds it, loading that model ended the program. One thread at a time.
class LoadMarker {
public:
    explicit LoadMarker(const QString& stateFolder);
    ~LoadMarker(); // as end()

    // The model folder whose load did not end, if any. Forgets nothing.
    std::optional<QString> unfinished() const;

    // On disk before it returns. Errors: Io; InvalidArgument while another instance of the program
    // is loading, whose marker stays.
    engine::Result<void> begin(const QString& modelFolder);
    void end();

private:
    QString m_path;
    std::unique_ptr<JournalFile> m_file;
};

} // namespace linnet::services
