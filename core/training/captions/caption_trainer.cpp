#include "training/captions/caption_trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <random>

#include "training/captions/caption_batches.h"
#include "training/captions/caption_features.h"
#include "training/captions/caption_inputs.h"
#include "training/captions/caption_shape.h"
#include "training/captions/caption_validation.h"
#include "training/captions/reference_loss.h"
#include "training/compute_device.h"
#include "training/tensor_files.h"
#include "training/training_budget.h"
#include "training/training_error.h"

namespace linnet::training {

namespace fs = std::filesystem;
using engine::CrossMemory;
using engine::Error;
using engine::ErrorCode;
using engine::Result;
using torch::Tensor;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

namespace {

constexpr const char* kLatest = "latest.safetensors";
constexpr const char* kBest = "best.safetensors";
constexpr const char* kInFull = "en"; // other languages learn from half of their captions a time

double secondsSince(Clock::time_point from) {
    return std::chrono::duration<double>(Clock::now() - from).count();
}

/// One run of training.
class CaptionRun {
public:
    explicit CaptionRun(const CaptionTrainerOptions& options)
        : m_options(options)
        , m_budget(options.steps, options.hours) {}

    Result<void> setUp();
    Result<CaptionReport> run();

private:
    struct Batch {
        std::vector<std::int64_t> photos; // in corpus.train
        Tensor entering;
        Tensor classes; // log-probabilities by the starting encoder
        std::vector<std::vector<engine::Subject>> seen;
    };

    Result<void> readInputs();
    Result<void> startOrResume();
    Result<void> resume(const fs::path& path);
    void adopt(NamedTensors tensors);
    Batch nextBatch();
    double update(double factor);
    void validate();
    Result<void> save(const char* name, bool withOptimizer);
    void report(double loss, double seconds);
    [[nodiscard]] bool trainsEncoder() const { return progress() >= m_options.encoderAfter; }
    [[nodiscard]] double progress() const { return m_budget.progress(m_step); }
    void note(const std::string& text) const {
        if (m_options.onNote) {
            m_options.onNote(text);
        }
    }

