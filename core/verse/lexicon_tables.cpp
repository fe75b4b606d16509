#include "verse/lexicon_tables.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>

#include "verse/byte_stream.h"
#include "verse/en_phones.h"
#include "verse/lexicon_file.h"
#include "verse/utf8.h"
#include "verse/zh_lexicon.h"

namespace linnet::verse {

namespace {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;

using Line = std::function<bool(const std::string& line)>;

// Calls `take` for each line; it returns false for a line it cannot read.
Result<void> readLines(const fs::path& path, const Line& take) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return Error{ErrorCode::NotFound, "cannot read " + path.string()};
    }
    std::string line;
    for (std::size_t number = 1; std::getline(file, line); ++number) {
        if (!line.empty() && line.back() == '\r') {
            line.pop_back();
        }
        if (!line.empty() && !take(line)) {
            return Error{ErrorCode::CorruptFile,
                         path.string() + ":" + std::to_string(number) + ": cannot read this line"};
        }
    }
    return {};
}

std::vector<std::string> split(const std::string& line, char separator) {
    std::vector<std::string> fields;
    std::istringstream stream(line);
    for (std::string field; std::getline(stream, field, separator);) {
        fields.push_back(field);
    }
    return fields;
}

// ---- byte pairs

using Codes = std::vector<std::uint8_t>;

// Replaces the most frequent pair of codes by a new code, until there are 256 or nothing is gained.
// Gives what each code stands for in the symbols that were there at first, 0 .. symbols - 1.
std::vector<Codes> mergePairs(std::vector<Codes*>& sequences, std::size_t symbols) {
    std::vector<Codes> expansions;
    for (std::size_t i = 0; i < symbols; ++i) {
        expansions.push_back({static_cast<std::uint8_t>(i)});
    }
    while (expansions.size() < 256) {
        std::vector<std::uint32_t> counts(65536);
        for (const Codes* codes : sequences) {
            for (std::size_t i = 1; i < codes->size(); ++i) {
                ++counts[(*codes)[i - 1] * 256U + (*codes)[i]];
            }
        }
        const auto best = std::max_element(counts.begin(), counts.end());
        if (*best < 64) {
            break;
        }
        const auto pair = static_cast<unsigned>(best - counts.begin());
        const auto left = static_cast<std::uint8_t>(pair / 256);
        const auto right = static_cast<std::uint8_t>(pair % 256);
        const auto merged = static_cast<std::uint8_t>(expansions.size());
        for (Codes* codes : sequences) {
            std::size_t out = 0;
            for (std::size_t i = 0; i < codes->size(); ++i, ++out) {
                const bool both =
                    i + 1 < codes->size() && (*codes)[i] == left && (*codes)[i + 1] == right;
                (*codes)[out] = both ? merged : (*codes)[i];
                i += both ? 1 : 0;
            }
            codes->resize(out);
        }
        Codes expansion = expansions[left];
        expansion.insert(expansion.end(), expansions[right].begin(), expansions[right].end());
        expansions.push_back(expansion);
    }
    return expansions;
}

// ---- English

struct EnTable {
    std::map<std::string, std::vector<Codes>> entries; // phones

    // "word PH1 PH2" or "word(2) PH1 PH2 # comment".
    bool add(std::string line) {
        line.resize(std::min(line.find('#'), line.size()));
        const std::size_t space = line.find(' ');
        if (space == std::string::npos) {
            return false;
        }
        std::string word = line.substr(0, std::min(line.find('('), space));
        const auto parsed = Pronunciation::parse(std::string_view(line).substr(space + 1));
        if (!parsed || parsed->phones().empty() || word.empty()) {
            return false;
        }
        Codes phones(parsed->phones().begin(), parsed->phones().end());
        auto& all = entries[word];
        if (std::find(all.begin(), all.end(), phones) == all.end()) {
            all.push_back(std::move(phones));
        }
        return all.size() <= 8;
    }
};

