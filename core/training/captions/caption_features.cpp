#include "training/captions/caption_features.h"

namespace linnet::training {

using torch::Tensor;

CaptionFeatures::CaptionFeatures(const PhotoFile& photos, const engine::MobileNet& encoder,
                                 int stage, int views, std::uint64_t seed)
    : m_photos(photos)
    , m_encoder(encoder)
    , m_stage(stage)
    , m_views(views)
    , m_seed(seed)
    , m_kept(photos.names().size() * static_cast<std::size_t>(views)) {
}

Tensor CaptionFeatures::get(const std::vector<std::int64_t>& photos,
                            const std::vector<int>& views) {
    const at::NoGradGuard guard;
    std::vector<std::size_t> places;
    std::vector<std::size_t> missing;
    std::vector<Tensor> pixels;
    for (std::size_t i = 0; i < photos.size(); ++i) {
        places.push_back(static_cast<std::size_t>(photos[i] * m_views + views[i]));
        if (!m_kept[places.back()].defined()) {
            missing.push_back(places.back());
            pixels.push_back(augmented(m_photos.pixels(photos[i]),
                                       m_seed + static_cast<std::uint64_t>(photos[i]), views[i]));
        }
    }
    constexpr std::size_t atOnce = 16; // few enough for a processor's cache
    for (std::size_t begin = 0; begin < missing.size(); begin += atOnce) {
        const std::size_t end = std::min(begin + atOnce, missing.size());
        const std::vector<Tensor> part(pixels.begin() + static_cast<std::ptrdiff_t>(begin),
                                       pixels.begin() + static_cast<std::ptrdiff_t>(end));
        const Tensor entering = m_encoder.before(m_stage, torch::stack(part));
        for (std::size_t i = begin; i < end; ++i) {
            m_kept[missing[i]] = entering[static_cast<std::int64_t>(i - begin)]
                                     .permute({1, 2, 0})
                                     .to(torch::kBFloat16)
                                     .contiguous()
                                     .clone();
        }
    }
    std::vector<Tensor> found;
    for (const std::size_t place : places) {
        found.push_back(m_kept[place]);
    }
    return torch::stack(found).permute({0, 3, 1, 2});
}

} // namespace linnet::training
