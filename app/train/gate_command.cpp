#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>

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
        "gate", "Compare a model with the one shipped, on the same text: exit status 1 when its\n"
                "perplexity per word, bits per byte or a given figure is worse.");
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
    command->callback([this, options, figures, json] {
        if (options->measure.tokens.empty() && options->measure.texts.empty()) {
            throw CLI::RequiredError("--tokens or --text");
        }
        for (const std::string& text : *figures) {
            options->figures.push_back(parseFigure(text));
        }
        const auto report = training::compareModels(*options);
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
