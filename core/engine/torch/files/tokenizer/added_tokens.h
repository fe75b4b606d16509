#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "engine/torch/files/tokenizer/definition.h"

namespace linnet::engine {

// Finds added tokens in a text: the leftmost, and of those the longest, one after the other.
class AddedTokenFinder {
public:
    // `tokens` with their `content` as it is to be found.
    explicit AddedTokenFinder(std::vector<AddedToken> tokens = {});

    bool empty() const { return m_tokens.empty(); }

    // Calls `between` for the text around the tokens (never for an empty one) and `found` for the
    // tokens, in order. Tokens that are special are overlooked unless `special` is true.
    void search(std::string_view text, bool special,
                const std::function<void(std::string_view)>& between,
                const std::function<void(const AddedToken&)>& found) const;

private:
    // A trie; the children of a node are a chain of siblings.
    struct Node {
        std::int32_t firstChild = -1;
        std::int32_t sibling = -1;
        std::int32_t token = -1;
        char byte = 0;
    };

    std::int32_t child(std::int32_t node, char byte) const;
    const AddedToken* longestAt(std::string_view text, bool special) const;

    std::vector<AddedToken> m_tokens;
    std::vector<Node> m_nodes;
    std::array<bool, 256> m_begins{}; // bytes that some token begins with
};

} // namespace linnet::engine
