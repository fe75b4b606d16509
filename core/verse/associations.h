#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"
#include "engine/api/tokenizer.h"

namespace linnet::verse {

class ByteReader;

// A token of a model of verse that comes to mind with a word.
struct Associate {
    engine::TokenId token = 0;
    float strength = 0; // 0 to 1
};

// Which tokens of a model of verse stand near a word more often than chance has it: what a poem
// on that word may speak of. Words of prose that the model cannot write have associates, too.
// Immutable: any thread.
class Associations {
public:
    // Errors: NotFound, Io, CorruptFile, UnsupportedFormat (made with another vocabulary).
    static engine::Result<std::shared_ptr<const Associations>>
    load(const std::filesystem::path& file, const engine::Tokenizer& tokenizer);

    // The file's content for load(), from the associates and the counterparts of each word.
    static std::vector<std::uint8_t>
    serialized(const engine::Tokenizer& tokenizer,
               const std::map<std::string, std::vector<Associate>>& words,
               const std::map<std::string, std::vector<Associate>>& counterparts);

    // By falling strength; empty for a word that is not known. In lower case, or one character.
    std::span<const Associate> of(std::string_view word) const { return m_near.of(word); }
    // Chinese: what faces a character in a couplet whose lines are parallel (对仗).
    std::span<const Associate> facing(std::string_view character) const {
        return m_facing.of(character);
    }

private:
    struct Table {
        std::vector<std::string> words;    // sorted
        std::vector<std::uint32_t> begins; // of each one's associates, and the end of the last
        std::vector<Associate> associates;

        bool parse(ByteReader& in, std::uint32_t vocabulary);
        std::span<const Associate> of(std::string_view word) const;
    };

    Table m_near;
    Table m_facing;
};

} // namespace linnet::verse
