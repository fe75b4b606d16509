#include "training/captions/reward_trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>

#include "training/captions/caption_batches.h"
#include "training/captions/caption_features.h"
#include "training/captions/caption_reward.h"
#include "training/captions/caption_sampling.h"
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

constexpr const char* kLatest = "latest";
constexpr const char* kBest = "best";
constexpr const char* kCandidate = "candidate";
constexpr const char* kAverage = "average.";
constexpr const char* kInFull = "en"; // of other languages every second photo is drawn

double secondsSince(Clock::time_point from) {
    return std::chrono::duration<double>(Clock::now() - from).count();
}

/// One run of training.
class RewardRun {
public:
    explicit RewardRun(const RewardTrainerOptions& options)
        : m_options(options)
        , m_budget(options.steps, options.hours) {}

    Result<void> setUp();
    Result<RewardReport> run();

private:
    struct Batch {
        std::vector<std::int64_t> photos; // in corpus.train
        Tensor grid;
        std::vector<std::vector<engine::Subject>> seen;
    };
    /// Captions drawn in one language, and what they are worth.
    struct Drawn {
        CrossMemory memory;
        CaptionRows rows;
        std::vector<double> advantages;
        std::int64_t tokens = 0;
    };

    Result<void> readInputs();
    Result<void> start();
    Result<void> resume(const fs::path& path);
    void adopt(const NamedTensors& parameters, const NamedTensors* averages);
    Batch nextBatch();
    std::optional<Drawn> draw(const CaptionNetwork& network, const Batch& batch,
                              const CrossMemory& memory, const std::string& language,
                              std::mt19937_64& random);
    Tensor policyLoss(const CaptionNetwork& network, const Batch& batch, const CrossMemory& memory,
                      std::mt19937_64& random);
    double update(double factor);
    Result<void> validate();
    Result<void> save(const std::string& name, bool toGoOn);
    void report(double loss, double seconds);
    [[nodiscard]] fs::path file(const std::string& name) const {
        return m_options.output / (name + ".safetensors");
    }
    [[nodiscard]] double progress() const { return m_budget.progress(m_step); }
    void note(const std::string& text) const {
        if (m_options.onNote) {
            m_options.onNote(text);
        }
    }

    const RewardTrainerOptions& m_options;
    TrainingBudget m_budget;
    CaptionShape m_shape;
    torch::ScalarType m_type = torch::kFloat;
    std::optional<CaptionInputs> m_inputs;
    std::optional<CaptionVocabulary> m_vocabulary;
    std::optional<CaptionBatches> m_batches;
    std::map<std::string, CaptionReward> m_rewards; // by language
    std::optional<engine::MobileNet> m_encoder;
    std::optional<CaptionFeatures> m_features;
    NamedTensors m_parameters; // all
    NamedTensors m_learning;   // those of the decoder
    NamedTensors m_averages;   // of these
    std::optional<Optimizer> m_optimizer;
    Json m_state; // of the run that this goes on from
    std::string m_recipe;
    std::int64_t m_step = 0;
    double m_secondsBefore = 0.0;
    double m_best = -1.0;
    Clock::time_point m_lastSave = Clock::now();
    RewardProgress m_smoothed;
    std::int64_t m_updatesHere = 0;
    std::map<std::string, double> m_meanRewards; // of the latest update
    std::ofstream m_log;
};

Result<void> RewardRun::setUp() {
    if (m_options.steps <= 0 && m_options.hours <= 0.0) {
        return Error{ErrorCode::InvalidArgument, "give the length of the run in steps or in hours"};
    }
    if (m_options.samples < 2) {
        return Error{ErrorCode::InvalidArgument,
                     "a caption is compared with others: at least 2 must be drawn of a photo"};
    }
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
    if (auto started = fs::exists(file(kLatest)) ? resume(file(kLatest)) : start(); !started) {
        return started;
    }
    if (m_recipe.find(m_options.recipe) == std::string::npos) {
        m_recipe += (m_recipe.empty() ? "" : "\n") + m_options.recipe;
    }
    return readInputs();
}

