#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace linnet::engine {

// FNV-1a of 64 bits (Fowler, Noll and Vo; http://www.isthe.com/chongo/tech/comp/fnv): tells texts
// and files apart and finds damage, but does not withstand anyone who wants two to look alike.
class Fnv1a {
public:
    void add(std::uint8_t byte) { m_value = (m_value ^ byte) * 0x100000001B3U; }
    void add(std::span<const std::uint8_t> bytes) {
        for (const std::uint8_t byte : bytes) {
            add(byte);
        }
    }
    void add(std::string_view text) {
        for (const char byte : text) {
            add(static_cast<std::uint8_t>(byte));
        }
    }
    std::uint64_t value() const { return m_value; }

    static std::uint64_t of(std::span<const std::uint8_t> bytes) {
        Fnv1a hash;
        hash.add(bytes);
        return hash.value();
    }
    static std::uint64_t of(std::string_view text) {
        Fnv1a hash;
        hash.add(text);
        return hash.value();
    }

private:
    std::uint64_t m_value = 0xCBF29CE484222325U;
};

} // namespace linnet::engine
