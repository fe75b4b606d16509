#include "training/captions/photo_file.h"

#include <torch/torch.h>

#include <random>

#include "training/captions/caption_text.h"

namespace linnet::training {

using engine::Error;
using engine::ErrorCode;
using engine::Result;
using torch::Tensor;

Result<PhotoFile> PhotoFile::open(const std::filesystem::path& folder, int imageSize) {
    auto names = readLines(folder / "photos.txt");
    if (!names) {
        return names.error();
    }
    const std::filesystem::path path = folder / "photos.u8";
    auto file = engine::MappedFile::open(path);
    if (!file) {
        return file.error();
    }
    const auto bytes =
        static_cast<std::size_t>(imageSize) * static_cast<std::size_t>(imageSize) * 3;
    if (file->bytes().size() != names->size() * bytes) {
        return Error{ErrorCode::CorruptFile, path.string() + " does not hold " +
                                                 std::to_string(names->size()) + " photos of " +
                                                 std::to_string(imageSize) + " by " +
                                                 std::to_string(imageSize) + " pixels"};
    }
    return PhotoFile(std::move(*file), std::move(*names), imageSize);
}

Tensor PhotoFile::pixels(std::int64_t index) const {
    const std::size_t bytes = static_cast<std::size_t>(m_imageSize * m_imageSize * 3);
    const std::byte* const begin = m_file.bytes().data() + static_cast<std::size_t>(index) * bytes;
    // from_blob() takes no const; the tensor is only read.
    const Tensor view = torch::from_blob(const_cast<std::byte*>(begin),
                                         {m_imageSize, m_imageSize, 3}, torch::kByte);
    return view.to(torch::kFloat).permute({2, 0, 1}).contiguous();
}

Tensor augmented(const Tensor& pixels, std::uint64_t seed, int view) {
    Tensor x = pixels;
    std::mt19937_64 random(seed * 31 + static_cast<std::uint64_t>(view));
    const auto uniform = [&](double low, double high) {
        return low + (high - low) * static_cast<double>(random() >> 11U) * 0x1.0p-53;
    };
    bool mirrored = view == 1;
    if (view > 1) {
        const std::int64_t size = pixels.size(1);
        const auto side = [&] {
            return static_cast<std::int64_t>(static_cast<double>(size) * uniform(0.78, 1.0));
        };
        const std::int64_t height = side();
        const std::int64_t width = side();
        const auto from = [&](std::int64_t part) {
            return static_cast<std::int64_t>(uniform(0.0, static_cast<double>(size - part) + 0.99));
        };
        const Tensor part = x.narrow(1, from(height), height).narrow(2, from(width), width);
        const std::vector<std::int64_t> whole = {size, size};
        x = at::upsample_bilinear2d(part.unsqueeze(0), whole, false).squeeze(0);
        mirrored = uniform(0.0, 1.0) < 0.5;
        const double contrast = uniform(0.8, 1.2);
        const double light = uniform(-20.0, 20.0);
        x = ((x - 127.5) * contrast + 127.5 + light).clamp(0.0, 255.0);
    }
    if (mirrored) {
        x = x.flip({2});
    }
    return x / 127.5 - 1.0;
}

} // namespace linnet::training
