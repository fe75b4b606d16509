#include "engine/torch/cpu/cpu_level.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#if defined(__unix__)
#include <unistd.h>
#endif
#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>
#endif
#if defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace linnet::engine::cpu {

namespace {

constexpr std::array<std::string_view, 6> levelNames = {"scalar",   "neon",   "avx2",
                                                        "avx-vnni", "avx512", "avx512-vnni"};

#if defined(__x86_64__) && defined(__GNUC__)
// AVX-VNNI has no name in __builtin_cpu_supports of the older compilers: leaf 7, subleaf 1, EAX.
bool hasAvxVnni() {
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    return __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a & (1U << 4)) != 0;
}
#endif

std::vector<CpuLevel> detect() {
    std::vector<CpuLevel> levels = {CpuLevel::Scalar};
#if defined(__x86_64__) && defined(__GNUC__)
    // These builtins also ask the operating system whether it saves the wide registers.
    __builtin_cpu_init();
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    const bool f16c = __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & (1U << 29)) != 0;
    if (avx2 && f16c) {
        levels.push_back(CpuLevel::Avx2);
        if (hasAvxVnni()) {
            levels.push_back(CpuLevel::AvxVnni);
        }
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
            __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
            levels.push_back(CpuLevel::Avx512);
            if (__builtin_cpu_supports("avx512vnni")) {
                levels.push_back(CpuLevel::Avx512Vnni);
            }
        }
    }
#elif defined(__aarch64__) && defined(__linux__)
    if ((getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0) {
        levels.push_back(CpuLevel::Neon);
    }
#elif defined(__aarch64__) && defined(__APPLE__)
    levels.push_back(CpuLevel::Neon);
#endif
    return levels;
}

} // namespace

std::string_view toString(CpuLevel level) {
    return levelNames[static_cast<std::size_t>(level)];
}

std::optional<CpuLevel> parseCpuLevel(std::string_view name) {
    const auto* const found = std::find(levelNames.begin(), levelNames.end(), name);
    if (found == levelNames.end()) {
        return std::nullopt;
    }
    return static_cast<CpuLevel>(found - levelNames.begin());
}

const std::vector<CpuLevel>& supportedLevels() {
    static const std::vector<CpuLevel> levels = detect();
    return levels;
}

std::size_t lastCacheBytes() {
    long bytes = 0;
#if defined(_SC_LEVEL3_CACHE_SIZE)
    bytes = std::max(sysconf(_SC_LEVEL3_CACHE_SIZE), sysconf(_SC_LEVEL2_CACHE_SIZE));
#endif
    return bytes > 0 ? static_cast<std::size_t>(bytes) : std::size_t{8} << 20;
}

bool isZen5OrLater() {
#if defined(__x86_64__) && defined(__GNUC__)
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    constexpr unsigned amd = 0x68747541; // "Auth", of "AuthenticAMD"
    if (__get_cpuid(0, &a, &b, &c, &d) == 0 || b != amd || __get_cpuid(1, &a, &b, &c, &d) == 0) {
        return false;
    }
    return (a >> 8U & 0xFU) + (a >> 20U & 0xFFU) >= 26;
#else
    return false;
#endif
}

CpuLevel defaultLevel() {
    const auto& levels = supportedLevels();
    if (const char* name = std::getenv("LINNET_CPU")) {
        const auto wanted = parseCpuLevel(name);
        if (wanted && std::find(levels.begin(), levels.end(), *wanted) != levels.end()) {
            return *wanted;
        }
    }
    return levels.back();
}

} // namespace linnet::engine::cpu
