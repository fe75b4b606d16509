#include "training/captions/caption_text.h"

#include <algorithm>

#include "caption/caption_text.h"
#include "engine/api/utf8.h"
#include "training/file_io.h"

namespace linnet::training {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

Result<std::vector<std::string>> readLines(const std::filesystem::path& path) {
    const Result<std::string> text = readFile(path);
    if (!text) {
        return text.error();
    }
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text->size();) {
        const std::size_t end = std::min(text->find('\n', begin), text->size());
        std::string line = text->substr(begin, end - begin);
        if (line.ends_with('\r')) {
            line.pop_back();
        }
        if (!line.empty()) {
            lines.push_back(std::move(line));
        }
        begin = end + 1;
    }
    return lines;
}

Result<std::map<std::string, std::vector<std::string>>>
readCaptions(const std::filesystem::path& path, std::string_view language) {
    const auto lines = readLines(path);
    if (!lines) {
        return lines.error();
    }
    std::map<std::string, std::vector<std::string>> captions;
    for (std::size_t i = 0; i < lines->size(); ++i) {
        const std::string& line = (*lines)[i];
        const std::size_t tab = line.find('\t');
        if (tab == std::string::npos || tab == 0 || engine::utf8ValidPrefix(line) != line.size()) {
            return Error{ErrorCode::CorruptFile, path.string() + ", line " + std::to_string(i + 1) +
                                                     ": expected a name, a tab and a caption"};
        }
        std::string tidy = caption::tidyCaption(std::string_view(line).substr(tab + 1), language);
        if (!tidy.empty()) {
            captions[line.substr(0, tab)].push_back(std::move(tidy));
        }
    }
    return captions;
}

} // namespace linnet::training
