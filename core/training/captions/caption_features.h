#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "engine/torch/caption/mobilenet.h"
#include "training/captions/photo_file.h"

namespace linnet::training {

/// What enters the trained part of the encoder, for views of photos: the part before it never
/// changes, so that each is computed once and then kept in memory (in half the bytes).
class CaptionFeatures {
public:
    /// The first stages up to `stage` of `encoder` see `views` variations of each photo. Both must
    /// outlive the object.
    CaptionFeatures(const PhotoFile& photos, const engine::MobileNet& encoder, int stage, int views,
                    std::uint64_t seed);

    /// [n, channels, height, width] of views of photos, by their index in the file.
    [[nodiscard]] torch::Tensor get(const std::vector<std::int64_t>& photos,
                                    const std::vector<int>& views);

private:
    const PhotoFile& m_photos;
    const engine::MobileNet& m_encoder;
    int m_stage;
    int m_views;
    std::uint64_t m_seed;
    std::vector<torch::Tensor> m_kept; // by photo and view: [height, width, channels] in bfloat16
};

} // namespace linnet::training
