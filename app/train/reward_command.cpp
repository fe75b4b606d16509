#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>
#include <utility>

#include "caption_commands.h"
#include "commands.h"
#include "console.h"
#include "stop_signals.h"
#include "training/captions/caption_export.h"
#include "training/captions/reward_trainer.h"

namespace linnet::train {

using training::RewardTrainerOptions;

namespace {

std::string describe(const training::RewardProgress& p) {
    std::string rewards;
    for (const auto& [language, reward] : p.reward) {
        char text[32] = {};
        std::snprintf(text, sizeof text, "  %s %.3f", language.c_str(), reward);
        rewards += text;
    }
    char text[160] = {};
    std::snprintf(text, sizeof text, "step %lld  %.2f passes%s  loss %.3f  %.2f s/step  %s left",
                  static_cast<long long>(p.step), p.passes, rewards.c_str(), p.loss,
                  p.secondsPerStep, formatSeconds(p.secondsLeft).c_str());
    return text;
}

std::string describe(const training::RewardValidation& v) {
    std::string line = "valid at step " + std::to_string(v.step) + ":";
    for (const auto& [language, scores] : v.scores) {
        char text[80] = {};
        std::snprintf(text, sizeof text, " %s BLEU-4 %.3f, CIDEr-D %.3f;", language.c_str(),
                      scores.bleu[3], scores.ciderD);
        line += text;
    }
    return line + (v.best ? " the best so far" : "");
}

void addRewardInputs(CLI::App& command, RewardTrainerOptions& o) {
    command.add_option("--data", o.sources.data, "Folder of captions and lists of photos")
        ->required();
    command
        .add_option("--photos", o.sources.photos, "Folder of decoded photos (linnet-train photos)")
        ->required();
    command.add_option("--subjects", o.sources.subjects, "Table of the classes' nouns")->required();
    command.add_option("--from", o.start, "Output folder of the run of captioner to go on from")
        ->required();
    command.add_option("--weights", o.weights, "best or latest")
        ->check(CLI::IsMember({"best", "latest"}))
        ->capture_default_str();
    command.add_option("--out", o.output, "Folder for the tokenizer, checkpoints and log.jsonl")
        ->required();
    command.add_option("--outside", o.sources.outside, "Photos of other kinds that are held out")
        ->capture_default_str();
}

void addRewardRun(CLI::App& command, RewardTrainerOptions& o) {
    const auto part = CLI::Range(0.0, 1.0);
    command.add_option("--batch", o.batch, "Photos an update")
        ->check(CLI::Range(1, 4096))
        ->capture_default_str();
    command.add_option("--samples", o.samples, "Captions drawn of each photo and language")
        ->check(CLI::Range(2, 64))
        ->capture_default_str();
    command.add_option("--temperature", o.temperature, "At which they are drawn")
        ->check(CLI::Range(0.1, 10.0))
        ->capture_default_str();
    command.add_option("--bleu", o.bleuWeight, "Weight of BLEU-4 in the reward, beside CIDEr-D")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command.add_option("--references", o.references, "Share of people's captions in the loss")
        ->check(part)
        ->capture_default_str();
    command.add_option("--texts", o.texts, "Captions without photos an update")
        ->check(CLI::Range(0, 4096))
        ->capture_default_str();
    command.add_option("--views", o.views, "Variations of each photo")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    command.add_option("--dropout", o.dropout, "Of the decoder")
        ->check(CLI::Range(0.0, 0.9))
        ->capture_default_str();
    command.add_option("--smoothing", o.smoothing, "Of people's captions")
        ->check(CLI::Range(0.0, 0.9))
        ->capture_default_str();
    command.add_option("--average", o.average, "Part of the averaged weights an update keeps")
        ->check(part)
        ->capture_default_str();
    command.add_option("--lr", o.optimizer.rate, "Learning rate")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command
        .add_option("--decay-fraction", o.schedule.decayFraction,
                    "Last part of the run, in which the rate falls to zero")
        ->check(part)
        ->capture_default_str();
    command.add_option("--steps", o.steps, "Updates in all")->check(CLI::NonNegativeNumber);
    command.add_option("--hours", o.hours, "Training time in all")->check(CLI::NonNegativeNumber);
    command.add_option("--valid-every", o.validEvery, "Updates between validations, 0: never")
        ->capture_default_str();
    command.add_option("--checkpoint-minutes", o.checkpointMinutes, "Between checkpoints")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command.add_option("--seed", o.seed, "Of what is drawn and of the order")
        ->capture_default_str();
    command.add_option("--precision", o.precision, "Of the products")
        ->check(CLI::IsMember({"auto", "float32", "bfloat16"}))
        ->capture_default_str();
}

/// The scores of a model folder written from NAME.safetensors of the run.
engine::Result<training::ScoresByLanguage> validated(const RewardTrainerOptions& options,
                                                     const std::string& name, std::size_t photos) {
    training::CaptionExportOptions writing;
    writing.run = options.output;
    writing.weights = name;
    writing.subjects = options.sources.subjects;
    writing.output = options.output / "model";
    if (const auto done = training::exportCaptioner(writing); !done) {
        return done.error();
    }
    CaptionMeasureInputs inputs;
    inputs.data = options.sources.data;
    inputs.photos = options.sources.photos;
    inputs.outside = options.sources.outside;
    inputs.split = "valid";
    inputs.limit = photos;
    return measureLanguages(writing.output, std::move(inputs));
}

} // namespace

void Commands::addRewardCaptioner(CLI::App& app) {
    auto* command = app.add_subcommand(
        "reward-captioner", "Train a captioner further on the scores of captions that it draws.\n"
                            "Started again with the same --out, it goes on where it stopped.");
    auto options = std::make_shared<RewardTrainerOptions>();
    auto photos = std::make_shared<std::size_t>(200);
    options->schedule.decayFraction = 0.2;
    options->schedule.warmupSteps = 20;
    addRewardInputs(*command, *options);
    addRewardRun(*command, *options);
    command->add_option("--valid-photos", *photos, "Photos to validate on")->capture_default_str();
    command->callback([this, options, photos] {
        auto& o = *options;
        o.recipe = m_commandLine;
        o.stop = &stopOnSignals();
        o.validate = [&](const std::string& name) { return validated(o, name, *photos); };
        StatusLine status;
        o.onProgress = [&](const training::RewardProgress& p) { status.show(describe(p)); };
        o.onValidation = [&](const training::RewardValidation& v) { status.note(describe(v)); };
        o.onNote = [&](const std::string& text) { status.note(text); };
        const auto report = training::trainOnRewards(o);
        if (!report) {
            fail(report.error().message);
            return;
        }
        status.note((report->finished ? "finished: " : "stopped: ") + o.output.string());
    });
}

} // namespace linnet::train
