#include "verse/table_rows.h"

#include <algorithm>

namespace linnet::verse {

std::vector<TableRow> rowsOf(std::string_view table) {
    std::vector<TableRow> rows;
    for (std::size_t number = 1; !table.empty(); ++number) {
        const std::string_view row = table.substr(0, table.find('\n'));
        table.remove_prefix(std::min(row.size() + 1, table.size()));
        if (!row.empty() && row.front() != '#') {
            rows.push_back({number, row});
        }
    }
    return rows;
}

} // namespace linnet::verse
