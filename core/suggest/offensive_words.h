#pragma once

#include <string_view>

namespace linnet::suggest {

// Slurs and obscenities, in any case and with common endings: words that Linnet never offers of
// its own accord. A writer may still write them, and then they are this document's words.
bool isOffensive(std::string_view word);

} // namespace linnet::suggest
