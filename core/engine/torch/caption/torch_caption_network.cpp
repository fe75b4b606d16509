#include "engine/torch/caption/torch_caption_network.h"

#include <torch/torch.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "engine/torch/caption/bert_decoder.h"
#include "engine/torch/caption/mobilenet.h"
#include "engine/torch/caption/vision_transformer.h"
#include "engine/torch/decoder.h"
#include "engine/torch/torch_runtime.h"
#include "engine/torch/torch_weights.h"

namespace linnet::engine {

namespace {

using torch::Tensor;

// Captions of equal length, which run as one batch.
struct Strand {
    std::vector<std::size_t> rows; // the caller's, in the order of the batch
    std::vector<int> pictures;     // of each
    KvCache cache;
    std::vector<int> seen; // the pictures of `memory`, which share the batch evenly
    CrossMemory memory;
};

// A row of a strand to go on with.
struct Continuation {
    std::size_t row = 0;     // the caller's new one
    std::int64_t parent = 0; // in the strand
    int picture = 0;
    TokenId token = 0;
};

Tensor indexTensor(const std::vector<std::int64_t>& values, torch::Device device) {
    return torch::tensor(values, torch::kLong).to(device);
}

// What a picture looks like to the decoder.
struct PictureStates {
    Tensor states;  // [n, places, width]
    Tensor classes; // probabilities [n, classes], float32; undefined without a classifier
};

class PictureEncoder {
public:
    virtual ~PictureEncoder() = default;
    virtual PictureStates encode(const Tensor& pixels) const = 0;
};

class PatchEncoder : public PictureEncoder {
public:
    PatchEncoder(const VisionConfig& config, const TensorMap& weights, torch::ScalarType type)
        : m_network(config, weights, type) {}

    PictureStates encode(const Tensor& pixels) const override {
        return {m_network.states(pixels), {}};
    }

private:
    VisionTransformer m_network;
};

class GridEncoder : public PictureEncoder {
public:
    GridEncoder(const VisionConfig& config, const TensorMap& weights, torch::ScalarType type)
        : m_network(config.mobileNet, weights, "encoder.", type) {}

    PictureStates encode(const Tensor& pixels) const override {
        const Tensor grid = m_network.grid(pixels);
        return {grid.flatten(2).transpose(1, 2), torch::softmax(m_network.classLogits(grid), -1)};
    }

private:
    MobileNet m_network;
};

// The decoder of either family.
class TextDecoder {
public:
    virtual ~TextDecoder() = default;
    virtual CrossMemory crossMemory(const Tensor& states) const = 0;
    // Logits [batch, vocabulary] after the last of ids [batch, length].
    virtual Tensor logits(const Tensor& ids, const DecoderPass& pass) const = 0;
};

template <typename Network>
class TextDecoderOf : public TextDecoder {
public:
    TextDecoderOf(const ModelConfig& config, const TensorMap& weights, torch::ScalarType type)
        : m_network(config, weights, type) {}

    CrossMemory crossMemory(const Tensor& states) const override {
        return m_network.crossMemory(states);
    }
    Tensor logits(const Tensor& ids, const DecoderPass& pass) const override {
        const Tensor hidden = m_network.hidden(ids, pass);
        return m_network.logits(hidden.select(1, hidden.size(1) - 1));
    }

private:
    Network m_network;
};

TensorMap loadWeights(const CaptionCheckpoint& checkpoint, torch::Device device,
                      torch::ScalarType type, std::int64_t& bytes) {
    const std::string prefix = "decoder.";
    TensorMap weights;
    for (const auto& [name, stored] : checkpoint.tensors()) {
        const Tensor tensor = viewOf(stored).to(device, type);
        bytes += tensor.numel() * static_cast<std::int64_t>(tensor.element_size());
        // The decoder of a language model has the same names without this.
        weights.emplace(name.starts_with(prefix) ? name.substr(prefix.size()) : name, tensor);
    }
    return weights;
}

class TorchCaptionNetwork : public CaptionNetwork {
public:
    TorchCaptionNetwork(CaptionCheckpoint checkpoint, torch::Device device, torch::ScalarType type)
        : m_checkpoint(std::move(checkpoint))
        , m_device(device)
        , m_type(type) {
        const c10::InferenceMode inference;
        const CaptionConfig& config = m_checkpoint.config();
        const TensorMap weights = loadWeights(m_checkpoint, m_device, m_type, m_weightBytes);
        if (config.vision.kind == VisionConfig::Kind::MobileNetV2) {
            m_encoder = std::make_unique<GridEncoder>(config.vision, weights, m_type);
        } else {
            m_encoder = std::make_unique<PatchEncoder>(config.vision, weights, m_type);
        }
        if (config.projection) {
            m_projection = weights.at("enc_to_dec_proj.weight");
            m_projectionBias = weights.at("enc_to_dec_proj.bias");
        }
        if (config.architecture == "blip") {
            m_decoder = std::make_unique<TextDecoderOf<BertDecoder>>(config.text, weights, m_type);
        } else {
            m_decoder = std::make_unique<TextDecoderOf<Decoder>>(config.text, weights, m_type);
        }
    }

