#include "suggest/calibration.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace linnet::suggest {

namespace {

double logit(double p) {
    const double inside = std::clamp(p, 1e-6, 1.0 - 1e-6);
    return std::log(inside / (1.0 - inside));
}

} // namespace

double calibrated(double p, double bias, double slope) {
    return 1.0 / (1.0 + std::exp(-(bias + slope * logit(p))));
}

GhostCalibration calibrateGhost(const std::vector<std::pair<double, bool>>& seen,
                                double precision) {
    GhostCalibration fit;
    for (int round = 0; round < 50; ++round) {
        // Gradient and Hessian of the log-likelihood; a little ridge keeps it invertible.
        double g0 = 0;
        double g1 = 0;
        double h00 = 1e-6;
        double h01 = 0;
        double h11 = 1e-6;
        for (const auto& [p, right] : seen) {
            const double x = logit(p);
            const double q = calibrated(p, fit.bias, fit.slope);
            const double error = (right ? 1.0 : 0.0) - q;
            g0 += error;
            g1 += error * x;
            h00 += q * (1 - q);
            h01 += q * (1 - q) * x;
            h11 += q * (1 - q) * x * x;
        }
        const double determinant = h00 * h11 - h01 * h01;
        if (determinant <= 0) {
            break;
        }
        const double step0 = std::clamp((h11 * g0 - h01 * g1) / determinant, -1.0, 1.0);
        const double step1 = std::clamp((h00 * g1 - h01 * g0) / determinant, -1.0, 1.0);
        fit.bias = std::clamp(fit.bias + step0, -10.0, 10.0);
        fit.slope = std::clamp(fit.slope + step1, 0.05, 10.0);
        if (std::abs(step0) + std::abs(step1) < 1e-9) {
            break;
        }
    }
    std::vector<std::pair<double, bool>> order = seen;
    std::sort(order.begin(), order.end(),
              [](const auto& a, const auto& b) { return a.first > b.first; });
    std::size_t right = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        right += order[i].second ? 1U : 0U;
        const bool lastOfItsP = i + 1 == order.size() || order[i + 1].first < order[i].first;
        if (lastOfItsP && static_cast<double>(right) >= precision * static_cast<double>(i + 1)) {
            fit.threshold = calibrated(order[i].first, fit.bias, fit.slope);
        }
    }
    return fit;
}

} // namespace linnet::suggest
