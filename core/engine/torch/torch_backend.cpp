#include "engine/torch/torch_backend.h"

#include <torch/torch.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/torch/decoder.h"
#include "engine/torch/log_probabilities.h"
#include "engine/torch/torch_runtime.h"
#include "engine/torch/torch_weights.h"

namespace linnet::engine {

namespace {

using torch::Tensor;

// A row of a cache that sequences of one batch may share. The tensors are never written to, so
// that a sequence may keep a part of what others go on with.
class TorchSequence : public KvSequence {
public:
    int length() const override { return static_cast<int>(used); }
    void truncate(int length) override { used = std::min<std::int64_t>(used, length); }

    std::shared_ptr<const KvCache> cache; // null: empty
    std::int64_t row = 0;
    std::int64_t used = 0; // positions of the cache that count
};

// Steps of equal length, old and new, that run as one batch.
struct BatchGroup {
    std::int64_t past = 0;
    std::int64_t added = 0;
    std::vector<std::size_t> steps; // indices
};

std::vector<BatchGroup> groupsOf(std::span<const DecoderStep> steps) {
    std::vector<BatchGroup> groups;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const std::int64_t past = steps[i].sequence->length();
        const auto added = static_cast<std::int64_t>(steps[i].tokens.size());
        const auto same = std::find_if(groups.begin(), groups.end(), [&](const BatchGroup& group) {
            return group.past == past && group.added == added;
        });
        if (same == groups.end()) {
            groups.push_back({past, added, {i}});
        } else {
            same->steps.push_back(i);
        }
    }
    return groups;
}

const TorchSequence& sequenceOf(const DecoderStep& step) {
    return *static_cast<const TorchSequence*>(step.sequence);
}

// The cache of a group's sequences, row after row: the one they share if they are all of it.
KvCache gather(const BatchGroup& group, std::span<const DecoderStep> steps) {
    if (group.past == 0) {
        return {};
    }
    const TorchSequence& first = sequenceOf(steps[group.steps.front()]);
    bool shared =
        first.cache->keys.front().size(0) == static_cast<std::int64_t>(group.steps.size());
    for (std::size_t i = 0; i < group.steps.size(); ++i) {
        const TorchSequence& sequence = sequenceOf(steps[group.steps[i]]);
        shared =
            shared && sequence.cache == first.cache && sequence.row == static_cast<std::int64_t>(i);
    }
    const auto collect = [&](auto member) {
        std::vector<Tensor> layers;
        for (std::size_t layer = 0; layer < first.cache->keys.size(); ++layer) {
            if (shared) {
                layers.push_back(((*first.cache).*member)[layer].narrow(2, 0, group.past));
                continue;
            }
            std::vector<Tensor> rows;
            for (const std::size_t i : group.steps) {
                const TorchSequence& sequence = sequenceOf(steps[i]);
                rows.push_back(((*sequence.cache).*member)[layer]
                                   .narrow(0, sequence.row, 1)
                                   .narrow(2, 0, group.past));
            }
            layers.push_back(rows.size() == 1 ? rows.front() : torch::cat(rows, 0));
        }
        return layers;
    };
    KvCache cache;
    cache.keys = collect(&KvCache::keys);
    cache.values = collect(&KvCache::values);
    return cache;
}

class TorchBackend : public DecoderBackend {
public:
    TorchBackend(Checkpoint checkpoint, torch::Device device, torch::ScalarType type)
        : m_checkpoint(std::move(checkpoint))
        , m_device(device)
        , m_type(type) {
        const c10::InferenceMode inference;
        const TensorMap weights = torchWeights(m_checkpoint, m_device, m_type);
        m_weightBytes = bytesPerToken(m_checkpoint.config(), weights);
        m_decoder.emplace(m_checkpoint.config(), weights, m_type);
    }

    const ModelConfig& config() const override { return m_checkpoint.config(); }
    std::unique_ptr<KvSequence> newSequence() override { return std::make_unique<TorchSequence>(); }
    std::unique_ptr<KvSequence> forkSequence(const KvSequence& sequence) override {
        return std::make_unique<TorchSequence>(static_cast<const TorchSequence&>(sequence));
    }

