#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace linnet::suggest {

// Numbers written bit by bit, most significant first.
class BitWriter {
public:
    void put(std::uint32_t value, int bits) {
        for (int i = bits - 1; i >= 0; --i) {
            if (m_bits % 8 == 0) {
                m_bytes.push_back(0);
            }
            const std::uint32_t bit = (value >> static_cast<unsigned>(i)) & 1U;
            m_bytes.back() = static_cast<std::uint8_t>(
                m_bytes.back() | (bit << (7U - static_cast<unsigned>(m_bits % 8))));
            ++m_bits;
        }
    }

    // Elias gamma code of value >= 1.
    void putGamma(std::uint32_t value) {
        const int width = std::bit_width(value);
        put(0, width - 1);
        put(value, width);
    }

    // Rice code with parameter k; 20 ones announce a plain number of 17 bits.
    void putRice(std::uint32_t value, int k) {
        const std::uint32_t quotient = value >> static_cast<unsigned>(k);
        if (quotient >= riceEscape) {
            put((1U << riceEscape) - 1U, static_cast<int>(riceEscape));
            put(value, riceEscapeBits);
            return;
        }
        put((1U << (quotient + 1U)) - 2U, static_cast<int>(quotient) + 1);
        put(value & ((1U << static_cast<unsigned>(k)) - 1U), k);
    }

    // The bits above the low `s` as gamma code of one more, then the low ones.
    void putSize(std::uint32_t value, int s) {
        putGamma((value >> static_cast<unsigned>(s)) + 1U);
        put(value & ((1U << static_cast<unsigned>(s)) - 1U), s);
    }

    void append(const BitWriter& other) {
        std::uint64_t left = other.m_bits;
        for (std::uint8_t byte : other.m_bytes) {
            const int take = static_cast<int>(std::min<std::uint64_t>(8, left));
            put(static_cast<std::uint32_t>(byte) >> static_cast<unsigned>(8 - take), take);
            left -= static_cast<std::uint64_t>(take);
        }
    }

    // What putRice would cost.
    static std::uint64_t riceBits(std::uint32_t value, int k) {
        const std::uint32_t quotient = value >> static_cast<unsigned>(k);
        return quotient >= riceEscape ? riceEscape + riceEscapeBits
                                      : quotient + 1U + static_cast<unsigned>(k);
    }

    std::uint64_t bits() const { return m_bits; }
    const std::vector<std::uint8_t>& bytes() const { return m_bytes; }

    static constexpr std::uint32_t riceEscape = 20;
    static constexpr int riceEscapeBits = 17;

private:
    std::vector<std::uint8_t> m_bytes;
    std::uint64_t m_bits = 0;
};

// Reads what BitWriter wrote. Never reads outside its bytes: past the end it gives zeros and
// failed() becomes true.
class BitReader {
public:
    BitReader(std::span<const std::uint8_t> bytes, std::uint64_t position)
        : m_bytes(bytes)
        , m_position(position)
        , m_end(static_cast<std::uint64_t>(bytes.size()) * 8U) {}

    bool failed() const { return m_position > m_end; }
    std::uint64_t position() const { return m_position; }
    void skip(std::uint64_t bits) { m_position = std::min(m_position + bits, m_end + 1U); }

    std::uint32_t get(int bits) {
        if (bits == 0) {
            return 0;
        }
        const std::uint64_t window = peek();
        skip(static_cast<std::uint64_t>(bits));
        return static_cast<std::uint32_t>(window >> (64U - static_cast<unsigned>(bits)));
    }

    std::uint32_t getGamma() {
        const int zeros = std::countl_zero(peek());
        if (zeros > 24) { // no list is that long
            skip(m_end + 1U);
            return 1;
        }
        skip(static_cast<std::uint64_t>(zeros));
        return get(zeros + 1);
    }

    std::uint32_t getRice(int k) {
        const std::uint64_t window = peek();
        const int ones = std::countl_one(window);
        if (ones >= static_cast<int>(BitWriter::riceEscape)) {
            skip(BitWriter::riceEscape);
            return get(BitWriter::riceEscapeBits);
        }
        const int used = ones + 1 + k;
        skip(static_cast<std::uint64_t>(used));
        const std::uint64_t rest = window << static_cast<unsigned>(ones + 1);
        const std::uint32_t low =
            k == 0 ? 0U : static_cast<std::uint32_t>(rest >> (64U - static_cast<unsigned>(k)));
        return (static_cast<std::uint32_t>(ones) << static_cast<unsigned>(k)) | low;
    }

    std::uint32_t getSize(int s) {
        const std::uint32_t high = getGamma() - 1U;
        return (high << static_cast<unsigned>(s)) | get(s);
    }

private:
    // The next 57 bits or more, left-aligned; zeros past the end.
    std::uint64_t peek() const {
        const std::uint64_t first = m_position / 8U;
        std::uint64_t word = 0;
        if (first + 8U <= m_bytes.size()) {
            for (unsigned i = 0; i < 8; ++i) {
                word = (word << 8U) | m_bytes[first + i];
            }
        } else {
            for (unsigned i = 0; i < 8; ++i) {
                const std::uint8_t byte =
                    first + i < m_bytes.size() ? m_bytes[first + i] : std::uint8_t{0};
                word = (word << 8U) | byte;
            }
        }
        return word << (m_position % 8U);
    }

    std::span<const std::uint8_t> m_bytes;
    std::uint64_t m_position;
    std::uint64_t m_end;
};

} // namespace linnet::suggest
