#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "training/token_files.h"

namespace linnet::training {

/// One group of a mixture. Weights are relative; over 0.
struct MixtureSource {
    std::string name;
    TokenStream tokens;
    double weight = 1.0;
    std::vector<std::uint64_t>
        starts; // in ascending order: windows begin at one, where one is near
};

/// Draws training windows from a weighted mixture of groups. Each group is cut into windows, which
/// come in a random order without repetition until all were drawn, then the cut points and the
/// order change. A source with starts has its windows moved back to the last start, if that is
/// within half a window. Groups alternate as evenly as their weights allow. The sequence of windows
/// is a function of the seed and the numbers already drawn, so that a run resumes by restoring
/// those.
class WindowSampler {
public:
    /// `length` is the number of tokens the model sees; every source must hold at least length + 1.
    WindowSampler(std::vector<MixtureSource> sources, std::int64_t length, std::uint64_t seed);

    /// Writes length + 1 tokens (inputs and, shifted by one, targets) to `out`.
    void next(std::int64_t* out);

    [[nodiscard]] const std::vector<MixtureSource>& sources() const { return m_sources; }
    [[nodiscard]] std::int64_t length() const { return m_length; }

    /// Windows drawn so far from each source, and those of them drawn with other weights, which no
    /// longer count toward the shares. With restore(), the whole state.
    [[nodiscard]] const std::vector<std::uint64_t>& drawn() const { return m_drawn; }
    [[nodiscard]] const std::vector<std::uint64_t>& drawnBefore() const { return m_before; }
    void restore(std::vector<std::uint64_t> drawn, std::vector<std::uint64_t> drawnBefore);

private:
    [[nodiscard]] std::size_t pickSource() const;

    std::vector<MixtureSource> m_sources;
    std::int64_t m_length;
    std::uint64_t m_seed;
    std::vector<std::uint64_t> m_drawn;
    std::vector<std::uint64_t> m_before;
};

/// Where `index` goes in a pseudo-random permutation of 0 .. size-1 chosen by `key`: a Feistel
/// network over the next power of four, walked until it lands inside.
[[nodiscard]] std::uint64_t permuted(std::uint64_t index, std::uint64_t size, std::uint64_t key);

} // namespace linnet::training
