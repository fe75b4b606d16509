#include "engine/torch/files/tokenizer/split_pattern.h"

#include <cctype>

namespace linnet::engine {

namespace {

// White_Space of Unicode, for the inside of a class.
constexpr std::string_view whiteSpace =
    "\\t-\\r "
    "\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}";

// Copies a pattern, construct by construct.
class Translator {
public:
    explicit Translator(std::string_view pattern)
        : m_rest(pattern) {}

    Result<std::string> run() {
        while (!m_rest.empty() && m_refused.empty()) {
            const char next = m_rest.front();
            if (next == '\\') {
                escape();
            } else if (m_inClass) {
                classCharacter(next);
            } else {
                character(next);
            }
        }
        if (m_inClass && m_refused.empty()) {
            refuse("an open [");
        }
        if (!m_refused.empty()) {
            return Error{ErrorCode::UnsupportedFormat,
                         "split pattern uses " + m_refused + ", which is not supported"};
        }
        return std::move(m_out);
    }

private:
    void refuse(std::string what) { m_refused = std::move(what); }

    void copy(std::size_t count) {
        m_out += m_rest.substr(0, count);
        m_rest.remove_prefix(count);
    }

    void escape() {
        const char kind = m_rest.size() < 2 ? '\0' : m_rest[1];
        switch (kind) {
        case 's':
            m_out += m_inClass ? std::string(whiteSpace) : "[" + std::string(whiteSpace) + "]";
            m_rest.remove_prefix(2);
            break;
        case 'S':
            if (m_inClass) {
                refuse("\\S inside [ ]");
                break;
            }
            m_out += "[^" + std::string(whiteSpace) + "]";
            m_rest.remove_prefix(2);
            break;
        case 'p':
        case 'P':
            property();
            break;
        case 'r':
        case 'n':
        case 't':
        case 'f':
        case 'd':
        case 'D':
            copy(2);
            break;
        default:
            if (kind > 0 && std::ispunct(static_cast<unsigned char>(kind)) != 0) {
                copy(2);
            } else {
                refuse("\\" + std::string(1, kind));
            }
        }
    }

    void property() {
        const std::size_t end = m_rest.find('}');
        if (m_rest.size() < 3 || m_rest[2] != '{' || end == std::string_view::npos) {
            refuse("\\p without { }");
            return;
        }
        copy(end + 1);
    }

    void classCharacter(char next) {
        if (next == '[') {
            refuse("[ inside [ ]");
        } else if (m_rest.starts_with("&&")) {
            refuse("&& inside [ ]");
        } else {
            m_inClass = next != ']';
            copy(1);
        }
    }

    void character(char next) {
        if (next == '[') {
            const std::size_t open = m_rest.starts_with("[^") ? 2 : 1;
            m_inClass = true;
            copy(open);
            if (m_rest.starts_with("]")) {
                refuse("an empty [ ]");
            }
        } else if (next == '^' || next == '$') {
            refuse(std::string(1, next));
        } else if (m_rest.starts_with("(?") && !isKnownGroup()) {
            refuse(std::string(m_rest.substr(0, 3)));
        } else if (m_rest.starts_with("(*")) {
            refuse("(*");
        } else if (m_rest.starts_with("}+")) {
            refuse("a possessive { }"); // a repeated one to Oniguruma
        } else {
            copy(1);
        }
    }

    bool isKnownGroup() const {
        for (const std::string_view group : {"(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?i:"}) {
            if (m_rest.starts_with(group)) {
                return true;
            }
        }
        return false;
    }

    std::string_view m_rest;
    std::string m_out;
    bool m_inClass = false;
    std::string m_refused;
};

} // namespace

const char* const gpt2SplitPattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

std::string escapedPattern(std::string_view text) {
    std::string pattern;
    for (const char c : text) {
        if (c > 0 && std::ispunct(static_cast<unsigned char>(c)) != 0) {
            pattern += '\\';
        }
        pattern += c;
    }
    return pattern;
}

Result<std::string> translateSplitPattern(std::string_view pattern) {
    return Translator(pattern).run();
}

} // namespace linnet::engine
