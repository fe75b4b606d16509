#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/api/result.h"

namespace linnet::protocol {

std::string encodeBase64(std::string_view bytes);

// RFC 4648 section 4; the padding may be left out, spaces and line breaks are skipped. Errors:
// InvalidArgument, not base64 or more than `limit` bytes.
engine::Result<std::string> decodeBase64(std::string_view text, std::size_t limit);

struct DataUri {
    std::string mediaType; // "image/png"; empty if the URI names none
    std::string bytes;
};

// data:image/png;base64,... (RFC 2397; only base64). Errors: InvalidArgument; an address of the
// network too, since nothing is fetched on a client's behalf.
engine::Result<DataUri> parseDataUri(std::string_view uri, std::size_t limit);

std::string dataUri(std::string_view mediaType, std::string_view bytes);

} // namespace linnet::protocol
