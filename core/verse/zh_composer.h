#pragma once

#include "verse/composer.h"
#include "verse/zh_vocabulary.h"

namespace linnet::verse {

class ZhComposer : public Composer {
public:
    ZhComposer(const VerseData& data, const engine::Tokenizer& tokenizer, ComposerOptions options);

    std::optional<Refusal> check(const PoemRequest& request) const override;
    engine::Result<Composition> compose(engine::Generator& model, const PoemRequest& request,
                                        const PoemSink& sink, std::stop_token stop) const override;

private:
    const VerseData& m_data;
    ComposerOptions m_options;
    ZhVocabulary m_vocabulary;
};

} // namespace linnet::verse
