#pragma once

#include <vector>

namespace linnet::cli {

// The value at the nearest rank to `part` (0 to 1) of the way up the values; 0 for none.
double quantile(std::vector<double> values, double part);

} // namespace linnet::cli
