#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "engine/api/result.h"
#include "engine/torch/files/data_type.h"

namespace linnet::engine {

// A matrix [rows][columns], as y = W x uses it (rows are outputs), or a vector of `rows` elements
// (columns is 1), inside a mapped checkpoint. It may be stored transposed, or be a slice of a
// larger fused tensor; the functions below hide that.
struct Weight {
    std::string name;               // the tensor's name in the file, for messages
    DataType dtype = DataType::F32; // F32, F16, BF16, F64, or I8 with scales
    std::int64_t rows = 0;
    std::int64_t columns = 1;
    std::span<const std::byte> bytes;  // the whole stored tensor, maybe unaligned
    bool transposed = false;           // stored [columns][storedRows], as GPT-2's Conv1D does
    std::int64_t storedRows = 0;       // of the stored tensor; over `rows` for a slice of it
    std::int64_t firstRow = 0;         // where in the stored tensor the slice begins
    int groupSize = 0;                 // I8: inputs per scale
    std::span<const std::byte> scales; // I8: F16 [rows][columns / groupSize], maybe unaligned

    bool quantized() const { return groupSize > 0; }
    // True if bytes() are the elements [rows][columns] in this order.
    bool isContiguous() const { return !transposed; }
    // The elements [rows][columns] as stored, of `dtype`. Only for a contiguous weight.
    std::span<const std::byte> contiguousBytes() const;
};

// Widens, transposes and dequantises `weight` into `out`, [rows][columns]; out.size() must be
// rows * columns. Rows [firstRow, firstRow + count) only, when given, into [count][columns].
void copyToFloat(const Weight& weight, std::span<float> out);
void copyRowsToFloat(const Weight& weight, std::int64_t firstRow, std::int64_t count,
                     std::span<float> out);

} // namespace linnet::engine
