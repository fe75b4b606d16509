#include "engine/torch/cpu/benchmark.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <random>
#include <string>

#include "engine/torch/cpu/float16.h"

namespace linnet::engine::cpu {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t readBlock = std::size_t{128} << 10;
constexpr int groupSize = groupInputs;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// Random tensors of any shape by name, made when asked for.
class RandomTensors {
public:
    explicit RandomTensors(const ModelConfig& config)
        : m_config(config) {}

    std::optional<WeightView> operator()(const std::string& name) {
        const auto ends = [&](std::string_view end) { return name.ends_with(end); };
        const ModelConfig& c = m_config;
        const int attention = c.heads * c.headDim;
        const int kv = c.kvHeads * c.headDim;
        if (ends("positions.weight")) {
            return floats(c.maxPositions, c.hiddenSize);
        }
        if (ends("norm.weight") || ends("norm.bias")) {
            return floats(c.hiddenSize, 1);
        }
        int rows = c.hiddenSize;
        int inputs = c.hiddenSize;
        if (ends("embedding.weight") || ends("head.weight")) {
            rows = c.vocabularySize;
        } else if (ends("query.weight") || ends("query.bias")) {
            rows = attention;
        } else if (ends("key.weight") || ends("key.bias") || ends("value.weight") ||
                   ends("value.bias")) {
            rows = kv;
        } else if (ends("output.weight")) {
            inputs = attention;
        } else if (ends("down.weight")) {
            inputs = c.intermediateSize;
        } else if (!ends("output.bias") && !ends("down.bias")) { // gate and up
            rows = c.intermediateSize;
        }
        return ends(".bias") ? floats(rows, 1) : matrix(rows, inputs);
    }

private:
    WeightView floats(int rows, int columns) {
        m_floats.emplace_back(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
        std::uniform_real_distribution<float> around(0.5F, 1.5F);
        for (float& value : m_floats.back()) {
            value = around(m_random);
        }
        WeightView view;
        view.rows = rows;
        view.columns = columns;
        view.bytes = std::as_bytes(std::span(m_floats.back()));
        return view;
    }

    WeightView matrix(int rows, int inputs) {
        const std::size_t size = static_cast<std::size_t>(rows) * static_cast<std::size_t>(inputs);
        const std::size_t groups = static_cast<std::size_t>((inputs + groupSize - 1) / groupSize) *
                                   static_cast<std::size_t>(rows);
        m_bytes.emplace_back((size + 7) / 8);
        for (std::uint64_t& word : m_bytes.back()) {
            word = m_random();
        }
        // Even bytes have a deviation of 74; the product then keeps its input's size.
        const float scale = 1.0F / (74.0F * std::sqrt(static_cast<float>(inputs)));
        m_scales.emplace_back(groups, floatToHalf(scale));
        WeightView view;
        view.type = WeightType::Int8;
        view.rows = rows;
        view.columns = inputs;
        view.bytes = std::as_bytes(std::span(m_bytes.back())).first(size);
        view.groupSize = groupSize;
        view.scales = std::as_bytes(std::span(m_scales.back()));
        return view;
    }

    const ModelConfig& m_config;
    std::mt19937_64 m_random{7};
    std::vector<std::vector<float>> m_floats;
    std::vector<std::vector<std::uint64_t>> m_bytes;
    std::vector<std::vector<std::uint16_t>> m_scales;
};

ModelConfig llamaShape(int layers, int hidden, int heads, int kvHeads, int intermediate,
                       int vocabulary) {
    ModelConfig config;
    config.architecture = "llama";
    config.vocabularySize = vocabulary;
    config.hiddenSize = hidden;
    config.layers = layers;
    config.heads = heads;
    config.kvHeads = kvHeads;
    config.headDim = hidden / heads;
    config.intermediateSize = intermediate;
    config.maxPositions = 2048;
    config.tiedEmbeddings = true;
    return config;
}

ModelConfig gpt2Shape() {
    ModelConfig config = llamaShape(12, 768, 12, 12, 3072, 50257);
    config.architecture = "gpt2";
    config.maxPositions = 1024;
    config.norm = NormKind::LayerNorm;
    config.position = PositionKind::Learned;
    config.mlp = MlpKind::GeluTanh;
    config.qkvBias = true;
    config.outputBias = true;
    config.mlpBias = true;
    return config;
}

} // namespace

std::optional<ModelConfig> benchmarkShape(std::string_view name) {
    if (name == "15m") {
        return llamaShape(6, 288, 6, 6, 768, 32000);
    }
    if (name == "34m") {
        return llamaShape(8, 512, 8, 8, 1376, 16384);
    }
    if (name == "gpt2") {
        return gpt2Shape();
    }
    if (name == "smollm2") {
        return llamaShape(30, 576, 9, 3, 1536, 49152);
    }
    return std::nullopt;
}

Result<std::unique_ptr<CpuDecoder>> makeRandomDecoder(const ModelConfig& config,
                                                      const CpuOptions& options) {
    try {
        RandomTensors tensors(config);
        return CpuDecoder::create(
            config, [&](const std::string& name) { return tensors(name); }, options);
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "no memory for random weights"};
    }
}

