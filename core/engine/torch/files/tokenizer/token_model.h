#pragma once

#include <string_view>
#include <vector>

#include "engine/api/tokenizer.h"
#include "engine/torch/files/tokenizer/encoding_memory.h"
#include "engine/torch/files/tokenizer/token_table.h"

namespace linnet::engine {

// The last step of a tokenizer's pipeline: a piece of text to ids. Immutable.
class TokenModel {
public:
    virtual ~TokenModel() = default;

    virtual const TokenTable& tokens() const = 0;
    // A token by its spelling in the file; -1: none.
    virtual TokenId findSpelling(std::string_view spelling) const = 0;
    // The token that stands for a byte that no other token covers; -1: none.
    virtual TokenId fallbackToken(unsigned char byte) const = 0;
    // Appends the ids of one piece. `memory` must see one growing `ids` only.
    virtual void encode(std::string_view piece, std::vector<TokenId>& ids,
                        EncodingMemory& memory) const = 0;
};

} // namespace linnet::engine
