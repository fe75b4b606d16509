#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace linnet::engine {

// Element types of a safetensors file, little-endian.
enum class DataType { F64, F32, F16, BF16, I64, I32, I16, I8, U8, Bool };

std::size_t sizeOf(DataType type); // bytes of an element
std::string_view toString(DataType type);
std::optional<DataType> dataTypeFromString(std::string_view name);
bool isFloating(DataType type);

// IEEE 754 binary16 and bfloat16 from and to binary32. Narrowing rounds to nearest even and keeps
// infinities and NaN.
float floatFromHalf(std::uint16_t bits);
std::uint16_t halfFromFloat(float value);
float floatFromBfloat16(std::uint16_t bits);
std::uint16_t bfloat16FromFloat(float value);

} // namespace linnet::engine