    const CaptionTrainerOptions& m_options;
    TrainingBudget m_budget;
    CaptionShape m_shape;
    torch::ScalarType m_type = torch::kFloat;
    std::optional<CaptionInputs> m_inputs;
    std::optional<CaptionVocabulary> m_vocabulary;
    std::optional<CaptionBatches> m_batches;
    std::optional<engine::MobileNet> m_start; // the encoder as it was
    std::optional<CaptionFeatures> m_features;
    NamedTensors m_parameters;  // all
    NamedTensors m_encoderPart; // those of the encoder that are trained
    NamedTensors m_decoderPart;
    std::optional<Optimizer> m_encoderOptimizer;
    std::optional<Optimizer> m_decoderOptimizer;
    std::int64_t m_step = 0;
    std::int64_t m_encoderSteps = 0;
    double m_secondsBefore = 0.0;
    double m_bestCider = 0.0;
    std::string m_recipe;
    Clock::time_point m_lastSave = Clock::now();
    double m_smoothedLoss = 0.0;
    double m_smoothedDrift = 0.0;
    double m_smoothedSeconds = 0.0;
    std::int64_t m_updatesHere = 0;
    double m_drift = 0.0;
    std::ofstream m_log;
};

Result<void> CaptionRun::readInputs() {
    auto inputs = readCaptionInputs(
        {m_options.data, m_options.photos, m_options.subjects, m_options.outside}, m_shape.encoder);
    if (!inputs) {
        return inputs.error();
    }
    m_inputs.emplace(std::move(*inputs));
    const fs::path tokenizer = m_options.output / "tokenizer.json";
    if (!fs::exists(tokenizer)) {
        const auto size = static_cast<std::size_t>(m_shape.decoder.vocabularySize);
        if (auto trained =
                trainCaptionTokenizer(m_inputs->corpus, m_inputs->subjects, size, tokenizer);
            !trained) {
            return trained.error();
        }
    }
    auto vocabulary = CaptionVocabulary::load(m_options.output);
    if (!vocabulary) {
        return vocabulary.error();
    }
    m_vocabulary.emplace(std::move(*vocabulary));
    m_shape.decoder.vocabularySize = m_vocabulary->tokenizer().size();
    m_batches.emplace(m_inputs->corpus, *m_vocabulary, m_inputs->subjects);
    note(std::to_string(m_inputs->corpus.train.size()) + " photos, " +
         std::to_string(m_inputs->corpus.texts.size()) + " texts, " +
         std::to_string(m_shape.decoder.vocabularySize) + " tokens");
    return {};
}

Result<void> CaptionRun::setUp() {
    if (m_options.steps <= 0 && m_options.hours <= 0.0) {
        return Error{ErrorCode::InvalidArgument, "give the length of the run in steps or in hours"};
    }
    m_shape = m_options.shape;
    const bool narrow =
        m_options.precision == "bfloat16" ||
        (m_options.precision == "auto" && multipliesBfloat16Fast(torch::Device(torch::kCPU)));
    m_type = narrow ? torch::kBFloat16 : torch::kFloat;
    std::error_code failure;
    fs::create_directories(m_options.output, failure);
    m_log.open(m_options.output / "log.jsonl", std::ios::app);
    if (!m_log) {
        return Error{ErrorCode::Io, "cannot write " + (m_options.output / "log.jsonl").string()};
    }
    if (auto read = readInputs(); !read) {
        return read;
    }
    const auto encoder = readTensors(m_options.encoder);
    if (!encoder) {
        return encoder.error();
    }
    engine::TensorMap wide;
    for (const auto& [name, shape] : engine::mobileNetTensors(m_shape.encoder)) {
        const auto found = encoder->find(name);
        if (found == encoder->end() || found->second.sizes() != at::IntArrayRef(shape)) {
            return Error{ErrorCode::CorruptFile, m_options.encoder.string() + ": tensor " + name +
                                                     " is missing or misshapen"};
        }
        wide[name] = found->second.to(torch::kFloat);
    }
    m_start.emplace(m_shape.encoder, wide, "", m_type);
    m_features.emplace(m_inputs->photos, *m_start, m_options.trainedFrom, m_options.views,
                       m_options.seed);
    adopt(initialCaptioner(m_shape, *encoder, m_options.seed));
    return startOrResume();
}

void CaptionRun::adopt(NamedTensors tensors) {
    std::map<std::string, bool> trained;
    for (const auto& step : engine::mobileNetSteps(m_shape.encoder)) {
        trained["encoder." + step.name] = step.stage >= m_options.trainedFrom;
    }
    for (auto& [name, tensor] : tensors) {
        const bool encoder = name.starts_with("encoder.");
        const bool learns = !encoder || trained.at(name.substr(0, name.rfind('.')));
        m_parameters[name] = tensor.to(torch::kFloat).detach().requires_grad_(learns);
        if (learns) {
            (encoder ? m_encoderPart : m_decoderPart)[name] = m_parameters[name];
        }
    }
    OptimizerOptions gentle = m_options.optimizer;
    gentle.kind = OptimizerKind::AdamW;
    gentle.rate = m_options.encoderRate;
    m_encoderOptimizer.emplace(m_encoderPart, gentle);
    m_decoderOptimizer.emplace(m_decoderPart, m_options.optimizer);
}

Result<void> CaptionRun::startOrResume() {
    const fs::path latest = m_options.output / kLatest;
    if (fs::exists(latest)) {
        if (auto resumed = resume(latest); !resumed) {
            return resumed;
        }
    }
    if (m_recipe.find(m_options.recipe) == std::string::npos) {
        m_recipe += (m_recipe.empty() ? "" : "\n") + m_options.recipe;
    }
    return {};
}

Result<void> CaptionRun::resume(const fs::path& path) {
    auto file = readCaptionRunFile(path);
    if (!file) {
        return file.error();
    }
    if (captionShapeJson(file->shape) != captionShapeJson(m_shape)) {
        return Error{ErrorCode::InvalidArgument,
                     path.string() + " is of a captioner of another shape"};
    }
    adopt(std::move(file->parameters));
    const Json state = Json::parse(file->state);
    try {
        state.at("step").get_to(m_step);
        state.at("encoder_steps").get_to(m_encoderSteps);
        state.at("seconds").get_to(m_secondsBefore);
        state.at("best_cider").get_to(m_bestCider);
        state.at("recipe").get_to(m_recipe);
    } catch (const Json::exception& e) {
        return Error{ErrorCode::CorruptFile, path.string() + ": " + e.what()};
    }
    for (const std::string& missing : {m_encoderOptimizer->restore(file->others, m_encoderSteps),
                                       m_decoderOptimizer->restore(file->others, m_step)}) {
        if (!missing.empty()) {
            return Error{ErrorCode::InvalidArgument,
                         path.string() + ": no " + missing + "; was it trained otherwise?"};
        }
    }
    note("resumed from " + path.string() + " at step " + std::to_string(m_step));
    return {};
}

CaptionRun::Batch CaptionRun::nextBatch() {
    const auto count = static_cast<std::int64_t>(m_inputs->corpus.train.size());
    PhotoViews update =
        photosOfUpdate(m_step, m_options.batch, count, m_options.views, m_options.seed);
    std::vector<std::int64_t> indices;
    for (const std::int64_t photo : update.photos) {
        indices.push_back(m_inputs->corpus.train[static_cast<std::size_t>(photo)].index);
    }
    Batch batch;
    batch.photos = std::move(update.photos);
    const at::NoGradGuard guard;
    batch.entering = m_features->get(indices, update.views);
    const Tensor grid = m_start->from(m_options.trainedFrom, batch.entering);
    batch.classes = torch::log_softmax(m_start->classLogits(grid), -1);
    batch.seen = subjectsWorthAHint(batch.classes, m_inputs->subjects, m_vocabulary->hints());
    return batch;
}

double CaptionRun::update(double factor) {
    std::mt19937_64 random(m_options.seed * 7919 + static_cast<std::uint64_t>(m_step));
    at::manual_seed(m_options.seed * 104729 + static_cast<std::uint64_t>(m_step));
    for (auto& [name, parameter] : m_parameters) {
        parameter.mutable_grad() = Tensor();
    }
    const Batch batch = nextBatch();
    const CaptionNetwork network(m_shape, m_parameters, m_type);
    const bool encoder = trainsEncoder();
    Tensor grid;
    {
        const at::AutoGradMode mode(encoder);
        grid = network.encoder().from(m_options.trainedFrom, batch.entering);
    }
    const CrossMemory memory = network.memory(grid);
    Tensor loss = referenceLoss(network, *m_batches,
                                {batch.photos, batch.seen, memory, grid, m_step, kInFull,
                                 m_options.texts, m_options.dropout, m_options.smoothing},
                                random);
    const double value = loss.item<double>();
    if (encoder) {
        const Tensor classes = torch::log_softmax(network.encoder().classLogits(grid), -1);
        const Tensor drift = (batch.classes.exp() * (batch.classes - classes)).sum(-1).mean();
        m_drift = drift.item<double>();
        loss = loss + drift * m_options.drift;
    }
    loss.backward();
    clipGradients(m_decoderPart, m_options.clip);
    m_decoderOptimizer->step(factor);
    if (encoder) {
        clipGradients(m_encoderPart, m_options.clip);
        m_encoderOptimizer->step(factor);
        ++m_encoderSteps;
    }
    ++m_step;
    return value;
}

void CaptionRun::validate() {
    const std::span<const CaptionedPhoto> photos(
        m_inputs->corpus.valid.data(),
        std::min(m_options.validPhotos, m_inputs->corpus.valid.size()));
    if (photos.empty()) {
        return;
    }
    const at::NoGradGuard guard;
    const CaptionNetwork network(m_shape, m_parameters, m_type);
    const GreedyWriter writer{network, *m_features, m_options.trainedFrom, *m_vocabulary,
                              m_inputs->subjects};
    const std::vector<std::string> captions = writer.write(photos);
    CaptionValidation result;
    result.step = m_step;
    result.example = captions.back();
    result.scores = scoresOf(captions, photos);
    result.best = result.scores.ciderD > m_bestCider;
    m_bestCider = std::max(m_bestCider, result.scores.ciderD);
    m_log << Json{{"step", m_step},
                  {"bleu4", result.scores.bleu[3]},
                  {"cider_d", result.scores.ciderD},
                  {"drift", m_smoothedDrift}}
                 .dump()
          << std::endl;
    if (m_options.onValidation) {
        m_options.onValidation(result);
    }
    if (result.best) {
        if (auto saved = save(kBest, false); !saved) {
            note(saved.error().message);
        }
    }
}

Result<void> CaptionRun::save(const char* name, bool withOptimizer) {
    NamedTensors tensors = m_parameters;
    if (withOptimizer) {
        tensors.merge(m_encoderOptimizer->state());
        tensors.merge(m_decoderOptimizer->state());
    }
    const Json state = {{"step", m_step},
                        {"encoder_steps", m_encoderSteps},
                        {"seconds", m_budget.seconds()},
                        {"best_cider", m_bestCider},
                        {"photos", m_inputs->corpus.train.size()},
                        {"batch", m_options.batch},
                        {"seed", m_options.seed},
                        {"shape", Json::parse(captionShapeJson(m_shape))},
                        {"recipe", m_recipe}};
    return writeTensors(m_options.output / name, tensors, {{"state", state.dump()}});
}

void CaptionRun::report(double loss, double seconds) {
    const double share = std::max(0.05, 1.0 / static_cast<double>(++m_updatesHere));
    m_smoothedLoss += share * (loss - m_smoothedLoss);
    m_smoothedDrift += share * (m_drift - m_smoothedDrift);
    m_smoothedSeconds += share * (seconds - m_smoothedSeconds);
    if (m_step % 10 == 0) {
        m_log << Json{{"step", m_step}, {"loss", m_smoothedLoss}, {"drift", m_smoothedDrift}}.dump()
              << std::endl;
    }
    if (m_options.onProgress) {
        m_options.onProgress({m_step,
                              static_cast<double>(m_step * m_options.batch) /
                                  static_cast<double>(m_inputs->corpus.train.size()),
                              m_smoothedLoss, m_smoothedDrift, m_smoothedSeconds,
                              m_budget.secondsLeft(m_step, m_smoothedSeconds)});
    }
}

Result<CaptionReport> CaptionRun::run() {
    m_budget.begin(m_secondsBefore);
    m_lastSave = Clock::now();
    const auto stopped = [&] { return m_options.stop != nullptr && m_options.stop->load(); };
    while (progress() < 1.0 && !stopped()) {
        const auto begin = Clock::now();
        const double loss = update(m_options.schedule.factor(m_step, progress()));
        if (!std::isfinite(loss)) {
            return Error{ErrorCode::InvalidArgument, "the loss is no longer finite at step " +
                                                         std::to_string(m_step) +
                                                         ": resume with a lower learning rate"};
        }
        report(loss, secondsSince(begin));
        if (m_options.validEvery > 0 && m_step % m_options.validEvery == 0) {
            validate();
        }
        if (secondsSince(m_lastSave) > m_options.checkpointMinutes * 60.0) {
            m_lastSave = Clock::now();
            if (auto saved = save(kLatest, true); !saved) {
                return saved.error();
            }
        }
    }
    const bool finished = progress() >= 1.0;
    if (finished && m_options.validEvery > 0 && m_step % m_options.validEvery != 0) {
        validate();
    }
    if (auto saved = save(kLatest, true); !saved) {
        return saved.error();
    }
    return CaptionReport{m_step, m_bestCider, finished};
}

} // namespace

Result<CaptionReport> trainCaptioner(const CaptionTrainerOptions& options) {
    try {
        CaptionRun run(options);
        if (auto ready = run.setUp(); !ready) {
            return ready.error();
        }
        return run.run();
    } catch (...) {
        return trainingError();
    }
}

} // namespace linnet::training
