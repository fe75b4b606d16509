#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>

#include "commands.h"
#include "console.h"
#include "stop_signals.h"
#include "training/lm_trainer.h"

namespace linnet::train {

namespace {

/// What the command line says beyond LmOptions.
struct LmArguments {
    training::LmOptions options;
    std::string mixture;
    std::string optimizer = "muon";
    std::string schedule = "trapezoid";
};

void addShape(CLI::App& command, engine::ModelConfig& shape) {
    shape.architecture = "llama";
    shape.layers = 6;
    shape.hiddenSize = 256;
    shape.heads = 4;
    shape.intermediateSize = 704;
    shape.tiedEmbeddings = true;
    const auto positive = CLI::Range(1, 1 << 20);
    command
        .add_option("--architecture", shape.architecture,
                    "llama, or lstm: a baseline that export does not take (--layers, --hidden)")
        ->check(CLI::IsMember({"llama", "lstm"}))
        ->capture_default_str();
    command.add_option("--layers", shape.layers, "Layers")->check(positive)->capture_default_str();
    command.add_option("--hidden", shape.hiddenSize, "Width of the residual stream")
        ->check(positive)
        ->capture_default_str();
    command.add_option("--heads", shape.heads, "Attention heads")
        ->check(positive)
        ->capture_default_str();
    command.add_option("--kv-heads", shape.kvHeads, "Key and value heads (default: as many)");
    command.add_option("--ffn", shape.intermediateSize, "Width of the MLP")
        ->check(positive)
        ->capture_default_str();
}

void addOptimizer(CLI::App& command, LmArguments& arguments) {
    auto& optimizer = arguments.options.optimizer;
    auto& schedule = arguments.options.schedule;
    command.add_option("--optimizer", arguments.optimizer, "muon or adamw")
        ->check(CLI::IsMember({"muon", "adamw"}))
        ->capture_default_str();
    command.add_option("--lr", optimizer.rate, "Peak learning rate of AdamW")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command.add_option("--matrix-lr", optimizer.matrixRate, "Peak learning rate of Muon")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command.add_option("--weight-decay", optimizer.weightDecay, "Decoupled weight decay")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command.add_option("--schedule", arguments.schedule, "trapezoid or cosine")
        ->check(CLI::IsMember({"trapezoid", "cosine"}))
        ->capture_default_str();
    command.add_option("--warmup", schedule.warmupSteps, "Updates of warm-up")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command
        .add_option("--decay-fraction", schedule.decayFraction,
                    "Last part of the run, in which the trapezoid's rate falls to zero")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    command.add_option("--clip", arguments.options.clip, "Greatest gradient norm")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
}

void addRun(CLI::App& command, LmArguments& arguments) {
    auto& o = arguments.options;
    command.add_option("--train", o.train, "Folder of token files to train on")->required();
    command.add_option("--valid", o.valid, "Folder of held-out token files");
    command.add_option("--out", o.output, "Folder for checkpoints and log.jsonl")->required();
    command.add_option("--mix", arguments.mixture,
                       "Share of each group: NAME=WEIGHT,... (default: all, by size)");
    command.add_option("--length", o.length, "Tokens a window")
        ->check(CLI::Range(8, 65536))
        ->capture_default_str();
    command.add_option("--batch", o.batch, "Windows a forward pass")
        ->check(CLI::Range(1, 65536))
        ->capture_default_str();
    command.add_option("--accumulate", o.accumulate, "Forward passes an update")
        ->check(CLI::Range(1, 65536))
        ->capture_default_str();
    command
        .add_option("--workers", o.workers,
                    "CPU threads that share each pass's windows, a core each (default 1: one pass\n"
                    "at a time on all cores; 2 or more is faster beside other work)")
        ->check(CLI::Range(1, 256));
    command.add_option("--steps", o.steps, "Updates in all")->check(CLI::NonNegativeNumber);
    command
        .add_option("--hours", o.hours, "Training time in all; the decay is timed to end by then")
        ->check(CLI::NonNegativeNumber);
    command.add_option("--seed", o.seed, "Of the initial weights and the order of windows")
        ->capture_default_str();
    command.add_option("--device", o.device, "auto, cpu or cuda")
        ->check(CLI::IsMember({"auto", "cpu", "cuda"}))
        ->capture_default_str();
    command.add_option("--precision", o.precision, "Of the matrix products")
        ->check(CLI::IsMember({"auto", "float32", "bfloat16"}))
        ->capture_default_str();
    command.add_option("--valid-every", o.validEvery, "Updates between validations, 0: never")
        ->capture_default_str();
    command
        .add_option("--valid-tokens", o.validTokens, "Tokens of each group to validate on, 0: all")
        ->capture_default_str();
    command.add_option("--checkpoint-minutes", o.checkpointMinutes, "Between checkpoints")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command.add_option("--keep", o.keepCheckpoints, "Checkpoints to keep")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    command.add_option("--resume-from", o.resumeFrom,
                       "Checkpoint to go on from (default: the newest in --out)");
    command.add_option("--init-from", o.initFrom,
                       "Model folder whose weights and shape a new run starts from");
}

} // namespace

void Commands::addLm(CLI::App& app) {
    auto* command = app.add_subcommand(
        "lm", "Train a language model on prepared tokens. Started again with the same\n"
              "--out, it goes on from the newest checkpoint; SIGINT and SIGTERM write one first.");
    auto arguments = std::make_shared<LmArguments>();
    addRun(*command, *arguments);
    addShape(*command, arguments->options.shape);
    addOptimizer(*command, *arguments);
    command->callback([this, arguments] {
        auto& o = arguments->options;
        if (!parseMixture(arguments->mixture, o.mixture)) {
            throw CLI::ValidationError("--mix", "expected NAME=WEIGHT,... with weights over 0");
        }
        auto& shape = o.shape;
        shape.kvHeads = shape.kvHeads == 0 ? shape.heads : shape.kvHeads;
        if (shape.architecture == "llama" &&
            (shape.hiddenSize % (2 * shape.heads) != 0 || shape.heads % shape.kvHeads != 0)) {
            throw CLI::ValidationError(
                "--heads", "must divide --hidden into even parts and be a multiple of --kv-heads");
        }
        shape.headDim = shape.hiddenSize / shape.heads;
        shape.maxPositions = static_cast<int>(o.length);
        o.optimizer.kind = arguments->optimizer == "muon" ? training::OptimizerKind::Muon
                                                          : training::OptimizerKind::AdamW;
        o.schedule.kind = arguments->schedule == "cosine" ? training::ScheduleKind::Cosine
                                                          : training::ScheduleKind::Trapezoid;
        o.recipe = m_commandLine;
        o.stop = &stopOnSignals();
        StatusLine status;
        o.onProgress = [&](const training::LmProgress& p) { status.show(describe(p)); };
        o.onValidation = [&](const training::LmValidation& v) { status.note(describe(v)); };
        o.onNote = [&](const std::string& text) { status.note(text); };
        const auto report = training::trainLanguageModel(o);
        if (!report) {
            fail(report.error().message);
            return;
        }
        status.note((report->finished ? "finished: " : "stopped: ") + report->checkpoint.string());
    });
}

} // namespace linnet::train
