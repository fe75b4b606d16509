#pragma once

#include <optional>

#include <QString>

#include "engine/api/result.h"
#include "services/file_fingerprint.h"
#include "services/line_endings.h"
#include "services/save_target.h"
#include "services/text_codec.h"

namespace linnet::services {

// What must stay as it was when a document is saved again.
struct DocumentFormat {
    TextEncoding encoding;
    LineEndings lineEndings;
};

struct LoadedDocument {
    QString path; // absolute
    QString text; // lines end in '\n'
    DocumentFormat format;
    FileFingerprint fingerprint;
    bool readOnly = false;       // the file, or the folder it lies in, cannot be written
    bool encodingCertain = true; // false: the encoding is a guess that the user may correct
};

struct LoadDocumentOptions {
    QString encoding;                     // empty: detect
    qint64 maxBytes = 64LL * 1024 * 1024; // larger files are refused
};

// Reads plain text or Markdown. Errors: NotFound, Io, UnsupportedFormat (binary, not that
// encoding, not a regular file), InvalidArgument (too large, unknown encoding). Any thread.
engine::Result<LoadedDocument> loadDocument(const QString& path,
                                            const LoadDocumentOptions& options = {});

struct SaveDocumentOptions {
    // What the program last saw on disk. When given and the file's content has changed since,
    // nothing is written. Leave it out once the user has decided to overwrite.
    std::optional<FileFingerprint> expected;
    SaveTargetFactory makeTarget = makeAtomicSaveTarget;
};

// Writes `text` (lines end in '\n') to `path`, following symbolic links, all or nothing. Returns
// what is now on disk. Every message says that the text is still safe in the editor.
// Errors: UnsupportedFormat (and only then: the encoding lacks a character; see
// firstUnencodable()), InvalidArgument (the file changed on disk; not a regular file),
// NotFound (the folder is gone), Io. Any thread.
engine::Result<FileFingerprint> saveDocument(const QString& path, const QString& text,
                                             const DocumentFormat& format,
                                             const SaveDocumentOptions& options = {});

// The file that `path` really means: symbolic links followed, also to a file not there yet.
engine::Result<QString> resolveLinks(const QString& path);

} // namespace linnet::services
