#include <gif_lib.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "caption/byte_reader.h"
#include "caption/decode/decoders.h"

namespace linnet::caption {

namespace {

using engine::Result;

struct Source {
    Bytes bytes;
    std::size_t at = 0;
};

int readFrom(GifFileType* file, GifByteType* to, int count) {
    auto& source = *static_cast<Source*>(file->UserData);
    const std::size_t rest = source.bytes.size() - source.at;
    const std::size_t length = std::min(rest, static_cast<std::size_t>(std::max(count, 0)));
    std::memcpy(to, source.bytes.data() + source.at, length);
    source.at += length;
    return static_cast<int>(length);
}

struct Closer {
    void operator()(GifFileType* file) const { DGifCloseFile(file, nullptr); }
};

engine::Error damaged() {
    return damagedPicture(PictureFormat::Gif, "it is incomplete or has wrong data");
}

// Reads extensions up to the first frame's description; the index of its transparent colour, -1
// without one. False: there is no frame.
bool readToFrame(GifFileType* file, int& transparent) {
    GifRecordType type = UNDEFINED_RECORD_TYPE;
    while (DGifGetRecordType(file, &type) == GIF_OK) {
        if (type == IMAGE_DESC_RECORD_TYPE) {
            return DGifGetImageDesc(file) == GIF_OK;
        }
        if (type != EXTENSION_RECORD_TYPE) {
            return false;
        }
        int code = 0;
        GifByteType* block = nullptr;
        if (DGifGetExtension(file, &code, &block) != GIF_OK) {
            return false;
        }
        while (block != nullptr) {
            if (code == GRAPHICS_EXT_FUNC_CODE && block[0] == 4) {
                transparent = (block[1] & 1) != 0 ? block[4] : -1;
            }
            if (DGifGetExtensionNext(file, &block) != GIF_OK) {
                return false;
            }
        }
    }
    return false;
}

// The rows of a frame in the order in which they are stored.
std::vector<int> rowOrder(int height, bool interlaced) {
    struct Pass {
        int first;
        int step;
    };
    std::vector<int> rows;
    const std::vector<Pass> passes =
        interlaced ? std::vector<Pass>{{0, 8}, {4, 8}, {2, 4}, {1, 2}} : std::vector<Pass>{{0, 1}};
    for (const Pass& pass : passes) {
        for (int y = pass.first; y < height; y += pass.step) {
            rows.push_back(y);
        }
    }
    return rows;
}

} // namespace

Result<Picture> decodeGif(Bytes bytes, const PictureHeader& header) {
    Source source{bytes, 0};
    const std::unique_ptr<GifFileType, Closer> file(DGifOpen(&source, readFrom, nullptr));
    int transparent = -1;
    if (!file || !readToFrame(file.get(), transparent)) {
        return damaged();
    }
    const GifImageDesc& frame = file->Image;
    const ColorMapObject* colours = frame.ColorMap != nullptr ? frame.ColorMap : file->SColorMap;
    if (colours == nullptr || frame.Width < 1 || frame.Height < 1 || frame.Left < 0 ||
        frame.Top < 0 || frame.Left + frame.Width > header.width ||
        frame.Top + frame.Height > header.height) {
        return damaged();
    }
    Picture picture{header.width, header.height, {}};
    picture.rgb.assign(static_cast<std::size_t>(header.width) * std::size_t(header.height) * 3,
                       255);
    std::vector<GifPixelType> line(static_cast<std::size_t>(frame.Width));
    for (const int y : rowOrder(frame.Height, frame.Interlace)) {
        if (DGifGetLine(file.get(), line.data(), frame.Width) != GIF_OK) {
            return damaged();
        }
        const std::size_t start =
            static_cast<std::size_t>(frame.Top + y) * std::size_t(header.width) +
            static_cast<std::size_t>(frame.Left);
        std::uint8_t* to = picture.rgb.data() + 3 * start;
        for (const GifPixelType index : line) {
            if (index != transparent) {
                if (index >= colours->ColorCount) {
                    return damaged();
                }
                const GifColorType& colour = colours->Colors[index];
                to[0] = colour.Red;
                to[1] = colour.Green;
                to[2] = colour.Blue;
            }
            to += 3;
        }
    }
    return picture;
}

} // namespace linnet::caption
