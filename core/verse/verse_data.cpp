#include "verse/verse_data.h"

#include <utility>

namespace linnet::verse {

engine::Result<VerseData> VerseData::open(const std::filesystem::path& folder) {
    auto chinese = ZhLexicon::open(folder / "lexicons" / "zh-pingshui.lex");
    if (!chinese) {
        return chinese.error();
    }
    auto english = EnLexicon::open(folder / "lexicons" / "en-cmudict.lex");
    if (!english) {
        return english.error();
    }
    auto forms = FormLibrary::open(folder / "forms");
    if (!forms) {
        return forms.error();
    }
    auto images = ThemeImages::open(folder / "lexicons" / "zh-images.tsv");
    if (!images) {
        return images.error();
    }
    return VerseData{std::move(chinese).value(), std::move(english).value(),
                     std::move(forms).value(), std::move(images).value()};
}

} // namespace linnet::verse
