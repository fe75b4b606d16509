#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <istream>
#include <map>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"

namespace linnet::training {

/// Reads plain text as a sequence of documents that a separator line ends.
class DocumentReader {
public:
    /// Reads from `in`, which outlives the reader.
    DocumentReader(std::istream& in, std::string separator)
        : m_in(in)
        , m_separator(std::move(separator)) {}

    /// Puts the next document that is not empty in `text`, without the line break before the
    /// separator; false at the end of input. CRLF line ends become LF.
    bool next(std::string& text);

    /// Documents returned so far, empty ones included: the position column of a document table.
    [[nodiscard]] std::int64_t position() const { return m_position; }

    /// Bytes consumed so far.
    [[nodiscard]] std::uint64_t consumed() const { return m_consumed; }

    /// Continues a reading broken off at these figures; the stream must stand at `consumed`.
    void resumeAt(std::int64_t position, std::uint64_t consumed) {
        m_position = position;
        m_consumed = consumed;
    }

private:
    std::istream& m_in;
    std::string m_separator;
    std::string m_line;
    std::int64_t m_position = 0;
    std::uint64_t m_consumed = 0;
};

/// Sorts documents into named groups, which a training mixture can weigh: by rules on the columns
/// of a tab-separated table with a header row and the columns `file` (name without folder) and
/// `position` (number of the document in it, from 0).
class DocumentGroups {
public:
    /// A rule `NAME=COLUMN:REGEX`: documents whose column has a match belong to NAME.
    struct Rule {
        std::string name;
        std::string column;
        std::regex expression;
    };

    /// One group, "all", for every document.
    DocumentGroups() = default;

    /// Reads `table`. The first rule that matches decides; else the group is named after the value
    /// of `groupBy` (may be empty: group "all"). Errors: NotFound, CorruptFile (names the line),
    /// InvalidArgument (unknown column).
    static engine::Result<DocumentGroups> load(const std::filesystem::path& table,
                                               const std::vector<Rule>& rules,
                                               const std::string& groupBy);

    /// Parses a rule. Errors: InvalidArgument.
    static engine::Result<Rule> parseRule(const std::string& text);

    /// Group of the document at `position` of the file called `fileName`. Errors: NotFound when a
    /// table was loaded and does not list the document.
    [[nodiscard]] engine::Result<std::string> groupOf(const std::string& fileName,
                                                      std::int64_t position) const;

private:
    std::map<std::pair<std::string, std::int64_t>, std::string> m_groups;
    bool m_loaded = false;
};

/// Reports bytes of input done and their total (0 when unknown, as for standard input).
using ByteProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// True for the path "-", which stands for standard input.
[[nodiscard]] bool isStandardInput(const std::filesystem::path& path);

/// Total size of the inputs in bytes, 0 if standard input is among them. Errors: NotFound.
engine::Result<std::uint64_t> totalBytes(const std::vector<std::filesystem::path>& inputs);

/// The error for a document that is not UTF-8.
[[nodiscard]] engine::Error notUtf8(const std::filesystem::path& path, std::int64_t document);

/// Number of maximal runs of bytes that are no ASCII white space: the words of `wc -w`.
[[nodiscard]] std::uint64_t countWords(std::string_view text);

} // namespace linnet::training
