#pragma once

#include <vector>

#include "engine/api/captioner.h"

namespace linnet::caption {

// A captioner that looks at each picture and at its mirror image, and writes what both views find
// likely: the mean of their probabilities, token by token, and of what they show. Costs twice the
// encoding, and rows twice as many. As long as `captioner` lives; one thread.
class MirroredCaptioner : public engine::Captioner {
public:
    explicit MirroredCaptioner(engine::Captioner& captioner)
        : m_captioner(captioner) {}

    const engine::ModelInfo& info() const override { return m_captioner.info(); }
    const engine::Tokenizer& tokenizer() const override { return m_captioner.tokenizer(); }
    const engine::PixelFormat& pixelFormat() const override { return m_captioner.pixelFormat(); }
    const std::vector<std::string>& languages() const override { return m_captioner.languages(); }
    engine::TokenId endOfCaption() const override { return m_captioner.endOfCaption(); }
    int maxTokens() const override { return m_captioner.maxTokens(); }
    bool isForbidden(engine::TokenId id) const override { return m_captioner.isForbidden(id); }
    double subjectThreshold() const override { return m_captioner.subjectThreshold(); }
    double peopleStep() const override { return m_captioner.peopleStep(); }
    const engine::CaptionSearch& search() const override { return m_captioner.search(); }

    engine::Result<std::vector<std::vector<engine::Subject>>>
    encode(std::span<const float> pixels, int count, std::stop_token stop) override;
    engine::Result<engine::CaptionLogProbs> begin(std::string_view language,
                                                  std::stop_token stop) override;
    engine::Result<engine::CaptionLogProbs> advance(std::span<const int> parents,
                                                    std::span<const engine::TokenId> tokens,
                                                    std::stop_token stop) override;
    void clear() override { m_captioner.clear(); }

private:
    engine::Result<engine::CaptionLogProbs>
    mean(const engine::Result<engine::CaptionLogProbs>& both);

    engine::Captioner& m_captioner;
    int m_rows = 0; // of captions; row i + m_rows of the captioner is its mirror image's
    std::vector<float> m_mean;
};

} // namespace linnet::caption
