#include "engine/torch/files/caption/table_lines.h"

#include <charconv>

#include "engine/torch/files/json_reader.h"

namespace linnet::engine {

namespace {

std::vector<std::string_view> cut(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(at + 1);
    }
}

} // namespace

std::vector<TableLine> tableLines(std::string_view text) {
    std::vector<TableLine> lines;
    int number = 0;
    for (std::string_view line : cut(text, '\n')) {
        ++number;
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        if (!line.empty() && !line.starts_with('#')) {
            lines.push_back({number, cut(line, '\t')});
        }
    }
    return lines;
}

Result<std::string> readTable(const std::filesystem::path& path) {
    constexpr std::size_t maxBytes = 1U << 20U;
    return readTextFile(path, maxBytes);
}

std::vector<std::string> nounsOf(std::string_view field) {
    std::vector<std::string> nouns;
    for (const std::string_view noun : cut(field, ',')) {
        if (noun.empty()) {
            return {};
        }
        nouns.emplace_back(noun);
    }
    return nouns;
}

int classOf(std::string_view field, int classes) {
    int index = -1;
    const auto [end, failure] = std::from_chars(field.data(), field.data() + field.size(), index);
    const bool whole = failure == std::errc() && end == field.data() + field.size();
    return whole && index >= 0 && index < classes ? index : -1;
}

Error badLine(const std::string& what, const TableLine& line, const std::string& reason) {
    return Error{ErrorCode::CorruptFile,
                 what + ", line " + std::to_string(line.number) + ": " + reason};
}

} // namespace linnet::engine