    Result<std::span<const float>> encode(std::span<const float> pixels, int count,
                                          const std::stop_token& stop) override {
        return guarded([&] { runEncoder(pixels, count, stop); });
    }

    Result<std::span<const float>> begin(std::span<const std::vector<TokenId>> prompts) override {
        return guarded([&] { runPrompts(prompts); });
    }

    Result<std::span<const float>> advance(std::span<const int> parents,
                                           std::span<const TokenId> tokens) override {
        return guarded([&] { runStep(parents, tokens); });
    }

    void clear() override {
        m_memory = {};
        m_strands.clear();
        std::vector<float>().swap(m_values);
    }

    std::string device() const override { return m_device.is_cpu() ? "cpu" : m_device.str(); }
    std::string precision() const override { return precisionName(m_type); }
    std::int64_t weightBytes() const override { return m_weightBytes; }

private:
    // Runs `work`, which leaves its results in m_values.
    template <typename Work>
    Result<std::span<const float>> guarded(const Work& work) {
        const c10::InferenceMode inference;
        try {
            m_values.clear();
            work();
            return std::span<const float>(m_values);
        } catch (...) {
            return torchError();
        }
    }

    void runEncoder(std::span<const float> pixels, int count, const std::stop_token& stop) {
        clear();
        const PixelFormat& format = m_checkpoint.config().pixels;
        const std::int64_t together = m_device.is_cpu() ? 1 : 8;
        const Tensor all = torch::from_blob(const_cast<float*>(pixels.data()),
                                            {count, 3, format.height, format.width}, torch::kFloat);
        std::vector<Tensor> states;
        std::vector<Tensor> classes;
        for (std::int64_t first = 0; first < count; first += together) {
            if (stop.stop_requested()) {
                return;
            }
            const std::int64_t pictures = std::min<std::int64_t>(together, count - first);
            const PictureStates seen =
                m_encoder->encode(all.narrow(0, first, pictures).to(m_device));
            states.push_back(seen.states);
            if (seen.classes.defined()) {
                classes.push_back(seen.classes.to(torch::kCPU));
            }
        }
        Tensor memory = states.size() == 1 ? states.front() : torch::cat(states, 0);
        if (m_projection.defined()) {
            memory = torch::linear(memory, m_projection, m_projectionBias);
        }
        m_memory = m_decoder->crossMemory(memory);
        if (!classes.empty()) {
            const Tensor every = torch::cat(classes, 0).contiguous();
            m_values.assign(every.data_ptr<float>(), every.data_ptr<float>() + every.numel());
        }
        m_pictures = count;
    }

    void runPrompts(std::span<const std::vector<TokenId>> prompts) {
        m_strands.clear();
        m_values.resize(prompts.size() * vocabulary());
        for (std::size_t picture = 0; picture < prompts.size(); ++picture) {
            const auto length = static_cast<std::int64_t>(prompts[picture].size());
            const auto same =
                std::find_if(m_strands.begin(), m_strands.end(), [&](const Strand& strand) {
                    return static_cast<std::int64_t>(prompts[strand.rows.front()].size()) == length;
                });
            Strand& strand = same == m_strands.end() ? m_strands.emplace_back() : *same;
            strand.rows.push_back(picture);
            strand.pictures.push_back(static_cast<int>(picture));
        }
        for (Strand& strand : m_strands) {
            std::vector<std::int64_t> ids;
            for (const std::size_t row : strand.rows) {
                ids.insert(ids.end(), prompts[row].begin(), prompts[row].end());
            }
            run(strand, ids);
        }
    }

    void runStep(std::span<const int> parents, std::span<const TokenId> tokens) {
        std::vector<std::vector<Continuation>> continued(m_strands.size());
        const std::vector<std::pair<std::size_t, std::int64_t>> places = placesOfRows();
        for (std::size_t row = 0; row < parents.size(); ++row) {
            const auto [strand, index] = places.at(static_cast<std::size_t>(parents[row]));
            continued[strand].push_back(
                {row, index, m_strands[strand].pictures[static_cast<std::size_t>(index)],
                 tokens[row]});
        }
        std::vector<Strand> strands;
        for (std::size_t i = 0; i < m_strands.size(); ++i) {
            if (!continued[i].empty()) {
                std::stable_sort(continued[i].begin(), continued[i].end(),
                                 [](const Continuation& a, const Continuation& b) {
                                     return a.picture < b.picture;
                                 });
                reorder(m_strands[i], continued[i]);
                strands.push_back(std::move(m_strands[i]));
            }
        }
        m_strands = std::move(strands);
        m_values.resize(parents.size() * vocabulary());
        for (Strand& strand : m_strands) {
            std::vector<std::int64_t> ids;
            for (const std::size_t row : strand.rows) {
                ids.push_back(tokens[row]);
            }
            run(strand, ids);
        }
    }