std::size_t sharedPrefix(const std::string& a, const std::string& b) {
    const auto [end, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    (void)other;
    return std::min<std::size_t>(static_cast<std::size_t>(end - a.begin()), 31);
}

struct EnEntryCodes {
    std::size_t prefix = 0;
    Codes letters;
    std::vector<Codes> phones;

    void write(ByteWriter& writer) const {
        writer.u8(static_cast<std::uint8_t>(prefix | (phones.size() - 1) << 5U));
        const auto nibble = [](std::size_t length) { return std::min<std::size_t>(length, 15); };
        const std::size_t first = phones.front().size();
        writer.u8(static_cast<std::uint8_t>(nibble(letters.size()) << 4U | nibble(first)));
        if (letters.size() >= 15) {
            writer.u8(static_cast<std::uint8_t>(letters.size()));
        }
        if (first >= 15) {
            writer.u8(static_cast<std::uint8_t>(first));
        }
        writer.raw(letters);
        writer.raw(phones.front());
        for (std::size_t i = 1; i < phones.size(); ++i) {
            writer.u8(static_cast<std::uint8_t>(phones[i].size()));
            writer.raw(phones[i]);
        }
    }
};

std::vector<EnEntryCodes> frontCoded(const EnTable& table, const std::string& alphabet) {
    std::vector<EnEntryCodes> entries;
    std::string before;
    for (const auto& [word, phones] : table.entries) {
        const bool first = entries.size() % enBlockWords == 0;
        EnEntryCodes entry;
        entry.prefix = first ? 0 : sharedPrefix(word, before);
        for (const char c : word.substr(entry.prefix)) {
            entry.letters.push_back(static_cast<std::uint8_t>(alphabet.find(c)));
        }
        entry.phones = phones;
        entries.push_back(std::move(entry));
        before = word;
    }
    return entries;
}

void writeExpansions(ByteWriter& writer, const std::vector<Codes>& expansions,
                     const std::string& alphabet) {
    writer.varint(static_cast<std::uint32_t>(expansions.size()));
    for (const Codes& expansion : expansions) {
        std::string text(expansion.begin(), expansion.end());
        for (char& c : text) {
            c = alphabet.empty() ? c : alphabet[static_cast<std::uint8_t>(c)];
        }
        writer.text(text);
    }
}

std::vector<std::uint8_t> enPayload(const EnTable& table) {
    std::set<char> characters;
    for (const auto& entry : table.entries) {
        characters.insert(entry.first.begin(), entry.first.end());
    }
    const std::string alphabet(characters.begin(), characters.end());
    auto entries = frontCoded(table, alphabet);
    std::vector<Codes*> letters;
    std::vector<Codes*> phones;
    for (EnEntryCodes& entry : entries) {
        letters.push_back(&entry.letters);
        for (Codes& codes : entry.phones) {
            phones.push_back(&codes);
        }
    }
    ByteWriter payload;
    writeExpansions(payload, mergePairs(letters, alphabet.size()), alphabet);
    writeExpansions(payload, mergePairs(phones, phoneCount), {});
    std::vector<std::uint32_t> sizes;
    ByteWriter blocks;
    for (std::size_t i = 0; i < entries.size(); i += enBlockWords) {
        const std::size_t before = blocks.bytes().size();
        for (std::size_t k = i; k < std::min(i + enBlockWords, entries.size()); ++k) {
            entries[k].write(blocks);
        }
        sizes.push_back(static_cast<std::uint32_t>(blocks.bytes().size() - before));
    }
    payload.varint(static_cast<std::uint32_t>(entries.size()));
    payload.varint(static_cast<std::uint32_t>(sizes.size()));
    for (const std::uint32_t size : sizes) {
        payload.varint(size);
    }
    payload.raw(blocks.bytes());
    return payload.bytes();
}

// ---- Chinese

// Level groups that poets customarily let rhyme with each other.
constexpr std::array<std::string_view, 12> neighbours{"东冬",     "江阳",   "支微齐", "支灰",
                                                      "佳灰",     "佳麻",   "鱼虞",   "真文元",
                                                      "元寒删先", "萧肴豪", "庚青蒸", "覃盐咸"};

struct ZhTables {
    std::vector<RhymeGroup> groups;
    std::map<std::string, std::uint8_t> indices;
    using Table = std::map<char32_t, std::set<std::uint8_t>>;
    Table simplified;
    Table traditional;
    std::set<char32_t> traditionalOnly;
    std::set<char32_t> simplifiedOnly;
    std::map<char32_t, char32_t> simplifiedForms;
    std::map<char32_t, double> counts;

    bool addCount(const std::string& line) {
        const auto fields = split(line, '\t');
        const auto points = fields.size() == 2 ? toCodePoints(fields[0]) : std::u32string();
        if (points.size() != 1) {
            return false;
        }
        counts[points[0]] = std::strtod(fields[1].c_str(), nullptr);
        return true;
    }

    // Of a character of either table; see ZhLexicon::frequency().
    std::uint8_t frequency(char32_t character) const {
        const auto simple = simplifiedForms.find(character);
        const auto own = counts.find(character);
        const auto other = simple != simplifiedForms.end() ? counts.find(simple->second) : own;
        double count = own != counts.end() ? own->second : 0;
        count = std::max(count, other != counts.end() ? other->second : 0);
        return static_cast<std::uint8_t>(std::clamp(8 * std::log2(count + 1), 0.0, 255.0));
    }

    bool addGroup(const std::string& line) {
        const auto fields = split(line, '\t');
        const std::array<std::string_view, 4> tones{"平", "上", "去", "入"};
        if (fields.size() < 4) {
            return false;
        }
        const auto tone = std::find(tones.begin(), tones.end(), fields[1]);
        if (tone == tones.end() || groups.size() >= 255) {
            return false;
        }
        indices[fields[0]] = static_cast<std::uint8_t>(groups.size());
        groups.push_back({fields[0], static_cast<Tone>(tone - tones.begin()), fields[3]});
        return true;
    }

    bool addReading(const std::string& line, Table& table) const {
        const auto fields = split(line, '\t');
        if (fields.size() < 3) {
            return false;
        }
        const auto points = toCodePoints(fields[0]);
        const auto group = indices.find(fields[1]);
        if (points.size() != 1 || group == indices.end() ||
            toString(groups[group->second].tone) != fields[2]) {
            return false;
        }
        table[points[0]].insert(group->second);
        return true;
    }

    // A character whose conversions do not include itself belongs to one script only.
    bool addConversion(const std::string& line, std::set<char32_t>& only) {
        if (line.front() == '#') {
            return true;
        }
        const auto fields = split(line, '\t');
        if (fields.size() < 2) {
            return false;
        }
        const auto points = toCodePoints(fields[0]);
        const auto targets = toCodePoints(fields[1]);
        if (points.size() == 1 && targets.find(points[0]) == std::u32string::npos &&
            (simplified.count(points[0]) > 0 || traditional.count(points[0]) > 0)) {
            only.insert(points[0]);
            if (&only == &traditionalOnly) {
                simplifiedForms[points[0]] = targets[0];
            }
        }
        return true;
    }
};

void writeTable(ByteWriter& writer, const ZhTables::Table& table) {
    writer.varint(static_cast<std::uint32_t>(table.size()));
    char32_t before = 0;
    for (const auto& [character, readings] : table) {
        writer.varint(character - before);
        before = character;
        writer.u8(static_cast<std::uint8_t>(readings.size()));
        for (const std::uint8_t group : readings) {
            writer.u8(group);
        }
    }
}

void writeCharacters(ByteWriter& writer, const std::set<char32_t>& characters) {
    writer.varint(static_cast<std::uint32_t>(characters.size()));
    char32_t before = 0;
    for (const char32_t character : characters) {
        writer.varint(character - before);
        before = character;
    }
}

void writeFrequencies(ByteWriter& writer, const ZhTables& tables) {
    std::map<char32_t, std::uint8_t> frequencies;
    for (const auto* table : {&tables.simplified, &tables.traditional}) {
        for (const auto& entry : *table) {
            if (const std::uint8_t frequency = tables.frequency(entry.first); frequency > 0) {
                frequencies[entry.first] = frequency;
            }
        }
    }
    writer.varint(static_cast<std::uint32_t>(frequencies.size()));
    char32_t before = 0;
    for (const auto& [character, frequency] : frequencies) {
        writer.varint(character - before);
        before = character;
        writer.u8(frequency);
    }
}

// The level groups of a neighbour set, by the last characters of their names.
std::vector<std::uint8_t> groupsNamed(const ZhTables& tables, std::string_view set) {
    std::vector<std::uint8_t> members;
    for (std::size_t i = 0; i + 3 <= set.size(); i += 3) {
        for (std::size_t k = 0; k < tables.groups.size(); ++k) {
            const RhymeGroup& group = tables.groups[k];
            if (group.tone == Tone::Level && group.name.ends_with(set.substr(i, 3))) {
                members.push_back(static_cast<std::uint8_t>(k));
            }
        }
    }
    return members;
}

std::vector<std::uint8_t> zhPayload(const ZhTables& tables) {
    ByteWriter payload;
    payload.varint(static_cast<std::uint32_t>(tables.groups.size()));
    for (const RhymeGroup& group : tables.groups) {
        payload.u8(static_cast<std::uint8_t>(group.tone));
        payload.text(group.name);
        payload.text(group.traditionalName);
    }
    payload.varint(static_cast<std::uint32_t>(neighbours.size()));
    for (const std::string_view set : neighbours) {
        const auto members = groupsNamed(tables, set);
        payload.varint(static_cast<std::uint32_t>(members.size()));
        payload.raw(members);
    }
    writeTable(payload, tables.simplified);
    writeTable(payload, tables.traditional);
    writeCharacters(payload, tables.traditionalOnly);
    writeCharacters(payload, tables.simplifiedOnly);
    writeFrequencies(payload, tables);
    return payload.bytes();
}

} // namespace

