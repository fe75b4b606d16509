#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/api/result.h"
#include "engine/api/tokenizer.h"

namespace linnet::verse {

// An n-gram of two to four tokens with what it keeps for itself of its context's probability. The
// context comes first, its nearest token first, then the token that follows it.
struct Phrase {
    std::array<std::uint16_t, 4> tokens{};
    float kept = 0;
};

// What usually follows what in the lines that a model was trained on: pruned n-grams over the
// model's own tokens with modified Kneser-Ney discounts (Chen and Goodman 1999), where the network
// takes the place of the lowest order. A small network knows what a poem is about and how a
// sentence runs; this knows which words go together. Immutable: any thread.
class PhraseModel {
public:
    // Errors: NotFound, Io, CorruptFile, UnsupportedFormat (made with another vocabulary).
    static engine::Result<std::shared_ptr<const PhraseModel>>
    load(const std::filesystem::path& file, const engine::Tokenizer& tokenizer);

    // The file's content for load(); `orders` are the phrases of two, three and four tokens, each
    // sorted by tokens; `shares` is each token's part of the text.
    static std::vector<std::uint8_t> serialized(const engine::Tokenizer& tokenizer,
                                                std::span<const std::vector<Phrase>, 3> orders,
                                                const std::vector<float>& shares);

    // Turns the network's natural-log probabilities of the token after `context` into those of
    // both: `share` of the probability is this model's, which passes on to the network what it
    // does not know.
    void blend(std::span<const engine::TokenId> context, float share,
               std::span<float> logProbs) const;

    // Natural-log probability of `token` after `context` by these counts alone, in all text: what
    // is not known after a context goes by the shorter one, and at last by its part of the text.
    float logProb(std::span<const engine::TokenId> context, engine::TokenId token) const;

    // Natural logarithm of the token's part of all text.
    float commonness(engine::TokenId token) const {
        return m_commonness[static_cast<std::size_t>(token)];
    }

    // Natural logarithm of the part of all text that the token right after `before` is, in the
    // model's order; very low for two that are not known to stand together.
    float commonness(engine::TokenId before, engine::TokenId token) const;
    // The same for all tokens that are known to follow.
    void
    forEachAfter(engine::TokenId before,
                 const std::function<void(engine::TokenId token, float commonness)>& visit) const;

private:
    struct Order {
        std::vector<std::uint64_t> contexts; // sorted
        std::vector<std::uint32_t> begins;   // of each one's tokens, and the end of the last
        std::vector<std::uint16_t> tokens;
        std::vector<std::uint8_t> codes;
    };

    // What follows one context: where in an order, and the parts of the probability.
    struct Followers {
        std::size_t begin = 0;
        std::size_t end = 0;
        float scale = 1;
        float passed = 1; // to shorter contexts
    };

    bool parse(std::span<const std::uint8_t> payload);
    std::array<Followers, 3> followersOf(std::span<const engine::TokenId> context) const;

    std::array<Order, 3> m_orders;
    std::vector<float> m_commonness; // of each token
    engine::TokenId m_start = -1;    // nothing before it counts
};

} // namespace linnet::verse
