#pragma once

#include <string>
#include <string_view>

namespace linnet::verse {

// Simplified to traditional Chinese and back. Immutable, so any thread may use it.
class ScriptConverter {
public:
    virtual ~ScriptConverter() = default;
    // A conversion that fails gives the text as it was.
    virtual std::string toSimplified(std::string_view text) const = 0;
    virtual std::string toTraditional(std::string_view text) const = 0;
};

} // namespace linnet::verse
