#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace linnet::suggest {

// Recognises from one request to the next how the text before the caret went on, so that nothing
// is learned or computed twice although a request may begin further on in the document than the
// one before.
class TextTracker {
public:
    enum class Change {
        None,     // the same place
        Grown,    // added() was written
        Edited,   // something at the end was deleted, then added() written
        Elsewhere // another place or document: added() is all there is
    };

    Change update(std::string_view context);

    // All text known up to the caret; its beginning may be cut when it has grown very long.
    const std::string& text() const { return m_text; }
    std::string_view added() const { return std::string_view(m_text).substr(m_kept); }
    // Bytes of text() that were there before.
    std::size_t kept() const { return m_kept; }
    // Bytes cut from the front in this update; positions in text() are lower by this.
    std::size_t cut() const { return m_cut; }

    void clear();

private:
    std::string m_text;
    std::size_t m_kept = 0;
    std::size_t m_cut = 0;
};

} // namespace linnet::suggest
