#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/torch/files/tokenizer/definition.h"

namespace linnet::engine {

// Canonical composition (Unicode Standard Annex 15) in time n log n. Bytes that are not UTF-8 stay
// as they are.
std::string normalizeNfc(std::string_view text);

// The code points of well-formed `text` after canonical decomposition (NFD), in time n log n.
std::vector<char32_t> canonicalDecomposition(std::string_view text);

// Replaces every `from`, which is not empty, by `to`, from the left.
std::string replaceAll(std::string_view text, std::string_view from, std::string_view to);

// Applies `steps` in order. An empty text stays empty.
std::string normalize(std::string text, const std::vector<NormalizerStep>& steps);

} // namespace linnet::engine
