#include "training/model_gate.h"

namespace linnet::training {

using engine::Result;

bool GateFigure::worse(double tolerance) const {
    const double loss = higherIsBetter ? shipped - candidate : candidate - shipped;
    return !(loss <= tolerance * shipped); // a figure that is no number is worse
}

Result<GateReport> compareModels(const GateOptions& options) {
    const auto candidate = measureModel(options.candidate, options.measure);
    if (!candidate) {
        return candidate.error();
    }
    const auto shipped = measureModel(options.shipped, options.measure);
    if (!shipped) {
        return shipped.error();
    }
    const TextScore ours = total(*candidate);
    const TextScore theirs = total(*shipped);
    GateReport report;
    report.figures = {
        {"perplexity per word", ours.perplexityPerWord(), theirs.perplexityPerWord(), false},
        {"bits per byte", ours.bitsPerByte(), theirs.bitsPerByte(), false}};
    report.figures.insert(report.figures.end(), options.figures.begin(), options.figures.end());
    for (const GateFigure& figure : report.figures) {
        report.worse = report.worse || figure.worse(options.tolerance);
    }
    for (const auto& [name, score] : *candidate) {
        const auto other = shipped->find(name);
        if (candidate->size() > 1 && other != shipped->end()) {
            report.figures.push_back({"bits per byte, " + name, score.bitsPerByte(),
                                      other->second.bitsPerByte(), false});
        }
    }
    return report;
}

} // namespace linnet::training
