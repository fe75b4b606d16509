#include "training/captions/reference_loss.h"

#include <numeric>

namespace linnet::training {

using engine::CrossMemory;
using torch::Tensor;

Tensor referenceLoss(const CaptionNetwork& network, const CaptionBatches& batches,
                     const ReferencePass& pass, std::mt19937_64& random) {
    std::vector<Tensor> losses;
    std::vector<std::int64_t> counts;
    const auto add = [&](const CaptionRows& rows, const CrossMemory& looked) {
        std::int64_t count = 0;
        losses.push_back(network.loss(rows, looked, pass.dropout, pass.smoothing, count));
        counts.push_back(count);
    };
    for (const std::string& language : batches.languages()) {
        std::vector<std::int64_t> kept;
        const auto groups = batches.rows(pass.photos, pass.seen, language, random, kept);
        const bool all = kept.size() == pass.photos.size();
        const CrossMemory looked =
            all || kept.empty() ? pass.memory : pass.memory.selected(torch::tensor(kept));
        for (std::size_t i = 0; i < groups.size(); ++i) {
            if (language == pass.inFull || i == static_cast<std::size_t>(pass.step % 2)) {
                add(groups[i], looked);
            }
        }
    }
    if (pass.texts > 0 && batches.hasTexts()) {
        add(batches.texts(pass.texts, random),
            network.memory(torch::zeros_like(pass.grid.narrow(0, 0, 1))));
    }
    const double total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), 0LL));
    Tensor loss = losses.front() * (static_cast<double>(counts.front()) / total);
    for (std::size_t i = 1; i < losses.size(); ++i) {
        loss = loss + losses[i] * (static_cast<double>(counts[i]) / total);
    }
    return loss;
}

} // namespace linnet::training
