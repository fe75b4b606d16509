#include "training/tensor_files.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "engine/torch/files/safetensors.h"
#include "engine/torch/files/safetensors_writer.h"

namespace linnet::training {

using engine::DataType;
using engine::Error;
using engine::ErrorCode;
using engine::Result;
using torch::Tensor;

namespace {

std::optional<DataType> dataTypeOf(torch::ScalarType type) {
    switch (type) {
    case torch::kFloat:
        return DataType::F32;
    case torch::kHalf:
        return DataType::F16;
    case torch::kBFloat16:
        return DataType::BF16;
    case torch::kChar:
        return DataType::I8;
    case torch::kLong:
        return DataType::I64;
    default:
        return std::nullopt;
    }
}

std::optional<torch::ScalarType> scalarTypeOf(DataType type) {
    switch (type) {
    case DataType::F32:
        return torch::kFloat;
    case DataType::F16:
        return torch::kHalf;
    case DataType::BF16:
        return torch::kBFloat16;
    case DataType::I8:
        return torch::kChar;
    case DataType::I64:
        return torch::kLong;
    default:
        return std::nullopt;
    }
}

} // namespace

Result<void> writeTensors(const std::filesystem::path& path, const NamedTensors& tensors,
                          const std::map<std::string, std::string>& metadata) {
    std::vector<Tensor> held; // keeps the bytes of the views alive
    std::vector<engine::TensorView> views;
    for (const auto& [name, tensor] : tensors) {
        const auto type = dataTypeOf(tensor.scalar_type());
        if (!type) {
            return Error{ErrorCode::InvalidArgument, "tensor " + name + " has an unusual type"};
        }
        held.push_back(tensor.detach().to(torch::kCPU).contiguous());
        const Tensor& bytes = held.back();
        views.push_back({name,
                         *type,
                         bytes.sizes().vec(),
                         {static_cast<const std::byte*>(bytes.data_ptr()), bytes.nbytes()}});
    }
    std::stable_sort(views.begin(), views.end(), [](const auto& a, const auto& b) {
        return sizeOf(a.dtype) > sizeOf(b.dtype);
    });
    return engine::writeSafetensors(path, views, metadata);
}

Result<NamedTensors> readTensors(const std::filesystem::path& path) {
    const auto file = engine::Safetensors::open(path);
    if (!file) {
        return file.error();
    }
    NamedTensors tensors;
    for (const engine::TensorView& view : file->tensors()) {
        const auto type = scalarTypeOf(view.dtype);
        if (!type) {
            return Error{ErrorCode::UnsupportedFormat, path.string() + ": tensor " + view.name +
                                                           " has the type " +
                                                           std::string(toString(view.dtype))};
        }
        Tensor tensor = torch::empty(view.shape, torch::TensorOptions().dtype(*type));
        std::copy(view.bytes.begin(), view.bytes.end(), static_cast<std::byte*>(tensor.data_ptr()));
        tensors[view.name] = tensor;
    }
    return tensors;
}

std::string llamaConfigJson(const engine::ModelConfig& config, const std::string& dtype) {
    nlohmann::ordered_json json = {{"architectures", {"LlamaForCausalLM"}},
                                   {"model_type", "llama"},
                                   {"vocab_size", config.vocabularySize},
                                   {"hidden_size", config.hiddenSize},
                                   {"intermediate_size", config.intermediateSize},
                                   {"num_hidden_layers", config.layers},
                                   {"num_attention_heads", config.heads},
                                   {"num_key_value_heads", config.kvHeads},
                                   {"head_dim", config.headDim},
                                   {"hidden_act", "silu"},
                                   {"max_position_embeddings", config.maxPositions},
                                   {"rms_norm_eps", config.normEpsilon},
                                   {"rope_theta", config.rope.theta},
                                   {"rope_scaling", nullptr},
                                   {"attention_bias", config.qkvBias},
                                   {"mlp_bias", config.mlpBias},
                                   {"tie_word_embeddings", config.tiedEmbeddings},
                                   {"torch_dtype", dtype}};
    if (!config.endOfText.empty()) {
        json["bos_token_id"] = config.beginOfText.value_or(config.endOfText.front());
        json["eos_token_id"] = config.endOfText.front();
    }
    if (config.int8GroupSize > 0) {
        json["quantization_config"] = {
            {"quant_method", "linnet-int8"}, {"bits", 8}, {"group_size", config.int8GroupSize}};
    }
    return json.dump(2) + "\n";
}

} // namespace linnet::training
