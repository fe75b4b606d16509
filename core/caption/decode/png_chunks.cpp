#include <zlib.h>

#include "caption/byte_reader.h"
#include "caption/decode/decoders.h"

namespace linnet::caption {

engine::Result<void> checkPngChunks(Bytes bytes) {
    const ByteReader reader(bytes, ByteOrder::Big);
    std::uint64_t at = 8;
    while (true) {
        const auto length = reader.u32(at);
        const auto checksum = length ? reader.u32(at + 8 + *length) : std::nullopt;
        if (!checksum) {
            return damagedPicture(PictureFormat::Png, "it ends too early");
        }
        const Bytes body = reader.part(at + 4, std::uint64_t(*length) + 4);
        if (crc32(0, body.data(), static_cast<uInt>(body.size())) != *checksum) {
            return damagedPicture(PictureFormat::Png, "a checksum is wrong");
        }
        if (reader.has(at + 4, "IEND")) {
            return {};
        }
        at += 12 + std::uint64_t(*length);
    }
}

} // namespace linnet::caption
