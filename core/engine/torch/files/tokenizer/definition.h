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

// What BERT does to a text, in this order (Devlin et al. 2019).
struct BertNormalization {
    bool cleanText = true; // control characters vanish, white space becomes a space
    bool spaceIdeographs = true;
    bool stripAccents = true;
    bool lowercase = true;
};

struct NormalizerStep {
    enum class Kind { Nfc, Prepend, Replace, Bert };
    Kind kind = Kind::Nfc;
    std::string text;       // Prepend, Replace: what is put in
    std::string replaced;   // Replace: what it stands for
    BertNormalization bert; // Bert
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
    // WordLevel: every piece is one token; of what follows only unknownToken counts. WordPiece: a
    // piece is cut into the longest tokens from its front; unknownToken and its own two count.
    enum class Kind { Bpe, WordLevel, WordPiece };
    Kind kind = Kind::Bpe;
    StringArena tokens;           // as spelled in the file
    std::vector<TokenId> ids;     // of each
    StringArena merges;           // left, right, left, right ...; the first pair goes first
    std::string unknownToken;     // empty: none
    bool fuseUnknown = false;     // adjacent unknown characters are one token
    bool byteFallback = false;    // unknown characters become <0xNN> tokens
    bool ignoreMerges = false;    // a piece that is a token is that token
    std::string continuingPrefix; // WordPiece: of tokens that do not begin a piece; not empty
    int maxCharacters = 100;      // WordPiece: a longer piece is unknown
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
    std::string joinedPrefix; // but those that begin with this, which is left out; empty: none
    std::optional<std::string> templateBegin; // the token that the post-processor puts in front
};

} // namespace linnet::engine
