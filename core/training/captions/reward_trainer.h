#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "engine/api/result.h"
#include "training/captions/caption_inputs.h"
#include "training/optimizer.h"
#include "training/schedule.h"
#include "training/scores/caption_scores.h"

namespace linnet::training {

struct RewardProgress {
    std::int64_t step = 0;
    double passes = 0.0;                  // over the photos so far
    std::map<std::string, double> reward; // mean of the drawn captions by language, smoothed
    double loss = 0.0;                    // of people's captions, nats per token, smoothed
    double secondsPerStep = 0.0;
    double secondsLeft = 0.0;
};

using ScoresByLanguage = std::map<std::string, CaptionScores>;

struct RewardValidation {
    std::int64_t step = 0;
    ScoresByLanguage scores;
    bool best = false; // so far
};

struct RewardTrainerOptions {
    CaptionSources sources;
    std::filesystem::path start;  // run folder: its tokenizer and weights are where this begins
    std::string weights = "best"; // of these, or "latest"
    std::filesystem::path output; // tokenizer.json, latest.safetensors, best.safetensors, log
    std::int64_t batch = 32;      // photos an update
    std::int64_t samples = 5;     // captions drawn of each photo and language
    int views = 3;                // variations of each photo
    double temperature = 0.8;     // at which captions are drawn and made likelier
    double bleuWeight = 2.0;      // of BLEU-4 in the reward, beside CIDEr-D
    double references = 0.1;      // share of people's captions in the loss
    std::int64_t texts = 16;      // captions without photos an update
    double dropout = 0.1;
    double smoothing = 0.1;        // of people's captions
    double average = 0.98;         // part of the averaged weights that an update keeps
    std::int64_t validEvery = 100; // updates
    std::int64_t steps = 0;        // updates in all; 0: the time budget decides
    double hours = 0.0;            // training time in all, resumed runs included
    OptimizerOptions optimizer = {OptimizerKind::AdamW, 5e-5};
    Schedule schedule;
    double clip = 1.0;
    std::uint64_t seed = 1;
    std::string precision = "auto"; // auto, float32, bfloat16
    double checkpointMinutes = 4.0;
    std::string recipe; // the command line, kept in the checkpoint
    /// Writes and scores captions of validation photos as they will be in use, with the weights
    /// NAME.safetensors in the output folder.
    std::function<engine::Result<ScoresByLanguage>(const std::string& name)> validate;
    const std::atomic<bool>* stop = nullptr; // set: write a checkpoint and return
    std::function<void(const RewardProgress&)> onProgress;
    std::function<void(const RewardValidation&)> onValidation;
    std::function<void(const std::string&)> onNote;
};

struct RewardReport {
    std::int64_t step = 0;
    double best = 0.0;     // what the best weights' captions are worth, summed over languages
    bool finished = false; // false: stopped early
};

/// Trains a captioner's decoder further on what its own captions are worth (self-critical training,
/// Rennie et al. 2017, with the mean of a photo's other captions as the baseline, Luo 2020); the
/// encoder stays. A share of people's captions, with and without photos, keeps the language sound.
/// best.safetensors has the weights, averaged over updates, whose validation captions are worth
/// most: CIDEr-D and `bleuWeight` times BLEU-4, summed over languages; the start is the first of
/// them. Goes on from latest.safetensors in the output folder if it is there; with a budget in
/// steps the same steps follow to the bit. Errors: NotFound, CorruptFile, InvalidArgument, Io,
/// OutOfMemory, those of `validate`.
engine::Result<RewardReport> trainOnRewards(const RewardTrainerOptions& options);

} // namespace linnet::training
