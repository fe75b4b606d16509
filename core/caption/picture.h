#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace linnet::caption {

// Pixels in memory: red, green, blue of eight bits each, rows from the top without padding.
struct Picture {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> rgb;

    const std::uint8_t* row(int y) const {
        return rgb.data() + static_cast<std::size_t>(y) * 3 * static_cast<std::size_t>(width);
    }
};

// What is read at most. Checked against the file's header before a pixel is decoded.
struct PictureLimits {
    std::uint64_t bytes = 50'000'000;
    std::uint64_t pixels = 64'000'000;
    double sideRatio = 100; // of the longer side to the shorter
};

} // namespace linnet::caption
