#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/api/result.h"

namespace linnet::verse {

// The four tones of Middle Chinese verse: 平, and 上 去 入, which together are 仄 (oblique).
enum class Tone : std::uint8_t { Level, Rising, Departing, Entering };

constexpr bool isOblique(Tone tone) {
    return tone != Tone::Level;
}

// "平", "上", "去" or "入".
std::string_view toString(Tone tone);

// An index into ZhLexicon::groups(): the 106 groups of 平水韵 in their customary order.
using RhymeGroupId = std::uint8_t;

struct RhymeGroup {
    std::string name; // simplified: "一东"
    Tone tone = Tone::Level;
    std::string traditionalName; // with its section: "上平聲一東"
};

// One way to read a character. Its tone is that of its group.
struct ZhReading {
    Tone tone = Tone::Level;
    RhymeGroupId group = 0;

    friend bool operator==(const ZhReading&, const ZhReading&) = default;
};

// The script decides which readings count: a simplified character has those of every traditional
// character that was merged into it (丰 those of 丰 and 豐).
enum class Script : std::uint8_t { Simplified, Traditional };

// 平水韵, the rhyme table of regulated verse. Immutable, so any thread may read it.
class ZhLexicon {
public:
    // Reads resources/lexicons/zh-pingshui.lex. Errors: NotFound, Io, CorruptFile,
    // UnsupportedFormat.
    static engine::Result<ZhLexicon> open(const std::filesystem::path& path);

    // All readings, in the order of the groups; none for a character the table lacks.
    std::span<const ZhReading> readings(char32_t character,
                                        Script script = Script::Simplified) const;
    bool canBeLevel(char32_t character, Script script = Script::Simplified) const;
    bool canBeOblique(char32_t character, Script script = Script::Simplified) const;
    bool hasGroup(char32_t character, RhymeGroupId group, Script script = Script::Simplified) const;

    std::span<const RhymeGroup> groups() const { return m_groups; }
    // By full simplified name ("一东"), by its last character where that is unambiguous among the
    // level groups ("东"), or by the traditional form of either.
    std::optional<RhymeGroupId> findGroup(std::string_view name) const;
    // Every character with a reading in the group, in code point order.
    std::span<const char32_t> characters(RhymeGroupId group,
                                         Script script = Script::Simplified) const;
    // True for two different level groups that poets customarily let rhyme (东冬, 支微齐, ...).
    bool areNeighbours(RhymeGroupId first, RhymeGroupId second) const;

    // How often classical poems use the character: the binary logarithm of its count, in eighths;
    // 0 for one that they hardly use. A traditional character has the value of its simplified one.
    int frequency(char32_t character) const;

    // The sets that areNeighbours() goes by.
    std::span<const std::vector<RhymeGroupId>> neighbourSets() const { return m_neighbours; }

    // What the characters themselves say; nothing when all of them are used in both scripts.
    std::optional<Script> scriptOf(std::u32string_view text) const;

    // False for a character that only the other script uses. Every table has the forms of both.
    bool belongsTo(char32_t character, Script script) const;

    // JSON: where the tables are from, with commits and licences.
    const std::string& source() const { return m_source; }

private:
    struct Slice {
        std::uint32_t first = 0;
        std::uint32_t count = 0;
    };
    struct Table {
        std::unordered_map<char32_t, Slice> characters;
        std::vector<ZhReading> readings;
        std::vector<std::vector<char32_t>> byGroup;
    };

    const Table& table(Script script) const { return m_tables[static_cast<std::size_t>(script)]; }

    std::string m_source;
    std::vector<RhymeGroup> m_groups;
    std::vector<std::vector<RhymeGroupId>> m_neighbours; // sets
    std::array<Table, 2> m_tables;
    std::unordered_map<char32_t, std::uint8_t> m_frequencies;
    std::vector<char32_t> m_traditionalOnly; // sorted
    std::vector<char32_t> m_simplifiedOnly;  // sorted

    friend struct ZhLexiconReader;
};

} // namespace linnet::verse
