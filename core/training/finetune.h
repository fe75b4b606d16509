#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/api/result.h"
#include "training/evaluation.h"
#include "training/lm_trainer.h"

namespace linnet::training {

struct FinetuneOptions {
    std::filesystem::path model;               // model folder to start from: llama, with card.json
    std::vector<std::filesystem::path> inputs; // text files of the writer's
    std::vector<std::filesystem::path> held;   // text files to measure on, never trained on
    std::filesystem::path output;              // model folder to write
    std::filesystem::path work; // token files and checkpoints, removed when the model is written;
                                // empty: `output` with .work
    std::string title;          // of the new model; empty: the old one's, tuned
    double passes = 3.0;        // over the inputs
    std::int64_t length = 256;  // tokens a window, at most the model's
    std::int64_t batch = 8;     // windows an update
    double rate = 0.0006;       // peak learning rate of AdamW
    double matrixRate = 0.004;  // peak learning rate of Muon
    std::uint64_t seed = 1;
    std::string device = "auto";
    std::string recipe; // the command line, for the card
    const std::atomic<bool>* stop = nullptr;
    std::function<void(const LmProgress&)> onProgress;
    std::function<void(const std::string&)> onNote;
};

struct FinetuneReport {
    std::uint64_t tokens = 0; // of the inputs
    std::int64_t steps = 0;
    bool finished = false;                  // false: stopped early; nothing was written to `output`
    std::optional<TextScore> before, after; // on the held-out texts, if there are any
};

/// Trains a model on a writer's own texts, at a low rate, and writes it as a model folder of int8
/// weights beside the files of the old one that do not depend on them (n-grams, filters, notices).
/// Its card says what it came from. Errors: those of prepareTokens, trainLanguageModel, exportModel
/// and measureModel; InvalidArgument when the texts are shorter than one window.
engine::Result<FinetuneReport> finetuneModel(const FinetuneOptions& options);

} // namespace linnet::training
