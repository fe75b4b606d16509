#include "verse/poem_record.h"

#include <algorithm>
#include <array>
#include <utility>

#include "verse/english_words.h"
#include "verse/utf8.h"

namespace linnet::verse {

namespace {

constexpr int kLeastLines = 4;
constexpr int kMostLines = 24;
constexpr int kLeastSyllables = 4;
constexpr int kMostSyllables = 16;

constexpr std::array<std::pair<EnglishForm, std::string_view>, 9> kEnglishForms = {{
    {EnglishForm::Other, "<|other|>"},
    {EnglishForm::Sonnet, "<|sonnet|>"},
    {EnglishForm::Ballad, "<|ballad|>"},
    {EnglishForm::Limerick, "<|limerick|>"},
    {EnglishForm::Couplets, "<|couplets|>"},
    {EnglishForm::Quatrains, "<|quatrains|>"},
    {EnglishForm::Blank, "<|blank|>"},
    {EnglishForm::Haiku, "<|haiku|>"},
    {EnglishForm::Free, "<|free|>"},
}};

constexpr std::array<std::pair<std::string_view, EnglishForm>, 9> kFormsOfFiles = {{
    {"sonnet", EnglishForm::Sonnet},
    {"petrarchan", EnglishForm::Sonnet},
    {"ballad", EnglishForm::Ballad},
    {"common-metre", EnglishForm::Ballad},
    {"heroic-couplet", EnglishForm::Couplets},
    {"limerick", EnglishForm::Limerick},
    {"haiku", EnglishForm::Haiku},
    {"blank-verse", EnglishForm::Blank},
    {"free-verse", EnglishForm::Free},
}};

std::string shapeToken(int characters, int lines) {
    const int even = std::clamp(lines + lines % 2, kLeastLines, kMostLines);
    return "<|" + std::to_string(characters <= 5 ? 5 : 7) + "x" + std::to_string(even) + "|>";
}

std::string measureToken(const Measure& measure) {
    if (measure.common) {
        return "<|measure:8-6|>";
    }
    const int syllables = std::clamp(measure.syllables, kLeastSyllables, kMostSyllables);
    return "<|measure:" + std::to_string(syllables) + "|>";
}

std::vector<std::string> commonTokens() {
    namespace token = record_token;
    std::vector<std::string> tokens;
    for (const std::string_view name : {token::end, token::unknown, token::poem, token::theme,
                                        token::rhyme, token::lines, token::line, token::stanza}) {
        tokens.emplace_back(name);
    }
    return tokens;
}

} // namespace

const std::vector<std::string>& chineseDynasties() {
    static const std::vector<std::string> names = {
        "汉", "三国", "晋", "南北朝", "隋", "唐", "五代十国", "宋", "辽", "金", "元", "明", "清"};
    return names;
}

std::vector<std::string> chineseControlTokens() {
    std::vector<std::string> tokens = commonTokens();
    for (const int characters : {5, 7}) {
        for (int lines = kLeastLines; lines <= kMostLines; lines += 2) {
            tokens.push_back(shapeToken(characters, lines));
        }
    }
    for (const std::string& dynasty : chineseDynasties()) {
        tokens.push_back("<|" + dynasty + "|>");
    }
    return tokens;
}

std::vector<std::string> englishControlTokens() {
    std::vector<std::string> tokens = commonTokens();
    for (const auto& [form, name] : kEnglishForms) {
        tokens.emplace_back(name);
    }
    for (int syllables = kLeastSyllables; syllables <= kMostSyllables; ++syllables) {
        tokens.push_back(measureToken({syllables, false}));
    }
    tokens.push_back(measureToken({8, true}));
    return tokens;
}

EnglishForm englishFormOf(std::string_view name) {
    const auto found = std::find_if(kFormsOfFiles.begin(), kFormsOfFiles.end(),
                                    [&](const auto& entry) { return entry.first == name; });
    return found != kFormsOfFiles.end() ? found->second : EnglishForm::Other;
}

std::string formToken(EnglishForm form) {
    const auto found = std::find_if(kEnglishForms.begin(), kEnglishForms.end(),
                                    [&](const auto& entry) { return entry.first == form; });
    return std::string(found->second);
}

std::vector<std::string> promptTokens(const ChinesePrompt& prompt) {
    std::vector<std::string> tokens = {std::string(record_token::poem),
                                       shapeToken(prompt.characters, prompt.lines)};
    const auto& dynasties = chineseDynasties();
    if (std::find(dynasties.begin(), dynasties.end(), prompt.dynasty) != dynasties.end()) {
        tokens.push_back("<|" + prompt.dynasty + "|>");
    }
    if (!prompt.theme.empty()) {
        tokens.emplace_back(record_token::theme);
        for (std::string& character : utf8Characters(prompt.theme)) {
            tokens.push_back(std::move(character));
        }
    }
    if (!prompt.rhyme.empty()) {
        tokens.emplace_back(record_token::rhyme);
        tokens.push_back(prompt.rhyme);
    }
    tokens.emplace_back(record_token::lines);
    return tokens;
}

std::vector<std::string> promptTokens(const EnglishPrompt& prompt) {
    std::vector<std::string> tokens = {std::string(record_token::poem), formToken(prompt.form)};
    if (prompt.measure) {
        tokens.push_back(measureToken(*prompt.measure));
    }
    if (!prompt.theme.empty()) {
        tokens.emplace_back(record_token::theme);
        tokens.insert(tokens.end(), prompt.theme.begin(), prompt.theme.end());
    }
    tokens.emplace_back(record_token::lines);
    return tokens;
}

std::vector<std::string> chineseLineTokens(std::string_view line) {
    std::vector<std::string> tokens = utf8Characters(line);
    tokens.emplace_back(record_token::line);
    return tokens;
}

std::vector<std::string> englishLineTokens(std::vector<std::string> words) {
    std::reverse(words.begin(), words.end());
    words.emplace_back(record_token::line);
    return words;
}

std::string chineseLineText(const std::vector<std::string>& tokens) {
    std::string text;
    for (const std::string& token : tokens) {
        if (token != record_token::line) {
            text += token;
        }
    }
    return text;
}

std::string englishLineText(std::vector<std::string> tokens) {
    if (!tokens.empty() && tokens.back() == record_token::line) {
        tokens.pop_back();
    }
    std::reverse(tokens.begin(), tokens.end());
    return joinEnglishLine(tokens);
}

std::vector<std::string> utf8Characters(std::string_view text) {
    std::vector<std::string> characters;
    for (const char32_t point : toCodePoints(text)) {
        appendUtf8(characters.emplace_back(), point);
    }
    return characters;
}

} // namespace linnet::verse
