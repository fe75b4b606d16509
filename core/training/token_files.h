#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/api/result.h"

namespace linnet::training {

/// What is known about one group of documents in a token folder.
struct TokenGroup {
    std::string name;
    std::string file; // name in the folder: token ids, little endian, no header
    std::uint64_t tokens = 0;
    std::uint64_t words = 0;              // of the text
    std::uint64_t bytes = 0;              // of the text
    std::vector<std::uint64_t> documents; // index of each document's first token
};

/// A folder of prepared tokens: `index.json` and one file a group. Every document ends with the
/// end-of-document token. Ids are 16 bits wide when the vocabulary has less than 65,536 entries,
/// else 32.
struct TokenIndex {
    std::string tokenizerSha256;
    std::uint64_t vocabularySize = 0;
    std::uint32_t endOfDocument = 0;
    std::vector<TokenGroup> groups;

    [[nodiscard]] std::size_t tokenBytes() const { return vocabularySize < 65536 ? 2 : 4; }

    /// Errors: NotFound, CorruptFile naming the field.
    static engine::Result<TokenIndex> read(const std::filesystem::path& folder);
    [[nodiscard]] engine::Result<void> write(const std::filesystem::path& folder) const;
};

/// The tokens of one group, mapped into memory read-only. Copies share the mapping.
class TokenStream {
public:
    /// Errors: NotFound, CorruptFile if the size is not that of the index.
    static engine::Result<TokenStream> open(const std::filesystem::path& folder,
                                            const TokenIndex& index, const TokenGroup& group);

    [[nodiscard]] std::uint64_t size() const { return m_size; }

    /// Copies `count` ids from `begin` on to `out`. The range must lie within size().
    void copy(std::uint64_t begin, std::uint64_t count, std::int64_t* out) const;

private:
    std::shared_ptr<const unsigned char> m_data;
    std::uint64_t m_size = 0; // tokens
    std::size_t m_width = 2;  // bytes a token
};

} // namespace linnet::training
