#include "training/phrases/couplet_builder.h"

#include <algorithm>
#include <cmath>

#include "training/phrases/word_classes.h"
#include "verse/poem_record.h"

namespace linnet::training {

namespace {

constexpr double seenBefore = 3; // pairs of every two classes, in the proportion of chance

} // namespace

std::vector<Facing> facingCharacters(const std::vector<PoemTokens>& poems,
                                     const engine::Tokenizer& tokenizer) {
    const auto lineEnd = tokenizer.find(verse::record_token::line).value_or(-1);
    std::vector<Facing> facing;
    for (const PoemTokens& poem : poems) {
        std::vector<std::vector<std::uint16_t>> lines(1);
        for (const std::uint16_t token : poem.body) {
            if (token == lineEnd) {
                lines.emplace_back();
            } else {
                lines.back().push_back(token);
            }
        }
        lines.pop_back();
        for (std::size_t i = 2; lines.size() == 8 && i < 6; i += 2) {
            const std::size_t length = std::min(lines[i].size(), lines[i + 1].size());
            for (std::size_t place = 0; place < length; ++place) {
                facing.push_back({lines[i][place], lines[i + 1][place]});
            }
        }
    }
    return facing;
}

verse::CoupletClasses classifyCouplets(const std::vector<Facing>& couplets, std::size_t vocabulary,
                                       const CoupletOptions& options) {
    std::vector<unsigned> counts(vocabulary, 0);
    for (const Facing& pair : couplets) {
        ++counts[pair.above];
        ++counts[pair.below];
    }
    // What faces a character is its neighbour, in texts of two characters, read both ways.
    TokenTexts texts;
    for (const Facing& pair : couplets) {
        if (counts[pair.above] >= options.leastCount && counts[pair.below] >= options.leastCount) {
            texts.push_back({pair.above, pair.below});
            texts.push_back({pair.below, pair.above});
        }
    }
    const auto own =
        classifyWords(texts, std::vector<bool>(vocabulary, false), options.classes, options.rounds);
    verse::CoupletClasses result;
    result.count = options.classes;
    for (std::size_t token = 0; token < vocabulary; ++token) {
        result.classes.push_back(static_cast<std::uint8_t>(
            counts[token] >= options.leastCount ? own[token] : std::uint16_t{0}));
    }
    const std::size_t size = options.classes;
    std::vector<double> met(size * size, 0.0);
    std::vector<double> sums(size, 0.0);
    for (const auto& text : texts) {
        const std::size_t above = own[text[0]] - 1U;
        ++met[above * size + (own[text[1]] - 1U)];
        ++sums[above];
    }
    const auto total = static_cast<double>(std::max<std::size_t>(texts.size(), 1));
    for (std::size_t above = 0; above < size; ++above) {
        for (std::size_t below = 0; below < size; ++below) {
            const double expected = sums[above] * sums[below] / total;
            result.preferences.push_back(static_cast<float>(
                std::log((met[above * size + below] + seenBefore) / (expected + seenBefore))));
        }
    }
    return result;
}

} // namespace linnet::training
