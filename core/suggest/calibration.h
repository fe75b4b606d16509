#pragma once

#include <utility>
#include <vector>

namespace linnet::suggest {

// Maps the model's own probability p of a ghost text's first word onto how often it is right:
// logistic(bias + slope * logit(p)).
struct GhostCalibration {
    double bias = 0;
    double slope = 1;
    // The least calibrated probability from which on at least the wished share was right.
    double threshold = 1;
};

// Logistic regression (Newton's method) on pairs of p and whether the word was right; `precision`
// is the wished share.
GhostCalibration calibrateGhost(const std::vector<std::pair<double, bool>>& seen, double precision);

double calibrated(double p, double bias, double slope);

} // namespace linnet::suggest
