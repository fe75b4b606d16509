#include "quantile.h"

#include <algorithm>
#include <cstddef>

namespace linnet::cli {

double quantile(std::vector<double> values, double part) {
    if (values.empty()) {
        return 0;
    }
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1) + 0.5)];
}

} // namespace linnet::cli
