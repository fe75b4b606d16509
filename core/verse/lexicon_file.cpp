#include "verse/lexicon_file.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

#include "engine/api/fnv1a.h"
#include "verse/byte_stream.h"

namespace linnet::verse {

namespace {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;

constexpr std::string_view magic = "LINNETLX";
constexpr std::uint32_t version = 1;

Result<std::vector<std::uint8_t>> readBytes(const fs::path& path) {
    std::error_code error;
    if (!fs::is_regular_file(path, error)) {
        return Error{ErrorCode::NotFound, "there is no lexicon " + path.string()};
    }
    std::ifstream file(path, std::ios::binary);
    const auto size = fs::file_size(path, error);
    std::vector<std::uint8_t> bytes(error ? 0 : static_cast<std::size_t>(size));
    if (!file || error ||
        !file.read(reinterpret_cast<char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()))) {
        return Error{ErrorCode::Io, "cannot read the lexicon " + path.string()};
    }
    return bytes;
}

} // namespace

Result<LexiconFile> LexiconFile::read(const fs::path& path, LexiconKind kind) {
    const auto bytes = readBytes(path);
    if (!bytes) {
        return bytes.error();
    }
    const auto corrupt = [&](const std::string& why) {
        return Error{ErrorCode::CorruptFile, path.string() + ": " + why + "; install it again"};
    };
    ByteReader reader(*bytes);
    const auto start = reader.raw(magic.size());
    if (!std::equal(start.begin(), start.end(), magic.begin(), magic.end())) {
        return corrupt("not a lexicon of Linnet");
    }
    const std::uint32_t fileVersion = reader.u32();
    if (fileVersion != version) {
        return Error{ErrorCode::UnsupportedFormat,
                     path.string() + ": lexicon format " + std::to_string(fileVersion) +
                         ", this program reads " + std::to_string(version)};
    }
    if (reader.u32() != static_cast<std::uint32_t>(kind)) {
        return Error{ErrorCode::UnsupportedFormat, path.string() + ": a lexicon of another kind"};
    }
    const std::uint32_t headerLength = reader.u32();
    const std::uint32_t payloadLength = reader.u32();
    const std::uint64_t checksum = reader.u64();
    const auto body = std::span(*bytes).subspan(std::min(reader.position(), bytes->size()));
    if (!reader.ok() || body.size() != std::size_t{headerLength} + payloadLength) {
        return corrupt("its length is not what its start says");
    }
    if (engine::Fnv1a::of(body) != checksum) {
        return corrupt("its checksum is wrong");
    }
    LexiconFile file;
    file.header.assign(body.begin(), body.begin() + headerLength);
    file.payload.assign(body.begin() + headerLength, body.end());
    return file;
}

Result<void> LexiconFile::write(const fs::path& path, LexiconKind kind) const {
    ByteWriter body;
    body.raw(std::span(reinterpret_cast<const std::uint8_t*>(header.data()), header.size()));
    body.raw(payload);
    ByteWriter start;
    start.raw(std::span(reinterpret_cast<const std::uint8_t*>(magic.data()), magic.size()));
    start.u32(version);
    start.u32(static_cast<std::uint32_t>(kind));
    start.u32(static_cast<std::uint32_t>(header.size()));
    start.u32(static_cast<std::uint32_t>(payload.size()));
    start.u64(engine::Fnv1a::of(body.bytes()));
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    for (const auto* part : {&start, &body}) {
        file.write(reinterpret_cast<const char*>(part->bytes().data()),
                   static_cast<std::streamsize>(part->bytes().size()));
    }
    file.flush();
    if (!file) {
        return Error{ErrorCode::Io, "cannot write " + path.string()};
    }
    return {};
}

} // namespace linnet::verse
