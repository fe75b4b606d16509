#include "engine/torch/files/data_type.h"

#include <array>
#include <bit>
#include <utility>

namespace linnet::engine {

namespace {

struct TypeEntry {
    DataType type;
    std::string_view name;
    std::size_t size;
};

constexpr std::array<TypeEntry, 10> typeTable = {{{DataType::F64, "F64", 8},
                                                  {DataType::F32, "F32", 4},
                                                  {DataType::F16, "F16", 2},
                                                  {DataType::BF16, "BF16", 2},
                                                  {DataType::I64, "I64", 8},
                                                  {DataType::I32, "I32", 4},
                                                  {DataType::I16, "I16", 2},
                                                  {DataType::I8, "I8", 1},
                                                  {DataType::U8, "U8", 1},
                                                  {DataType::Bool, "BOOL", 1}}};

const TypeEntry& entryOf(DataType type) {
    return typeTable[static_cast<std::size_t>(type)];
}

} // namespace

std::size_t sizeOf(DataType type) {
    return entryOf(type).size;
}

std::string_view toString(DataType type) {
    return entryOf(type).name;
}

std::optional<DataType> dataTypeFromString(std::string_view name) {
    for (const TypeEntry& entry : typeTable) {
        if (entry.name == name) {
            return entry.type;
        }
    }
    return std::nullopt;
}

bool isFloating(DataType type) {
    return type == DataType::F64 || type == DataType::F32 || type == DataType::F16 ||
           type == DataType::BF16;
}

float floatFromHalf(std::uint16_t bits) {
    const std::uint32_t sign = (bits & 0x8000U) << 16U;
    const std::uint32_t exponent = (bits >> 10U) & 0x1FU;
    const std::uint32_t mantissa = bits & 0x3FFU;
    if (exponent == 0x1FU) {
        return std::bit_cast<float>(sign | 0x7F800000U | (mantissa << 13U));
    }
    if (exponent != 0) {
        return std::bit_cast<float>(sign | ((exponent + 112U) << 23U) | (mantissa << 13U));
    }
    const float magnitude = static_cast<float>(mantissa) * 0x1.0p-24F; // zero or subnormal
    return sign != 0 ? -magnitude : magnitude;
}

std::uint16_t halfFromFloat(float value) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>((bits >> 16U) & 0x8000U);
    const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
    const auto with = [sign](std::uint32_t rest) {
        return static_cast<std::uint16_t>(sign | rest);
    };
    if (magnitude > 0x7F800000U) {
        return with(0x7E00U); // NaN
    }
    if (magnitude >= 0x477FF000U) {
        return with(0x7C00U); // rounds to infinity
    }
    if (magnitude < 0x33000001U) {
        return with(0); // at most half of the smallest subnormal
    }
    const std::uint32_t exponent = magnitude >> 23U;
    // Subnormal results shift the mantissa, with its hidden bit, further to the right.
    const std::uint32_t shift = exponent < 113U ? 126U - exponent : 13U;
    const std::uint32_t source =
        exponent < 113U ? (magnitude & 0x7FFFFFU) | 0x800000U : magnitude - (112U << 23U);
    const std::uint32_t half = 1U << (shift - 1U);
    const std::uint32_t odd = (source >> shift) & 1U;
    return with((source + half - 1U + odd) >> shift);
}

float floatFromBfloat16(std::uint16_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}

std::uint16_t bfloat16FromFloat(float value) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7FFFFFFFU) > 0x7F800000U) {
        return static_cast<std::uint16_t>((bits >> 16U) | 0x40U);
    }
    return static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U);
}

} // namespace linnet::engine
