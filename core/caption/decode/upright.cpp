#include <algorithm>
#include <cstddef>
#include <utility>

#include "caption/decode/decoders.h"

namespace linnet::caption {

Picture upright(Picture picture, int orientation) {
    if (orientation <= 1 || orientation > 8) {
        return picture;
    }
    // The stored picture is read along steps that depend on the orientation (EXIF 2.3, table 6):
    // from which corner, and whether rows become columns.
    const bool turned = orientation >= 5;
    const bool fromRight =
        orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    const bool fromBottom =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    Picture out{turned ? picture.height : picture.width, turned ? picture.width : picture.height,
                std::vector<std::uint8_t>(picture.rgb.size())};
    const auto width = static_cast<std::ptrdiff_t>(picture.width);
    const auto height = static_cast<std::ptrdiff_t>(picture.height);
    const std::ptrdiff_t right = fromRight ? -3 : 3;
    const std::ptrdiff_t down = fromBottom ? -3 * width : 3 * width;
    const std::uint8_t* corner = picture.rgb.data() + (fromRight ? 3 * (width - 1) : 0) +
                                 (fromBottom ? 3 * width * (height - 1) : 0);
    const std::ptrdiff_t along = turned ? down : right;
    const std::ptrdiff_t across = turned ? right : down;
    std::uint8_t* to = out.rgb.data();
    for (std::ptrdiff_t y = 0; y < out.height; ++y) {
        for (std::ptrdiff_t x = 0; x < out.width; ++x) {
            to = std::copy_n(corner + y * across + x * along, 3, to);
        }
    }
    return out;
}

} // namespace linnet::caption