Result<void> RewardRun::readInputs() {
    auto inputs = readCaptionInputs(m_options.sources, m_shape.encoder);
    if (!inputs) {
        return inputs.error();
    }
    m_inputs.emplace(std::move(*inputs));
    auto vocabulary = CaptionVocabulary::load(m_options.output);
    if (!vocabulary) {
        return vocabulary.error();
    }
    m_vocabulary.emplace(std::move(*vocabulary));
    if (m_vocabulary->tokenizer().size() != m_shape.decoder.vocabularySize) {
        return Error{ErrorCode::InvalidArgument, (m_options.output / "tokenizer.json").string() +
                                                     " is not the tokenizer of these weights"};
    }
    m_batches.emplace(m_inputs->corpus, *m_vocabulary, m_inputs->subjects);
    for (const std::string& language : m_batches->languages()) {
        m_rewards.try_emplace(language, m_inputs->corpus.train, language, m_options.bleuWeight);
    }
    // All stages but the last product rest, so that their results are kept.
    engine::TensorMap encoder(m_parameters.begin(), m_parameters.end());
    m_encoder.emplace(m_shape.encoder, encoder, "encoder.", m_type);
    m_features.emplace(m_inputs->photos, *m_encoder,
                       static_cast<int>(m_shape.encoder.stages.size()), m_options.views,
                       m_options.seed);
    return {};
}

Result<void> RewardRun::start() {
    const auto from = readCaptionRunFile(m_options.start / (m_options.weights + ".safetensors"));
    if (!from) {
        return from.error();
    }
    std::error_code failure;
    fs::copy_file(m_options.start / "tokenizer.json", m_options.output / "tokenizer.json",
                  fs::copy_options::overwrite_existing, failure);
    if (failure) {
        return Error{ErrorCode::Io, "cannot copy " + (m_options.start / "tokenizer.json").string() +
                                        ": " + failure.message()};
    }
    m_shape = from->shape;
    m_state = Json::parse(from->state);
    m_recipe = m_state.value("recipe", "");
    adopt(from->parameters, nullptr);
    return {};
}

Result<void> RewardRun::resume(const fs::path& path) {
    const auto from = readCaptionRunFile(path);
    if (!from) {
        return from.error();
    }
    m_shape = from->shape;
    m_state = Json::parse(from->state);
    try {
        const Json& reward = m_state.at("reward");
        reward.at("step").get_to(m_step);
        reward.at("seconds").get_to(m_secondsBefore);
        reward.at("best").get_to(m_best);
        m_state.at("recipe").get_to(m_recipe);
    } catch (const Json::exception& e) {
        return Error{ErrorCode::CorruptFile, path.string() + ": " + e.what()};
    }
    adopt(from->parameters, &from->others);
    std::string missing = m_optimizer->restore(from->others, m_step);
    if (m_averages.size() != m_learning.size()) {
        missing = "average of the weights";
    }
    if (!missing.empty()) {
        return Error{ErrorCode::InvalidArgument,
                     path.string() + ": no " + missing + "; was it trained otherwise?"};
    }
    note("resumed from " + path.string() + " at step " + std::to_string(m_step));
    return {};
}

/// Without `averages`, they begin as the parameters are.
void RewardRun::adopt(const NamedTensors& parameters, const NamedTensors* averages) {
    for (const auto& [name, tensor] : parameters) {
        const bool learns = !name.starts_with("encoder.");
        m_parameters[name] = tensor.to(torch::kFloat).detach().requires_grad_(learns);
        if (!learns) {
            continue;
        }
        m_learning[name] = m_parameters[name];
        if (averages == nullptr) {
            m_averages[name] = tensor.to(torch::kFloat).detach().clone();
        } else if (const auto kept = averages->find(kAverage + name); kept != averages->end()) {
            m_averages[name] = kept->second;
        }
    }
    m_optimizer.emplace(m_learning, m_options.optimizer);
}

RewardRun::Batch RewardRun::nextBatch() {
    const at::NoGradGuard guard;
    const std::vector<CaptionedPhoto>& train = m_inputs->corpus.train;
    PhotoViews update =
        photosOfUpdate(m_step, m_options.batch, static_cast<std::int64_t>(train.size()),
                       m_options.views, m_options.seed);
    std::vector<std::int64_t> indices;
    for (const std::int64_t photo : update.photos) {
        indices.push_back(train[static_cast<std::size_t>(photo)].index);
    }
    Batch batch;
    batch.photos = std::move(update.photos);
    batch.grid = m_encoder->from(static_cast<int>(m_shape.encoder.stages.size()),
                                 m_features->get(indices, update.views));
    const Tensor classes = torch::log_softmax(m_encoder->classLogits(batch.grid), -1);
    batch.seen = subjectsWorthAHint(classes, m_inputs->subjects, m_vocabulary->hints());
    return batch;
}

