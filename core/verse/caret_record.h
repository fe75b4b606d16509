#pragma once

#include <cstddef>
#include <vector>

#include "engine/api/tokenizer.h"
#include "verse/caret_passage.h"
#include "verse/en_vocabulary.h"
#include "verse/poem_record.h"
#include "verse/zh_vocabulary.h"

namespace linnet::verse {

// Of the English rows above a caret, the last ones that a model is shown.
inline constexpr std::size_t rowsShown = 14;

// What stands above the line at a caret, as the beginning of a poem's record: the prompt, to which
// a heading gives the theme, and the lines, each with what ends it.
std::vector<engine::TokenId> recordBefore(const EnVocabulary& vocabulary, const EnCaret& caret,
                                          EnglishPrompt prompt);
std::vector<engine::TokenId> recordBefore(const ZhVocabulary& vocabulary, const ZhCaret& caret,
                                          ChinesePrompt prompt);

} // namespace linnet::verse
