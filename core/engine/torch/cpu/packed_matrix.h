#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/api/result.h"
#include "engine/torch/cpu/kernels.h"
#include "engine/torch/cpu/thread_team.h"
#include "engine/torch/cpu/weight_source.h"

namespace linnet::engine::cpu {

// How many int8 values stand for a number. With two, the second holds what the first one's rounding
// left, 1/250 of it: w x = w1 x1 + w1 x2 + w2 x1, and the kernels see three times the inputs,
// matrices as [w1 | w1 | w2] and columns as [x1 | x2 | x1].
enum class Terms { One, Two };
inline constexpr int pairedParts = 3;

// An int8 matrix [rows, inputs] in the kernels' layout (kernels.h), in memory of somebody else's.
struct PackedMatrix {
    std::byte* data = nullptr;
    int rows = 0;
    int inputs = 0;
    Terms terms = Terms::One;
    int groups = 0; // of one panel: those of the inputs, three times with two terms
    int panels = 0;
    std::vector<float> bias; // padded to whole panels, or empty

    int inputGroups() const { return (inputs + groupInputs - 1) / groupInputs; }
    std::size_t panelBytes() const { return static_cast<std::size_t>(groups) * groupBytes; }
    std::size_t bytes() const { return static_cast<std::size_t>(panels) * panelBytes(); }
    const std::byte* panel(int index) const {
        return data + static_cast<std::size_t>(index) * panelBytes();
    }
    const float* biasData() const { return bias.empty() ? nullptr : bias.data(); }

    // The measures of a matrix, without data.
    static PackedMatrix sized(int rows, int inputs, Terms terms = Terms::One);

    // Row `row` as floats, padded with zeros to whole groups.
    void readRow(int row, float* out) const;
};

// A tensor that gives some of a packed matrix's rows.
struct MatrixPart {
    std::string name; // for messages
    WeightView weight;
    std::optional<WeightView> bias;
};

// Where a packed row comes from; part < 0: a row of zeros.
struct RowRef {
    int part = -1;
    int row = 0;
};

// All parts' rows one after another.
std::vector<RowRef> stackedRows(const std::vector<MatrixPart>& parts);

// Rows of part 0 and part 1 in turn, 16 and 16, as Finish::SwiGlu wants them.
std::vector<RowRef> interleavedRows(const std::vector<MatrixPart>& parts);

// Fills `matrix` (sized, with data) from `parts`. Floats are quantised: symmetric, a float16 scale
// per row and group of 32 inputs, in one or two terms; int8 tensors whose group size is a multiple
// of 32 keep their values. Errors: CorruptFile for weights that are not finite.
Result<void> packMatrix(PackedMatrix& matrix, const std::vector<MatrixPart>& parts,
                        const std::vector<RowRef>& rows, ThreadTeam& team);

// All elements of a view that is not Int8, [rows][columns].
std::vector<float> readFloats(const WeightView& view);

} // namespace linnet::engine::cpu
