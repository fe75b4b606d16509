#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>

#include "commands.h"
#include "console.h"
#include "stop_signals.h"
#include "training/captions/caption_shape.h"
#include "training/captions/caption_trainer.h"

namespace linnet::train {

namespace {

std::string describe(const training::CaptionProgress& p) {
    char text[160] = {};
    std::snprintf(text, sizeof text,
                  "step %lld  %.2f passes  loss %.3f  drift %.4f  %.2f s/step  %s left",
                  static_cast<long long>(p.step), p.passes, p.loss, p.drift, p.secondsPerStep,
                  formatSeconds(p.secondsLeft).c_str());
    return text;
}

std::string describe(const training::CaptionValidation& v) {
    char text[160] = {};
    std::snprintf(text, sizeof text, "valid at step %lld: BLEU-4 %.3f, CIDEr-D %.3f%s: ",
                  static_cast<long long>(v.step), v.scores.bleu[3], v.scores.ciderD,
                  v.best ? ", the best so far" : "");
    return text + v.example;
}

void addInputs(CLI::App& command, training::CaptionTrainerOptions& o) {
    command.add_option("--data", o.data, "Folder of captions and lists of photos")->required();
    command.add_option("--photos", o.photos, "Folder of decoded photos (linnet-train photos)")
        ->required();
    command.add_option("--encoder", o.encoder, "Weights of the MobileNetV2 to start from")
        ->required();
    command.add_option("--subjects", o.subjects, "Table of the classes' nouns")->required();
    command.add_option("--out", o.output, "Folder for the tokenizer, checkpoints and log.jsonl")
        ->required();
}

void addShape(CLI::App& command, engine::ModelConfig& decoder) {
    const auto positive = CLI::Range(1, 1 << 20);
    decoder.layers = 3;
    decoder.hiddenSize = 256;
    decoder.heads = 4;
    decoder.vocabularySize = 6144;
    command.add_option("--layers", decoder.layers, "Layers of the decoder")
        ->check(positive)
        ->capture_default_str();
    command.add_option("--hidden", decoder.hiddenSize, "Width of the decoder")
        ->check(positive)
        ->capture_default_str();
    command.add_option("--heads", decoder.heads, "Attention heads")
        ->check(positive)
        ->capture_default_str();
    command.add_option("--vocab", decoder.vocabularySize, "Tokens, if a tokenizer is to be made")
        ->check(CLI::Range(512, 65536))
        ->capture_default_str();
}

void addRun(CLI::App& command, training::CaptionTrainerOptions& o) {
    command.add_option("--batch", o.batch, "Photos an update")
        ->check(CLI::Range(1, 4096))
        ->capture_default_str();
    command.add_option("--texts", o.texts, "Captions without photos an update")
        ->check(CLI::Range(0, 4096))
        ->capture_default_str();
    command.add_option("--views", o.views, "Variations of each photo")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    command.add_option("--encoder-lr", o.encoderRate, "Peak learning rate of the encoder")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command.add_option("--encoder-after", o.encoderAfter, "Part of the run in which it rests")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    command.add_option("--drift", o.drift, "Weight of keeping its classifier as it was")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command.add_option("--dropout", o.dropout, "Of the decoder")
        ->check(CLI::Range(0.0, 0.9))
        ->capture_default_str();
    command.add_option("--smoothing", o.smoothing, "Of the targets")
        ->check(CLI::Range(0.0, 0.9))
        ->capture_default_str();
    command.add_option("--lr", o.optimizer.rate, "Peak learning rate of embeddings and norms")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command.add_option("--matrix-lr", o.optimizer.matrixRate, "Peak learning rate of matrices")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command
        .add_option("--decay-fraction", o.schedule.decayFraction,
                    "Last part of the run, in which the rates fall to zero")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    command.add_option("--steps", o.steps, "Updates in all")->check(CLI::NonNegativeNumber);
    command.add_option("--hours", o.hours, "Training time in all")->check(CLI::NonNegativeNumber);
    command.add_option("--outside", o.outside, "Photos of other kinds that are held out")
        ->capture_default_str();
    command.add_option("--valid-every", o.validEvery, "Updates between validations, 0: never")
        ->capture_default_str();
    command.add_option("--valid-photos", o.validPhotos, "Photos to validate on")
        ->capture_default_str();
    command.add_option("--checkpoint-minutes", o.checkpointMinutes, "Between checkpoints")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command.add_option("--seed", o.seed, "Of the weights, the order and the variations")
        ->capture_default_str();
    command.add_option("--precision", o.precision, "Of the products")
        ->check(CLI::IsMember({"auto", "float32", "bfloat16"}))
        ->capture_default_str();
}

} // namespace

void Commands::addCaptioner(CLI::App& app) {
    auto* command = app.add_subcommand(
        "captioner", "Train a model that writes captions. Started again with the same --out, it\n"
                     "goes on where it stopped; SIGINT and SIGTERM write a checkpoint first.");
    auto options = std::make_shared<training::CaptionTrainerOptions>();
    options->schedule.decayFraction = 0.4;
    addInputs(*command, *options);
    addShape(*command, options->shape.decoder);
    addRun(*command, *options);
    command->callback([this, options] {
        auto& o = *options;
        engine::ModelConfig& decoder = o.shape.decoder;
        if (decoder.hiddenSize % decoder.heads != 0) {
            throw CLI::ValidationError("--heads", "must divide --hidden");
        }
        decoder.intermediateSize = 4 * decoder.hiddenSize;
        decoder.maxPositions = 48;
        training::completeCaptionDecoder(decoder);
        o.recipe = m_commandLine;
        o.stop = &stopOnSignals();
        StatusLine status;
        o.onProgress = [&](const training::CaptionProgress& p) { status.show(describe(p)); };
        o.onValidation = [&](const training::CaptionValidation& v) { status.note(describe(v)); };
        o.onNote = [&](const std::string& text) { status.note(text); };
        const auto report = training::trainCaptioner(o);
        if (!report) {
            fail(report.error().message);
            return;
        }
        status.note((report->finished ? "finished: " : "stopped: ") + o.output.string());
    });
}

} // namespace linnet::train
