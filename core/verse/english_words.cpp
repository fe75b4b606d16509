#include "verse/english_words.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace linnet::verse {

namespace {

constexpr std::string_view kApostrophe = "\u2019";
constexpr std::string_view kOpen = "\u201C";
constexpr std::string_view kClose = "\u201D";
constexpr std::string_view kDash = "\u2014";

bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Words that begin with an apostrophe, in lower case and without it.
constexpr std::array<std::string_view, 22> kElided = {
    "tis",   "twas", "twere", "twill", "twould",   "twixt", "tween", "gainst",
    "gan",   "mid",  "midst", "mong",  "mongst",   "neath", "scape", "em",
    "round", "bout", "til",   "cause", "prentice", "scaped"};

/// Words that end with an apostrophe, without it.
constexpr std::array<std::string_view, 9> kCut = {"o", "th",  "i",    "wi", "an",
                                                  "t", "tho", "thro", "a"};

template <typename List>
bool contains(const List& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

/// Reads a line from left to right.
class LineSplitter {
public:
    explicit LineSplitter(std::string_view line)
        : m_rest(line) {}

    std::vector<std::string> run() {
        while (!m_rest.empty()) {
            if (isLetter(m_rest.front()) || apostropheLength(0) > 0) {
                word();
            } else {
                sign();
            }
        }
        return std::move(m_tokens);
    }

private:
    /// Bytes of the apostrophe at `at`; 0: there is none.
    [[nodiscard]] std::size_t apostropheLength(std::size_t at) const {
        const std::string_view rest = m_rest.substr(std::min(at, m_rest.size()));
        return rest.starts_with('\'') ? 1 : rest.starts_with(kApostrophe) ? kApostrophe.size() : 0;
    }

    /// Takes letters and apostrophes; then drops those at the ends that are quotation marks.
    void word() {
        std::string text;
        std::size_t at = 0;
        while (at < m_rest.size()) {
            if (isLetter(m_rest[at])) {
                text += m_rest[at++];
            } else if (const std::size_t length = apostropheLength(at); length > 0) {
                text += '\'';
                at += length;
            } else {
                break;
            }
        }
        m_rest.remove_prefix(at);
        while (text.ends_with('\'') && !keepsFinalApostrophe(text)) {
            text.pop_back();
        }
        while (text.starts_with('\'') && !keepsFirstApostrophe(text)) {
            text.erase(0, 1);
        }
        if (!text.empty()) {
            m_tokens.push_back(std::move(text));
            m_spaced = false;
        }
    }

    static bool keepsFinalApostrophe(std::string_view word) {
        const std::string stem = lowerCase(word.substr(0, word.size() - 1));
        return contains(kCut, stem) || (stem.size() > 3 && stem.ends_with("in"));
    }

    static bool keepsFirstApostrophe(std::string_view word) {
        const std::string stem = lowerCase(word.substr(1));
        return contains(kElided, std::string_view(stem));
    }

    void sign() {
        for (const std::string_view mark : {std::string_view("..."), kDash, kOpen, kClose}) {
            if (m_rest.starts_with(mark)) {
                take(mark, mark.size());
                return;
            }
        }
        if (m_rest.starts_with("--")) {
            take(kDash, 2);
        } else if (m_rest.front() == '"') {
            take(opensQuotation() ? kOpen : kClose, 1);
        } else if (isMark(m_rest.substr(0, 1))) {
            take(m_rest.substr(0, 1), 1);
        } else {
            m_spaced = m_spaced || m_rest.front() == ' ';
            m_rest.remove_prefix(1);
        }
    }

    /// A straight mark opens where a space or nothing is before it, or where a dash is before and a
    /// letter after it.
    [[nodiscard]] bool opensQuotation() const {
        const bool letterAfter = m_rest.size() > 1 && (isLetter(m_rest[1]) || m_rest[1] == '\'');
        return m_tokens.empty() || m_spaced || (m_tokens.back() == kDash && letterAfter);
    }

    void take(std::string_view mark, std::size_t length) {
        m_tokens.emplace_back(mark);
        m_rest.remove_prefix(length);
        m_spaced = false;
    }

    std::string_view m_rest;
    std::vector<std::string> m_tokens;
    bool m_spaced = false; // white space is before m_rest
};

bool isControl(std::string_view token) {
    return token.starts_with("<|") && token.ends_with("|>");
}

/// Raises the first letter, after an apostrophe as well.
std::string capitalized(std::string word) {
    const auto letter = std::find_if(word.begin(), word.end(), isLetter);
    if (letter != word.end() && *letter >= 'a') {
        *letter = static_cast<char>(*letter - 'a' + 'A');
    }
    return word;
}

} // namespace

bool isMark(std::string_view token) {
    static constexpr std::array<std::string_view, 13> marks = {
        ",", ".", ";", ":", "!", "?", "...", "-", "(", ")", kDash, kOpen, kClose};
    return contains(marks, token);
}

std::string lowerCase(std::string_view word) {
    std::string lower(word);
    for (char& c : lower) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return lower;
}

std::vector<std::string> splitEnglishLine(std::string_view line) {
    return LineSplitter(line).run();
}

std::string joinEnglishLine(const std::vector<std::string>& words) {
    std::string text;
    bool capital = true;
    bool joined = true; // the next token follows without a space
    for (const std::string& word : words) {
        if (isControl(word)) {
            continue;
        }
        const bool mark = isMark(word);
        const bool opens = word == kOpen || word == "(";
        const bool tight = word == kDash || word == "-";
        if (!joined && (!mark || opens)) {
            text += ' ';
        }
        text += mark ? (word == kOpen || word == kClose ? "\"" : word)
                     : (capital ? capitalized(word) : word);
        joined = opens || tight;
        const bool stops = word == "." || word == "!" || word == "?";
        capital = stops || (capital && mark);
    }
    return text;
}

} // namespace linnet::verse
