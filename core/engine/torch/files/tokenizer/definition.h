#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/api/tokenizer.h"

namespace linnet::engine {

// What the files of a tokenizer say, checked for kind but not yet compiled.

struct AddedToken {
    TokenId id = 0;
    std::string content;
    bool special = false;
    bool leftStrip = false;  // takes the white space before it
    bool rightStrip = false; // and after it
    bool normalized = false; // is looked for in the text after the normalizers
};

struct NormalizerStep {
    enum class Kind { Nfc, Prepend, Replace };
    Kind kind = Kind::Nfc;
    std::string text;     // Prepend, Replace: what is put in
    std::string replaced; // Replace: what it stands for
};

struct SplitStep {
    // Pattern: matches, and what is between them, become pieces of their own.
    enum class Kind { Pattern, PrefixSpace, SplitBefore };
    Kind kind = Kind::Pattern;
    std::string text;      // the pattern; SplitBefore: the string that begins a piece
    bool dropGaps = false; // Pattern: what is between matches is left out
};

// The Metaspace pre-tokenizer's change to the text of a segment.
struct Metaspace {
    enum class Prepend { Always, First, Never };
    std::string replacement; // for every space
    Prepend prepend = Prepend::Always;
};

// Strings in one buffer: a vocabulary has up to a million of them.
class StringArena {
public:
    void add(std::string_view text) {
        m_text += text;
        m_ends.push_back(m_text.size());
    }
    std::size_t size() const { return m_ends.size(); }
    std::string_view operator[](std::size_t index) const {
        const std::size_t begin = index == 0 ? 0 : m_ends[index - 1];
        return std::string_view(m_text).substr(begin, m_ends[index] - begin);
    }

private:
    std::string m_text;
    std::vector<std::size_t> m_ends;
};

struct ModelDefinition {
    // WordLevel: every piece is one token; of what follows only unknownToken counts.
    enum class Kind { Bpe, WordLevel };
    Kind kind = Kind::Bpe;
    StringArena tokens;        // as spelled in the file
    std::vector<TokenId> ids;  // of each
    StringArena merges;        // left, right, left, right ...; the first pair goes first
    std::string unknownToken;  // empty: none
    bool fuseUnknown = false;  // adjacent unknown characters are one token
    bool byteFallback = false; // unknown characters become <0xNN> tokens
    bool ignoreMerges = false; // a piece that is a token is that token
};

struct TokenizerDefinition {
    ModelDefinition model;
    std::vector<AddedToken> addedTokens;
    std::vector<NormalizerStep> normalizers;
    std::optional<Metaspace> metaspace;
    std::vector<SplitStep> splits;
    bool byteLevel = false;                                    // tokens are spelled bytes
    std::vector<std::pair<std::string, std::string>> decoding; // in a token, first by second
    bool spaceBetween = false;                                 // tokens are joined with spaces
    std::optional<std::string> templateBegin; // the token that the post-processor puts in front
};

} // namespace linnet::engine
