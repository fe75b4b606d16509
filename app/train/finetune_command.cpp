#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>

#include "commands.h"
#include "console.h"
#include "stop_signals.h"
#include "training/finetune.h"

namespace linnet::train {

namespace {

void addRates(CLI::App& command, training::FinetuneOptions& o) {
    command.add_option("--passes", o.passes, "Times that the texts are read")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command.add_option("--length", o.length, "Tokens a window, at most the model's")
        ->check(CLI::Range(8, 65536))
        ->capture_default_str();
    command.add_option("--batch", o.batch, "Windows an update")
        ->check(CLI::Range(1, 65536))
        ->capture_default_str();
    command.add_option("--lr", o.rate, "Peak learning rate of embeddings and norms")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command.add_option("--matrix-lr", o.matrixRate, "Peak learning rate of matrices")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
}

} // namespace

void Commands::addFinetune(CLI::App& app) {
    auto* command = app.add_subcommand(
        "finetune", "Train a model further on texts of your own and write it as a new model\n"
                    "folder. Started again after a break, it goes on where it stopped.");
    auto options = std::make_shared<training::FinetuneOptions>();
    auto& o = *options;
    command->add_option("inputs", o.inputs, "Text files, UTF-8")->required();
    command->add_option("--model", o.model, "Model folder to start from")->required();
    command->add_option("--out", o.output, "Model folder to write")->required();
    command->add_option("--held-out", o.held,
                        "Text files to measure on before and after, never trained on");
    command->add_option("--title", o.title, "Card: what to call the model");
    addRates(*command, o);
    command->add_option("--seed", o.seed, "Of the order of windows")->capture_default_str();
    command->add_option("--device", o.device, "auto, cpu or cuda")
        ->check(CLI::IsMember({"auto", "cpu", "cuda"}))
        ->capture_default_str();
    command->callback([this, options] {
        options->recipe = m_commandLine;
        options->stop = &stopOnSignals();
        StatusLine status;
        options->onProgress = [&](const training::LmProgress& p) { status.show(describe(p)); };
        options->onNote = [&](const std::string& text) { status.note(text); };
        const auto report = training::finetuneModel(*options);
        if (!report) {
            fail(report.error().message);
            return;
        }
        if (!report->finished) {
            status.note("stopped; the same command goes on");
            return;
        }
        if (report->before && report->after) {
            char line[96];
            std::snprintf(line, sizeof line, "perplexity per word, held out: %.1f before, %.1f now",
                          report->before->perplexityPerWord(), report->after->perplexityPerWord());
            status.note(line);
        }
        status.note("wrote " + options->output.string());
    });
}

} // namespace linnet::train