Result<void> writeEnLexicon(const EnLexiconSources& sources, const fs::path& path) {
    EnTable table;
    const auto read =
        readLines(sources.dictionary, [&](const std::string& line) { return table.add(line); });
    if (!read) {
        return read;
    }
    LexiconFile file;
    file.header = sources.source;
    file.payload = enPayload(table);
    return file.write(path, LexiconKind::English);
}

Result<void> writeZhLexicon(const ZhLexiconSources& sources, const fs::path& path) {
    ZhTables tables;
    const auto conversions = [&](std::set<char32_t>& only) {
        return
            [&tables, &only](const std::string& line) { return tables.addConversion(line, only); };
    };
    const auto readings = [&](ZhTables::Table& table) {
        return
            [&tables, &table](const std::string& line) { return tables.addReading(line, table); };
    };
    const std::array<std::pair<fs::path, Line>, 6> steps{{
        {sources.groups, [&](const std::string& line) { return tables.addGroup(line); }},
        {sources.simplified, readings(tables.simplified)},
        {sources.traditional, readings(tables.traditional)},
        {sources.toSimplified, conversions(tables.traditionalOnly)},
        {sources.toTraditional, conversions(tables.simplifiedOnly)},
        {sources.counts, [&](const std::string& line) { return tables.addCount(line); }},
    }};
    for (const auto& [file, take] : steps) {
        if (auto read = readLines(file, take); !read) {
            return read;
        }
    }
    LexiconFile file;
    file.header = sources.source;
    file.payload = zhPayload(tables);
    return file.write(path, LexiconKind::Chinese);
}

} // namespace linnet::verse
