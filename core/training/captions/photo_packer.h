#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/api/result.h"

namespace linnet::training {

struct PhotoPackerOptions {
    std::vector<std::filesystem::path> archives; // plain USTAR files of photos
    std::filesystem::path output;                // folder for photos.u8 and photos.txt
    int imageSize = 224;                         // of every photo, both ways
    /// The pixels of a photo's file, as PhotoFile has them; empty if it is of another size.
    std::function<engine::Result<std::vector<std::uint8_t>>(std::span<const std::uint8_t>)> decode;
    std::function<void(std::uint64_t done)> progress;
};

/// Decodes the photos of archives into a PhotoFile, ordered by name; returns how many. Errors:
/// NotFound, Io, CorruptFile naming the archive and the photo.
engine::Result<std::uint64_t> packPhotos(const PhotoPackerOptions& options);

} // namespace linnet::training