std::optional<RewardRun::Drawn> RewardRun::draw(const CaptionNetwork& network, const Batch& batch,
                                                const CrossMemory& memory,
                                                const std::string& language,
                                                std::mt19937_64& random) {
    std::vector<std::int64_t> kept; // places in the batch
    std::vector<std::vector<std::int64_t>> prompts;
    for (std::size_t i = 0; i < batch.photos.size(); ++i) {
        const CaptionedPhoto& photo =
            m_inputs->corpus.train[static_cast<std::size_t>(batch.photos[i])];
        const bool turn = language == kInFull || (i + static_cast<std::size_t>(m_step)) % 2 == 0;
        if (turn && photo.captions.find(language) != photo.captions.end()) {
            kept.push_back(static_cast<std::int64_t>(i));
            prompts.push_back(m_vocabulary->prompt(
                engine::hintWords(m_vocabulary->hints(), batch.seen[i], language), language));
        }
    }
    if (kept.empty()) {
        return std::nullopt;
    }
    Drawn drawn;
    drawn.memory =
        kept.size() == batch.photos.size() ? memory : memory.selected(torch::tensor(kept));
    const Tensor prompt = paddedRows(prompts, 0);
    const auto captions =
        sampledCaptions(network, prompt, drawn.memory,
                        {m_options.samples, m_options.temperature, m_vocabulary->end(),
                         m_vocabulary->forbidden(), CaptionBatches::kLongest},
                        random);
    const auto group = static_cast<std::size_t>(m_options.samples);
    std::vector<double> rewards;
    for (std::size_t i = 0; i < captions.size(); ++i) {
        const auto photo = batch.photos[static_cast<std::size_t>(kept[i / group])];
        const bool ended = captions[i].back() == m_vocabulary->end();
        std::vector<std::int64_t> said = captions[i];
        said.resize(said.size() - (ended ? 1 : 0));
        rewards.push_back(m_rewards.at(language).of(static_cast<std::size_t>(photo),
                                                    m_vocabulary->text(said), ended));
        drawn.tokens += static_cast<std::int64_t>(captions[i].size());
        m_meanRewards[language] += rewards.back() / static_cast<double>(captions.size());
    }
    drawn.advantages = advantages(rewards, group);
    drawn.rows = {prompt, paddedRows(captions, -1), m_options.samples};
    return drawn;
}

/// Its gradient is that of the expected reward, by tokens and the other way round.
Tensor RewardRun::policyLoss(const CaptionNetwork& network, const Batch& batch,
                             const CrossMemory& memory, std::mt19937_64& random) {
    m_meanRewards.clear();
    std::vector<Drawn> all;
    double tokens = 0.0;
    for (const std::string& language : m_batches->languages()) {
        if (auto drawn = draw(network, batch, memory, language, random)) {
            tokens += static_cast<double>(drawn->tokens);
            all.push_back(std::move(*drawn));
        }
    }
    Tensor loss = torch::zeros({});
    for (const Drawn& drawn : all) {
        const Tensor weights = torch::tensor(drawn.advantages, torch::kDouble) / tokens;
        loss = loss + network.weightedLoss(drawn.rows, drawn.memory, weights.to(torch::kFloat),
                                           m_options.temperature, m_options.dropout);
    }
    return loss;
}

double RewardRun::update(double factor) {
    std::mt19937_64 random(m_options.seed * 7919 + static_cast<std::uint64_t>(m_step));
    at::manual_seed(m_options.seed * 104729 + static_cast<std::uint64_t>(m_step));
    for (auto& [name, parameter] : m_learning) {
        parameter.mutable_grad() = Tensor();
    }
    const Batch batch = nextBatch();
    const CaptionNetwork network(m_shape, m_parameters, m_type);
    const CrossMemory memory = network.memory(batch.grid);
    Tensor loss = policyLoss(network, batch, memory, random) * (1.0 - m_options.references);
    double value = 0.0;
    if (m_options.references > 0.0) {
        const Tensor said = referenceLoss(network, *m_batches,
                                          {batch.photos, batch.seen, memory, batch.grid, m_step, "",
                                           m_options.texts, m_options.dropout, m_options.smoothing},
                                          random);
        value = said.item<double>();
        loss = loss + said * m_options.references;
    }
    loss.backward();
    clipGradients(m_learning, m_options.clip);
    m_optimizer->step(factor);
    const at::NoGradGuard guard;
    for (auto& [name, average] : m_averages) {
        average.lerp_(m_learning.at(name), 1.0 - m_options.average);
    }
    ++m_step;
    return std::isfinite(loss.item<double>()) ? value : loss.item<double>();
}

