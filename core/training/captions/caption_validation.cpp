#include "training/captions/caption_validation.h"

#include "training/captions/caption_batches.h"

namespace linnet::training {

using torch::Tensor;

std::vector<std::vector<engine::Subject>> subjectsWorthAHint(const Tensor& classes,
                                                             const engine::SubjectTable& subjects,
                                                             const engine::HintFormat& format) {
    std::vector<std::vector<engine::Subject>> found;
    const Tensor probabilities = classes.exp().contiguous();
    for (std::int64_t i = 0; i < probabilities.size(0); ++i) {
        const Tensor row = probabilities[i];
        found.push_back(
            subjects.subjects({row.data_ptr<float>(), static_cast<std::size_t>(row.numel())},
                              format.probability, static_cast<std::size_t>(format.words)));
    }
    return found;
}

std::vector<std::string> GreedyWriter::write(std::span<const CaptionedPhoto> photos) const {
    const at::NoGradGuard guard;
    constexpr std::size_t atOnce = 100;
    std::vector<std::string> texts;
    for (std::size_t begin = 0; begin < photos.size(); begin += atOnce) {
        std::vector<std::int64_t> indices;
        for (const CaptionedPhoto& photo :
             photos.subspan(begin, std::min(atOnce, photos.size() - begin))) {
            indices.push_back(photo.index);
        }
        const Tensor entering = features.get(indices, std::vector<int>(indices.size(), 0));
        const Tensor grid = network.encoder().from(stage, entering);
        const Tensor classes = torch::log_softmax(network.encoder().classLogits(grid), -1);
        std::vector<std::vector<std::int64_t>> prompts;
        for (const auto& seen : subjectsWorthAHint(classes, subjects, vocabulary.hints())) {
            prompts.push_back(
                vocabulary.prompt(engine::hintWords(vocabulary.hints(), seen, "en"), "en"));
        }
        for (const auto& ids :
             network.greedy(paddedRows(prompts, 0), network.memory(grid), vocabulary.end(),
                            vocabulary.forbidden(), CaptionBatches::kLongest)) {
            texts.push_back(vocabulary.text(ids));
        }
    }
    return texts;
}

CaptionScores scoresOf(const std::vector<std::string>& captions,
                       std::span<const CaptionedPhoto> photos) {
    std::vector<ScoredCaption> scored;
    for (std::size_t i = 0; i < captions.size(); ++i) {
        ScoredCaption item{captionWords(captions[i], "en"), {}};
        for (const std::string& reference : photos[i].captions.at("en")) {
            item.references.push_back(captionWords(reference, "en"));
        }
        scored.push_back(std::move(item));
    }
    return scoreCaptions(scored);
}

} // namespace linnet::training
