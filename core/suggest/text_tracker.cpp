#include "suggest/text_tracker.h"

#include <algorithm>

namespace linnet::suggest {

namespace {

constexpr std::size_t longest = 64 * 1024;
constexpr std::size_t anchorLength = 80; // as much must agree to recognise a place

std::size_t commonPrefix(std::string_view a, std::string_view b) {
    const std::size_t length = std::min(a.size(), b.size());
    const auto end = a.begin() + static_cast<std::ptrdiff_t>(length);
    return static_cast<std::size_t>(std::mismatch(a.begin(), end, b.begin()).first - a.begin());
}

} // namespace

void TextTracker::clear() {
    m_text.clear();
    m_kept = 0;
    m_cut = 0;
}

TextTracker::Change TextTracker::update(std::string_view context) {
    m_cut = 0;
    const std::size_t known = m_text.size();
    const std::string_view anchor = context.substr(0, anchorLength);
    // A short text can only be the beginning of what is known; a longer one starts inside it.
    std::size_t start = std::string::npos;
    if (m_text.compare(0, anchor.size(), anchor) == 0) {
        start = 0;
    } else if (context.size() >= anchorLength) {
        start = m_text.rfind(anchor);
    } else if (commonPrefix(m_text, context) > 0 && commonPrefix(m_text, context) >= known / 2) {
        start = 0;
    }
    if (known == 0 || start == std::string::npos) {
        m_text = context;
        m_kept = 0;
        return known == 0 && context.empty() ? Change::None : Change::Elsewhere;
    }
    const std::size_t same = commonPrefix(std::string_view(m_text).substr(start), context);
    m_text.resize(start + same);
    m_text += context.substr(same);
    m_kept = start + same;
    Change change = Change::Edited;
    if (m_kept == known) {
        change = m_text.size() == known ? Change::None : Change::Grown;
    }
    if (m_text.size() > longest) {
        m_cut = std::min(m_text.size() - longest / 2, m_kept);
        const std::size_t space = m_text.find_first_of(" \n", m_cut);
        m_cut = space < m_kept ? space + 1 : m_cut;
        m_text.erase(0, m_cut);
        m_kept -= m_cut;
    }
    return change;
}

} // namespace linnet::suggest
