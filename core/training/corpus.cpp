#include "training/corpus.h"

#include <algorithm>
#include <charconv>

namespace linnet::training {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

bool DocumentReader::next(std::string& text) {
    text.clear();
    while (std::getline(m_in, m_line)) {
        m_consumed += m_line.size() + (m_in.eof() ? 0 : 1);
        if (!m_line.empty() && m_line.back() == '\r') {
            m_line.pop_back();
        }
        if (m_line == m_separator) {
            ++m_position;
            if (!text.empty()) {
                text.pop_back();
                return true;
            }
            continue;
        }
        text += m_line;
        text += '\n';
    }
    if (text.find_first_not_of('\n') == std::string::npos) {
        text.clear();
        return false;
    }
    ++m_position;
    text.pop_back();
    return true;
}

namespace {

std::vector<std::string> splitTabs(const std::string& line) {
    std::vector<std::string> cells;
    std::size_t begin = 0;
    for (;;) {
        const std::size_t tab = line.find('\t', begin);
        cells.push_back(line.substr(begin, tab - begin));
        if (tab == std::string::npos) {
            return cells;
        }
        begin = tab + 1;
    }
}

std::string
groupOfRow(const std::vector<std::string>& cells,
           const std::vector<std::pair<std::size_t, const DocumentGroups::Rule*>>& rules,
           std::size_t groupColumn) {
    for (const auto& [column, rule] : rules) {
        if (std::regex_search(cells[column], rule->expression)) {
            return rule->name;
        }
    }
    return groupColumn < cells.size() ? cells[groupColumn] : "all";
}

} // namespace

Result<DocumentGroups::Rule> DocumentGroups::parseRule(const std::string& text) {
    const std::size_t equals = text.find('=');
    const std::size_t colon = text.find(':', equals == std::string::npos ? 0 : equals);
    if (equals == std::string::npos || colon == std::string::npos || equals == 0) {
        return Error{ErrorCode::InvalidArgument,
                     "group rule \"" + text + "\" is not of the form NAME=COLUMN:REGEX"};
    }
    try {
        return Rule{text.substr(0, equals), text.substr(equals + 1, colon - equals - 1),
                    std::regex(text.substr(colon + 1), std::regex::ECMAScript)};
    } catch (const std::regex_error& e) {
        return Error{ErrorCode::InvalidArgument, "group rule \"" + text + "\": " + e.what()};
    }
}

Result<DocumentGroups> DocumentGroups::load(const std::filesystem::path& table,
                                            const std::vector<Rule>& rules,
                                            const std::string& groupBy) {
    std::ifstream in(table);
    std::string line;
    if (!in || !std::getline(in, line)) {
        return Error{ErrorCode::NotFound, "cannot read the document table " + table.string()};
    }
    const std::vector<std::string> header = splitTabs(line);
    std::string missing;
    const auto columnOf = [&](const std::string& name) {
        const auto found = std::find(header.begin(), header.end(), name);
        if (found == header.end()) {
            missing = name;
        }
        return static_cast<std::size_t>(found - header.begin());
    };
    const std::size_t file = columnOf("file");
    const std::size_t position = columnOf("position");
    const std::size_t groupColumn = groupBy.empty() ? header.size() : columnOf(groupBy);
    std::vector<std::pair<std::size_t, const Rule*>> columnRules;
    for (const Rule& rule : rules) {
        columnRules.emplace_back(columnOf(rule.column), &rule);
    }
    if (!missing.empty()) {
        return Error{ErrorCode::InvalidArgument,
                     table.string() + " has no column \"" + missing + "\""};
    }
    DocumentGroups groups;
    groups.m_loaded = true;
    for (std::int64_t number = 2; std::getline(in, line); ++number) {
        const std::vector<std::string> cells = splitTabs(line);
        std::int64_t at = -1;
        if (cells.size() == header.size()) {
            const std::string& text = cells[position];
            const auto parsed = std::from_chars(text.data(), text.data() + text.size(), at);
            at = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() ? at : -1;
        }
        if (at < 0) {
            return Error{ErrorCode::CorruptFile, table.string() + ", line " +
                                                     std::to_string(number) +
                                                     ": wrong number of columns or bad position"};
        }
        groups.m_groups[{cells[file], at}] = groupOfRow(cells, columnRules, groupColumn);
    }
    return groups;
}

Result<std::string> DocumentGroups::groupOf(const std::string& fileName,
                                            std::int64_t position) const {
    if (!m_loaded) {
        return std::string("all");
    }
    const auto found = m_groups.find({fileName, position});
    if (found == m_groups.end()) {
        return Error{ErrorCode::NotFound, "the document table does not list document " +
                                              std::to_string(position) + " of " + fileName};
    }
    return found->second;
}

bool isStandardInput(const std::filesystem::path& path) {
    return path == "-";
}

/// Total size of the inputs, 0 if standard input is among them. Errors: NotFound.
Result<std::uint64_t> totalBytes(const std::vector<std::filesystem::path>& inputs) {
    std::uint64_t total = 0;
    for (const std::filesystem::path& path : inputs) {
        if (isStandardInput(path)) {
            return std::uint64_t{0};
        }
        std::error_code failure;
        total += std::filesystem::file_size(path, failure);
        if (failure) {
            return Error{ErrorCode::NotFound, "cannot open " + path.string()};
        }
    }
    return total;
}

Error notUtf8(const std::filesystem::path& path, std::int64_t document) {
    return Error{ErrorCode::CorruptFile,
                 path.string() + ": document " + std::to_string(document) + " is not valid UTF-8"};
}

std::uint64_t countWords(std::string_view text) {
    std::uint64_t words = 0;
    bool inside = false;
    for (const char c : text) {
        const bool space = c == ' ' || (c >= '\t' && c <= '\r');
        words += (!space && !inside) ? 1U : 0U;
        inside = !space;
    }
    return words;
}

} // namespace linnet::training
