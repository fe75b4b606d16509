#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace linnet::verse {

// How a poem and what was asked of it are written as the tokens of a verse model. Training data and
// prompts are both made here, so that a model is asked as it was taught. Tokens are given by their
// spelling; a tokenizer's find() gives their ids.
//
//   Chinese, a character a token:
//     <|poem|> <|7x4|> <|唐|> [<|theme|> 月 夜] [<|rhyme|> 秋] <|lines|> 7 characters <|line|> ...
//     <|end|>
//   English, a word or mark a token, every line from its last word to its first:
//     <|poem|> <|sonnet|> [<|measure:10|>] [<|theme|> winter sea] <|lines|>
//     ... cold the <|line|> ... <|stanza|> ... <|line|> <|end|>
//
// <|line|> ends every line, <|stanza|> follows it between stanzas, <|end|> ends the poem.

namespace record_token {
inline constexpr std::string_view poem = "<|poem|>";
inline constexpr std::string_view theme = "<|theme|>";
inline constexpr std::string_view rhyme = "<|rhyme|>";
inline constexpr std::string_view lines = "<|lines|>";
inline constexpr std::string_view line = "<|line|>";
inline constexpr std::string_view stanza = "<|stanza|>";
inline constexpr std::string_view end = "<|end|>";
inline constexpr std::string_view unknown = "<|unk|>"; // a character or word that has no token
} // namespace record_token

/// What a Chinese poem is asked to be.
struct ChinesePrompt {
    int characters = 7;  // a line: 5 or 7
    int lines = 4;       // 4 to 24; an odd number counts as the even one above it
    std::string dynasty; // 唐 ...; empty, or none of chineseDynasties(): not said
    std::string theme;   // characters of a title or of words; empty: none
    std::string rhyme;   // the character that the second line ends with; empty: not said
};

enum class EnglishForm {
    Other,
    Sonnet,
    Ballad, // quatrains of ballad or common metre
    Limerick,
    Couplets,
    Quatrains,
    Blank, // unrhymed pentameter
    Haiku,
    Free,
};

/// The usual number of syllables of a line. Common metre alternates between 8 and 6.
struct Measure {
    int syllables = 10; // 4 to 16
    bool common = false;

    bool operator==(const Measure&) const = default;
};

/// What an English poem is asked to be.
struct EnglishPrompt {
    EnglishForm form = EnglishForm::Other;
    std::optional<Measure> measure;
    std::vector<std::string> theme; // words; empty: none
};

/// Dynasties that have a token: 汉 ... 清.
[[nodiscard]] const std::vector<std::string>& chineseDynasties();

/// Every control token of a language, in the order of their ids, which are the first of the
/// vocabulary.
[[nodiscard]] std::vector<std::string> chineseControlTokens();
[[nodiscard]] std::vector<std::string> englishControlTokens();

/// What a form of the library counts as: "common-metre" is a ballad.
[[nodiscard]] EnglishForm englishFormOf(std::string_view name);

/// The control token of a form: "<|sonnet|>".
[[nodiscard]] std::string formToken(EnglishForm form);

/// A prompt up to and with <|lines|>.
[[nodiscard]] std::vector<std::string> promptTokens(const ChinesePrompt& prompt);
[[nodiscard]] std::vector<std::string> promptTokens(const EnglishPrompt& prompt);

/// The tokens of a line as they follow each other in a record, <|line|> included. The English one
/// is given as its words and marks in reading order, as splitEnglishLine() makes them.
[[nodiscard]] std::vector<std::string> chineseLineTokens(std::string_view line);
[[nodiscard]] std::vector<std::string> englishLineTokens(std::vector<std::string> words);

/// The tokens of a record's line, with or without <|line|>, as text: Chinese characters together,
/// English words in reading order with a capital at the beginning.
[[nodiscard]] std::string chineseLineText(const std::vector<std::string>& tokens);
[[nodiscard]] std::string englishLineText(std::vector<std::string> tokens);

/// The characters of UTF-8 text; a byte that is no UTF-8 becomes U+FFFD.
[[nodiscard]] std::vector<std::string> utf8Characters(std::string_view text);

} // namespace linnet::verse
