#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/api/result.h"
#include "training/model_measure.h"

namespace linnet::training {

/// One figure of two models.
struct GateFigure {
    std::string name;
    double candidate = 0.0;
    double shipped = 0.0;
    bool higherIsBetter = false;

    /// True if the candidate's is worse by more than `tolerance`, a part of the shipped figure.
    [[nodiscard]] bool worse(double tolerance) const;
};

struct GateOptions {
    std::filesystem::path candidate; // model folders
    std::filesystem::path shipped;
    MeasureOptions measure;
    std::vector<GateFigure> figures; // measured elsewhere, such as keystroke savings
    double tolerance = 0.002;
};

struct GateReport {
    std::vector<GateFigure> figures;
    bool worse = false; // in at least one figure
};

/// Measures both models on the same text and compares perplexity per word and bits per byte, of all
/// and, as far as both have it, of each group, together with the figures given. Only the totals and
/// the figures given decide. Errors: those of measureModel().
engine::Result<GateReport> compareModels(const GateOptions& options);

} // namespace linnet::training
