#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace linnet::verse {

// A row of a table that is neither empty nor a comment (#): a part of the table's text.
struct TableRow {
    std::size_t number = 0; // in the file, from 1
    std::string_view text;
};

std::vector<TableRow> rowsOf(std::string_view table);

} // namespace linnet::verse
