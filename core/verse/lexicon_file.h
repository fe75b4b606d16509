#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "engine/api/result.h"

namespace linnet::verse {

// The container of the lexicons and of what lies beside a model: the eight bytes "LINNETLX", format
// version, kind, lengths and FNV-1a checksum of what follows, a header text that names sources,
// commits and licences (JSON, so that `strings` shows it), and a payload that only its reader
// understands.
enum class LexiconKind : std::uint32_t {
    Chinese = 1,
    English = 2,
    Phrases = 3,
    Associations = 4,
    Sentences = 5,
    Couplets = 6
};

struct LexiconFile {
    std::string header;
    std::vector<std::uint8_t> payload;

    // Errors: NotFound, Io, CorruptFile, UnsupportedFormat (a newer version or another kind).
    static engine::Result<LexiconFile> read(const std::filesystem::path& path, LexiconKind kind);

    // Replaces the file. Error: Io.
    engine::Result<void> write(const std::filesystem::path& path, LexiconKind kind) const;
};

} // namespace linnet::verse
