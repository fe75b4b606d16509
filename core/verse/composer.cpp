#include "verse/composer.h"

#include <utility>

#include "verse/en_composer.h"
#include "verse/zh_composer.h"

namespace linnet::verse {

std::unique_ptr<Composer> makeComposer(Language language, const VerseData& data,
                                       const engine::Tokenizer& tokenizer,
                                       ComposerOptions options) {
    if (language == Language::Chinese) {
        return std::make_unique<ZhComposer>(data, tokenizer, std::move(options));
    }
    return std::make_unique<EnComposer>(data, tokenizer, std::move(options));
}

} // namespace linnet::verse
