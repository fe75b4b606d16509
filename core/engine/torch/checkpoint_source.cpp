#include "engine/torch/checkpoint_source.h"

#include <optional>
#include <string>

namespace linnet::engine {

namespace {

std::optional<cpu::WeightType> weightType(DataType type) {
    switch (type) {
    case DataType::F64:
        return cpu::WeightType::Float64;
    case DataType::F32:
        return cpu::WeightType::Float32;
    case DataType::F16:
        return cpu::WeightType::Float16;
    case DataType::BF16:
        return cpu::WeightType::BFloat16;
    case DataType::I8:
        return cpu::WeightType::Int8;
    default:
        return std::nullopt;
    }
}

} // namespace

cpu::WeightSource cpuWeightSource(const Checkpoint& checkpoint) {
    return [&checkpoint](const std::string& name) -> std::optional<cpu::WeightView> {
        const Weight* weight = checkpoint.find(name);
        const auto type = weight != nullptr ? weightType(weight->dtype) : std::nullopt;
        if (!type) {
            return std::nullopt;
        }
        cpu::WeightView view;
        view.type = *type;
        view.rows = weight->rows;
        view.columns = weight->columns;
        view.bytes = weight->bytes;
        view.transposed = weight->transposed;
        view.storedRows = weight->storedRows;
        view.firstRow = weight->firstRow;
        view.groupSize = weight->groupSize;
        view.scales = weight->scales;
        return view;
    };
}

} // namespace linnet::engine
