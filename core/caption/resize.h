#pragma once

#include <vector>

#include "caption/picture.h"
#include "engine/api/captioner.h"

namespace linnet::caption {

// `picture` in another size, as the Pillow library's Image.resize() does it, to the bit: a filter
// that widens when the picture shrinks, across then down, in fixed point of 22 bits. Width and
// height are at least 1.
Picture resized(const Picture& picture, int width, int height, engine::PixelFormat::Filter filter);

// `picture` no larger than `side` x `side`, its proportions kept; small ones stay as they are.
Picture thumbnail(const Picture& picture, int side);

// `picture` as a captioner wants it: [3][height][width].
std::vector<float> pixelPlanes(const Picture& picture, const engine::PixelFormat& format);

} // namespace linnet::caption
