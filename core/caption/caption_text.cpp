#include "caption/caption_text.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "engine/api/utf8.h"

namespace linnet::caption {

namespace {

bool isChinese(std::string_view language) {
    return language.substr(0, 2) == "zh";
}

bool isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool isAsciiLetter(char c) {
    return lower(c) >= 'a' && lower(c) <= 'z';
}

// Outside ASCII: there is no space beside it in Chinese.
bool isWide(char c) {
    return static_cast<unsigned char>(c) >= 0x80;
}

template <std::size_t N>
bool isOneOf(std::string_view word, const std::array<std::string_view, N>& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool startsWith(std::string_view text, std::string_view start) {
    return text.substr(0, start.size()) == start;
}

bool endsWith(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool attachesToWordBefore(std::string_view rest) {
    constexpr std::string_view marks = ".,;:!?)'";
    return marks.find(rest.front()) != std::string_view::npos || startsWith(rest, "n't");
}

// Spaces as a typesetter sets them.
std::string respace(std::string_view text, bool chinese) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!isSpace(text[i])) {
            out += text[i];
            continue;
        }
        while (i + 1 < text.size() && isSpace(text[i + 1])) {
            ++i;
        }
        if (i + 1 == text.size() || out.empty()) {
            continue;
        }
        const bool wide = chinese && (isWide(out.back()) || isWide(text[i + 1]));
        if (!wide && out.back() != '(' && !attachesToWordBefore(text.substr(i + 1))) {
            out += ' ';
        }
    }
    return out;
}

// Chinese takes the full-width marks.
std::string widenMarks(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool afterWide = !out.empty() && isWide(out.back());
        if (afterWide && text[i] == ',') {
            out += "，";
        } else if (afterWide && text[i] == '.') {
            out += "。";
        } else {
            out += text[i];
        }
    }
    return out;
}

bool hasEnd(std::string_view text) {
    constexpr std::array<std::string_view, 8> ends = {".", "!", "?", "…", "。", "！", "？", "”"};
    return std::any_of(ends.begin(), ends.end(),
                       [&](std::string_view end) { return endsWith(text, end); });
}

std::vector<std::string> lowerWords(std::string_view text) {
    std::vector<std::string> words(1);
    for (const char c : text) {
        if (isAsciiLetter(c) || (c >= '0' && c <= '9') || isWide(c)) {
            words.back() += lower(c);
        } else if (!words.back().empty()) {
            words.emplace_back();
        }
    }
    if (words.back().empty()) {
        words.pop_back();
    }
    return words;
}

// Whether `word` is `noun` or its plural.
bool isNounOrPlural(std::string_view word, std::string_view noun) {
    if (startsWith(word, noun)) {
        const std::string_view end = word.substr(noun.size());
        if (end.empty() || end == "s" || end == "es") {
            return true;
        }
    }
    struct Change {
        std::string_view singular;
        std::string_view plural;
    };
    constexpr std::array<Change, 8> changes = {{{"y", "ies"},
                                                {"fe", "ves"},
                                                {"f", "ves"},
                                                {"man", "men"},
                                                {"mouse", "mice"},
                                                {"goose", "geese"},
                                                {"child", "children"},
                                                {"person", "people"}}};
    return std::any_of(changes.begin(), changes.end(), [&](const Change& change) {
        return endsWith(noun, change.singular) && endsWith(word, change.plural) &&
               word.substr(0, word.size() - change.plural.size()) ==
                   noun.substr(0, noun.size() - change.singular.size());
    });
}

// Nouns that take no article: plurals, and what is not counted.
bool takesNoArticle(std::string_view noun) {
    const std::size_t space = noun.rfind(' ');
    const std::string_view last = space == std::string_view::npos ? noun : noun.substr(space + 1);
    constexpr std::array<std::string_view, 18> uncounted = {
        "bread",   "broccoli", "cauliflower", "clothing", "coffee",    "corn",
        "dough",   "food",     "fruit",       "grass",    "guacamole", "hay",
        "jewelry", "paper",    "velvet",      "water",    "wine",      "wool"};
    constexpr std::array<std::string_view, 5> singular = {"lens", "gas", "canvas", "atlas",
                                                          "pancreas"};
    if (isOneOf(last, uncounted) || endsWith(last, "people") || last == "men") {
        return true;
    }
    return endsWith(last, "s") && !endsWith(last, "ss") && !endsWith(last, "us") &&
           !endsWith(last, "is") && !isOneOf(last, singular);
}

bool takesAn(std::string_view noun) {
    constexpr std::array<std::string_view, 4> silent = {"hour", "heir", "honest", "honor"};
    // Written with a vowel, spoken with a consonant.
    constexpr std::array<std::string_view, 8> consonant = {"uni", "use",  "uten", "eu",
                                                           "one", "once", "ewe",  "uku"};
    std::string word(noun);
    std::transform(word.begin(), word.end(), word.begin(), lower);
    const auto begins = [&](std::string_view start) { return startsWith(word, start); };
    if (std::any_of(silent.begin(), silent.end(), begins)) {
        return true;
    }
    return !word.empty() &&
           std::string_view("aeiou").find(word.front()) != std::string_view::npos &&
           std::none_of(consonant.begin(), consonant.end(), begins);
}

} // namespace

std::string tidyCaption(std::string_view text, std::string_view language) {
    const bool chinese = isChinese(language);
    std::string out;
    engine::forEachUtf8Part(
        text, [&](std::string_view part) { out += part; }, [](std::string_view) {});
    out = respace(out, chinese);
    if (chinese) {
        out = widenMarks(out);
    }
    const bool hasWords = std::any_of(out.begin(), out.end(), [](char c) {
        return isWide(c) || isAsciiLetter(c) || (c >= '0' && c <= '9');
    });
    if (!hasWords) {
        return {};
    }
    if (out.front() >= 'a' && out.front() <= 'z') {
        out.front() = static_cast<char>(out.front() - 'a' + 'A');
    }
    if (!hasEnd(out)) {
        out += chinese ? "。" : ".";
    }
    return out;
}

bool mentionsNoun(std::string_view caption, const std::vector<std::string>& nouns,
                  std::string_view language) {
    if (isChinese(language)) {
        return std::any_of(nouns.begin(), nouns.end(), [&](const std::string& noun) {
            return !noun.empty() && caption.find(noun) != std::string_view::npos;
        });
    }
    const std::vector<std::string> words = lowerWords(caption);
    return std::any_of(nouns.begin(), nouns.end(), [&](const std::string& noun) {
        const std::vector<std::string> wanted = lowerWords(noun);
        // Only the last word of a compound takes the plural, which the others may as well.
        return !wanted.empty() && std::search(words.begin(), words.end(), wanted.begin(),
                                              wanted.end(), isNounOrPlural) != words.end();
    });
}

std::string subjectSentence(std::string_view noun, std::string_view language) {
    if (isChinese(language)) {
        return "一张" + std::string(noun) + "的照片。";
    }
    std::string sentence = "A photo of ";
    if (!takesNoArticle(noun)) {
        sentence += takesAn(noun) ? "an " : "a ";
    }
    return sentence + std::string(noun) + ".";
}

} // namespace linnet::caption
