#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace linnet::engine {

using TokenId = std::int32_t;

// Text to token ids and back. Immutable after loading and safe to use from several threads.
class Tokenizer {
public:
    virtual ~Tokenizer() = default;

    // The ids of UTF-8 `text`, without a beginning-of-text token. Added tokens that occur
    // literally in the text (such as "<|endofdoc|>") are recognised only when `special` is true.
    virtual std::vector<TokenId> encode(std::string_view text, bool special = false) const = 0;

    // The bytes that `id` stands for in running text; may be part of a UTF-8 character. Empty for
    // special tokens and ids out of range.
    virtual std::string_view bytes(TokenId id) const = 0;

    // Concatenated bytes of `ids`, special tokens left out.
    virtual std::string decode(const std::vector<TokenId>& ids) const = 0;

    virtual int size() const = 0;
    virtual bool isSpecial(TokenId id) const = 0;
    virtual std::optional<TokenId> find(std::string_view token) const = 0;

    virtual std::optional<TokenId> beginOfText() const = 0;
    virtual std::optional<TokenId> endOfText() const = 0;

    // True if a model of this tokenizer expects beginOfText() before the first token.
    virtual bool addsBeginOfText() const = 0;
};

} // namespace linnet::engine
