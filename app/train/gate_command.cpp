#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>

#include "caption_commands.h"
#include "commands.h"
#include "training/model_gate.h"

namespace linnet::train {

namespace {

/// Parses NAME=CANDIDATE,SHIPPED.
training::GateFigure parseFigure(const std::string& text) {
    const std::size_t equals = text.rfind('=');
    const std::size_t comma = equals == std::string::npos ? equals : text.find(',', equals);
    if (comma != std::string::npos && equals > 0) {
        char* firstEnd = nullptr;
        char* secondEnd = nullptr;
        const double candidate = std::strtod(text.c_str() + equals + 1, &firstEnd);
        const double shipped = std::strtod(text.c_str() + comma + 1, &secondEnd);
        const bool whole = firstEnd == text.c_str() + comma && *secondEnd == '\0';
        if (whole && comma > equals + 1 && comma + 1 < text.size()) {
            return {text.substr(0, equals), candidate, shipped, true};
        }
    }
    throw CLI::ValidationError("--figure", "\"" + text + "\" is not NAME=CANDIDATE,SHIPPED");
}

#ifdef LINNET_TRAINING_TEXT
/// The figures of both models' captions.
engine::Result<training::GateReport> compareCaptions(const training::GateOptions& options,
                                                     const CaptionMeasureInputs& inputs) {
    const auto candidate = measureCaptions(options.candidate, inputs);
    if (!candidate) {
        return candidate.error();
    }
    const auto shipped = measureCaptions(options.shipped, inputs);
    if (!shipped) {
        return shipped.error();
    }
    const training::CaptionScores& ours = candidate->scores;
    const training::CaptionScores& theirs = shipped->scores;
    training::GateReport report;
    report.figures = {{"BLEU-4", ours.bleu[3], theirs.bleu[3], true},
                      {"CIDEr-D", ours.ciderD, theirs.ciderD, true}};
    report.figures.insert(report.figures.end(), options.figures.begin(), options.figures.end());
    for (const training::GateFigure& figure : report.figures) {
        report.worse = report.worse || figure.worse(options.tolerance);
    }
    return report;
}
#endif

void print(const training::GateReport& report, double tolerance, bool json) {
    if (json) {
        nlohmann::ordered_json figures = nlohmann::ordered_json::array();
        for (const auto& figure : report.figures) {
            figures.push_back({{"name", figure.name},
                               {"candidate", figure.candidate},
                               {"shipped", figure.shipped},
                               {"worse", figure.worse(tolerance)}});
        }
        const nlohmann::ordered_json line = {{"worse", report.worse}, {"figures", figures}};
        std::printf("%s\n", line.dump().c_str());
        return;
    }
    std::printf("%-36s %12s %12s %9s\n", "", "candidate", "shipped", "");
    for (const auto& figure : report.figures) {
        std::printf("%-36s %12.4f %12.4f %+8.2f%%%s\n", figure.name.c_str(), figure.candidate,
                    figure.shipped, 100.0 * (figure.candidate / figure.shipped - 1.0),
                    figure.worse(tolerance) ? "  worse" : "");
    }
}

} // namespace

void Commands::addGate(CLI::App& app) {
    auto* command = app.add_subcommand(
        "gate",
        "Compare a model with the one shipped, on the same text: exit status 1 when its\n"
        "perplexity per word, bits per byte or a given figure is worse; of models that write\n"
        "captions, when their BLEU-4 or CIDEr-D is.");
    auto options = std::make_shared<training::GateOptions>();
    auto figures = std::make_shared<std::vector<std::string>>();
    auto json = std::make_shared<bool>(false);
    command->add_option("--candidate", options->candidate, "Model folder")->required();
    command->add_option("--shipped", options->shipped, "Model folder")->required();
    auto* tokens = command->add_option("--tokens", options->measure.tokens,
                                       "Token folder to measure on (both of its tokenizer)");
    command->add_option("--text", options->measure.texts, "Text files to measure on")
        ->excludes(tokens);
    command->add_option("--max-tokens", options->measure.maximumTokens,
                        "Tokens of each group to measure on, 0: all");
    command->add_option("--device", options->measure.device, "auto, cpu or cuda")
        ->check(CLI::IsMember({"auto", "cpu", "cuda"}))
        ->capture_default_str();
    command->add_option("--figure", *figures,
                        "NAME=CANDIDATE,SHIPPED: another figure, higher is better");
    command->add_option("--tolerance", options->tolerance, "Part by which a figure may be worse")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command->add_flag("--json", *json, "Print one JSON object");
    auto captions = std::make_shared<CaptionMeasureInputs>();
#ifdef LINNET_TRAINING_TEXT
    addCaptionInputs(*command, *captions);
#endif
    command->callback([this, options, figures, json, captions] {
        const bool pictures = !captions->data.empty();
        if (!pictures && options->measure.tokens.empty() && options->measure.texts.empty()) {
            throw CLI::RequiredError("--tokens, --text or --captions");
        }
        for (const std::string& text : *figures) {
            options->figures.push_back(parseFigure(text));
        }
#ifdef LINNET_TRAINING_TEXT
        const auto report =
            pictures ? compareCaptions(*options, *captions) : training::compareModels(*options);
#else
        const auto report = training::compareModels(*options);
#endif
        if (!report) {
            fail(report.error().message);
            return;
        }
        print(*report, options->tolerance, *json);
        if (report->worse) {
            fail("the candidate is worse than the shipped model");
        }
    });
}

} // namespace linnet::train
