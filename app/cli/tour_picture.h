#pragma once

#include <cstdint>
#include <vector>

#include "context.h"

namespace linnet::cli {

// A picture of our own making as the bytes of a file: a lighthouse on a cliff above the sea.
std::vector<std::uint8_t> tourPicture();

// The tour's caption of that picture.
engine::Result<void> showCaption(Context& context);

} // namespace linnet::cli
