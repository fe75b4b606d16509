#pragma once

#include <string>
#include <string_view>

#include "engine/torch/files/tokenizer/definition.h"

namespace linnet::engine {

// The text as BERT's tokenizer wants it, with a character's lower case its own, whatever is around
// it. Bytes that are not UTF-8 stay as they are.
std::string normalizeForBert(std::string_view text, const BertNormalization& options);

} // namespace linnet::engine
