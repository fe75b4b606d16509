#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "engine/api/result.h"
#include "training/captions/caption_network.h"
#include "training/optimizer.h"
#include "training/schedule.h"
#include "training/scores/caption_scores.h"

namespace linnet::training {

struct CaptionProgress {
    std::int64_t step = 0;
    double passes = 0.0; // over the photos so far
    double loss = 0.0;   // nats per token, smoothed over recent updates and targets
    double drift = 0.0;  // of the classifier: KL from the starting encoder's, nats
    double secondsPerStep = 0.0;
    double secondsLeft = 0.0;
};

struct CaptionValidation {
    std::int64_t step = 0;
    CaptionScores scores; // greedy, English
    std::string example;  // a caption
    bool best = false;    // so far
};

struct CaptionTrainerOptions {
    std::filesystem::path data;     // folder of captions: see readCaptionCorpus()
    std::filesystem::path photos;   // folder of a PhotoFile
    std::filesystem::path encoder;  // safetensors of the starting MobileNetV2
    std::filesystem::path subjects; // table of the classes' nouns
    std::filesystem::path output;   // tokenizer.json, latest.safetensors, best.safetensors, log
    CaptionShape shape;             // the vocabulary size is what the tokenizer should have
    std::int64_t batch = 32;        // photos an update
    std::int64_t texts = 32;        // captions without photos an update
    int views = 4;                  // variations of each photo
    int trainedFrom = 5;            // stage of the encoder; those before it stay as they are
    double encoderAfter = 0.15;     // part of the run in which the encoder rests
    double encoderRate = 1e-4;
    double drift = 1.0; // weight of the classifier's distillation
    double dropout = 0.1;
    double smoothing = 0.1;
    std::size_t outside = 43;      // photos of other kinds that are held out
    std::int64_t validEvery = 150; // updates
    std::size_t validPhotos = 200;
    std::int64_t steps = 0; // updates in all; 0: the time budget decides
    double hours = 0.0;     // training time in all, resumed runs included
    OptimizerOptions optimizer;
    Schedule schedule;
    double clip = 1.0;
    std::uint64_t seed = 1;
    std::string precision = "auto"; // auto, float32, bfloat16
    double checkpointMinutes = 4.0;
    std::string recipe;                      // the command line, kept in the checkpoint
    const std::atomic<bool>* stop = nullptr; // set: write a checkpoint and return
    std::function<void(const CaptionProgress&)> onProgress;
    std::function<void(const CaptionValidation&)> onValidation;
    std::function<void(const std::string&)> onNote;
};

struct CaptionReport {
    std::int64_t step = 0;
    double bestCider = 0.0;
    bool finished = false; // false: stopped early
};

/// Trains a captioner: the decoder on captions in all languages of photos and on captions without
/// photos, then the encoder's last stages with it, whose classifier is kept to what the starting
/// encoder says of the same pictures. Goes on from latest.safetensors in the output folder if it
/// is there; with a budget in steps the same steps follow to the bit. best.safetensors has the
/// weights with the best CIDEr-D of greedy captions of validation photos. Errors: NotFound,
/// CorruptFile, InvalidArgument, Io, OutOfMemory.
engine::Result<CaptionReport> trainCaptioner(const CaptionTrainerOptions& options);

} // namespace linnet::training
