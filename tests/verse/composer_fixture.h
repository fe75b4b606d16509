#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "verse/analyzer.h"
#include "verse/checked_poem.h"
#include "verse/composer.h"
#include "verse/fake_verse_model.h"
#include "verse/verse_data.h"

namespace linnet::tests {

// The lexicons and forms of the source tree.
inline const verse::VerseData& data() {
    static const verse::VerseData opened =
        std::move(verse::VerseData::open(LINNET_SOURCE_DIR "/resources").value());
    return opened;
}

// Whether the analyzer finds no fault in the poem.
inline bool analyzed(const verse::Poem& poem, const verse::AnalysisOptions& options = {}) {
    static const verse::Analyzer analyzer(data());
    return analyzer.analyse(verse::textOf(poem), **data().forms.find(poem.form), options).ok();
}

// A composer of one language over a model that knows nothing, one candidate a line.
class ComposerFixture {
protected:
    ComposerFixture(verse::Language language, std::vector<std::string> tokens)
        : m_model(std::move(tokens))
        , m_composer(
              verse::makeComposer(language, data(), m_model.tokenizer(), {.candidates = 1})) {}

    verse::Composition compose(const verse::PoemRequest& request) {
        auto made = m_composer->compose(m_model, request, {}, {});
        return made ? std::move(made).value() : verse::Composition();
    }
    verse::Poem one(const verse::PoemRequest& request) {
        verse::Composition made = compose(request);
        return made.poems.empty() ? verse::Poem() : made.poems.front();
    }
    verse::Refusal refusalOf(const verse::PoemRequest& request) {
        const auto refusal = m_composer->check(request);
        return refusal ? *refusal
                       : verse::Refusal{verse::RefusalKind::NoSolution, -2, "", "accepted"};
    }

    FakeVerseModel m_model;
    std::unique_ptr<verse::Composer> m_composer;
};

} // namespace linnet::tests
