#include "engine/torch/torch_weights.h"

#include <torch/torch.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace linnet::engine {

namespace {

using torch::Tensor;

torch::ScalarType storedType(DataType type) {
    switch (type) {
    case DataType::F64:
        return torch::kDouble;
    case DataType::F32:
        return torch::kFloat;
    case DataType::F16:
        return torch::kHalf;
    case DataType::BF16:
        return torch::kBFloat16;
    default:
        break;
    }
    TORCH_CHECK(false, "weights of type ", std::string(toString(type)), " are not supported");
}

} // namespace

Tensor viewOf(const TensorView& stored) {
    const auto options = torch::TensorOptions().dtype(storedType(stored.dtype));
    const auto address = reinterpret_cast<std::uintptr_t>(stored.bytes.data());
    if (address % sizeOf(stored.dtype) == 0) {
        return torch::from_blob(const_cast<std::byte*>(stored.bytes.data()), stored.shape, options);
    }
    Tensor copy = torch::empty(stored.shape, options);
    std::memcpy(copy.data_ptr(), stored.bytes.data(), stored.bytes.size());
    return copy;
}

namespace {

// A tensor that is stored in int8, in float32 and in its stored orientation.
Tensor dequantised(const Checkpoint& checkpoint, const TensorView& stored) {
    std::vector<const Weight*> parts;
    for (const auto& [name, weight] : checkpoint.weights()) {
        if (weight.name == stored.name) {
            parts.push_back(&weight);
        }
    }
    std::sort(parts.begin(), parts.end(),
              [](const Weight* a, const Weight* b) { return a->firstRow < b->firstRow; });
    TORCH_CHECK(!parts.empty(), stored.name, " has no scales");
    std::vector<Tensor> rows;
    for (const Weight* part : parts) {
        Tensor values = torch::empty({part->rows, part->columns});
        copyToFloat(*part, {values.data_ptr<float>(), static_cast<std::size_t>(values.numel())});
        rows.push_back(values);
    }
    Tensor whole = rows.size() == 1 ? rows.front() : torch::cat(rows, 0);
    return parts.front()->transposed ? whole.t().contiguous() : whole;
}

Tensor load(const Checkpoint& checkpoint, const std::string& name,
            const std::vector<std::int64_t>& shape) {
    const TensorView* stored = checkpoint.stored(name);
    TORCH_CHECK(stored != nullptr, "the checkpoint lacks ", name);
    Tensor tensor =
        stored->dtype == DataType::I8 ? dequantised(checkpoint, *stored) : viewOf(*stored);
    TORCH_CHECK(tensor.sizes() == torch::IntArrayRef(shape), name, " has an unexpected shape");
    return tensor;
}

} // namespace

TensorMap torchWeights(const Checkpoint& checkpoint, torch::Device device, torch::ScalarType type) {
    const ModelConfig& config = checkpoint.config();
    auto expected = expectedTensors(config);
    const std::string head = "lm_head.weight";
    const bool listed = std::any_of(expected.begin(), expected.end(),
                                    [&](const auto& entry) { return entry.first == head; });
    if (!config.tiedEmbeddings && !listed) {
        expected.push_back({head, {config.vocabularySize, config.hiddenSize}});
    }
    TensorMap weights;
    for (const auto& [name, shape] : expected) {
        weights.emplace(name, load(checkpoint, name, shape).to(device, type));
    }
    return weights;
}

std::int64_t bytesPerToken(const ModelConfig& config, const TensorMap& weights) {
    std::int64_t bytes = 0;
    for (const auto& [name, tensor] : weights) {
        const bool positions = name.find("wpe.") != std::string::npos;
        const bool embedding = name.find("wte.") != std::string::npos ||
                               name.find("embed_tokens.") != std::string::npos;
        if (!positions && !(embedding && !config.tiedEmbeddings)) {
            bytes += tensor.numel() * static_cast<std::int64_t>(tensor.element_size());
        }
    }
    return bytes;
}

} // namespace linnet::engine
