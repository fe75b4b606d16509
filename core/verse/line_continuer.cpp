#include "verse/line_continuer.h"

#include <utility>

#include "verse/en_continuer.h"
#include "verse/zh_continuer.h"

namespace linnet::verse {

std::unique_ptr<LineContinuer> makeLineContinuer(Language language, const VerseData& data,
                                                 const engine::Tokenizer& tokenizer,
                                                 std::shared_ptr<const ScriptConverter> converter) {
    if (language == Language::Chinese) {
        return std::make_unique<ZhContinuer>(data, tokenizer, std::move(converter));
    }
    return std::make_unique<EnContinuer>(data, tokenizer);
}

} // namespace linnet::verse
