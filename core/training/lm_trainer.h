#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "engine/api/result.h"
#include "engine/torch/model_config.h"
#include "training/optimizer.h"
#include "training/schedule.h"

namespace linnet::training {

/// Where a run stands; sent to the caller after every update.
struct LmProgress {
    std::int64_t step = 0;
    std::uint64_t tokens = 0;     // trained on so far
    double loss = 0.0;            // nats per token, smoothed over recent updates
    double tokensPerSecond = 0.0; // recently
    double learningRateFactor = 0.0;
    double secondsLeft = 0.0;
    double gradientNorm = 0.0;
};

/// A validation, with figures of each group and of all.
struct LmValidation {
    std::int64_t step = 0;
    double lossPerToken = 0.0; // nats
    double perplexityPerWord = 0.0;
    double bitsPerByte = 0.0;
    std::map<std::string, double> lossOfGroup;
};

struct LmOptions {
    std::filesystem::path train;  // token folder
    std::filesystem::path valid;  // token folder; empty: no validation
    std::filesystem::path output; // checkpoints and log.jsonl
    engine::ModelConfig shape;    // llama, or lstm; the vocabulary size is the token folder's
    std::map<std::string, double> mixture; // weight of each group; empty: by tokens
    std::int64_t length = 256;             // tokens a window
    std::int64_t batch = 32;               // windows a forward pass
    std::int64_t accumulate = 1;           // forward passes an update
    int workers = 1; // CPU: threads that each take a share of the windows, with one core each.
                     // On a machine shared with other work faster than splitting every operation
    std::int64_t steps = 0; // updates in all; 0: the time budget decides
    double hours = 0.0;     // training time in all, resumed runs included; 0: none
    OptimizerOptions optimizer;
    Schedule schedule;
    double clip = 1.0; // greatest gradient norm
    std::uint64_t seed = 1;
    std::string device = "auto";       // auto, cpu, cuda
    std::string precision = "auto";    // auto, float32, bfloat16
    std::int64_t validEvery = 200;     // updates
    std::uint64_t validTokens = 65536; // a group
    double checkpointMinutes = 5.0;
    std::size_t keepCheckpoints = 2;
    std::filesystem::path resumeFrom;        // a checkpoint; empty: the newest in `output`, if any
    std::filesystem::path initFrom;          // a model folder whose weights to start from; empty:
                                             // random ones. Not used when a run is resumed
    std::string recipe;                      // the command line, kept in the checkpoint
    const std::atomic<bool>* stop = nullptr; // set: write a checkpoint and return
    std::function<void(const LmProgress&)> onProgress;
    std::function<void(const LmValidation&)> onValidation;
    std::function<void(const std::string&)> onNote; // one-line events: resumed, checkpoint written
};

struct LmReport {
    std::filesystem::path checkpoint; // the last one
    std::int64_t step = 0;
    std::uint64_t tokens = 0;
    bool finished = false; // false: stopped early
};

/// Trains a llama-style decoder, or an LSTM to compare it with, on prepared tokens. Starts anew,
/// from random weights or a model's (the model's shape then counts, and its tokenizer must be that
/// of the tokens), or goes on from the newest checkpoint in the output folder; with a budget in
/// steps the same steps follow to the bit (same device and thread count). When a trapezoid's decay
/// starts, the weights before it are kept as the checkpoint "before-decay". Errors: NotFound,
/// CorruptFile, InvalidArgument, DeviceUnavailable, Io, OutOfMemory.
engine::Result<LmReport> trainLanguageModel(const LmOptions& options);

} // namespace linnet::training