double measureReadBandwidth(int threads, std::size_t bytes) {
    const Kernels& kernels = kernelsFor(defaultLevel());
    const std::size_t whole = std::max(bytes, readBlock) / readBlock * readBlock;
    auto arena = HugeArena::allocate(whole);
    if (!arena || whole / readBlock > static_cast<std::size_t>(ThreadTeam::maxChunks)) {
        return 0.0;
    }
    std::memset(arena->data(), 1, whole);
    ThreadTeam team(threads);
    std::vector<float> sums(static_cast<std::size_t>(team.size()));
    const auto* floats = reinterpret_cast<const float*>(arena->data());
    double best = 0.0;
    const Clock::time_point begin = Clock::now();
    for (int pass = 0; pass < 5 || secondsSince(begin) < 0.25; ++pass) {
        const Clock::time_point start = Clock::now();
        team.run(static_cast<int>(whole / readBlock), [&](int chunk, int thread) {
            const std::size_t from = static_cast<std::size_t>(chunk) * readBlock / sizeof(float);
            sums[static_cast<std::size_t>(thread)] += kernels.readBlock(floats + from, readBlock);
        });
        best = std::max(best, static_cast<double>(whole) / secondsSince(start));
    }
    return best;
}

double measureDecode(CpuDecoder& decoder, int tokens, int repeats) {
    double best = 0.0;
    for (int repeat = 0; repeat < repeats; ++repeat) {
        const auto sequence = decoder.newSequence();
        const Clock::time_point start = Clock::now();
        for (int i = 0; i < tokens; ++i) {
            const TokenId token = (i * 7919 + 11) % decoder.config().vocabularySize;
            const DecoderStep step{sequence.get(), std::span(&token, 1), LogitRows::Last};
            if (!decoder.forward(std::span(&step, 1))) {
                return 0.0;
            }
        }
        best = std::max(best, tokens / secondsSince(start));
    }
    return best;
}

double measurePrefill(CpuDecoder& decoder, int tokens, int repeats) {
    std::vector<TokenId> prompt(static_cast<std::size_t>(tokens));
    for (std::size_t i = 0; i < prompt.size(); ++i) {
        prompt[i] = static_cast<TokenId>(i * 7919 + 11) % decoder.config().vocabularySize;
    }
    double best = 0.0;
    for (int repeat = 0; repeat < repeats; ++repeat) {
        const auto sequence = decoder.newSequence();
        const Clock::time_point start = Clock::now();
        const DecoderStep step{sequence.get(), prompt, LogitRows::Last};
        if (!decoder.forward(std::span(&step, 1))) {
            return 0.0;
        }
        best = std::max(best, tokens / secondsSince(start));
    }
    return best;
}

} // namespace linnet::engine::cpu
