#include "verse/theme_images.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "verse/table_rows.h"
#include "verse/utf8.h"

namespace linnet::verse {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

Result<ThemeImages> ThemeImages::open(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return Error{ErrorCode::NotFound, "there is no lexicon " + path.string()};
    }
    const std::string table((std::istreambuf_iterator<char>(file)), {});
    if (file.bad()) {
        return Error{ErrorCode::Io, "cannot read " + path.string()};
    }
    auto images = parse(table);
    return images ? std::move(images)
                  : Error{images.error().code, path.string() + ": " + images.error().message};
}

Result<ThemeImages> ThemeImages::parse(std::string_view table) {
    ThemeImages images;
    for (const auto& [number, row] : rowsOf(table)) {
        const std::size_t tab = row.find('\t');
        const std::u32string word = toCodePoints(row.substr(0, tab));
        std::u32string own;
        for (const char32_t c : toCodePoints(row.substr(std::min(tab, row.size())))) {
            if (isIdeograph(c) && own.find(c) == std::u32string::npos) {
                own += c;
            }
        }
        if (word.empty() || own.empty() || !images.m_images.emplace(word, own).second) {
            return Error{ErrorCode::CorruptFile,
                         "row " + std::to_string(number) +
                             ": it wants a word of its own, a tab and images"};
        }
        images.m_longest = std::max(images.m_longest, word.size());
    }
    return images;
}

ThemeImages::Reading ThemeImages::read(std::u32string_view theme) const {
    Reading reading;
    while (!theme.empty()) {
        std::size_t length = std::min(m_longest, theme.size());
        auto found = m_images.end();
        for (; length > 0 && found == m_images.end(); --length) {
            found = m_images.find(std::u32string(theme.substr(0, length)));
        }
        if (found == m_images.end()) {
            reading.plain += theme.front();
            theme.remove_prefix(1);
            continue;
        }
        theme.remove_prefix(found->first.size());
        for (const char32_t image : found->second) {
            reading.images +=
                reading.images.find(image) == std::u32string::npos ? std::u32string(1, image) : U"";
        }
    }
    return reading;
}

} // namespace linnet::verse
