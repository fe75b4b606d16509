#include "engine/torch/cpu/packed_matrix.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>

#include "engine/torch/cpu/float16.h"

namespace linnet::engine::cpu {

namespace {

constexpr int rowInterleave = panelRows / 2;

std::uint16_t load16(const std::byte* p) {
    std::uint16_t value;
    std::memcpy(&value, p, sizeof(value));
    return value;
}

float loadElement(const WeightView& view, std::size_t index) {
    switch (view.type) {
    case WeightType::Float64: {
        double value;
        std::memcpy(&value, view.bytes.data() + index * sizeof(value), sizeof(value));
        return static_cast<float>(value);
    }
    case WeightType::Float32: {
        float value;
        std::memcpy(&value, view.bytes.data() + index * sizeof(value), sizeof(value));
        return value;
    }
    case WeightType::Float16:
        return halfToFloat(load16(view.bytes.data() + index * 2));
    case WeightType::BFloat16:
        return bfloatToFloat(load16(view.bytes.data() + index * 2));
    case WeightType::Int8:
        break;
    }
    return 0.0F;
}

// An element of a view of floats.
float loadFloat(const WeightView& view, std::size_t row, std::size_t column) {
    const std::size_t stored = static_cast<std::size_t>(view.firstRow) + row;
    if (view.transposed) {
        const std::int64_t rows = view.storedRows > 0 ? view.storedRows : view.rows;
        return loadElement(view, column * static_cast<std::size_t>(rows) + stored);
    }
    return loadElement(view, stored * static_cast<std::size_t>(view.columns) + column);
}

// One panel on its way from a checkpoint to the packed layout. Rows are gathered as floats or as
// int8 with scales, then written in the kernels' order.
class PanelPacker {
public:
    PanelPacker(const std::vector<MatrixPart>& parts, const PackedMatrix& matrix)
        : m_parts(parts)
        , m_anyTransposed(
              std::any_of(parts.begin(), parts.end(),
                          [](const MatrixPart& part) { return part.weight.transposed; }))
        , m_paired(matrix.terms == Terms::Two)
        , m_inputs(static_cast<std::size_t>(matrix.inputs))
        , m_groups(static_cast<std::size_t>(matrix.inputGroups()))
        , m_padded(m_groups * groupInputs)
        , m_floats(panelRows * m_padded)
        , m_values(panelRows * m_padded)
        , m_scales(panelRows * m_groups) {}

    // False if a weight or scale is not finite.
    bool pack(const RowRef* rows, std::byte* panel) {
        std::fill(m_floats.begin(), m_floats.end(), 0.0F);
        std::fill(m_values.begin(), m_values.end(), std::int8_t{0});
        std::fill(m_scales.begin(), m_scales.end(), std::uint16_t{0});
        if (m_anyTransposed) {
            gatherTransposed(rows);
        }
        bool finite = true;
        for (std::size_t r = 0; r < panelRows; ++r) {
            if (rows[r].part < 0) {
                continue;
            }
            const MatrixPart& part = m_parts[static_cast<std::size_t>(rows[r].part)];
            const auto row = static_cast<std::size_t>(rows[r].row);
            if (part.weight.type == WeightType::Int8 && part.weight.groupSize % groupInputs == 0) {
                finite = copyRow(part.weight, row, r) && finite;
            } else {
                gatherRow(part.weight, row, r);
                finite = quantiseRow(r) && finite;
            }
        }
        write(panel);
        if (m_paired && finite) {
            const std::size_t part = m_groups * groupBytes;
            write(panel + part);
            keepRemainders();
            write(panel + 2 * part);
        }
        return finite;
    }

private:
    // Column by column, so that each stored line is read once.
    void gatherTransposed(const RowRef* rows) {
        for (std::size_t k = 0; k < m_inputs; ++k) {
            for (std::size_t r = 0; r < panelRows; ++r) {
                if (rows[r].part < 0) {
                    continue;
                }
                const WeightView& view = m_parts[static_cast<std::size_t>(rows[r].part)].weight;
                if (view.transposed) {
                    m_floats[r * m_padded + k] =
                        loadFloat(view, static_cast<std::size_t>(rows[r].row), k);
                }
            }
        }
    }