    // Strand, and index in it, of every row.
    std::vector<std::pair<std::size_t, std::int64_t>> placesOfRows() const {
        std::vector<std::pair<std::size_t, std::int64_t>> places;
        for (std::size_t i = 0; i < m_strands.size(); ++i) {
            const std::vector<std::size_t>& rows = m_strands[i].rows;
            for (std::size_t k = 0; k < rows.size(); ++k) {
                places.resize(std::max(places.size(), rows[k] + 1));
                places[rows[k]] = {i, static_cast<std::int64_t>(k)};
            }
        }
        return places;
    }

    void reorder(Strand& strand, const std::vector<Continuation>& continued) const {
        const bool inPlace = continued.size() == strand.rows.size() &&
                             std::all_of(continued.begin(), continued.end(), [&](const auto& next) {
                                 return next.parent == &next - continued.data();
                             });
        strand.rows.clear();
        strand.pictures.clear();
        std::vector<std::int64_t> parents;
        for (const Continuation& next : continued) {
            strand.rows.push_back(next.row);
            strand.pictures.push_back(next.picture);
            parents.push_back(next.parent);
        }
        if (inPlace) {
            return;
        }
        const Tensor index = indexTensor(parents, m_device);
        for (std::size_t layer = 0; layer < strand.cache.keys.size(); ++layer) {
            strand.cache.keys[layer] = strand.cache.keys[layer].index_select(0, index);
            strand.cache.values[layer] = strand.cache.values[layer].index_select(0, index);
        }
    }

    // Gives the strand the memories of its pictures. Captions of one picture share one, if every
    // picture has equally many.
    void look(Strand& strand) const {
        std::vector<int> seen = strand.pictures;
        seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
        const std::size_t each = strand.pictures.size() / seen.size();
        for (std::size_t i = 0; i < strand.pictures.size(); ++i) {
            if (each * seen.size() != strand.pictures.size() ||
                seen[i / each] != strand.pictures[i]) {
                seen = strand.pictures;
                break;
            }
        }
        if (seen == strand.seen) {
            return;
        }
        std::vector<int> every(static_cast<std::size_t>(m_pictures));
        std::iota(every.begin(), every.end(), 0);
        strand.memory = seen == every
                            ? m_memory
                            : m_memory.selected(indexTensor({seen.begin(), seen.end()}, m_device));
        strand.seen = std::move(seen);
    }

    // Runs the same number of ids for each row, and leaves the log-probabilities after them in
    // m_values.
    void run(Strand& strand, const std::vector<std::int64_t>& ids) {
        look(strand);
        const auto rows = static_cast<std::int64_t>(strand.rows.size());
        const Tensor input = indexTensor(ids, m_device).view({rows, -1});
        DecoderPass pass;
        pass.cache = &strand.cache;
        pass.memory = &strand.memory;
        const Tensor logits = m_decoder->logits(input, pass);
        const Tensor values =
            torch::log_softmax(logits.to(torch::kFloat), -1).to(torch::kCPU).contiguous();
        const float* from = values.data_ptr<float>();
        for (const std::size_t row : strand.rows) {
            std::copy_n(from, vocabulary(),
                        m_values.begin() + static_cast<std::ptrdiff_t>(row * vocabulary()));
            from += vocabulary();
        }
    }

    std::size_t vocabulary() const {
        return static_cast<std::size_t>(m_checkpoint.config().text.vocabularySize);
    }

    CaptionCheckpoint m_checkpoint; // the weights may point into its files
    torch::Device m_device;
    torch::ScalarType m_type;
    std::int64_t m_weightBytes = 0;
    std::unique_ptr<PictureEncoder> m_encoder;
    Tensor m_projection, m_projectionBias; // undefined: the states are as wide as the decoder
    std::unique_ptr<TextDecoder> m_decoder;

    int m_pictures = 0;
    CrossMemory m_memory; // of all pictures
    std::vector<Strand> m_strands;
    std::vector<float> m_values; // results of the latest call
};

} // namespace

Result<std::unique_ptr<CaptionNetwork>> makeTorchCaptionNetwork(const CaptionCheckpoint& checkpoint,
                                                                bool cuda, Precision precision,
                                                                int threads) {
    if (const Result<void> usable = checkTorchDevice(cuda, precision); !usable) {
        return usable.error();
    }
    try {
        // Convolutions never go through BLAS.
        const bool patches = checkpoint.config().vision.kind != VisionConfig::Kind::MobileNetV2;
        setTorchThreads(threads, patches && precision == Precision::Float32);
        return std::unique_ptr<CaptionNetwork>(std::make_unique<TorchCaptionNetwork>(
            checkpoint, cuda ? torch::Device(torch::kCUDA, 0) : torch::Device(torch::kCPU),
            scalarType(precision)));
    } catch (...) {
        return torchError();
    }
}

} // namespace linnet::engine
