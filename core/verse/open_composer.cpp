#include "verse/open_composer.h"

#include <system_error>
#include <utility>

#include "verse/line_filter.h"
#include "verse/poem_record.h"
#include "verse/verse_data.h"

namespace linnet::verse {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace fs = std::filesystem;

std::string_view verseModelName(Language language) {
    return language == Language::Chinese ? "zh-verse" : "en-verse";
}

bool speaksOfPoems(const engine::Tokenizer& tokenizer, Language language) {
    const std::string form =
        language == Language::Chinese ? "<|7x4|>" : formToken(EnglishForm::Sonnet);
    return tokenizer.find(record_token::lines) && tokenizer.find(record_token::line) &&
           tokenizer.find(form);
}

Result<std::unique_ptr<Composer>> openComposer(Language language, const VerseData& data,
                                               const engine::Tokenizer& tokenizer,
                                               const fs::path& folder,
                                               std::shared_ptr<const ScriptConverter> converter) {
    if (!speaksOfPoems(tokenizer, language)) {
        return Error{ErrorCode::UnsupportedFormat,
                     folder.string() + " is not a model of " +
                         (language == Language::Chinese ? "Chinese" : "English") + " verse; use " +
                         std::string(verseModelName(language)) + " or one trained like it"};
    }
    ComposerOptions options;
    options.converter = std::move(converter);
    auto lore = VerseLore::open(folder, tokenizer);
    if (!lore) {
        return lore.error();
    }
    options.lore = std::move(lore).value();
    std::error_code none;
    if (const fs::path path = folder / "lines.bin"; fs::exists(path, none)) {
        auto loaded = LineFilter::load(path);
        if (!loaded) {
            return loaded.error();
        }
        const auto filter = std::make_shared<const LineFilter>(std::move(loaded).value());
        options.knownLine = [filter, language](std::string_view line) {
            return filter->mayContain(language == Language::Chinese ? chineseLineKey(line)
                                                                    : englishLineKey(line));
        };
    }
    return makeComposer(language, data, tokenizer, std::move(options));
}

} // namespace linnet::verse
