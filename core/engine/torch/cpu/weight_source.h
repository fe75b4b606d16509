#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace linnet::engine::cpu {

enum class WeightType { Float64, Float32, Float16, BFloat16, Int8 };

// A matrix [rows][columns] (rows are outputs) or a vector [rows] of a checkpoint, little-endian,
// maybe unaligned; field for field what files/weights.h calls a Weight.
struct WeightView {
    WeightType type = WeightType::Float32;
    std::int64_t rows = 0;
    std::int64_t columns = 1;
    std::span<const std::byte> bytes; // the whole stored tensor
    bool transposed = false;          // stored [columns][storedRows]; never with Int8
    std::int64_t storedRows = 0;      // 0: rows; more for a slice of a stored tensor
    std::int64_t firstRow = 0;        // of the slice
    // Int8 only: a float16 scale per stored row and groupSize inputs; weight = int8 * scale.
    int groupSize = 0;
    std::span<const std::byte> scales;
};

// Yields the weight of a name, none if the model lacks it. The names are those that
// files/checkpoint.h gives to every architecture's weights: "embedding.weight",
// "layers.0.query.weight", "layers.0.query.bias", "final_norm.weight", "head.weight". What a view
// points to must live until loading ends.
using WeightSource = std::function<std::optional<WeightView>(const std::string& name)>;

} // namespace linnet::engine::cpu
