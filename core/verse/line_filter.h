#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"

namespace linnet::verse {

// What is compared when a line is looked for among the lines a model was trained on.

/// The Han characters of a line (simplified, as the training text is); empty for fewer than four.
[[nodiscard]] std::string chineseLineKey(std::string_view line);

/// The letters of a line in lower case and its apostrophes, typographic ones as ' ; empty for fewer
/// than twelve, which anyone may write.
[[nodiscard]] std::string englishLineKey(std::string_view line);

/// A set of lines that answers "perhaps" or "certainly not": a binary fuse filter with 8-bit
/// fingerprints (Graf & Lemire 2022), nine bits a line. Of lines that are not in it, one in 256 is
/// taken for one that is. Immutable.
class LineFilter {
public:
    /// Of keys as the functions above make them; empty ones and repetitions do not count.
    [[nodiscard]] static LineFilter build(const std::vector<std::string>& keys);
    /// Of hashOf() of keys.
    [[nodiscard]] static LineFilter buildFromHashes(std::vector<std::uint64_t> hashes);

    /// Errors: NotFound, Io, CorruptFile.
    static engine::Result<LineFilter> load(const std::filesystem::path& path);
    /// The content of a file for load().
    [[nodiscard]] std::vector<std::uint8_t> serialized() const;

    /// True for every key it was built from. False for an empty key.
    [[nodiscard]] bool mayContain(std::string_view key) const;

    /// Different lines in it.
    [[nodiscard]] std::uint64_t size() const { return m_size; }

    [[nodiscard]] static std::uint64_t hashOf(std::string_view key);

private:
    struct Place {
        std::uint32_t slots[3] = {};
        std::uint8_t fingerprint = 0;
    };

    LineFilter() = default;
    static std::optional<LineFilter> parse(std::span<const std::uint8_t> content);
    void choosePlaces(std::uint64_t size);
    bool assign(const std::vector<std::uint64_t>& hashes);
    [[nodiscard]] Place placeOf(std::uint64_t hash) const;

    std::uint64_t m_size = 0;
    std::uint64_t m_seed = 0;
    std::uint32_t m_segmentLength = 0; // a power of two
    std::uint32_t m_segments = 0;      // where a first slot may lie; two more follow
    std::vector<std::uint8_t> m_fingerprints;
};

} // namespace linnet::verse
