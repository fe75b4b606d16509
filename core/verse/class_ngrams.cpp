#include "verse/class_ngrams.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace linnet::verse {

namespace {

constexpr float stepsPerBit = 8;   // codes are steps of the binary logarithm, downwards
constexpr float mostKept = 0.995F; // a context never silences the shorter ones
constexpr float leastShare = 1e-7F;
constexpr std::uint64_t classMask = (std::uint64_t{1} << classBits) - 1;

std::uint8_t encode(float kept) {
    const float steps = -std::log2(std::max(kept, 1e-9F)) * stepsPerBit;
    return static_cast<std::uint8_t>(std::clamp(std::lround(steps), 0L, 255L));
}

float decode(std::uint8_t code) {
    static const std::array<float, 256> table = [] {
        std::array<float, 256> values{};
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i] = std::exp2(-static_cast<float>(i) / stepsPerBit);
        }
        return values;
    }();
    return table[code];
}

// The `i`-th of the `length` classes of a key.
std::uint32_t fieldOf(std::uint64_t key, std::size_t i, std::size_t length) {
    return static_cast<std::uint32_t>((key >> (classBits * static_cast<unsigned>(length - 1 - i))) &
                                      classMask);
}

} // namespace

std::uint64_t classKey(std::span<const std::uint16_t> context, std::uint16_t next) {
    std::uint64_t key = 0;
    for (const std::uint16_t one : context) {
        key = (key << classBits) | one;
    }
    return (key << classBits) | next;
}

// Each key as the number of classes that it shares with the one before, and the others: the first
// of them as its distance from the one before.
void ClassNgrams::write(ByteWriter& out, std::span<const std::vector<ClassNgram>> orders) {
    out.u8(static_cast<std::uint8_t>(orders.size()));
    for (std::size_t length = 1; length <= orders.size(); ++length) {
        const std::vector<ClassNgram>& ngrams = orders[length - 1];
        out.u32(static_cast<std::uint32_t>(ngrams.size()));
        std::uint64_t last = 0;
        for (const ClassNgram& ngram : ngrams) {
            std::size_t shared = 0;
            while (shared + 1 < length &&
                   fieldOf(ngram.key, shared, length) == fieldOf(last, shared, length)) {
                ++shared;
            }
            out.u8(static_cast<std::uint8_t>(shared));
            out.varint(fieldOf(ngram.key, shared, length) - fieldOf(last, shared, length));
            for (std::size_t i = shared + 1; i < length; ++i) {
                out.varint(fieldOf(ngram.key, i, length));
            }
            out.u8(encode(ngram.kept));
            last = ngram.key;
        }
    }
}

bool ClassNgrams::parse(ByteReader& in, std::size_t length, Order& order) {
    const std::uint32_t count = in.u32();
    std::uint64_t last = 0;
    for (std::uint32_t n = 0; n < count && in.ok(); ++n) {
        const std::size_t shared = in.u8();
        if (shared >= length) {
            return false;
        }
        std::uint64_t key = 0;
        for (std::size_t i = 0; i < length; ++i) {
            const std::uint64_t field =
                i < shared ? fieldOf(last, i, length)
                           : in.varint() + (i == shared ? fieldOf(last, i, length) : 0U);
            if (field > classMask) {
                return false;
            }
            key = (key << classBits) | field;
        }
        if (n > 0 && key <= last) {
            return false;
        }
        order.keys.push_back(key);
        order.codes.push_back(in.u8());
        last = key;
    }
    sumContexts(order);
    return in.ok();
}

void ClassNgrams::sumContexts(Order& order) {
    for (std::size_t i = 0; i < order.keys.size(); ++i) {
        if (order.contexts.empty() || order.contexts.back() != order.keys[i] >> classBits) {
            order.contexts.push_back(order.keys[i] >> classBits);
            order.passed.push_back(1);
        }
        order.passed.back() -= decode(order.codes[i]);
    }
    for (float& passed : order.passed) {
        passed = std::max(passed, 1 - mostKept);
    }
}

bool ClassNgrams::parse(ByteReader& in) {
    const std::size_t orders = in.u8();
    Order singles;
    if (orders == 0 || orders > longestClassNgram || !parse(in, 1, singles)) {
        return false;
    }
    for (std::size_t i = 0; i < singles.keys.size(); ++i) {
        m_shares.resize(static_cast<std::size_t>(singles.keys[i]) + 1, leastShare);
        m_shares.back() = decode(singles.codes[i]);
    }
    m_orders.resize(orders - 1);
    for (std::size_t i = 0; i < m_orders.size(); ++i) {
        if (!parse(in, i + 2, m_orders[i])) {
            return false;
        }
    }
    return in.ok();
}

float ClassNgrams::logShare(std::uint16_t next) const {
    return std::log(next < m_shares.size() ? m_shares[next] : leastShare);
}

float ClassNgrams::logProb(std::span<const std::uint16_t> context, std::uint16_t next) const {
    float probability = next < m_shares.size() ? m_shares[next] : leastShare;
    for (std::size_t i = 0; i < m_orders.size() && i < context.size(); ++i) {
        const Order& order = m_orders[i];
        const std::uint64_t key = classKey(context.first(i + 1), next);
        const auto at =
            std::lower_bound(order.contexts.begin(), order.contexts.end(), key >> classBits);
        if (at == order.contexts.end() || *at != key >> classBits) {
            break; // longer contexts are not known either
        }
        const auto found = std::lower_bound(order.keys.begin(), order.keys.end(), key);
        const bool known = found != order.keys.end() && *found == key;
        const float kept =
            known ? decode(order.codes[static_cast<std::size_t>(found - order.keys.begin())]) : 0;
        const float passed = order.passed[static_cast<std::size_t>(at - order.contexts.begin())];
        probability = kept + passed * probability;
    }
    return std::log(std::min(probability, 1.0F));
}

} // namespace linnet::verse