Result<void> RewardRun::validate() {
    if (!m_options.validate) {
        return {};
    }
    if (auto saved = save(kCandidate, false); !saved) {
        return saved;
    }
    const auto scores = m_options.validate(kCandidate);
    if (!scores) {
        return scores.error();
    }
    double worth = 0.0;
    Json line = {{"step", m_step}};
    for (const auto& [language, figures] : *scores) {
        worth += figures.ciderD + m_options.bleuWeight * figures.bleu[3];
        line[language] = {{"bleu4", figures.bleu[3]}, {"cider_d", figures.ciderD}};
    }
    m_log << line.dump() << std::endl;
    const bool best = worth > m_best;
    if (m_options.onValidation) {
        m_options.onValidation({m_step, *scores, best});
    }
    if (best) {
        m_best = worth;
        std::error_code failure;
        fs::rename(file(kCandidate), file(kBest), failure);
        if (failure) {
            return Error{ErrorCode::Io,
                         "cannot write " + file(kBest).string() + ": " + failure.message()};
        }
    }
    return {};
}

/// The averages stand for the weights, unless the file is there to go on from.
Result<void> RewardRun::save(const std::string& name, bool toGoOn) {
    NamedTensors tensors = m_parameters;
    if (toGoOn) {
        tensors.merge(m_optimizer->state());
    }
    for (const auto& [parameter, average] : m_averages) {
        tensors[(toGoOn ? kAverage : "") + parameter] = average;
    }
    Json state = m_state;
    state["recipe"] = m_recipe;
    state["reward"] = {{"step", m_step},
                       {"seconds", m_budget.seconds()},
                       {"photos", m_inputs->corpus.train.size()},
                       {"batch", m_options.batch},
                       {"samples", m_options.samples},
                       {"seed", m_options.seed},
                       {"best", m_best}};
    return writeTensors(file(name), tensors, {{"state", state.dump()}});
}

void RewardRun::report(double loss, double seconds) {
    const double share = std::max(0.05, 1.0 / static_cast<double>(++m_updatesHere));
    m_smoothed.step = m_step;
    m_smoothed.passes = static_cast<double>(m_step * m_options.batch) /
                        static_cast<double>(m_inputs->corpus.train.size());
    m_smoothed.loss += share * (loss - m_smoothed.loss);
    m_smoothed.secondsPerStep += share * (seconds - m_smoothed.secondsPerStep);
    for (const auto& [language, reward] : m_meanRewards) {
        double& mean = m_smoothed.reward.try_emplace(language, reward).first->second;
        mean += share * (reward - mean);
    }
    if (m_step % 10 == 0) {
        m_log << Json{{"step", m_step}, {"loss", m_smoothed.loss}, {"reward", m_smoothed.reward}}
                     .dump()
              << std::endl;
    }
    if (m_options.onProgress) {
        m_smoothed.secondsLeft = m_budget.secondsLeft(m_step, m_smoothed.secondsPerStep);
        m_options.onProgress(m_smoothed);
    }
}

Result<RewardReport> RewardRun::run() {
    m_budget.begin(m_secondsBefore);
    m_lastSave = Clock::now();
    const auto stopped = [&] { return m_options.stop != nullptr && m_options.stop->load(); };
    std::int64_t validated = m_step == 0 ? -1 : m_step;
    while (!stopped()) {
        const bool over = progress() >= 1.0;
        const bool due = m_options.validEvery > 0 && (over || m_step % m_options.validEvery == 0);
        if (due && validated != m_step) {
            if (auto done = validate(); !done) {
                return done.error();
            }
            validated = m_step;
        }
        if (over) {
            break;
        }
        const auto begin = Clock::now();
        const double loss = update(m_options.schedule.factor(m_step, progress()));
        if (!std::isfinite(loss)) {
            return Error{ErrorCode::InvalidArgument, "the loss is no longer finite at step " +
                                                         std::to_string(m_step) +
                                                         ": start again with a lower rate"};
        }
        report(loss, secondsSince(begin));
        if (secondsSince(m_lastSave) > m_options.checkpointMinutes * 60.0) {
            m_lastSave = Clock::now();
            if (auto saved = save(kLatest, true); !saved) {
                return saved.error();
            }
        }
    }
    if (auto saved = save(kLatest, true); !saved) {
        return saved.error();
    }
    return RewardReport{m_step, m_best, progress() >= 1.0};
}

} // namespace

Result<RewardReport> trainOnRewards(const RewardTrainerOptions& options) {
    try {
        RewardRun run(options);
        if (auto ready = run.setUp(); !ready) {
            return ready.error();
        }
        return run.run();
    } catch (...) {
        return trainingError();
    }
}

} // namespace linnet::training
