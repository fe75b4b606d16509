// How captions are cut into words before they are scored.
#include <algorithm>

#include "engine/api/utf8.h"
#include "training/scores/caption_scores.h"

namespace linnet::training {

namespace {

bool isAsciiWord(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool isHan(char32_t c) {
    return (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0x20000 && c <= 0x3FFFF);
}

std::string lowered(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out;
}

/// Adds a word between spaces and marks, split as the Treebank splits contractions.
void addWord(std::string word, CaptionWords& words) {
    const auto trim = [](char c) { return c == '\'' || c == '-'; };
    while (!word.empty() && trim(word.back())) {
        word.pop_back();
    }
    word.erase(0, word.find_first_not_of("-"));
    if (word.find_first_not_of('\'') == std::string::npos) {
        return;
    }
    if (word.size() > 3 && word.ends_with("n't")) {
        words.push_back(word.substr(0, word.size() - 3));
        words.emplace_back("n't");
        return;
    }
    for (const std::string_view tail : {"'s", "'re", "'ve", "'ll", "'m", "'d"}) {
        if (word.size() > tail.size() && word.ends_with(tail)) {
            words.push_back(word.substr(0, word.size() - tail.size()));
            words.emplace_back(tail);
            return;
        }
    }
    words.push_back(std::move(word));
}

CaptionWords englishWords(std::string_view text) {
    CaptionWords words;
    std::string word;
    for (const char c : lowered(text)) {
        const bool outside = (static_cast<unsigned char>(c) & 0x80U) != 0;
        if (isAsciiWord(c) || c == '\'' || c == '-' || c == '&' || c == '$' || c == '%' ||
            outside) {
            word.push_back(c);
        } else {
            addWord(std::move(word), words);
            word.clear();
        }
    }
    addWord(std::move(word), words);
    return words;
}

CaptionWords chineseWords(std::string_view text) {
    CaptionWords words;
    std::string run; // of letters or digits
    const auto closeRun = [&] {
        if (!run.empty()) {
            words.push_back(std::move(run));
            run.clear();
        }
    };
    const std::string low = lowered(text);
    for (std::size_t at = 0; at < low.size();) {
        const std::string_view rest = std::string_view(low).substr(at);
        const std::size_t length = std::max<std::size_t>(engine::utf8CharacterLength(rest), 1);
        const std::string_view character = rest.substr(0, length);
        if (length == 1 && isAsciiWord(character.front())) {
            run += character;
        } else {
            closeRun();
            if (length > 1 && isHan(engine::decodeUtf8(character, length))) {
                words.emplace_back(character);
            }
        }
        at += length;
    }
    closeRun();
    return words;
}

} // namespace

CaptionWords captionWords(std::string_view text, std::string_view language) {
    return language == "zh" ? chineseWords(text) : englishWords(text);
}

} // namespace linnet::training
