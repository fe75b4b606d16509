#include "verse/zh_lexicon.h"

#include <algorithm>

#include "verse/byte_stream.h"
#include "verse/lexicon_file.h"
#include "verse/utf8.h"

namespace linnet::verse {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

std::string_view toString(Tone tone) {
    switch (tone) {
    case Tone::Level:
        return "平";
    case Tone::Rising:
        return "上";
    case Tone::Departing:
        return "去";
    case Tone::Entering:
        return "入";
    }
    return "平";
}

// Reads what writeZhLexicon() in lexicon_tables.cpp wrote.
struct ZhLexiconReader {
    ByteReader& reader;
    ZhLexicon& lexicon;

    bool readGroups() {
        const std::uint32_t count = reader.varint();
        for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
            RhymeGroup group;
            group.tone = static_cast<Tone>(reader.u8() & 3U);
            group.name = reader.text();
            group.traditionalName = reader.text();
            lexicon.m_groups.push_back(std::move(group));
        }
        const std::uint32_t sets = reader.varint();
        for (std::uint32_t i = 0; i < sets && reader.ok(); ++i) {
            const auto members = reader.raw(reader.varint());
            lexicon.m_neighbours.emplace_back(members.begin(), members.end());
        }
        return reader.ok() && count > 0 && count <= 255;
    }

    bool readTable(ZhLexicon::Table& table) {
        const std::uint32_t count = reader.varint();
        table.byGroup.resize(lexicon.m_groups.size());
        table.characters.reserve(std::min(count, 100000U));
        char32_t character = 0;
        for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
            character += reader.varint();
            const std::uint8_t readings = reader.u8();
            table.characters[character] = {static_cast<std::uint32_t>(table.readings.size()),
                                           readings};
            for (std::uint8_t k = 0; k < readings; ++k) {
                const RhymeGroupId group = reader.u8();
                if (group >= lexicon.m_groups.size()) {
                    return false;
                }
                table.readings.push_back({lexicon.m_groups[group].tone, group});
                table.byGroup[group].push_back(character);
            }
        }
        return reader.ok();
    }

    bool readCharacters(std::vector<char32_t>& characters) {
        const std::uint32_t count = reader.varint();
        char32_t character = 0;
        for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
            character += reader.varint();
            characters.push_back(character);
        }
        return reader.ok();
    }

    bool readFrequencies() {
        const std::uint32_t count = reader.varint();
        char32_t character = 0;
        for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
            character += reader.varint();
            lexicon.m_frequencies[character] = reader.u8();
        }
        return reader.ok();
    }

    bool read() {
        return readGroups() && readTable(lexicon.m_tables[0]) && readTable(lexicon.m_tables[1]) &&
               readCharacters(lexicon.m_traditionalOnly) &&
               readCharacters(lexicon.m_simplifiedOnly) && readFrequencies() && reader.atEnd();
    }
};

Result<ZhLexicon> ZhLexicon::open(const std::filesystem::path& path) {
    auto file = LexiconFile::read(path, LexiconKind::Chinese);
    if (!file) {
        return file.error();
    }
    ZhLexicon lexicon;
    lexicon.m_source = std::move(file->header);
    ByteReader reader(file->payload);
    if (!ZhLexiconReader{reader, lexicon}.read()) {
        return Error{ErrorCode::CorruptFile,
                     path.string() + ": the tables contradict themselves; install it again"};
    }
    return lexicon;
}

std::span<const ZhReading> ZhLexicon::readings(char32_t character, Script script) const {
    const Table& t = table(script);
    const auto found = t.characters.find(character);
    if (found == t.characters.end()) {
        return {};
    }
    return std::span(t.readings).subspan(found->second.first, found->second.count);
}

bool ZhLexicon::canBeLevel(char32_t character, Script script) const {
    const auto all = readings(character, script);
    return std::any_of(all.begin(), all.end(), [](auto r) { return !isOblique(r.tone); });
}

bool ZhLexicon::canBeOblique(char32_t character, Script script) const {
    const auto all = readings(character, script);
    return std::any_of(all.begin(), all.end(), [](auto r) { return isOblique(r.tone); });
}

bool ZhLexicon::hasGroup(char32_t character, RhymeGroupId group, Script script) const {
    const auto all = readings(character, script);
    return std::any_of(all.begin(), all.end(), [group](auto r) { return r.group == group; });
}

std::optional<RhymeGroupId> ZhLexicon::findGroup(std::string_view name) const {
    for (std::size_t i = 0; i < m_groups.size(); ++i) {
        if (m_groups[i].name == name || m_groups[i].traditionalName == name) {
            return static_cast<RhymeGroupId>(i);
        }
    }
    // A number before the name is left out in speech; it ends in the same bytes then.
    std::optional<RhymeGroupId> found;
    for (std::size_t i = 0; i < m_groups.size() && name.size() >= 3; ++i) {
        const RhymeGroup& group = m_groups[i];
        if (group.tone == Tone::Level &&
            (group.name.ends_with(name) || group.traditionalName.ends_with(name))) {
            if (found) {
                return std::nullopt;
            }
            found = static_cast<RhymeGroupId>(i);
        }
    }
    return found;
}

std::span<const char32_t> ZhLexicon::characters(RhymeGroupId group, Script script) const {
    const auto& groups = table(script).byGroup;
    return group < groups.size() ? std::span<const char32_t>(groups[group])
                                 : std::span<const char32_t>();
}

int ZhLexicon::frequency(char32_t character) const {
    const auto found = m_frequencies.find(character);
    return found != m_frequencies.end() ? found->second : 0;
}

bool ZhLexicon::areNeighbours(RhymeGroupId first, RhymeGroupId second) const {
    const auto has = [](const auto& set, RhymeGroupId group) {
        return std::find(set.begin(), set.end(), group) != set.end();
    };
    return first != second &&
           std::any_of(m_neighbours.begin(), m_neighbours.end(),
                       [&](const auto& set) { return has(set, first) && has(set, second); });
}

bool ZhLexicon::belongsTo(char32_t character, Script script) const {
    const auto& others = script == Script::Simplified ? m_traditionalOnly : m_simplifiedOnly;
    return !std::binary_search(others.begin(), others.end(), character);
}

std::optional<Script> ZhLexicon::scriptOf(std::u32string_view text) const {
    const auto countIn = [&](const std::vector<char32_t>& set) {
        return std::count_if(text.begin(), text.end(), [&](char32_t c) {
            return std::binary_search(set.begin(), set.end(), c);
        });
    };
    const auto traditional = countIn(m_traditionalOnly);
    const auto simplified = countIn(m_simplifiedOnly);
    if (traditional == simplified) {
        return std::nullopt;
    }
    return traditional > simplified ? Script::Traditional : Script::Simplified;
}

} // namespace linnet::verse
