#include "engine/torch/files/checkpoint.h"

#include <cassert>
#include <set>
#include <system_error>

#include "engine/torch/files/checkpoint_layout.h"
#include "engine/torch/files/model_config_reader.h"

namespace linnet::engine {

namespace {

// The tensor by its name, with or without the architecture's prefix.
const TensorView* findWithPrefix(const Safetensors& files, std::string_view prefix,
                                 std::string_view name) {
    const TensorView* const tensor = files.find(name);
    if (tensor != nullptr || !name.starts_with(prefix)) {
        return tensor;
    }
    return files.find(name.substr(prefix.size()));
}

// Looks up tensors of a checkpoint and checks them against the layout.
class WeightResolver {
public:
    WeightResolver(const Safetensors& files, const ModelConfig& config, std::string where)
        : m_files(files)
        , m_config(config)
        , m_prefix(optionalPrefix(config))
        , m_where(std::move(where)) {}

    const TensorView* find(std::string_view stored) const {
        return findWithPrefix(m_files, m_prefix, stored);
    }

    Result<Weight> resolve(const WeightPlace& place) const {
        const TensorView* const tensor = find(place.stored);
        if (tensor == nullptr) {
            return Error{ErrorCode::CorruptFile, m_where + ": tensor '" + place.stored +
                                                     "' is missing, which " +
                                                     m_config.architecture + " needs"};
        }
        if (Result<void> shaped = checkShape(place, *tensor); !shaped) {
            return shaped.error();
        }
        Weight weight;
        weight.name = tensor->name;
        weight.dtype = tensor->dtype;
        weight.rows = place.rows;
        weight.columns = place.columns.value_or(1);
        weight.bytes = tensor->bytes;
        weight.transposed = place.transposed;
        weight.storedRows = place.storedRows;
        weight.firstRow = place.firstRow;
        if (tensor->dtype == DataType::I8 && place.columns) {
            return addScales(std::move(weight), *tensor);
        }
        if (!isFloating(tensor->dtype)) {
            return wrong(*tensor, "has the dtype " + std::string(toString(tensor->dtype)) +
                                      " where F32, F16 or BF16 is needed");
        }
        return weight;
    }

private:
    Error wrong(const TensorView& tensor, const std::string& reason) const {
        return {ErrorCode::CorruptFile, m_where + ": tensor '" + tensor.name + "' " + reason};
    }

    Result<void> checkShape(const WeightPlace& place, const TensorView& tensor) const {
        std::vector<std::int64_t> expected = {place.storedRows};
        if (place.columns) {
            expected.insert(place.transposed ? expected.begin() : expected.end(), *place.columns);
        }
        if (tensor.shape != expected) {
            return wrong(tensor, "has the shape " + shapeToString(tensor.shape) +
                                     " where config.json asks for " + shapeToString(expected));
        }
        return {};
    }

    // Int8: symmetric, a float16 scale for every group of inputs, under the same name + "_scale".
    Result<Weight> addScales(Weight weight, const TensorView& tensor) const {
        if (m_config.int8GroupSize == 0) {
            return wrong(tensor, "has the dtype I8, but config.json has no quantization_config");
        }
        if (weight.columns % m_config.int8GroupSize != 0) {
            return wrong(tensor, "has rows of " + std::to_string(weight.columns) +
                                     ", not a multiple of the group size " +
                                     std::to_string(m_config.int8GroupSize));
        }
        const TensorView* const scales = m_files.find(tensor.name + "_scale");
        if (scales == nullptr) {
            return wrong(tensor, "has the dtype I8, but '" + tensor.name + "_scale' is missing");
        }
        const std::vector<std::int64_t> expected = {weight.storedRows,
                                                    weight.columns / m_config.int8GroupSize};
        if (scales->dtype != DataType::F16 || scales->shape != expected) {
            return wrong(*scales, "is " + std::string(toString(scales->dtype)) +
                                      shapeToString(scales->shape) + " where F16" +
                                      shapeToString(expected) + " is needed");
        }
        weight.groupSize = m_config.int8GroupSize;
        weight.scales = scales->bytes;
        return weight;
    }

    const Safetensors& m_files;
    const ModelConfig& m_config;
    std::string m_prefix;
    std::string m_where;
};

bool isThere(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
}

} // namespace

Result<Safetensors> openSafetensorsOf(const std::filesystem::path& folder) {
    if (const auto single = folder / "model.safetensors"; isThere(single)) {
        return Safetensors::open(single);
    }
    if (const auto index = folder / "model.safetensors.index.json"; isThere(index)) {
        return Safetensors::openIndex(index);
    }
    for (const char* const name :
         {"pytorch_model.bin", "pytorch_model.bin.index.json", "model.bin", "model.pt"}) {
        if (isThere(folder / name)) {
            return refusePickle(folder / "pytorch_model.bin", {}).error();
        }
    }
    return Error{ErrorCode::NotFound,
                 folder.string() + ": no model.safetensors or model.safetensors.index.json"};
}

Result<Checkpoint> Checkpoint::open(const std::filesystem::path& folder) {
    Result<ModelConfig> config = readModelConfig(folder);
    if (!config) {
        return config.error();
    }
    Result<Safetensors> files = openSafetensorsOf(folder);
    if (!files) {
        return files.error();
    }
    Checkpoint checkpoint;
    checkpoint.m_config = std::move(*config);
    checkpoint.m_files = std::move(*files);
    const WeightResolver resolver(checkpoint.m_files, checkpoint.m_config, folder.string());
    std::vector<WeightPlace> places = checkpointLayout(checkpoint.m_config);
    const WeightPlace head = headPlace(checkpoint.m_config);
    if (checkpoint.m_config.tiedEmbeddings || resolver.find(head.stored) == nullptr) {
        // Files without an output matrix share the embedding, whatever their configuration says.
        checkpoint.m_config.tiedEmbeddings = true;
    } else {
        places.push_back(head);
    }
    for (const WeightPlace& place : places) {
        Result<Weight> weight = resolver.resolve(place);
        if (!weight) {
            return weight.error();
        }
        checkpoint.m_weights.emplace(place.name, std::move(*weight));
    }
    return checkpoint;
}

const Weight* Checkpoint::find(std::string_view name) const {
    const auto found = m_weights.find(name);
    return found == m_weights.end() ? nullptr : &found->second;
}

const Weight& Checkpoint::at(std::string_view name) const {
    const Weight* const weight = find(name);
    assert(weight != nullptr);
    return *weight;
}

const TensorView* Checkpoint::stored(std::string_view name) const {
    return findWithPrefix(m_files, optionalPrefix(m_config), name);
}

std::int64_t Checkpoint::parameters() const {
    std::int64_t count = 0;
    for (const auto& [name, weight] : m_weights) {
        count += weight.rows * weight.columns;
    }
    return count;
}

} // namespace linnet::engine
