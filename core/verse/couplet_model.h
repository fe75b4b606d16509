#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "engine/api/result.h"
#include "engine/api/tokenizer.h"

namespace linnet::verse {

// How classes of characters face each other in couplets whose lines are parallel (对仗).
struct CoupletClasses {
    std::vector<std::uint8_t> classes; // of each token; 0: none is known
    std::size_t count = 0;             // classes, which are numbered from 1
    // For each class above, and each below: the natural logarithm of how much more often than
    // chance has it they face each other.
    std::vector<float> preferences;
};

// Which kinds of characters answer each other in a parallel couplet: numbers numbers, colours
// colours, verbs verbs. The kinds are distributional classes, so that characters of which no pair
// was ever seen have an opinion, too. Immutable: any thread.
class CoupletModel {
public:
    // Errors: NotFound, Io, CorruptFile, UnsupportedFormat (made with another vocabulary).
    static engine::Result<std::shared_ptr<const CoupletModel>>
    load(const std::filesystem::path& file, const engine::Tokenizer& tokenizer);

    // The file's content for load(). Preferences are kept in sixteenths, between -8 and 8.
    static std::vector<std::uint8_t> serialized(const engine::Tokenizer& tokenizer,
                                                const CoupletClasses& classes);

    // The logarithm of how much more often than chance has it `below` stands under `above`; 0 where
    // nothing is known.
    float fit(engine::TokenId above, engine::TokenId below) const {
        return m_preferences[m_classes[static_cast<std::size_t>(above)] * m_size +
                             m_classes[static_cast<std::size_t>(below)]];
    }

private:
    bool parse(std::span<const std::uint8_t> payload);

    std::vector<std::uint8_t> m_classes;
    std::size_t m_size = 0;           // classes, and 0 for no class
    std::vector<float> m_preferences; // m_size squared
};

} // namespace linnet::verse
