#pragma once

#include <cstddef>
#include <cstdint>

namespace linnet::verse {

// SplitMix64 (Steele, Lea and Flood 2014): the same numbers with every compiler, which the
// distributions of <random> are not.
class Random {
public:
    explicit Random(std::uint64_t seed)
        : m_state(seed) {}

    std::uint64_t next() {
        m_state += 0x9E3779B97F4A7C15ULL;
        std::uint64_t z = m_state;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31U);
    }

    // In [0, 1).
    double unit() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

    // In [0, bound); bound over 0.
    std::size_t below(std::size_t bound) {
        return static_cast<std::size_t>(unit() * static_cast<double>(bound));
    }

private:
    std::uint64_t m_state;
};

} // namespace linnet::verse
