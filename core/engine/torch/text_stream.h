#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace linnet::engine {

// Takes the whole characters from the front of `bytes`, as valid UTF-8: every maximal invalid part
// becomes U+FFFD. An incomplete character at the end stays in `bytes`.
std::string takeWholeUtf8(std::string& bytes);

// Turns the bytes of successive tokens into final text. Holds back incomplete UTF-8 characters and
// what may be the beginning of a stop string; ends before the first stop string, also when it lies
// across token borders.
class TextStream {
public:
    explicit TextStream(std::vector<std::string> stops);

    // Text that has become final; may be empty. Nothing more comes once stopped() is true.
    std::string append(std::string_view bytes);
    // The text held back that is whole; call once at the end.
    std::string finish();

    bool stopped() const { return m_stopped; }
    const std::string& text() const { return m_text; } // all final text

private:
    std::string release(std::size_t end);

    std::vector<std::string> m_stops;
    std::string m_partial; // bytes of an incomplete character
    std::string m_held;    // characters that may begin a stop string
    std::string m_text;
    bool m_stopped = false;
};

} // namespace linnet::engine