    Result<std::span<const float>> forward(std::span<const DecoderStep> steps,
                                           const std::stop_token& stop) override {
        const c10::InferenceMode inference;
        try {
            return run(steps, stop);
        } catch (...) {
            return torchError();
        }
    }

    void logSoftmax(std::span<const float> logits, std::span<float> out) const override {
        engine::logSoftmax(logits, out);
    }

    std::string device() const override { return m_device.is_cpu() ? "cpu" : m_device.str(); }
    std::string precision() const override { return precisionName(m_type); }
    std::int64_t weightBytes() const override { return m_weightBytes; }

private:
    std::span<const float> run(std::span<const DecoderStep> steps, const std::stop_token& stop) {
        std::vector<Tensor> wanted(steps.size()); // [rows, hidden] of each step
        const std::vector<BatchGroup> groups = groupsOf(steps);
        std::vector<std::shared_ptr<KvCache>> caches;
        for (const BatchGroup& group : groups) {
            auto cache = std::make_shared<KvCache>(gather(group, steps));
            DecoderPass pass;
            pass.cache = cache.get();
            pass.stop = stop;
            const Tensor hidden = m_decoder->hidden(idsOf(group, steps), pass);
            if (!hidden.defined()) {
                return {};
            }
            for (std::size_t row = 0; row < group.steps.size(); ++row) {
                const std::size_t i = group.steps[row];
                const auto rows = steps[i].rows == LogitRows::All ? group.added : 1;
                if (steps[i].rows != LogitRows::None) {
                    wanted[i] =
                        hidden[static_cast<std::int64_t>(row)].narrow(0, group.added - rows, rows);
                }
            }
            caches.push_back(std::move(cache));
        }
        readLogits(wanted);
        // Nothing can fail from here on: the sequences change all or none.
        for (std::size_t g = 0; g < groups.size(); ++g) {
            for (std::size_t row = 0; row < groups[g].steps.size(); ++row) {
                auto& sequence = *static_cast<TorchSequence*>(steps[groups[g].steps[row]].sequence);
                sequence.cache = caches[g];
                sequence.row = static_cast<std::int64_t>(row);
                sequence.used = groups[g].past + groups[g].added;
            }
        }
        return {m_logits.data(), m_logits.size()};
    }

    Tensor idsOf(const BatchGroup& group, std::span<const DecoderStep> steps) const {
        std::vector<std::int64_t> ids;
        for (const std::size_t i : group.steps) {
            ids.insert(ids.end(), steps[i].tokens.begin(), steps[i].tokens.end());
        }
        return torch::tensor(ids, torch::kLong)
            .view({static_cast<std::int64_t>(group.steps.size()), group.added})
            .to(m_device);
    }

    void readLogits(const std::vector<Tensor>& wanted) {
        std::vector<Tensor> rows;
        std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(rows),
                     [](const Tensor& tensor) { return tensor.defined(); });
        m_logits.clear();
        if (rows.empty()) {
            return;
        }
        const Tensor hidden = rows.size() == 1 ? rows.front() : torch::cat(rows, 0);
        const Tensor logits = m_decoder->logits(hidden).to(torch::kCPU, torch::kFloat).contiguous();
        const float* data = logits.data_ptr<float>();
        m_logits.assign(data, data + logits.numel());
    }

    Checkpoint m_checkpoint; // the weights may point into its files
    torch::Device m_device;
    torch::ScalarType m_type;
    std::optional<Decoder> m_decoder;
    std::int64_t m_weightBytes = 0;
    std::vector<float> m_logits;
};

} // namespace

Result<std::unique_ptr<DecoderBackend>> makeTorchBackend(const Checkpoint& checkpoint, bool cuda,
                                                         Precision precision, int threads) {
    if (const Result<void> usable = checkTorchDevice(cuda, precision); !usable) {
        return usable.error();
    }
    try {
        setTorchThreads(threads, precision == Precision::Float32);
        return std::unique_ptr<DecoderBackend>(std::make_unique<TorchBackend>(
            checkpoint, cuda ? torch::Device(torch::kCUDA, 0) : torch::Device(torch::kCPU),
            scalarType(precision)));
    } catch (...) {
        return torchError();
    }
}

} // namespace linnet::engine
