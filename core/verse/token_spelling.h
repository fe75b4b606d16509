#pragma once

#include <string_view>

#include "engine/api/tokenizer.h"

namespace linnet::verse {

// A token of a word-level tokenizer as it is spelt alone. In running text some put the space
// between two words before the second.
inline std::string_view spellingOf(const engine::Tokenizer& tokenizer, engine::TokenId token) {
    std::string_view bytes = tokenizer.bytes(token);
    while (bytes.starts_with(' ')) {
        bytes.remove_prefix(1);
    }
    return bytes;
}

} // namespace linnet::verse
