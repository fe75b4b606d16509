#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "engine/torch/caption/mobilenet.h"
#include "engine/torch/decoder.h"
#include "training/optimizer.h"

namespace linnet::training {

/// The shape of a captioner: an encoder whose grid is projected to the width of a decoder with
/// cross-attention.
struct CaptionShape {
    engine::MobileNetConfig encoder;
    engine::ModelConfig decoder;
};

/// Names and shapes of a captioner's tensors: "encoder.", "decoder." and "enc_to_dec_proj.".
[[nodiscard]] std::vector<std::pair<std::string, std::vector<std::int64_t>>>
captionTensors(const CaptionShape& shape);

/// Random decoder and projection: GPT-2's (normal with deviation 0.02, what closes a block scaled
/// down by the depth). The encoder's tensors come from `encoder`, named without prefix.
[[nodiscard]] NamedTensors initialCaptioner(const CaptionShape& shape, const NamedTensors& encoder,
                                            std::uint64_t seed);

/// Captions that share prompts and memories: rows of tokens, `perMemory` for each prompt and
/// memory, in order. Shorter ones are filled up with -1 at the end.
struct CaptionRows {
    torch::Tensor prompts; // [memories, hints + 1] int64, the last is the language
    torch::Tensor tokens;  // [memories * perMemory, length] int64
    std::int64_t perMemory = 1;
};

/// `cache` with each of its sequences `times` times in a row.
[[nodiscard]] engine::KvCache repeated(const engine::KvCache& cache, std::int64_t times);

/// A captioner as a function of named tensors, to train or to run.
class CaptionNetwork {
public:
    CaptionNetwork(const CaptionShape& shape, const NamedTensors& tensors,
                   torch::ScalarType computeType);

    [[nodiscard]] const engine::MobileNet& encoder() const { return m_encoder; }
    [[nodiscard]] const engine::Decoder& decoder() const { return m_decoder; }

    /// What the decoder sees of grids [n, channels, height, width].
    [[nodiscard]] engine::CrossMemory memory(const torch::Tensor& grid) const;

    /// Mean negative log-likelihood of the rows' tokens in nats, smoothed: `smoothing` of the
    /// target is spread over all tokens (Szegedy et al. 2016). Adds the number of tokens to
    /// `count`.
    [[nodiscard]] torch::Tensor loss(const CaptionRows& rows, const engine::CrossMemory& memory,
                                     double dropout, double smoothing, std::int64_t& count) const;

    /// The sum over the rows of weights [rows] (float32) times the negative log-likelihood of all
    /// tokens of a row, in nats, where logits count 1 / `temperature` times.
    [[nodiscard]] torch::Tensor weightedLoss(const CaptionRows& rows,
                                             const engine::CrossMemory& memory,
                                             const torch::Tensor& weights, double temperature,
                                             double dropout) const;

    /// The most probable tokens one after the other up to `end`, for each prompt and memory.
    [[nodiscard]] std::vector<std::vector<std::int64_t>>
    greedy(const torch::Tensor& prompts, const engine::CrossMemory& memory, std::int64_t end,
           const std::vector<std::int64_t>& forbidden, int maxTokens) const;

private:
    /// What is to be predicted, and the states before it.
    struct Places {
        torch::Tensor states;  // [n, hidden]
        torch::Tensor targets; // [n]
        torch::Tensor rows;    // [n], of each
    };
    [[nodiscard]] Places places(const CaptionRows& rows, const engine::CrossMemory& memory,
                                double dropout) const;

    engine::MobileNet m_encoder;
    engine::Decoder m_decoder;
    torch::Tensor m_projection, m_projectionBias;
};

} // namespace linnet::training
