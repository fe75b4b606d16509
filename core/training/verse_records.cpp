#include "training/verse_records.h"

#include <algorithm>

namespace linnet::training {

namespace {

constexpr double kTitleTheme = 0.45;
constexpr double kWordTheme = 0.35;
constexpr double kRhymeGiven = 0.5;
constexpr double kTwoCharacterWord = 0.85;
constexpr std::size_t kTitleCharacters = 12;

/// A title without the number of the poem in its series: "秋兴八首 其一" is 秋兴.
std::string titleStem(const std::string& title) {
    std::string stem = title.substr(0, title.find(' '));
    if (stem == "无题") {
        return {};
    }
    static const std::vector<std::string> numerals = {"一", "二", "三", "四", "五", "六", "七",
                                                      "八", "九", "十", "百", "廿", "卅"};
    const auto dropEnd = [&](const std::string& end) {
        const bool there = stem.ends_with(end);
        stem.resize(stem.size() - (there ? end.size() : 0));
        return there;
    };
    const auto dropNumerals = [&] {
        bool any = false;
        while (std::any_of(numerals.begin(), numerals.end(), dropEnd)) {
            any = true;
        }
        return any;
    };
    const std::string whole = stem;
    const bool series = dropEnd("首");
    const bool numbered = dropNumerals();
    const bool one = numbered && dropEnd("其");
    return (series && numbered) || one ? stem : whole;
}

/// The words that a poem's lines begin and end with: they break after two characters, and seven
/// characters also after four.
std::vector<std::string> lineWords(const std::vector<std::vector<std::string>>& lines,
                                   bool twoCharacters) {
    std::vector<std::string> words;
    for (const auto& line : lines) {
        const std::size_t last = line.size() - (twoCharacters ? 2 : 1);
        for (const std::size_t at : {std::size_t{0}, std::size_t{2}, last}) {
            if (at <= last && (at != 2 || line.size() == 7)) {
                words.push_back(twoCharacters ? line[at] + line[at + 1] : line[at]);
            }
        }
    }
    return words;
}

std::string drawTheme(const ChinesePoem& poem, const std::vector<std::vector<std::string>>& lines,
                      RecordRandom& random) {
    std::string theme;
    if (random.chance(kTitleTheme)) {
        const std::vector<std::string> title = verse::utf8Characters(titleStem(poem.title));
        for (std::size_t i = 0; i < std::min(title.size(), kTitleCharacters); ++i) {
            theme += title[i];
        }
    } else if (random.chance(kWordTheme / (1.0 - kTitleTheme))) {
        const std::size_t count = 1 + random.below(3);
        for (std::size_t i = 0; i < count; ++i) {
            const auto words = lineWords(lines, random.chance(kTwoCharacterWord));
            const std::string& word = words[random.below(words.size())];
            if (theme.find(word) == std::string::npos) {
                theme += word;
            }
        }
    }
    return theme;
}

std::string groupOf(const ChinesePoem& poem, std::size_t characters) {
    const std::string era = poem.dynasty == "唐" ? "tang-" : "";
    const bool known = poem.lines.size() == 4 || poem.lines.size() == 8;
    return era +
           (known ? std::to_string(characters) + "x" + std::to_string(poem.lines.size()) : "long");
}

} // namespace

VerseVocabulary::VerseVocabulary(std::vector<std::string> control,
                                 const std::vector<std::string>& others)
    : m_tokens(std::move(control))
    , m_controlCount(m_tokens.size()) {
    m_tokens.insert(m_tokens.end(), others.begin(), others.end());
    for (std::size_t id = 0; id < m_tokens.size(); ++id) {
        m_ids.emplace(m_tokens[id], static_cast<std::uint32_t>(id));
    }
    m_unknown = m_ids.at(std::string(verse::record_token::unknown));
}

std::uint32_t VerseVocabulary::id(const std::string& token) const {
    const auto found = m_ids.find(token);
    return found == m_ids.end() ? m_unknown : found->second;
}

void ChineseVocabularyBuilder::add(const ChinesePoem& poem) {
    for (const std::string& line : poem.lines) {
        for (const std::string& character : verse::utf8Characters(line)) {
            ++m_counts[character];
        }
    }
}

VerseVocabulary ChineseVocabularyBuilder::build(std::size_t size) const {
    std::vector<std::pair<std::string, std::uint64_t>> all(m_counts.begin(), m_counts.end());
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    std::vector<std::string> characters;
    for (std::size_t i = 0; i < std::min(size, all.size()); ++i) {
        characters.push_back(all[i].first);
    }
    return {verse::chineseControlTokens(), characters};
}

VerseRecord chineseRecord(const ChinesePoem& poem, const VerseVocabulary& vocabulary,
                          RecordRandom& random) {
    std::vector<std::vector<std::string>> lines;
    for (const std::string& line : poem.lines) {
        lines.push_back(verse::utf8Characters(line));
    }
    verse::ChinesePrompt prompt;
    prompt.characters = static_cast<int>(lines.front().size());
    prompt.lines = static_cast<int>(lines.size());
    prompt.dynasty = poem.dynasty;
    for (const std::string& character : verse::utf8Characters(drawTheme(poem, lines, random))) {
        prompt.theme += vocabulary.has(character) ? character : "";
    }
    if (random.chance(kRhymeGiven) && lines.size() > 1 && vocabulary.has(lines[1].back())) {
        prompt.rhyme = lines[1].back();
    }
    VerseRecord record;
    record.group = groupOf(poem, lines.front().size());
    record.tokens = verse::promptTokens(prompt);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::vector<std::string> tokens = verse::chineseLineTokens(poem.lines[i]);
        record.tokens.insert(record.tokens.end(), tokens.begin(), tokens.end());
        record.words += lines[i].size();
        record.bytes += poem.lines[i].size();
        record.unknown += static_cast<std::uint64_t>(
            std::count_if(tokens.begin(), tokens.end(),
                          [&](const std::string& token) { return !vocabulary.has(token); }));
    }
    record.tokens.emplace_back(verse::record_token::end);
    return record;
}

} // namespace linnet::training
