#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"

namespace linnet::engine {

// One entry of a safetensors header as written, not yet checked against the file.
struct HeaderTensor {
    std::string name;
    std::string dtype;
    std::vector<std::uint64_t> shape;
    std::uint64_t begin = 0; // offsets in the data after the header
    std::uint64_t end = 0;
};

struct SafetensorsHeader {
    std::vector<HeaderTensor> tensors;
    std::map<std::string, std::string> metadata;
};

// Parses the JSON of a header: exactly the structure of the format, no duplicate names. `what`
// names the file in messages. Errors: CorruptFile.
Result<SafetensorsHeader> parseSafetensorsHeader(std::string_view text, const std::string& what);

} // namespace linnet::engine
