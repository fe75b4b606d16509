#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"
#include "verse/en_phones.h"

namespace linnet::verse {

// The CMU pronouncing dictionary in a compact form. Immutable, so any thread may read it. A look-up
// decodes at most sixteen entries (about a microsecond).
class EnLexicon {
public:
    // Reads resources/lexicons/en-cmudict.lex. Errors: NotFound, Io, CorruptFile,
    // UnsupportedFormat.
    static engine::Result<EnLexicon> open(const std::filesystem::path& path);

    // As words are looked up: ASCII letters in lower case, a typographic apostrophe as '.
    static std::string normalised(std::string_view word);

    // All listed pronunciations, the dictionary's first one first; none for a word that is not
    // listed. See EnPronouncer for those.
    std::vector<Pronunciation> pronunciations(std::string_view word) const;
    bool contains(std::string_view word) const { return !pronunciations(word).empty(); }

    // True if the words share a pronunciation, stress apart ("sea", "see").
    bool areHomophones(std::string_view first, std::string_view second) const;

    // Words, each with one or more pronunciations.
    std::size_t size() const { return m_words; }
    // Calls `visit` for every word in alphabetical order (ASCII).
    using Visit = std::function<void(std::string_view word, std::span<const Pronunciation>)>;
    void forEach(const Visit& visit) const;

    // JSON: where the dictionary is from, with commit and licence.
    const std::string& source() const { return m_source; }

private:
    struct Entry {
        std::string word;
        std::vector<Pronunciation> pronunciations;
    };
    class BlockReader;

    std::string m_source;
    std::vector<std::uint8_t> m_payload;
    std::vector<std::string> m_letters;       // what each byte code stands for
    std::vector<std::vector<Phone>> m_phones; // likewise
    std::vector<std::size_t> m_blocks;        // where in the payload each block begins
    std::size_t m_words = 0;
};

} // namespace linnet::verse
