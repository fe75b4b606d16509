#include "training/captions/caption_network.h"

#include <cmath>
#include <limits>

#include "training/token_loss.h"

namespace linnet::training {

using engine::CrossMemory;
using engine::KvCache;
using torch::Tensor;

namespace {

constexpr const char* kEncoder = "encoder.";
constexpr const char* kDecoder = "decoder.";
constexpr const char* kProjection = "enc_to_dec_proj.";

/// The tensors below a prefix, without it.
engine::TensorMap below(const NamedTensors& tensors, const std::string& prefix) {
    engine::TensorMap part;
    for (const auto& [name, tensor] : tensors) {
        if (name.starts_with(prefix)) {
            part[name.substr(prefix.size())] = tensor;
        }
    }
    return part;
}

} // namespace

KvCache repeated(const KvCache& cache, std::int64_t times) {
    KvCache result;
    for (std::size_t i = 0; i < cache.keys.size(); ++i) {
        result.keys.push_back(cache.keys[i].repeat_interleave(times, 0));
        result.values.push_back(cache.values[i].repeat_interleave(times, 0));
    }
    return result;
}

std::vector<std::pair<std::string, std::vector<std::int64_t>>>
captionTensors(const CaptionShape& shape) {
    std::vector<std::pair<std::string, std::vector<std::int64_t>>> list;
    for (const auto& [name, size] : engine::mobileNetTensors(shape.encoder)) {
        list.push_back({kEncoder + name, size});
    }
    for (const auto& [name, size] : engine::expectedTensors(shape.decoder)) {
        list.push_back({kDecoder + name, size});
    }
    const std::int64_t width = shape.decoder.hiddenSize;
    list.push_back({kProjection + std::string("weight"), {width, shape.encoder.hiddenSize}});
    list.push_back({kProjection + std::string("bias"), {width}});
    return list;
}

NamedTensors initialCaptioner(const CaptionShape& shape, const NamedTensors& encoder,
                              std::uint64_t seed) {
    at::manual_seed(seed);
    NamedTensors tensors;
    for (const auto& [name, size] : captionTensors(shape)) {
        if (name.starts_with(kEncoder)) {
            tensors[name] =
                encoder.at(name.substr(std::string(kEncoder).size())).to(torch::kFloat).clone();
        } else if (size.size() == 1) {
            const bool scale = name.find("ln_") != std::string::npos && name.ends_with("weight");
            tensors[name] = scale ? torch::ones(size) : torch::zeros(size);
        } else {
            const bool closesBlock = name.ends_with("c_proj.weight");
            const double deviation =
                closesBlock ? 0.02 / std::sqrt(3.0 * shape.decoder.layers) : 0.02;
            tensors[name] = torch::randn(size) * deviation;
        }
    }
    return tensors;
}

CaptionNetwork::CaptionNetwork(const CaptionShape& shape, const NamedTensors& tensors,
                               torch::ScalarType computeType)
    : m_encoder(shape.encoder, below(tensors, kEncoder), "", computeType)
    , m_decoder(shape.decoder, below(tensors, kDecoder), computeType)
    , m_projection(tensors.at(kProjection + std::string("weight")).to(computeType))
    , m_projectionBias(tensors.at(kProjection + std::string("bias")).to(computeType)) {
}

CrossMemory CaptionNetwork::memory(const Tensor& grid) const {
    const Tensor places = grid.flatten(2).transpose(1, 2).to(m_projection.scalar_type());
    return m_decoder.crossMemory(torch::linear(places, m_projection, m_projectionBias));
}

CaptionNetwork::Places CaptionNetwork::places(const CaptionRows& rows, const CrossMemory& memory,
                                              double dropout) const {
    const std::int64_t hints = rows.prompts.size(1) - 1;
    KvCache prompt;
    static_cast<void>(
        m_decoder.hidden(rows.prompts.narrow(1, 0, hints), {&prompt, &memory, dropout}));
    KvCache cache = repeated(prompt, rows.perMemory);
    const Tensor language = rows.prompts.narrow(1, hints, 1).repeat_interleave(rows.perMemory, 0);
    const Tensor before = rows.tokens.narrow(1, 0, rows.tokens.size(1) - 1).clamp_min(0);
    const Tensor hidden =
        m_decoder.hidden(torch::cat({language, before}, 1), {&cache, &memory, dropout});
    const Tensor known = (rows.tokens.reshape({-1}) >= 0).nonzero().squeeze(1);
    return {hidden.flatten(0, 1).index_select(0, known),
            rows.tokens.reshape({-1}).index_select(0, known),
            known.div(rows.tokens.size(1), "floor")};
}

Tensor CaptionNetwork::weightedLoss(const CaptionRows& rows, const CrossMemory& memory,
                                    const Tensor& weights, double temperature,
                                    double dropout) const {
    const Places all = places(rows, memory, dropout);
    return weightedTokenLoss(all.states * (1.0 / temperature), m_decoder.outputWeight(),
                             all.targets, weights.index_select(0, all.rows));
}

Tensor CaptionNetwork::loss(const CaptionRows& rows, const CrossMemory& memory, double dropout,
                            double smoothing, std::int64_t& count) const {
    const auto [states, targets, ofRows] = places(rows, memory, dropout);
    count += targets.size(0);
    const Tensor output = m_decoder.outputWeight();
    const Tensor exact = tokenLoss(states, output, targets);
    if (smoothing <= 0.0) {
        return exact;
    }
    // Smoothing adds `smoothing` times (the target's logit - the mean logit), which is linear.
    const Tensor contrast = output.index_select(0, targets) - output.mean(0, true);
    return exact + (states * contrast).sum(-1).to(torch::kFloat).mean() * smoothing;
}

std::vector<std::vector<std::int64_t>>
CaptionNetwork::greedy(const Tensor& prompts, const CrossMemory& memory, std::int64_t end,
                       const std::vector<std::int64_t>& forbidden, int maxTokens) const {
    const at::NoGradGuard guard;
    KvCache cache;
    std::vector<std::vector<std::int64_t>> captions(static_cast<std::size_t>(prompts.size(0)));
    std::vector<bool> ended(captions.size(), false);
    const Tensor never = torch::tensor(forbidden);
    Tensor ids = prompts;
    for (int i = 0; i < maxTokens; ++i) {
        const Tensor hidden = m_decoder.hidden(ids, {&cache, &memory});
        Tensor logits = m_decoder.logits(hidden.select(1, hidden.size(1) - 1)).to(torch::kFloat);
        logits.index_fill_(1, never, -std::numeric_limits<float>::infinity());
        const Tensor next = logits.argmax(1);
        bool open = false;
        for (std::size_t row = 0; row < captions.size(); ++row) {
            const auto token = next[static_cast<std::int64_t>(row)].item<std::int64_t>();
            ended[row] = ended[row] || token == end;
            if (!ended[row]) {
                captions[row].push_back(token);
                open = true;
            }
        }
        if (!open) {
            break;
        }
        ids = next.unsqueeze(1);
    }
    return captions;
}

} // namespace linnet::training
