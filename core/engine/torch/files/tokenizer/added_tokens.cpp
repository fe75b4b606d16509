#include "engine/torch/files/tokenizer/added_tokens.h"

#include <algorithm>

#include "engine/api/utf8.h"

namespace linnet::engine {

namespace {

// White_Space of Unicode.
bool isWhiteSpace(char32_t point) {
    return (point >= 0x09 && point <= 0x0D) || point == 0x20 || point == 0x85 || point == 0xA0 ||
           point == 0x1680 || (point >= 0x2000 && point <= 0x200A) || point == 0x2028 ||
           point == 0x2029 || point == 0x202F || point == 0x205F || point == 0x3000;
}

std::size_t leadingSpace(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t length = utf8CharacterLength(text.substr(at));
        if (length == 0 || !isWhiteSpace(decodeUtf8(text.substr(at), length))) {
            break;
        }
        at += length;
    }
    return at;
}

// Where the white space at the end of `text` begins.
std::size_t trailingSpace(std::string_view text) {
    std::size_t end = text.size();
    while (end > 0) {
        std::size_t begin = end - 1;
        while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U) {
            --begin;
        }
        const std::string_view last = text.substr(begin, end - begin);
        if (utf8CharacterLength(last) != last.size() ||
            !isWhiteSpace(decodeUtf8(last, last.size()))) {
            break;
        }
        end = begin;
    }
    return end;
}

} // namespace

AddedTokenFinder::AddedTokenFinder(std::vector<AddedToken> tokens)
    : m_tokens(std::move(tokens)) {
    m_nodes.emplace_back();
    for (std::size_t i = 0; i < m_tokens.size(); ++i) {
        std::int32_t node = 0;
        for (const char byte : m_tokens[i].content) {
            std::int32_t next = child(node, byte);
            if (next < 0) {
                next = static_cast<std::int32_t>(m_nodes.size());
                Node made;
                made.sibling = m_nodes[static_cast<std::size_t>(node)].firstChild;
                made.byte = byte;
                m_nodes.push_back(made);
                m_nodes[static_cast<std::size_t>(node)].firstChild = next;
            }
            node = next;
        }
        if (node != 0) {
            m_nodes[static_cast<std::size_t>(node)].token = static_cast<std::int32_t>(i);
            m_begins[static_cast<unsigned char>(m_tokens[i].content.front())] = true;
        }
    }
}

std::int32_t AddedTokenFinder::child(std::int32_t node, char byte) const {
    std::int32_t next = m_nodes[static_cast<std::size_t>(node)].firstChild;
    while (next >= 0 && m_nodes[static_cast<std::size_t>(next)].byte != byte) {
        next = m_nodes[static_cast<std::size_t>(next)].sibling;
    }
    return next;
}

const AddedToken* AddedTokenFinder::longestAt(std::string_view text, bool special) const {
    const AddedToken* longest = nullptr;
    std::int32_t node = 0;
    for (const char byte : text) {
        node = child(node, byte);
        if (node < 0) {
            break;
        }
        const std::int32_t token = m_nodes[static_cast<std::size_t>(node)].token;
        if (token >= 0 && (special || !m_tokens[static_cast<std::size_t>(token)].special)) {
            longest = &m_tokens[static_cast<std::size_t>(token)];
        }
    }
    return longest;
}

void AddedTokenFinder::search(std::string_view text, bool special,
                              const std::function<void(std::string_view)>& between,
                              const std::function<void(const AddedToken&)>& found) const {
    const auto pass = [&between](std::string_view part) {
        if (!part.empty()) {
            between(part);
        }
    };
    std::size_t done = 0;
    std::size_t at = 0;
    while (at < text.size() && !m_tokens.empty()) {
        if (!m_begins[static_cast<unsigned char>(text[at])]) {
            ++at;
            continue;
        }
        const AddedToken* const token = longestAt(text.substr(at), special);
        if (token == nullptr) {
            ++at;
            continue;
        }
        std::size_t end = at + token->content.size();
        std::size_t begin = at;
        if (token->leftStrip) {
            begin = done + trailingSpace(text.substr(done, at - done));
        }
        if (token->rightStrip) {
            end += leadingSpace(text.substr(end));
        }
        pass(text.substr(done, begin - done));
        found(*token);
        done = at = end;
    }
    pass(text.substr(done));
}

} // namespace linnet::engine
