#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"

namespace linnet::engine {

// A line of a table that is neither empty nor a comment (#), cut at its tabs. The fields are parts
// of the table's text.
struct TableLine {
    int number = 0; // in the file, from 1
    std::vector<std::string_view> fields;
};

std::vector<TableLine> tableLines(std::string_view text);

// The text of a file of at most a megabyte. Errors: NotFound, Io, CorruptFile.
Result<std::string> readTable(const std::filesystem::path& path);

// The nouns of a field, which commas separate; none if one of them is empty.
std::vector<std::string> nounsOf(std::string_view field);

// A class, 0 to classes - 1; -1 for anything else.
int classOf(std::string_view field, int classes);

// CorruptFile: `what`, the line, and what is wrong with it.
Error badLine(const std::string& what, const TableLine& line, const std::string& reason);

} // namespace linnet::engine
