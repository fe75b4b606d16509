#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/api/tokenizer.h"
#include "verse/zh_lexicon.h"

namespace linnet::verse {

// A set of the groups of 平水韵.
using GroupSet = std::bitset<128>;

// What a character may be in verse.
struct ZhSound {
    bool level = false;
    bool oblique = false;
    GroupSet groups;

    bool known() const { return level || oblique; }
};
ZhSound soundOf(const ZhLexicon& lexicon, char32_t character, Script script = Script::Simplified);

// The characters that a Chinese verse model can write, with their sounds. Immutable.
class ZhVocabulary {
public:
    ZhVocabulary(const engine::Tokenizer& tokenizer, const ZhLexicon& lexicon);

    struct Entry {
        engine::TokenId token = 0;
        char32_t character = 0;
        ZhSound sound;
    };
    // The characters that a poem may be made of: those whose tone is known, in token order.
    std::span<const Entry> entries() const { return m_entries; }
    // For each entry: 1 if it can be level, plus 2 if it can be oblique.
    std::span<const std::uint8_t> kinds() const { return m_kinds; }
    // The entry of a token; null: not one of them.
    const Entry* entry(engine::TokenId token) const;
    const Entry* entryOf(char32_t character) const;

    // The token of any character, also one that is not among the entries; the unknown token
    // otherwise.
    engine::TokenId token(char32_t character) const;
    engine::TokenId control(std::string_view name) const;
    bool hasControl(std::string_view name) const;

    std::size_t tokenCount() const { return m_byToken.size(); }

    // How many entries belong to each group.
    std::span<const int> groupSizes() const { return m_groupSizes; }

    const ZhLexicon& lexicon() const { return m_lexicon; }

private:
    const engine::Tokenizer& m_tokenizer;
    const ZhLexicon& m_lexicon;
    std::vector<Entry> m_entries;
    std::vector<std::uint8_t> m_kinds;
    std::vector<std::int32_t> m_byToken; // index into m_entries; -1: none
    std::unordered_map<char32_t, engine::TokenId> m_tokens;
    engine::TokenId m_unknown = 0;
    std::vector<int> m_groupSizes;
};

} // namespace linnet::verse
