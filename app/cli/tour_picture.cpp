#include "tour_picture.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include "picture_captioner.h"

namespace linnet::cli {

namespace {

constexpr int width = 448;
constexpr int height = 336;

struct Colour {
    double red;
    double green;
    double blue;
};

Colour mixed(const Colour& a, const Colour& b, double part) {
    return {a.red + (b.red - a.red) * part, a.green + (b.green - a.green) * part,
            a.blue + (b.blue - a.blue) * part};
}

// The red and white tower, its lantern and roof; false: not here.
bool tower(double x, double y, Colour& colour) {
    const double half = 15 + (y - 92) * 0.07;
    const double side = std::abs(x - 300);
    if (y >= 92 && y < 232 && side < half) {
        const bool red = static_cast<int>((y - 92) / 28) % 2 == 0;
        const double shade = 0.72 + 0.28 * (1 - (x - 300 + half) / (2 * half));
        colour = red ? Colour{196 * shade, 46 * shade, 40 * shade}
                     : Colour{240 * shade, 238 * shade, 232 * shade};
        return true;
    }
    if (y >= 72 && y < 92 && side < 11) {
        colour = side < 7 ? Colour{255, 232, 150} : Colour{60, 60, 66};
        return true;
    }
    if (y >= 56 && y < 72 && side < (y - 54) * 0.9) {
        colour = {150, 34, 32};
        return true;
    }
    return false;
}

Colour colourAt(double x, double y) {
    Colour colour{};
    if (tower(x, y, colour)) {
        return colour;
    }
    const double cliff = 232 + 9 * std::sin(x / 17) + (x < 220 ? (220 - x) * 1.5 : 0);
    if (y > cliff) {
        const double grain = 8 * std::sin(x * 0.9 + y * 1.7) + 6 * std::sin(x * 0.31 - y * 0.77);
        return y < cliff + 22 ? Colour{78 + grain, 122 + grain, 58 + grain}
                              : Colour{112 + grain, 100 + grain, 88 + grain};
    }
    constexpr double horizon = 196;
    if (y > horizon) {
        const double wave = 12 * std::sin(y * y / 160 + x / 23 + 3 * std::sin(x / 41));
        return {36 + wave, 88 + wave, 128 + wave};
    }
    const Colour sky = mixed({88, 146, 210}, {214, 228, 240}, y / horizon);
    const double cloud =
        std::sin(x / 52 + 1) + std::sin(x / 21 - y / 9) * 0.4 - std::abs(y - 60) / 22;
    return cloud > 0 ? mixed(sky, {250, 250, 252}, std::min(0.85, cloud)) : sky;
}

void append(std::vector<std::uint8_t>& file, std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
        file.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
}

} // namespace

// A BMP: 24 bits, rows from the bottom.
std::vector<std::uint8_t> tourPicture() {
    static_assert(width * 3 % 4 == 0);
    constexpr std::uint32_t pixels = width * height * 3;
    std::vector<std::uint8_t> file = {'B', 'M'};
    append(file, 54 + pixels, 4);
    append(file, 0, 4);
    append(file, 54, 4);
    append(file, 40, 4);
    append(file, width, 4);
    append(file, height, 4);
    append(file, 1, 2);
    append(file, 24, 2);
    append(file, 0, 4);
    append(file, pixels, 4);
    append(file, 2835, 4);
    append(file, 2835, 4);
    append(file, 0, 4);
    append(file, 0, 4);
    for (int y = height - 1; y >= 0; --y) {
        for (int x = 0; x < width; ++x) {
            const Colour colour = colourAt(x + 0.5, y + 0.5);
            for (const double channel : {colour.blue, colour.green, colour.red}) {
                file.push_back(static_cast<std::uint8_t>(std::clamp(channel, 0.0, 255.0)));
            }
        }
    }
    return file;
}

engine::Result<void> showCaption(Context& context) {
    CaptionArguments arguments;
    if (!findCaptioner(context, {})) {
        context.print("\nNo model that writes captions is installed, so there is no caption here.");
        return {};
    }
    PictureCaptioner captioner(context, arguments);
    const auto model = captioner.model();
    if (!model) {
        return model.error();
    }
    for (const std::string& language : (*model)->languages()) {
        arguments.language += (arguments.language.empty() ? "" : ",") + language;
    }
    arguments.count = 2;
    const auto captioned = captioner.caption(tourPicture(), arguments);
    if (!captioned) {
        return captioned.error();
    }
    context.print("\nCaptions of a picture, drawn for this tour, of a lighthouse by the sea:\n");
    for (const caption::Caption& one : captioned->captions) {
        context.print("  " + one.text);
    }
    char text[80];
    std::snprintf(text, sizeof text, "\n%.0f ms.", captioned->milliseconds);
    context.print(std::string_view(text));
    return {};
}

} // namespace linnet::cli
