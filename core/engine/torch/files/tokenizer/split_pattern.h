#pragma once

#include <string>
#include <string_view>

#include "engine/api/result.h"

namespace linnet::engine {

// The pattern of GPT-2's pre-tokenizer (Radford et al. 2019, encoder.py), of ByteLevel's use_regex.
extern const char* const gpt2SplitPattern;

// Tokenizer files hold patterns for Oniguruma. This rewrites one for PCRE2 so that both match the
// same text: \s and \S become the White_Space property of Unicode spelled out, since PCRE2 counts
// U+180E too. What the two read differently (\w, \b, \h, ^, $, class operators, ...) is refused.
// Errors: UnsupportedFormat.
Result<std::string> translateSplitPattern(std::string_view pattern);

// A pattern that matches `text` itself.
std::string escapedPattern(std::string_view text);

} // namespace linnet::engine
