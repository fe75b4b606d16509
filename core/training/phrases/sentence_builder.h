#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/api/tokenizer.h"
#include "training/phrases/phrase_builder.h"
#include "verse/sentence_model.h"

namespace linnet::training {

struct SentenceOptions {
    std::size_t alone = 200;   // words that are classes of their own
    std::size_t classes = 240; // of all the others
    int rounds = 12;
    // Times that a sequence of two, three, four and five classes must have come to be kept.
    std::vector<std::uint32_t> least = {2, 4, 7, 10};
};

/// Counts how the sentences of English poems run. `progress` is told what is being done. About
/// 100 bytes of memory a token, a minute or two.
verse::SentenceCounts countSentences(const std::vector<PoemTokens>& poems,
                                     const engine::Tokenizer& tokenizer,
                                     const SentenceOptions& options,
                                     const std::function<void(const std::string&)>& progress);

} // namespace linnet::training
