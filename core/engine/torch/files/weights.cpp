#include "engine/torch/files/weights.h"

#include <cassert>
#include <cstring>

namespace linnet::engine {

namespace {

// Elements may be unaligned in the file, hence memcpy, which compiles to a plain load.
template <typename T>
T load(const std::byte* bytes, std::int64_t index) {
    T value;
    std::memcpy(&value, bytes + static_cast<std::size_t>(index) * sizeof(T), sizeof(T));
    return value;
}

// `element(i)` is the i-th element of the stored tensor as a float.
template <typename Element>
void copyElements(const Weight& weight, std::int64_t firstRow, std::int64_t count, float* out,
                  const Element& element) {
    const std::int64_t first = weight.firstRow + firstRow;
    if (!weight.transposed) {
        const std::int64_t begin = first * weight.columns;
        const std::int64_t total = count * weight.columns;
        for (std::int64_t i = 0; i < total; ++i) {
            out[i] = element(begin + i);
        }
        return;
    }
    // Blocks of rows keep both the stored line and the written lines in the cache.
    constexpr std::int64_t block = 16;
    for (std::int64_t row = 0; row < count; row += block) {
        const std::int64_t rows = count - row < block ? count - row : block;
        for (std::int64_t column = 0; column < weight.columns; ++column) {
            const std::int64_t stored = column * weight.storedRows + first + row;
            for (std::int64_t i = 0; i < rows; ++i) {
                out[(row + i) * weight.columns + column] = element(stored + i);
            }
        }
    }
}

void copyQuantized(const Weight& weight, std::int64_t firstRow, std::int64_t count, float* out) {
    const std::int64_t groups = weight.columns / weight.groupSize;
    const std::byte* const bytes = weight.bytes.data();
    for (std::int64_t row = 0; row < count; ++row) {
        const std::int64_t stored = weight.firstRow + firstRow + row;
        for (std::int64_t group = 0; group < groups; ++group) {
            const float scale =
                floatFromHalf(load<std::uint16_t>(weight.scales.data(), stored * groups + group));
            const std::int64_t begin = stored * weight.columns + group * weight.groupSize;
            for (std::int64_t i = 0; i < weight.groupSize; ++i) {
                *out++ = scale * static_cast<float>(load<std::int8_t>(bytes, begin + i));
            }
        }
    }
}

} // namespace

std::span<const std::byte> Weight::contiguousBytes() const {
    assert(isContiguous());
    const std::size_t rowBytes = static_cast<std::size_t>(columns) * sizeOf(dtype);
    return bytes.subspan(static_cast<std::size_t>(firstRow) * rowBytes,
                         static_cast<std::size_t>(rows) * rowBytes);
}

void copyRowsToFloat(const Weight& weight, std::int64_t firstRow, std::int64_t count,
                     std::span<float> out) {
    assert(firstRow >= 0 && count >= 0 && firstRow + count <= weight.rows);
    assert(out.size() == static_cast<std::size_t>(count * weight.columns));
    const std::byte* const bytes = weight.bytes.data();
    switch (weight.dtype) {
    case DataType::F32:
        copyElements(weight, firstRow, count, out.data(),
                     [bytes](std::int64_t i) { return load<float>(bytes, i); });
        break;
    case DataType::F16:
        copyElements(weight, firstRow, count, out.data(), [bytes](std::int64_t i) {
            return floatFromHalf(load<std::uint16_t>(bytes, i));
        });
        break;
    case DataType::BF16:
        copyElements(weight, firstRow, count, out.data(), [bytes](std::int64_t i) {
            return floatFromBfloat16(load<std::uint16_t>(bytes, i));
        });
        break;
    case DataType::F64:
        copyElements(weight, firstRow, count, out.data(), [bytes](std::int64_t i) {
            return static_cast<float>(load<double>(bytes, i));
        });
        break;
    case DataType::I8:
        copyQuantized(weight, firstRow, count, out.data());
        break;
    default:
        assert(false && "a checkpoint holds no weights of this type");
    }
}

void copyToFloat(const Weight& weight, std::span<float> out) {
    copyRowsToFloat(weight, 0, weight.rows, out);
}

} // namespace linnet::engine
