#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/api/result.h"
#include "engine/torch/files/mapped_file.h"

namespace linnet::training {

/// Decoded photos of one size, for a trainer that needs no image library: `folder`/photos.u8 has
/// their pixels one after the other, [height][width][red, green, blue] in a byte each, and
/// `folder`/photos.txt their names in the same order, a line each. Immutable.
class PhotoFile {
public:
    /// Errors: NotFound, Io, CorruptFile (the sizes do not fit).
    static engine::Result<PhotoFile> open(const std::filesystem::path& folder, int imageSize);

    [[nodiscard]] const std::vector<std::string>& names() const { return m_names; }

    /// Pixels [3, size, size] of a photo, 0..255 in float32.
    [[nodiscard]] torch::Tensor pixels(std::int64_t index) const;

private:
    PhotoFile(engine::MappedFile file, std::vector<std::string> names, int imageSize)
        : m_file(std::move(file))
        , m_names(std::move(names))
        , m_imageSize(imageSize) {}

    engine::MappedFile m_file;
    std::vector<std::string> m_names;
    std::int64_t m_imageSize;
};

/// A variation of pixels [3, size, size]: view 0 is the picture itself, 1 its mirror image; others
/// are cut a little smaller at random, mirrored or not, with other brightness and contrast. The
/// same seed and view give the same. In the network's range, -1..1.
[[nodiscard]] torch::Tensor augmented(const torch::Tensor& pixels, std::uint64_t seed, int view);

} // namespace linnet::training