    void gatherRow(const WeightView& view, std::size_t row, std::size_t r) {
        if (view.transposed) {
            return;
        }
        float* out = m_floats.data() + r * m_padded;
        if (view.type != WeightType::Int8) {
            for (std::size_t k = 0; k < m_inputs; ++k) {
                out[k] = loadFloat(view, row, k);
            }
            return;
        }
        const auto size = static_cast<std::size_t>(view.groupSize);
        const std::size_t stored = static_cast<std::size_t>(view.firstRow) + row;
        const std::size_t scales = (m_inputs + size - 1) / size;
        for (std::size_t k = 0; k < m_inputs; ++k) {
            const float scale =
                halfToFloat(load16(view.scales.data() + 2 * (stored * scales + k / size)));
            const auto value = static_cast<std::int8_t>(view.bytes[stored * m_inputs + k]);
            out[k] = scale * static_cast<float>(value);
        }
    }

    bool copyRow(const WeightView& view, std::size_t row, std::size_t r) {
        const std::size_t stored = static_cast<std::size_t>(view.firstRow) + row;
        std::memcpy(m_values.data() + r * m_padded, view.bytes.data() + stored * m_inputs,
                    m_inputs);
        const auto size = static_cast<std::size_t>(view.groupSize);
        const std::size_t scales = (m_inputs + size - 1) / size;
        bool finite = true;
        for (std::size_t g = 0; g < m_groups; ++g) {
            const std::size_t at = stored * scales + g * groupInputs / size;
            const std::uint16_t scale = load16(view.scales.data() + 2 * at);
            finite = finite && (scale & 0x7C00U) != 0x7C00U;
            m_scales[r * m_groups + g] = scale;
        }
        return finite;
    }

    bool quantiseRow(std::size_t r) {
        bool finite = true;
        for (std::size_t g = 0; g < m_groups; ++g) {
            const float* x = m_floats.data() + r * m_padded + g * groupInputs;
            std::int8_t* q = m_values.data() + r * m_padded + g * groupInputs;
            float largest = 0.0F;
            float sum = 0.0F; // not finite if any term is not
            for (int i = 0; i < groupInputs; ++i) {
                largest = std::max(largest, std::fabs(x[i]));
                sum += x[i] * 0.0F;
            }
            // Quantising with the scale as it will be read back keeps its rounding out.
            const std::uint16_t half = floatToHalf(largest / 127.0F);
            const float scale = halfToFloat(half);
            if (sum != 0.0F || std::isinf(scale)) {
                finite = false;
                continue;
            }
            m_scales[r * m_groups + g] = half;
            const float inverse = scale > 0.0F ? 1.0F / scale : 0.0F;
            for (int i = 0; i < groupInputs; ++i) {
                const float rounded = std::nearbyint(std::clamp(x[i] * inverse, -127.0F, 127.0F));
                q[i] = static_cast<std::int8_t>(rounded);
            }
        }
        return finite;
    }

    // Quantises what the values that were just written leave of the floats. Rows that were int8
    // leave nothing: their floats are zeros and stay so.
    void keepRemainders() {
        for (std::size_t r = 0; r < panelRows; ++r) {
            float* x = m_floats.data() + r * m_padded;
            const bool exact = std::all_of(x, x + m_padded, [](float v) { return v == 0.0F; });
            for (std::size_t k = 0; k < m_padded && !exact; ++k) {
                const float scale = halfToFloat(m_scales[r * m_groups + k / groupInputs]);
                x[k] -= scale * static_cast<float>(m_values[r * m_padded + k]);
            }
            quantiseRow(r);
        }
    }

    void write(std::byte* panel) const {
        for (std::size_t g = 0; g < m_groups; ++g, panel += groupBytes) {
            auto* scales = reinterpret_cast<std::uint16_t*>(panel);
            auto* weights = reinterpret_cast<std::uint8_t*>(panel + groupScaleBytes);
            for (std::size_t r = 0; r < panelRows; ++r) {
                scales[r] = m_scales[r * m_groups + g];
                const std::int8_t* values = m_values.data() + r * m_padded + g * groupInputs;
                for (std::size_t k = 0; k < groupInputs; ++k) {
                    weights[k / 4 * 4 * panelRows + r * 4 + k % 4] =
                        static_cast<std::uint8_t>(values[k] + 128);
                }
            }
        }
    }

