#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace linnet::engine::cpu {

// The instruction sets that kernels are written for, slowest first.
enum class CpuLevel { Scalar, Neon, Avx2, AvxVnni, Avx512, Avx512Vnni };

std::string_view toString(CpuLevel level);

// "scalar", "neon", "avx2", "avx-vnni", "avx512", "avx512-vnni".
std::optional<CpuLevel> parseCpuLevel(std::string_view name);

// The levels that this build has kernels for and this processor runs, slowest first.
const std::vector<CpuLevel>& supportedLevels();

// Of the largest cache that a core sees; a guess where the system does not say.
std::size_t lastCacheBytes();

// AMD's Zen 5 (family 26) or a later one.
bool isZen5OrLater();

// The best supported level, or the one that the environment variable LINNET_CPU names if it is
// supported (to test or to compare the slower ones).
CpuLevel defaultLevel();

} // namespace linnet::engine::cpu
