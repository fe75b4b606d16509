#pragma once

#include <memory>
#include <vector>

#include "suggest/ngram_model.h"
#include "suggest/tuning.h"

namespace linnet::suggest {

// The counted part of a suggestion model and its constants. Immutable.
class SuggestModel {
public:
    SuggestModel(std::shared_ptr<const NgramModel> ngram, const Tuning& tuning)
        : m_ngram(std::move(ngram))
        , m_tuning(tuning) {}

    const NgramModel& ngram() const { return *m_ngram; }
    const Lexicon& lexicon() const { return m_ngram->lexicon(); }
    const Tuning& tuning() const { return m_tuning; }

    // The same n-grams with other constants.
    std::shared_ptr<const SuggestModel> withTuning(const Tuning& tuning) const {
        return std::make_shared<SuggestModel>(m_ngram, tuning);
    }

private:
    std::shared_ptr<const NgramModel> m_ngram;
    Tuning m_tuning;
};

} // namespace linnet::suggest