    const std::vector<MatrixPart>& m_parts;
    bool m_anyTransposed;
    bool m_paired;
    std::size_t m_inputs;
    std::size_t m_groups;
    std::size_t m_padded;
    std::vector<float> m_floats;
    std::vector<std::int8_t> m_values;
    std::vector<std::uint16_t> m_scales;
};

void packBias(PackedMatrix& matrix, const std::vector<MatrixPart>& parts,
              const std::vector<RowRef>& rows) {
    const bool any = std::any_of(parts.begin(), parts.end(),
                                 [](const MatrixPart& part) { return part.bias.has_value(); });
    if (!any) {
        return;
    }
    matrix.bias.assign(static_cast<std::size_t>(matrix.panels) * panelRows, 0.0F);
    for (std::size_t r = 0; r < rows.size(); ++r) {
        if (rows[r].part < 0) {
            continue;
        }
        const auto& bias = parts[static_cast<std::size_t>(rows[r].part)].bias;
        if (bias) {
            matrix.bias[r] = loadFloat(*bias, static_cast<std::size_t>(rows[r].row), 0);
        }
    }
}

} // namespace

PackedMatrix PackedMatrix::sized(int rows, int inputs, Terms terms) {
    PackedMatrix matrix;
    matrix.rows = rows;
    matrix.inputs = inputs;
    matrix.terms = terms;
    matrix.groups = matrix.inputGroups() * (terms == Terms::Two ? pairedParts : 1);
    matrix.panels = (rows + panelRows - 1) / panelRows;
    return matrix;
}

void PackedMatrix::readRow(int row, float* out) const {
    const std::byte* group = panel(row / panelRows);
    const auto r = static_cast<std::size_t>(row % panelRows);
    const auto remainders = static_cast<std::size_t>(groups - inputGroups()) * groupBytes;
    const auto weightAt = [r](const std::byte* place, std::size_t k) {
        const std::byte* weights = place + groupScaleBytes + 4 * r;
        const auto value = static_cast<int>(weights[k / 4 * 4 * panelRows + k % 4]) - 128;
        return halfToFloat(load16(place + 2 * r)) * static_cast<float>(value);
    };
    for (int g = 0; g < inputGroups(); ++g, group += groupBytes, out += groupInputs) {
        for (std::size_t k = 0; k < groupInputs; ++k) {
            out[k] = weightAt(group, k);
            out[k] += remainders > 0 ? weightAt(group + remainders, k) : 0.0F;
        }
    }
}

std::vector<RowRef> stackedRows(const std::vector<MatrixPart>& parts) {
    std::vector<RowRef> rows;
    for (std::size_t p = 0; p < parts.size(); ++p) {
        const auto count = static_cast<int>(parts[p].weight.rows);
        for (int r = 0; r < count; ++r) {
            rows.push_back({static_cast<int>(p), r});
        }
    }
    return rows;
}

std::vector<RowRef> interleavedRows(const std::vector<MatrixPart>& parts) {
    std::vector<RowRef> rows;
    const auto count = static_cast<int>(parts.front().weight.rows);
    for (int begin = 0; begin < count; begin += rowInterleave) {
        for (int part = 0; part < 2; ++part) {
            for (int r = begin; r < begin + rowInterleave; ++r) {
                rows.push_back(r < count ? RowRef{part, r} : RowRef{});
            }
        }
    }
    return rows;
}

Result<void> packMatrix(PackedMatrix& matrix, const std::vector<MatrixPart>& parts,
                        const std::vector<RowRef>& rows, ThreadTeam& team) {
    std::vector<RowRef> padded = rows;
    padded.resize(static_cast<std::size_t>(matrix.panels) * panelRows);
    std::vector<PanelPacker> packers;
    for (int i = 0; i < team.size(); ++i) {
        packers.emplace_back(parts, matrix);
    }
    packBias(matrix, parts, rows);
    std::atomic<bool> finite{true};
    const int chunks = std::min(matrix.panels, ThreadTeam::maxChunks);
    team.run(chunks, [&](int chunk, int thread) {
        for (int p = chunk; p < matrix.panels; p += chunks) {
            std::byte* panel = matrix.data + static_cast<std::size_t>(p) * matrix.panelBytes();
            if (!packers[static_cast<std::size_t>(thread)].pack(
                    padded.data() + static_cast<std::size_t>(p) * panelRows, panel)) {
                finite.store(false, std::memory_order_relaxed);
            }
        }
    });
    if (!finite.load()) {
        return Error{ErrorCode::CorruptFile, "tensor " + parts.front().name +
                                                 " (or one stored beside it) has weights " +
                                                 "that are not finite or too large"};
    }
    return {};
}

std::vector<float> readFloats(const WeightView& view) {
    std::vector<float> floats;
    floats.reserve(static_cast<std::size_t>(view.rows * view.columns));
    for (std::int64_t row = 0; row < view.rows; ++row) {
        for (std::int64_t column = 0; column < view.columns; ++column) {
            floats.push_back(
                loadFloat(view, static_cast<std::size_t>(row), static_cast<std::size_t>(column)));
        }
    }
    return floats;
}

} // namespace linnet::engine::cpu
