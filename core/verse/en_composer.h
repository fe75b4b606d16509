#pragma once

#include "verse/composer.h"
#include "verse/en_vocabulary.h"

namespace linnet::verse {

class EnComposer : public Composer {
public:
    EnComposer(const VerseData& data, const engine::Tokenizer& tokenizer, ComposerOptions options);

    std::optional<Refusal> check(const PoemRequest& request) const override;
    engine::Result<Composition> compose(engine::Generator& model, const PoemRequest& request,
                                        const PoemSink& sink, std::stop_token stop) const override;

private:
    const VerseData& m_data;
    ComposerOptions m_options;
    EnVocabulary m_vocabulary;
};

} // namespace linnet::verse
