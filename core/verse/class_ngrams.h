#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "verse/byte_stream.h"

namespace linnet::verse {

// A sequence of one to five classes with what it keeps for itself of its context's probability.
struct ClassNgram {
    std::uint64_t key = 0; // see classKey()
    float kept = 0;
};

constexpr unsigned classBits = 12; // of a key
constexpr std::size_t longestClassNgram = 5;

// The context nearest first, then the class that follows it, from the top bits down, so that
// sorting by key brings the sequences of a context together.
std::uint64_t classKey(std::span<const std::uint16_t> context, std::uint16_t next);

// Which class of words follows which others: interpolated n-grams with absolute discounts (Ney,
// Essen and Kneser 1994). Immutable: any thread.
class ClassNgrams {
public:
    // `orders` begins with the single classes; each order is sorted by key.
    static void write(ByteWriter& out, std::span<const std::vector<ClassNgram>> orders);

    // False if what is read is damaged.
    bool parse(ByteReader& in);

    // Natural logarithms: of the probability of `next` after `context`, nearest class first, of
    // which the longest orders' reach is looked at; and of its part of all text.
    float logProb(std::span<const std::uint16_t> context, std::uint16_t next) const;
    float logShare(std::uint16_t next) const;

private:
    struct Order {
        std::vector<std::uint64_t> keys; // sorted
        std::vector<std::uint8_t> codes;
        std::vector<std::uint64_t> contexts; // sorted
        std::vector<float> passed;           // what each context leaves to the shorter one
    };

    static bool parse(ByteReader& in, std::size_t length, Order& order);
    static void sumContexts(Order& order);

    std::vector<float> m_shares; // of each class
    std::vector<Order> m_orders; // of two classes and more
};

} // namespace linnet::verse
