#include "training/captions/caption_sampling.h"

#include <limits>

namespace linnet::training {

using engine::CrossMemory;
using engine::KvCache;
using torch::Tensor;

namespace {

/// A token of each row of probabilities [rows, vocabulary] (float32): the first at which their sum
/// passes a number drawn from 0..1.
std::vector<std::int64_t> drawn(const Tensor& probabilities, std::mt19937_64& random) {
    const Tensor rows = probabilities.contiguous();
    const std::int64_t width = rows.size(1);
    std::vector<std::int64_t> tokens;
    for (std::int64_t row = 0; row < rows.size(0); ++row) {
        const float* p = rows.data_ptr<float>() + row * width;
        const double wanted = static_cast<double>(random() >> 11U) * 0x1.0p-53;
        double sum = 0.0;
        std::int64_t last = 0; // rounding may leave the sum below what is wanted
        for (std::int64_t i = 0; i < width; ++i) {
            sum += static_cast<double>(p[i]);
            last = p[i] > 0.0F ? i : last;
            if (sum > wanted) {
                break;
            }
        }
        tokens.push_back(last);
    }
    return tokens;
}

/// Captions being drawn. Those that have ended are dropped once they are half of all: they cost as
/// much as the others.
class Drawing {
public:
    Drawing(const CaptionNetwork& network, const Tensor& prompts, const CrossMemory& memory,
            const CaptionSampling& sampling)
        : m_network(network)
        , m_sampling(sampling)
        , m_memory(memory)
        , m_never(torch::tensor(sampling.forbidden, torch::kLong)) {
        const std::int64_t hints = prompts.size(1) - 1;
        KvCache prompt;
        static_cast<void>(
            network.decoder().hidden(prompts.narrow(1, 0, hints), {&prompt, &memory}));
        m_cache = repeated(prompt, sampling.perMemory);
        m_ids = prompts.narrow(1, hints, 1).repeat_interleave(sampling.perMemory, 0);
        m_captions.resize(static_cast<std::size_t>(m_ids.size(0)));
        for (std::size_t i = 0; i < m_captions.size(); ++i) {
            m_rows.push_back(i);
        }
    }

    void step(std::mt19937_64& random) {
        const Tensor hidden = m_network.decoder().hidden(m_ids, {&m_cache, &m_memory});
        Tensor logits = m_network.decoder().logits(hidden.select(1, 0)).to(torch::kFloat);
        logits.index_fill_(1, m_never, -std::numeric_limits<float>::infinity());
        const Tensor probabilities = torch::softmax(logits.div_(m_sampling.temperature), 1);
        const std::vector<std::int64_t> tokens = drawn(probabilities, random);
        std::vector<std::int64_t> open;
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            std::vector<std::int64_t>& caption = m_captions[m_rows[i]];
            if (caption.empty() || caption.back() != m_sampling.end) {
                caption.push_back(tokens[i]);
                if (tokens[i] != m_sampling.end) {
                    open.push_back(static_cast<std::int64_t>(i));
                }
            }
        }
        m_over = open.empty();
        m_ids = torch::tensor(tokens).unsqueeze(1);
        if (!m_over && 2 * open.size() <= m_rows.size()) {
            keep(open);
        }
    }

    [[nodiscard]] bool isOver() const { return m_over; }
    [[nodiscard]] std::vector<std::vector<std::int64_t>> take() { return std::move(m_captions); }

private:
    void keep(const std::vector<std::int64_t>& open) {
        const Tensor index = torch::tensor(open);
        const std::int64_t sharing = m_ids.size(0) / m_memory.keys.front().size(0);
        m_memory = m_memory.selected(index.div(sharing, "floor"));
        m_ids = m_ids.index_select(0, index);
        for (std::size_t layer = 0; layer < m_cache.keys.size(); ++layer) {
            m_cache.keys[layer] = m_cache.keys[layer].index_select(0, index);
            m_cache.values[layer] = m_cache.values[layer].index_select(0, index);
        }
        std::vector<std::size_t> rows;
        for (const std::int64_t i : open) {
            rows.push_back(m_rows[static_cast<std::size_t>(i)]);
        }
        m_rows = std::move(rows);
    }

    const CaptionNetwork& m_network;
    const CaptionSampling& m_sampling;
    CrossMemory m_memory;
    Tensor m_never;
    KvCache m_cache;
    Tensor m_ids;                    // the next of each row
    std::vector<std::size_t> m_rows; // the caption that each row is of
    std::vector<std::vector<std::int64_t>> m_captions;
    bool m_over = false;
};

} // namespace

std::vector<std::vector<std::int64_t>>
sampledCaptions(const CaptionNetwork& network, const Tensor& prompts, const CrossMemory& memory,
                const CaptionSampling& sampling, std::mt19937_64& random) {
    const at::NoGradGuard guard;
    Drawing drawing(network, prompts, memory, sampling);
    for (std::int64_t i = 0; i < sampling.maxTokens && !drawing.isOver(); ++i) {
        drawing.step(random);
    }
    return drawing.take();
}

} // namespace linnet::training
