#include "training/verse_corpus.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>

namespace linnet::training {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

constexpr const char* kEndOfPoem = "<|endofpoem|>";

std::vector<std::string> splitAt(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (;;) {
        const std::size_t at = text.find(separator, begin);
        parts.push_back(text.substr(begin, at - begin));
        if (at == std::string::npos) {
            return parts;
        }
        begin = at + 1;
    }
}

Error badLine(const fs::path& path, std::uint64_t line, const std::string& reason) {
    return Error{ErrorCode::CorruptFile,
                 path.string() + ", line " + std::to_string(line) + ": " + reason};
}

/// Reads a tab-separated table with a header, and gives the wanted columns of each row.
class TableReader {
public:
    static Result<TableReader> open(const fs::path& path, const std::vector<std::string>& columns) {
        TableReader reader;
        reader.m_path = path;
        reader.m_in.open(path, std::ios::binary);
        std::string header;
        if (!reader.m_in || !std::getline(reader.m_in, header)) {
            return Error{ErrorCode::NotFound, "cannot read " + path.string()};
        }
        reader.m_consumed = header.size() + 1;
        const std::vector<std::string> names = splitAt(header, '\t');
        reader.m_cells = names.size();
        for (const std::string& column : columns) {
            const auto found = std::find(names.begin(), names.end(), column);
            if (found == names.end()) {
                return badLine(path, 1, "there is no column \"" + column + "\"");
            }
            reader.m_columns.push_back(static_cast<std::size_t>(found - names.begin()));
        }
        return reader;
    }

    /// False at the end of the table.
    Result<bool> next(std::vector<std::string>& row) {
        std::string line;
        if (!std::getline(m_in, line)) {
            return false;
        }
        ++m_line;
        m_consumed += line.size() + 1;
        const std::vector<std::string> cells = splitAt(line, '\t');
        if (cells.size() != m_cells) {
            return badLine(m_path, m_line,
                           std::to_string(cells.size()) + " columns, the header has " +
                               std::to_string(m_cells));
        }
        row.clear();
        for (const std::size_t column : m_columns) {
            row.push_back(cells[column]);
        }
        return true;
    }

    [[nodiscard]] std::uint64_t line() const { return m_line; }
    [[nodiscard]] std::uint64_t consumed() const { return m_consumed; }

private:
    fs::path m_path;
    std::ifstream m_in;
    std::vector<std::size_t> m_columns;
    std::size_t m_cells = 0;
    std::uint64_t m_line = 1;
    std::uint64_t m_consumed = 0;
};

std::vector<std::vector<std::string>> stanzasOf(const std::string& text) {
    std::vector<std::vector<std::string>> stanzas(1);
    for (std::string& line : splitAt(text, '\n')) {
        if (!line.empty()) {
            stanzas.back().push_back(std::move(line));
        } else if (!stanzas.back().empty()) {
            stanzas.emplace_back();
        }
    }
    if (stanzas.back().empty()) {
        stanzas.pop_back();
    }
    return stanzas;
}

std::string tableKey(const std::string& file, std::int64_t position) {
    return file + '\t' + std::to_string(position);
}

} // namespace

Result<void> readChinesePoems(const fs::path& path,
                              const std::function<void(const ChinesePoem&)>& sink,
                              const ByteProgress& progress) {
    auto table = TableReader::open(path, {"dynasty", "title", "simplified"});
    if (!table) {
        return table.error();
    }
    std::error_code failure;
    const std::uint64_t total = fs::file_size(path, failure);
    std::vector<std::string> row;
    for (;;) {
        const auto more = table->next(row);
        if (!more) {
            return more.error();
        }
        if (!*more) {
            return {};
        }
        ChinesePoem poem{row[0], row[1], splitAt(row[2], '/')};
        const auto empty = [](const std::string& line) { return line.empty(); };
        if (std::any_of(poem.lines.begin(), poem.lines.end(), empty)) {
            return badLine(path, table->line(), "a line of the poem is empty");
        }
        sink(poem);
        if (progress) {
            progress(table->consumed(), total);
        }
    }
}

Result<EnglishPoemTable> EnglishPoemTable::load(const fs::path& path) {
    auto reader = TableReader::open(path, {"file", "position", "title", "form"});
    if (!reader) {
        return reader.error();
    }
    EnglishPoemTable table;
    std::vector<std::string> row;
    for (;;) {
        const auto more = reader->next(row);
        if (!more) {
            return more.error();
        }
        if (!*more) {
            return table;
        }
        table.m_entries[row[0] + '\t' + row[1]] = {row[2], row[3]};
    }
}

const EnglishPoemTable::Entry* EnglishPoemTable::find(const std::string& file,
                                                      std::int64_t position) const {
    const auto found = m_entries.find(tableKey(file, position));
    return found == m_entries.end() ? nullptr : &found->second;
}

Result<void> readEnglishPoems(const fs::path& path, const EnglishPoemTable& table,
                              const std::function<void(const EnglishPoem&)>& sink,
                              const ByteProgress& progress) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        return Error{ErrorCode::NotFound, "cannot open " + path.string()};
    }
    std::error_code failure;
    const std::uint64_t total = fs::file_size(path, failure);
    DocumentReader reader(in, kEndOfPoem);
    std::string text;
    while (reader.next(text)) {
        const std::int64_t position = reader.position() - 1;
        const auto* entry = table.find(path.filename().string(), position);
        if (entry == nullptr) {
            return Error{ErrorCode::CorruptFile, path.string() + ": poem " +
                                                     std::to_string(position) +
                                                     " is not in the table of poems"};
        }
        sink({entry->title, entry->form, stanzasOf(text)});
        if (progress) {
            progress(reader.consumed(), total);
        }
    }
    return {};
}

Result<SyllableCounts> SyllableCounts::load(const fs::path& path) {
    std::ifstream in(path);
    if (!in) {
        return Error{ErrorCode::NotFound, "cannot open " + path.string()};
    }
    SyllableCounts counts;
    std::string line;
    while (std::getline(in, line)) {
        std::istringstream fields(line.substr(0, line.find('#')));
        std::string word;
        if (!(fields >> word) || word.find('(') != std::string::npos) {
            continue;
        }
        int syllables = 0;
        for (std::string phoneme; fields >> phoneme;) {
            syllables += std::isdigit(static_cast<unsigned char>(phoneme.back())) != 0 ? 1 : 0;
        }
        if (syllables > 0) { // a few entries ("hmm") have no vowel: no metre can use them
            counts.m_counts.emplace(word, syllables);
        }
    }
    if (counts.m_counts.empty()) {
        return Error{ErrorCode::CorruptFile, path.string() + ": no pronunciations in it"};
    }
    return counts;
}

int SyllableCounts::of(const std::string& word) const {
    const auto found = m_counts.find(word);
    return found == m_counts.end() ? 0 : found->second;
}

} // namespace linnet::training
