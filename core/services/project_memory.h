#pragma once

#include <vector>

#include <QString>

#include "engine/api/result.h"
#include "services/app_paths.h"
#include "suggest/past_counts.h"

namespace linnet::services {

// A folder whose documents have taught something.
struct LearnedProject {
    QString folder; // of the documents
    int documents = 0;
    int words = 0; // different ones, summed over the documents
};

// Keeps on this computer's disk what documents teach about each other: those of one folder are a
// project, and projects know nothing of each other. One file a document (so that it can be learned
// again when it has changed), versioned, with a checksum, replaced whole. Files of a newer version
// are left alone, damaged ones count as nothing. Any thread, one at a time for each folder.
class ProjectMemory {
public:
    explicit ProjectMemory(const AppPaths& paths);

    // In place of what was remembered of the document before. Error: Io.
    engine::Result<void> remember(const QString& document, const suggest::PastCounts& counts) const;

    // All that the other documents in the folder of `document` teach.
    suggest::PastCounts recall(const QString& document) const;

    std::vector<LearnedProject> projects() const; // by folder
    suggest::PastCounts everything(const LearnedProject& project) const;
    // True: nothing of it is left.
    bool forget(const LearnedProject& project) const;

private:
    QString m_folder;
};

} // namespace linnet::services
