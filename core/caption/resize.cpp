#include "caption/resize.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>

namespace linnet::caption {

namespace {

using Filter = engine::PixelFormat::Filter;
using Fit = engine::PixelFormat::Fit;

constexpr int fractionBits = 22;

double sinc(double x) {
    return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

// Half the width of a filter's bell.
double supportOf(Filter filter) {
    switch (filter) {
    case Filter::Nearest:
        return 0;
    case Filter::Bilinear:
        return 1;
    case Filter::Bicubic:
        return 2;
    case Filter::Lanczos:
        return 3;
    }
    return 0;
}

double valueOf(Filter filter, double x) {
    x = std::abs(x);
    if (x >= supportOf(filter)) {
        return 0;
    }
    switch (filter) {
    case Filter::Bilinear:
        return 1 - x;
    case Filter::Bicubic: { // Keys 1981 with a = -1/2
        constexpr double a = -0.5;
        return x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : (((x - 5) * x + 8) * x - 4) * a;
    }
    case Filter::Lanczos:
        return sinc(x) * sinc(x / 3);
    case Filter::Nearest:
        break;
    }
    return 0;
}

// What of a line of pixels makes one new pixel.
struct Window {
    int first = 0;
    std::vector<std::int32_t> weights; // sum to 1 << fractionBits, nearly
};

std::vector<Window> windowsFor(int from, int to, Filter filter) {
    const double scale = static_cast<double>(from) / to;
    const double stretch = std::max(scale, 1.0);
    const double support = supportOf(filter) * stretch;
    std::vector<Window> windows(static_cast<std::size_t>(to));
    std::vector<double> weights;
    for (int i = 0; i < to; ++i) {
        const double centre = (i + 0.5) * scale;
        const int first = std::max(static_cast<int>(centre - support + 0.5), 0);
        const int last = std::min(static_cast<int>(centre + support + 0.5), from);
        weights.clear();
        double sum = 0;
        for (int k = first; k < last; ++k) {
            weights.push_back(valueOf(filter, (k - centre + 0.5) / stretch));
            sum += weights.back();
        }
        Window& window = windows[static_cast<std::size_t>(i)];
        window.first = first;
        for (const double weight : weights) {
            const double fixed = weight / sum * (1 << fractionBits);
            window.weights.push_back(
                static_cast<std::int32_t>(fixed < 0 ? fixed - 0.5 : fixed + 0.5));
        }
    }
    return windows;
}

std::uint8_t toByte(std::int32_t fixed) {
    return static_cast<std::uint8_t>(std::clamp(fixed >> fractionBits, 0, 255));
}

constexpr std::int32_t half = std::int32_t(1) << (fractionBits - 1);

Picture emptyPicture(int width, int height) {
    return {width, height,
            std::vector<std::uint8_t>(static_cast<std::size_t>(width) *
                                      static_cast<std::size_t>(height) * 3)};
}

Picture resizedAcross(const Picture& picture, int width, Filter filter) {
    const std::vector<Window> windows = windowsFor(picture.width, width, filter);
    Picture out = emptyPicture(width, picture.height);
    std::uint8_t* to = out.rgb.data();
    for (int y = 0; y < picture.height; ++y) {
        const std::uint8_t* row = picture.row(y);
        for (const Window& window : windows) {
            std::int32_t red = half;
            std::int32_t green = half;
            std::int32_t blue = half;
            const std::uint8_t* from = row + 3 * static_cast<std::ptrdiff_t>(window.first);
            for (const std::int32_t weight : window.weights) {
                red += weight * from[0];
                green += weight * from[1];
                blue += weight * from[2];
                from += 3;
            }
            *to++ = toByte(red);
            *to++ = toByte(green);
            *to++ = toByte(blue);
        }
    }
    return out;
}

Picture resizedDown(const Picture& picture, int height, Filter filter) {
    const std::vector<Window> windows = windowsFor(picture.height, height, filter);
    Picture out = emptyPicture(picture.width, height);
    const std::size_t length = static_cast<std::size_t>(picture.width) * 3;
    std::vector<std::int32_t> sums(length);
    std::uint8_t* to = out.rgb.data();
    for (const Window& window : windows) {
        std::fill(sums.begin(), sums.end(), half);
        int y = window.first;
        for (const std::int32_t weight : window.weights) {
            const std::uint8_t* from = picture.row(y++);
            for (std::size_t i = 0; i < length; ++i) {
                sums[i] += weight * from[i];
            }
        }
        to = std::transform(sums.begin(), sums.end(), to, toByte);
    }
    return out;
}

// The old pixel whose area holds the middle of each new one; added up, as Pillow does, because the
// last bit can decide.
std::vector<std::ptrdiff_t> nearestOf(int from, int to) {
    const double scale = static_cast<double>(from) / to;
    std::vector<std::ptrdiff_t> nearest;
    double middle = scale * 0.5;
    for (int i = 0; i < to; ++i) {
        nearest.push_back(std::min(static_cast<std::ptrdiff_t>(middle), std::ptrdiff_t(from) - 1));
        middle += scale;
    }
    return nearest;
}

Picture resizedToNearest(const Picture& picture, int width, int height) {
    Picture out = emptyPicture(width, height);
    const std::vector<std::ptrdiff_t> columns = nearestOf(picture.width, width);
    std::uint8_t* to = out.rgb.data();
    for (const std::ptrdiff_t y : nearestOf(picture.height, height)) {
        const std::uint8_t* row = picture.row(static_cast<int>(y));
        for (const std::ptrdiff_t x : columns) {
            to = std::copy_n(row + 3 * x, 3, to);
        }
    }
    return out;
}

// The middle of a picture that is large enough.
Picture centreOf(const Picture& picture, int width, int height) {
    const int left = (picture.width - width) / 2;
    const int top = (picture.height - height) / 2;
    Picture out = emptyPicture(width, height);
    std::uint8_t* to = out.rgb.data();
    for (int y = 0; y < height; ++y) {
        to = std::copy_n(picture.row(top + y) + 3 * static_cast<std::ptrdiff_t>(left),
                         3 * static_cast<std::ptrdiff_t>(width), to);
    }
    return out;
}

Picture fitted(const Picture& picture, const engine::PixelFormat& format) {
    if (format.fit == Fit::Stretch) {
        return resized(picture, format.width, format.height, format.filter);
    }
    const int side = std::max({format.shortestSide, 1});
    const auto longer = [side](int large, int small) {
        return static_cast<int>(static_cast<std::int64_t>(side) * large / small);
    };
    const bool upright = picture.width <= picture.height;
    const int width = upright ? side : longer(picture.width, picture.height);
    const int height = upright ? longer(picture.height, picture.width) : side;
    // A crop beyond the picture would have to invent pixels; the picture is made larger instead.
    const Picture scaled = resized(picture, std::max(width, format.width),
                                   std::max(height, format.height), format.filter);
    return centreOf(scaled, format.width, format.height);
}

} // namespace

Picture resized(const Picture& picture, int width, int height, Filter filter) {
    if (filter == Filter::Nearest) {
        return resizedToNearest(picture, width, height);
    }
    if (width == picture.width) {
        return height == picture.height ? picture : resizedDown(picture, height, filter);
    }
    const Picture across = resizedAcross(picture, width, filter);
    return height == picture.height ? across : resizedDown(across, height, filter);
}

Picture thumbnail(const Picture& picture, int side) {
    const int longer = std::max(picture.width, picture.height);
    if (longer <= side) {
        return picture;
    }
    const auto scaled = [&](int length) {
        return std::max(1, static_cast<int>(std::lround(double(length) * side / longer)));
    };
    return resized(picture, scaled(picture.width), scaled(picture.height), Filter::Bilinear);
}

std::vector<float> pixelPlanes(const Picture& picture, const engine::PixelFormat& format) {
    const Picture fit = fitted(picture, format);
    const std::size_t area =
        static_cast<std::size_t>(fit.width) * static_cast<std::size_t>(fit.height);
    std::vector<float> planes(3 * area);
    for (std::size_t channel = 0; channel < 3; ++channel) {
        for (std::size_t i = 0; i < area; ++i) {
            planes[channel * area + i] = static_cast<float>(
                (fit.rgb[3 * i + channel] * format.scale - format.mean[channel]) /
                format.deviation[channel]);
        }
    }
    return planes;
}

} // namespace linnet::caption
