#include "caption/picture_decoder.h"

#include <fstream>
#include <string>
#include <system_error>

#include "engine/api/shared_library.h"

namespace linnet::caption {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

Result<std::unique_ptr<PictureDecoder>> openPictureDecoder(const std::filesystem::path& path) {
    const auto function = engine::openSharedLibrary("linnet_pictures", createPictureDecoderSymbol,
                                                    "the reader of pictures", path);
    if (!function) {
        return function.error();
    }
    std::unique_ptr<PictureDecoder> decoder(
        reinterpret_cast<CreatePictureDecoderFunction>(*function)());
    if (!decoder) {
        return Error{ErrorCode::Internal, "the reader of pictures could not be made"};
    }
    return decoder;
}

Result<std::vector<std::uint8_t>> readPictureFile(const std::filesystem::path& path,
                                                  const PictureLimits& limits) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) {
        return Error{ErrorCode::NotFound, "there is no such file"};
    }
    if (!std::filesystem::is_regular_file(status)) {
        return Error{ErrorCode::InvalidArgument, "it is no file"};
    }
    std::ifstream file(path, std::ios::binary);
    const std::uint64_t size = std::filesystem::file_size(path, error);
    if (!file || error) {
        return Error{ErrorCode::Io, "the file cannot be opened"};
    }
    if (size > limits.bytes) {
        return Error{ErrorCode::InvalidArgument, "the file has more than " +
                                                     std::to_string(limits.bytes / 1'000'000) +
                                                     " MB, the limit for pictures"};
    }
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
    file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
    if (static_cast<std::uint64_t>(file.gcount()) != size) {
        return Error{ErrorCode::Io, "the file cannot be read to its end"};
    }
    return bytes;
}

} // namespace linnet::caption
