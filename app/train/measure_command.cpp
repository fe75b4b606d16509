#include <CLI/CLI.hpp>

#include <cmath>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "training/model_measure.h"

namespace linnet::train {

namespace {

using Json = nlohmann::ordered_json;

Json figures(const training::TextScore& score) {
    return {{"nats_per_token", score.lossPerToken()},
            {"perplexity_per_token", std::exp(score.lossPerToken())},
            {"perplexity_per_word", score.perplexityPerWord()},
            {"tokens", score.tokens}};
}

void print(const std::string& name, const training::TextScore& score) {
    std::printf("%-16s %9.4f nats/token  perplexity %10.3f per token  %10.3f per word  %9llu "
                "tokens\n",
                name.c_str(), score.lossPerToken(), std::exp(score.lossPerToken()),
                score.perplexityPerWord(), static_cast<unsigned long long>(score.tokens));
}

} // namespace

void Commands::addMeasure(CLI::App& app) {
    auto* command = app.add_subcommand(
        "measure", "Print how well a model folder, or a checkpoint of a run (lm of any\n"
                   "architecture), predicts prepared tokens or text.");
    auto options = std::make_shared<training::MeasureOptions>();
    auto model = std::make_shared<std::string>();
    auto json = std::make_shared<bool>(false);
    command->add_option("--model", *model, "Model folder or checkpoint")->required();
    auto* tokens = command->add_option("--tokens", options->tokens, "Token folder to measure on");
    command->add_option("--text", options->texts, "Text files to measure on")->excludes(tokens);
    command->add_option("--max-tokens", options->maximumTokens,
                        "Tokens of each group to measure on, 0: all");
    command->add_option("--device", options->device, "auto, cpu or cuda")
        ->check(CLI::IsMember({"auto", "cpu", "cuda"}))
        ->capture_default_str();
    command->add_flag("--json", *json, "Print one JSON object");
    command->callback([this, options, model, json] {
        const auto scores = training::measureModel(*model, *options);
        if (!scores) {
            fail(scores.error().message);
            return;
        }
        if (*json) {
            Json line = figures(training::total(*scores));
            for (const auto& [name, score] : *scores) {
                line["groups"][name] = figures(score);
            }
            std::printf("%s\n", line.dump().c_str());
            return;
        }
        for (const auto& [name, score] : *scores) {
            print(name, score);
        }
        print("all", training::total(*scores));
    });
}

} // namespace linnet::train
