#pragma once

#include <QTemporaryDir>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "training/token_files.h"

namespace linnet::training::test {

inline std::filesystem::path pathOf(const QTemporaryDir& folder) {
    return folder.path().toStdString();
}

/// Writes a folder of 16-bit tokens: groups of one document each.
inline TokenIndex
writeTokens(const std::filesystem::path& folder, const std::string& sha, std::uint64_t vocabulary,
            const std::vector<std::pair<std::string, std::vector<std::uint16_t>>>& groups) {
    std::filesystem::create_directories(folder);
    TokenIndex index;
    index.tokenizerSha256 = sha;
    index.vocabularySize = vocabulary;
    index.endOfDocument = static_cast<std::uint32_t>(vocabulary - 1);
    for (const auto& [name, tokens] : groups) {
        std::ofstream out(folder / (name + ".bin"), std::ios::binary);
        out.write(reinterpret_cast<const char*>(tokens.data()),
                  static_cast<std::streamsize>(tokens.size() * 2));
        const std::uint64_t count = tokens.size();
        index.groups.push_back({name, name + ".bin", count, count / 2, count * 3, {0}});
    }
    [[maybe_unused]] const auto written = index.write(folder);
    return index;
}

/// A text that a model can learn: a counter with a little noise.
inline std::vector<std::uint16_t> countingTokens(std::size_t count, std::uint16_t modulus,
                                                 std::uint32_t seed = 1) {
    std::vector<std::uint16_t> tokens;
    std::uint32_t state = seed;
    for (std::size_t i = 0; i < count; ++i) {
        state = state * 1664525U + 1013904223U;
        const bool noise = (state >> 28U) == 0;
        tokens.push_back(static_cast<std::uint16_t>(noise ? (state >> 8U) % modulus : i % modulus));
    }
    return tokens;
}

} // namespace linnet::training::test
