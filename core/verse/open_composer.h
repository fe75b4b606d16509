#pragma once

#include <filesystem>
#include <memory>

#include "engine/api/result.h"
#include "verse/composer.h"

namespace linnet::verse {

// The name of the bundled model for a language: "zh-verse", "en-verse".
std::string_view verseModelName(Language language);

// Whether the tokenizer is that of a model of verse in this language.
bool speaksOfPoems(const engine::Tokenizer& tokenizer, Language language);

// A composer for the model in `folder`, with its filter of known lines (lines.bin) and what
// else lies beside it (VerseLore), if it has them.
// `data` and `tokenizer` outlive it. Errors: UnsupportedFormat (no model of verse in this
// language), CorruptFile, Io (of the filter).
engine::Result<std::unique_ptr<Composer>>
openComposer(Language language, const VerseData& data, const engine::Tokenizer& tokenizer,
             const std::filesystem::path& folder, std::shared_ptr<const ScriptConverter> converter);

} // namespace linnet::verse
