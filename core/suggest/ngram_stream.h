#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "suggest/bit_stream.h"
#include "suggest/ngram_format.h"

namespace linnet::suggest {

// The words that a context predicts: positions in the list of the shorter context (ids for a
// context of one word), rising, and the code of each probability.
struct PredictionList {
    std::vector<std::uint32_t> items;
    std::vector<std::uint8_t> codes;

    void clear() {
        items.clear();
        codes.clear();
    }
};

// Layout of the n-gram bit stream, written by the trainer and read by the model:
//   block(c)    := gamma(n+1) k:4 n x {rice_k(gap) code:6}
//                  gamma(m+1) k:4 s:5 m x {rice_k(gap) size_s(bits of block(b c))} m x block(b c)
//   block(b c)  := gamma(n) n x {rice(gap) code:6}  gamma(m+1) k:4 m x {rice_k(gap) list(a b c)}
//   list(a b c) := gamma(n) n x {rice(gap) code:6}
// A size is gamma(1 + its high bits) and its low s bits.
// Gaps lie between rising numbers, the first counted from 0. A Rice parameter that is not written
// follows from the list's length and that of the shorter context's list, see riceParameter().
class NgramStream {
public:
    NgramStream(std::span<const std::uint8_t> bytes, std::uint32_t vocabulary)
        : m_bytes(bytes)
        , m_vocabulary(vocabulary) {}

    // Reads the lists of c, b c and a b c; `lists[i]` stays empty when that context is unknown or
    // the stream is damaged there. Returns how many were found.
    int read(std::uint64_t position, std::uint32_t b, std::uint32_t a,
             std::array<PredictionList, ngramOrders>& lists) const;

private:
    bool readList(BitReader& reader, std::uint32_t count, int k, std::uint32_t universe,
                  PredictionList& list) const;
    std::optional<std::uint64_t> findBlock(BitReader& reader, std::uint32_t b) const;
    bool findList(BitReader& reader, std::uint32_t a, std::uint32_t universe,
                  PredictionList& list) const;

    std::span<const std::uint8_t> m_bytes;
    std::uint32_t m_vocabulary;
};

} // namespace linnet::suggest
