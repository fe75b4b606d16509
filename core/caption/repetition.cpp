#include "caption/repetition.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace linnet::caption {

using engine::TokenId;

namespace {

bool isAscii(char c) {
    return static_cast<unsigned char>(c) < 0x80;
}

} // namespace

bool saysTwiceInARow(const engine::Tokenizer& tokenizer, std::span<const TokenId> said,
                     TokenId next) {
    const std::size_t length = said.size() + 1;
    const auto at = [&](std::size_t i) { return i + 1 == length ? next : said[i]; };
    for (std::size_t n = 1; 2 * n <= length; ++n) {
        bool same = true;
        for (std::size_t i = 0; i < n && same; ++i) {
            same = at(length - 1 - i) == at(length - 1 - n - i);
        }
        if (!same) {
            continue;
        }
        if (n > 1) {
            return true;
        }
        const std::string_view bytes = tokenizer.bytes(next);
        if (std::all_of(bytes.begin(), bytes.end(), isAscii) ||
            (length >= 3 && at(length - 3) == next)) {
            return true;
        }
    }
    return false;
}

bool repeatsRun(std::span<const TokenId> said, TokenId next, int length) {
    const auto n = static_cast<std::size_t>(std::max(length, 0));
    if (n == 0 || said.size() < n) {
        return false;
    }
    // The run that would end the caption is `tail` and `next`.
    const std::span<const TokenId> tail = said.last(n - 1);
    for (std::size_t begin = 0; begin + n <= said.size(); ++begin) {
        if (said[begin + n - 1] == next &&
            std::equal(tail.begin(), tail.end(),
                       said.begin() + static_cast<std::ptrdiff_t>(begin))) {
            return true;
        }
    }
    return false;
}

bool isWordOfSubstance(const engine::Tokenizer& tokenizer, TokenId token) {
    // What is shorter is an article, a preposition, the end of a word, or one character, of which
    // Chinese makes many words.
    constexpr std::size_t leastLetters = 3;
    constexpr std::size_t leastBytesOfTwoCharacters = 6;
    constexpr std::array<std::string_view, 48> grammar = {
        "and",     "the",    "with",      "are",     "his",     "her",     "its",    "their",
        "from",    "for",    "into",      "while",   "over",    "out",     "off",    "another",
        "other",   "one",    "two",       "three",   "four",    "some",    "next",   "front",
        "near",    "there",  "that",      "this",    "which",   "who",     "has",    "being",
        "through", "behind", "around",    "under",   "between", "each",    "they",   "them",
        "she",     "him",    "something", "someone", "along",   "against", "across", "toward"};
    constexpr std::array<std::string_view, 16> chineseGrammar = {
        "一个", "两个", "一只", "两只", "一名",   "一位", "一条", "一群",
        "一些", "正在", "旁边", "另一", "另一个", "前面", "后面", "上面"};
    const std::string_view bytes = tokenizer.bytes(token);
    if (bytes.empty()) {
        return false;
    }
    const bool wide = !isAscii(bytes.front());
    if (wide) {
        return bytes.size() >= leastBytesOfTwoCharacters &&
               std::find(chineseGrammar.begin(), chineseGrammar.end(), bytes) ==
                   chineseGrammar.end();
    }
    // Without a space in front it goes on with the word before it.
    const std::string_view word = bytes.substr(1);
    return bytes.front() == ' ' && word.size() >= leastLetters &&
           std::find(grammar.begin(), grammar.end(), word) == grammar.end();
}

} // namespace linnet::caption
