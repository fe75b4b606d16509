#pragma once

#include <cstdint>
#include <filesystem>

#include "engine/api/result.h"
#include "engine/api/tokenizer.h"
#include "verse/lexicon_file.h"

namespace linnet::verse {

// Files of counts that lie beside a verse model. Their payload begins with the hash of the
// vocabulary that they were made with.

// A hash of all spellings in their order.
std::uint64_t vocabularyHash(const engine::Tokenizer& tokenizer);

// Reads one that was made with this tokenizer's vocabulary. Errors: those of LexiconFile::read;
// UnsupportedFormat when it was made with another one.
engine::Result<LexiconFile> readCompanion(const std::filesystem::path& file, LexiconKind kind,
                                          const engine::Tokenizer& tokenizer);
engine::Error damagedCompanion(const std::filesystem::path& file);

} // namespace linnet::verse
