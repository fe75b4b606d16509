#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/api/result.h"
#include "training/corpus.h"

namespace linnet::training {

struct ChinesePoem {
    std::string dynasty;
    std::string title;
    std::vector<std::string> lines; // of equally many characters, simplified, no punctuation
};

struct EnglishPoem {
    std::string title;
    std::string form; // the table's word for it
    std::vector<std::vector<std::string>> stanzas;
};

/// Calls `sink` for each poem of a tab-separated table with the columns dynasty, title and
/// simplified (lines joined by "/"). `progress` may be empty and gets bytes of this file.
/// Errors: NotFound, CorruptFile naming the line.
engine::Result<void> readChinesePoems(const std::filesystem::path& path,
                                      const std::function<void(const ChinesePoem&)>& sink,
                                      const ByteProgress& progress);

/// Titles and forms of English poems, from a tab-separated table with the columns file,
/// position (from 0), title and form.
class EnglishPoemTable {
public:
    struct Entry {
        std::string title;
        std::string form;
    };

    /// Errors: NotFound, CorruptFile naming the line.
    static engine::Result<EnglishPoemTable> load(const std::filesystem::path& path);

    /// Null if the table does not list the poem.
    [[nodiscard]] const Entry* find(const std::string& file, std::int64_t position) const;

private:
    std::unordered_map<std::string, Entry> m_entries;
};

/// Calls `sink` for each poem of a text file: one verse line a line, blank lines between stanzas, a
/// line <|endofpoem|> after each poem. Errors: NotFound, CorruptFile (a poem that the
/// table does not list, text that is not UTF-8).
engine::Result<void> readEnglishPoems(const std::filesystem::path& path,
                                      const EnglishPoemTable& table,
                                      const std::function<void(const EnglishPoem&)>& sink,
                                      const ByteProgress& progress);

/// Syllables of words, from a pronouncing dictionary in CMUdict's format: "word PH1 PH2 ...",
/// vowels end in a digit, further pronunciations as word(2), comments after #.
class SyllableCounts {
public:
    /// Errors: NotFound, CorruptFile.
    static engine::Result<SyllableCounts> load(const std::filesystem::path& path);

    /// Of a word in lower case, by its first pronunciation; 0: not in the dictionary.
    [[nodiscard]] int of(const std::string& word) const;

private:
    std::unordered_map<std::string, int> m_counts;
};

} // namespace linnet::training
