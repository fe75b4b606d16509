#include "training/phrases/phrase_builder.h"

#include <algorithm>
#include <utility>

#include "training/ngram/ngram_pruning.h"
#include "verse/poem_record.h"

namespace linnet::training {

namespace {

namespace record_token = verse::record_token;

std::vector<NgramEntry> fourGramsOf(const std::vector<PoemTokens>& poems, std::uint16_t start,
                                    std::uint16_t unknown) {
    std::vector<NgramEntry> entries;
    for (const PoemTokens& poem : poems) {
        std::array<std::uint16_t, 3> history = {start, start, start};
        for (const std::uint16_t token : poem.body) {
            const std::uint64_t context = (std::uint64_t{history[0]} << 32U) |
                                          (std::uint64_t{history[1]} << 16U) | history[2];
            if (token != unknown) {
                entries.push_back({makeKey(context, token, highestOrder), 1, 1});
            }
            history = {token, history[0], history[1]};
        }
    }
    return entries;
}

verse::Phrase phraseOf(std::uint64_t key, int order, float kept) {
    verse::Phrase phrase;
    for (int i = 0; i < order; ++i) {
        phrase.tokens[static_cast<std::size_t>(i)] =
            static_cast<std::uint16_t>(key >> (16U * static_cast<unsigned>(highestOrder - 1 - i)));
    }
    phrase.kept = kept;
    return phrase;
}

} // namespace

std::vector<PoemTokens> cutRecords(std::span<const std::int64_t> tokens,
                                   const engine::Tokenizer& tokenizer) {
    const auto control = [&](std::string_view name) {
        return static_cast<std::int64_t>(tokenizer.find(name).value_or(-1));
    };
    const std::int64_t begin = control(record_token::poem);
    const std::int64_t theme = control(record_token::theme);
    const std::int64_t rhyme = control(record_token::rhyme);
    const std::int64_t lines = control(record_token::lines);
    const std::int64_t end = control(record_token::end);
    enum class Part { Outside, Prompt, Theme, Body } part = Part::Outside;
    std::vector<PoemTokens> poems;
    for (const std::int64_t token : tokens) {
        if (token == begin) {
            poems.emplace_back();
            part = Part::Prompt;
        } else if (part == Part::Outside || token == end) {
            part = Part::Outside;
        } else if (token == theme || token == rhyme) {
            part = token == theme ? Part::Theme : Part::Prompt;
        } else if (token == lines) {
            part = Part::Body;
        } else if (part == Part::Theme) {
            poems.back().theme.push_back(static_cast<std::uint16_t>(token));
        } else if (part == Part::Body) {
            poems.back().body.push_back(static_cast<std::uint16_t>(token));
        }
    }
    return poems;
}

std::vector<float> tokenShares(const std::vector<PoemTokens>& poems, std::size_t vocabulary) {
    std::vector<double> counts(vocabulary, 0.5);
    double total = 0;
    for (const PoemTokens& poem : poems) {
        for (const std::uint16_t token : poem.body) {
            ++counts[token];
            ++total;
        }
    }
    std::vector<float> shares;
    for (const double count : counts) {
        shares.push_back(static_cast<float>(count / std::max(total, 1.0)));
    }
    return shares;
}

std::array<std::vector<verse::Phrase>, 3>
countPhrases(const std::vector<PoemTokens>& poems, const engine::Tokenizer& tokenizer,
             double threshold, const std::function<void(const std::string&)>& progress) {
    const auto idOf = [&](std::string_view name) {
        return static_cast<std::uint16_t>(tokenizer.find(name).value_or(0));
    };
    progress("counting");
    std::vector<NgramEntry> entries =
        fourGramsOf(poems, idOf(record_token::lines), idOf(record_token::unknown));
    sortAndMerge(entries);
    std::array<std::vector<verse::Phrase>, 3> orders;
    pruneNgrams(
        std::move(entries), threshold,
        [&](const NgramLevel& level) {
            auto& phrases = orders[static_cast<std::size_t>(level.order - 2)];
            for (std::size_t i = 0; i < level.entries.size(); ++i) {
                if (level.stored[i]) {
                    phrases.push_back(phraseOf(level.entries[i].key, level.order, level.kept[i]));
                }
            }
        },
        progress);
    return orders;
}

} // namespace linnet::training
