#include "training/lm_trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/torch/files/checkpoint.h"
#include "engine/torch/torch_weights.h"
#include "training/checkpoint.h"
#include "training/compute_device.h"
#include "training/evaluation.h"
#include "training/gradient_pass.h"
#include "training/language_network.h"
#include "training/tokenizer_file.h"
#include "training/training_data.h"
#include "training/training_error.h"

namespace linnet::training {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;
using torch::Tensor;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

namespace {

double secondsBetween(Clock::time_point from, Clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}

/// One run of training.
class LmRun {
public:
    explicit LmRun(const LmOptions& options)
        : m_options(options) {}

    Result<void> setUp();
    Result<LmReport> run();

private:
    Result<void> startOrResume();
    Result<void> resume(const fs::path& path);
    Result<void> startFromModel(const fs::path& path);
    void restoreSampler(const Checkpoint& checkpoint);
    void adoptParameters(NamedTensors parameters);
    double update(double factor);
    void validate();
    Result<void> save(const std::string& name);
    Result<void> saveWhenDue(double progress);
    void report(double loss, double factor);
    void log(const Json& line);
    void note(const std::string& text) const;
    [[nodiscard]] double secondsTrained() const;
    [[nodiscard]] double progress() const;

    const LmOptions& m_options;
    engine::ModelConfig m_config;
    torch::Device m_device{torch::kCPU};
    torch::ScalarType m_type = torch::kFloat;
    std::optional<TrainingData> m_data;
    NamedTensors m_parameters;
    std::optional<Optimizer> m_optimizer;
    std::int64_t m_step = 0;
    std::uint64_t m_tokens = 0;
    double m_secondsBefore = 0.0; // of earlier runs
    double m_validLoss = 0.0;
    double m_gradientNorm = 0.0;
    bool m_decayMarked = false; // the checkpoint before the decay is there
    std::string m_recipe;
    Clock::time_point m_start;
    Clock::time_point m_lastSave;
    Clock::time_point m_lastUpdate;
    double m_smoothedLoss = 0.0;
    double m_smoothedRate = 0.0;
    std::int64_t m_updatesHere = 0; // of this run
    std::ofstream m_log;
};

void LmRun::note(const std::string& text) const {
    if (m_options.onNote) {
        m_options.onNote(text);
    }
}

void LmRun::log(const Json& line) {
    m_log << line.dump() << std::endl;
}

double LmRun::secondsTrained() const {
    return m_secondsBefore + secondsBetween(m_start, Clock::now());
}

double LmRun::progress() const {
    double done = 0.0;
    if (m_options.steps > 0) {
        done = static_cast<double>(m_step) / static_cast<double>(m_options.steps);
    }
    if (m_options.hours > 0.0) {
        done = std::max(done, secondsTrained() / (m_options.hours * 3600.0));
    }
    return done;
}

void LmRun::adoptParameters(NamedTensors parameters) {
    for (auto& [name, tensor] : parameters) {
        m_parameters[name] = tensor.to(m_device).detach().requires_grad_(true);
    }
    m_optimizer.emplace(m_parameters, m_options.optimizer);
}

Result<void> LmRun::resume(const fs::path& path) {
    auto checkpoint = readCheckpoint(path);
    if (!checkpoint) {
        return checkpoint.error();
    }
    if (checkpoint->tokenizerSha256 != m_data->index.tokenizerSha256) {
        return Error{ErrorCode::InvalidArgument,
                     path.string() + " was trained with another tokenizer than that of " +
                         m_options.train.string()};
    }
    m_config = checkpoint->config;
    NamedTensors parameters;
    for (const auto& [name, shape] : networkTensors(m_config)) {
        const auto found = checkpoint->tensors.find(name);
        if (found == checkpoint->tensors.end() || found->second.sizes() != at::IntArrayRef(shape)) {
            return Error{ErrorCode::CorruptFile,
                         path.string() + ": tensor " + name + " is missing or misshapen"};
        }
        parameters[name] = found->second;
    }
    adoptParameters(std::move(parameters));
    const std::string missing = m_optimizer->restore(checkpoint->tensors, checkpoint->step);
    if (!missing.empty()) {
        return Error{ErrorCode::InvalidArgument, path.string() + ": no " + missing +
                                                     "; was it trained with another optimizer?"};
    }
    restoreSampler(*checkpoint);
    m_step = checkpoint->step;
    m_tokens = checkpoint->tokens;
    m_secondsBefore = checkpoint->seconds;
    m_validLoss = checkpoint->validLoss;
    m_recipe = checkpoint->recipe;
    note("resumed from " + path.string() + " at step " + std::to_string(m_step));
    return {};
}

Result<void> LmRun::startFromModel(const fs::path& path) {
    const auto model = engine::Checkpoint::open(path);
    if (!model) {
        return model.error();
    }
    const auto sha = sha256OfFile(path / "tokenizer.json");
    if (!sha) {
        return sha.error();
    }
    if (*sha != m_data->index.tokenizerSha256) {
        return Error{ErrorCode::InvalidArgument,
                     path.string() + " has another tokenizer than " + m_options.train.string()};
    }
    if (model->config().architecture != "llama") {
        return Error{ErrorCode::InvalidArgument, path.string() + " is not of llama's architecture"};
    }
    m_config = model->config();
    m_config.maxPositions = std::max(m_config.maxPositions, m_options.shape.maxPositions);
    NamedTensors parameters;
    for (auto& [name, tensor] : engine::torchWeights(*model, torch::kCPU, torch::kFloat)) {
        parameters[name] = tensor.clone(); // a view of the mapped file may not be written to
    }
    adoptParameters(std::move(parameters));
    note("started from the weights of " + path.string());
    return {};
}

/// Goes on in the order of windows; after a change of the mixture its shares count from now on.
void LmRun::restoreSampler(const Checkpoint& checkpoint) {
    const auto countIn = [](const std::map<std::string, std::uint64_t>& counts,
                            const std::string& name) {
        const auto found = counts.find(name);
        return found == counts.end() ? std::uint64_t{0} : found->second;
    };
    std::map<std::string, double> mixture;
    std::vector<std::uint64_t> drawn;
    std::vector<std::uint64_t> before;
    for (const MixtureSource& source : m_data->sampler.sources()) {
        mixture[source.name] = source.weight;
        drawn.push_back(countIn(checkpoint.drawn, source.name));
        before.push_back(countIn(checkpoint.drawnBefore, source.name));
    }
    const bool changed = mixture != checkpoint.mixture;
    m_data->sampler.restore(drawn, changed ? drawn : before);
}

Result<void> LmRun::startOrResume() {
    fs::path from = m_options.resumeFrom;
    if (from.empty()) {
        const auto all = listCheckpoints(m_options.output);
        from = all.empty() ? fs::path() : all.back();
    }
    if (!from.empty()) {
        if (auto resumed = resume(from); !resumed) {
            return resumed;
        }
    } else if (!m_options.initFrom.empty()) {
        if (auto started = startFromModel(m_options.initFrom); !started) {
            return started;
        }
    } else {
        m_config = m_options.shape;
        m_config.vocabularySize = static_cast<int>(m_data->index.vocabularySize);
        m_config.endOfText = {static_cast<int>(m_data->index.endOfDocument)};
        m_config.beginOfText = static_cast<int>(m_data->index.endOfDocument);
        adoptParameters(initialParameters(m_config, m_options.seed));
    }
    if (m_recipe.find(m_options.recipe) == std::string::npos) {
        m_recipe += (m_recipe.empty() ? "" : "\n") + m_options.recipe;
    }
    m_decayMarked = fs::exists(m_options.output / "before-decay");
    return {};
}

Result<void> LmRun::setUp() {
    if (m_options.steps <= 0 && m_options.hours <= 0.0) {
        return Error{ErrorCode::InvalidArgument, "give the length of the run in steps or in hours"};
    }
    const auto device = chooseDevice(m_options.device);
    if (!device) {
        return device.error();
    }
    m_device = *device;
    if (m_options.workers > 1 && (!m_device.is_cpu() || m_options.batch % m_options.workers != 0)) {
        return Error{ErrorCode::InvalidArgument,
                     "several workers need the CPU and a batch that they can share evenly"};
    }
    const bool lstm = m_options.shape.architecture == "lstm";
    if (lstm && m_options.precision == "bfloat16") {
        return Error{ErrorCode::InvalidArgument, "an LSTM trains in float32"};
    }
    const bool narrow =
        m_options.precision == "bfloat16" ||
        (m_options.precision == "auto" && !lstm && multipliesBfloat16Fast(m_device));
    m_type = narrow ? torch::kBFloat16 : torch::kFloat;
    std::error_code failure;
    fs::create_directories(m_options.output, failure);
    m_log.open(m_options.output / "log.jsonl", std::ios::app);
    if (!m_log) {
        return Error{ErrorCode::Io, "cannot write " + (m_options.output / "log.jsonl").string()};
    }
    auto data = TrainingData::open(m_options.train, m_options.valid, m_options.mixture,
                                   m_options.length, m_options.seed);
    if (!data) {
        return data.error();
    }
    m_data.emplace(std::move(*data));
    return startOrResume();
}

double LmRun::update(double factor) {
    const std::int64_t length = m_options.length;
    for (auto& [name, parameter] : m_parameters) {
        parameter.mutable_grad() = Tensor();
    }
    const PassSettings pass{&m_config, m_type, m_device, m_options.workers};
    const double share = 1.0 / static_cast<double>(m_options.accumulate);
    double loss = 0.0;
    for (std::int64_t i = 0; i < m_options.accumulate; ++i) {
        const Tensor windows = torch::empty({m_options.batch, length + 1}, torch::kLong);
        for (std::int64_t row = 0; row < m_options.batch; ++row) {
            m_data->sampler.next(windows[row].data_ptr<std::int64_t>());
        }
        loss += addGradients(pass, m_parameters, windows, share);
    }
    m_gradientNorm = clipGradients(m_parameters, m_options.clip);
    m_optimizer->step(factor);
    ++m_step;
    m_tokens += static_cast<std::uint64_t>(m_options.batch * m_options.accumulate * length);
    return loss;
}

void LmRun::validate() {
    if (m_data->validation.empty()) {
        return;
    }
    const at::NoGradGuard guard;
    EvaluationOptions evaluation;
    evaluation.window = m_options.length;
    evaluation.stride = m_options.length / 2;
    evaluation.maximumTokens = m_options.validTokens;
    const auto model = makeNetwork(m_config, m_parameters, m_type);
    TextScore all;
    LmValidation result;
    result.step = m_step;
    for (const ValidationGroup& item : m_data->validation) {
        const TextScore score = scoreGroup(*model, item.stream, item.group, evaluation);
        result.lossOfGroup[item.group.name] = score.lossPerToken();
        all += score;
    }
    result.lossPerToken = m_validLoss = all.lossPerToken();
    result.perplexityPerWord = all.perplexityPerWord();
    result.bitsPerByte = all.bitsPerByte();
    log({{"step", m_step},
         {"tokens", m_tokens},
         {"seconds", secondsTrained()},
         {"valid_loss", result.lossPerToken},
         {"perplexity_per_word", result.perplexityPerWord},
         {"bits_per_byte", result.bitsPerByte},
         {"groups", result.lossOfGroup}});
    if (m_options.onValidation) {
        m_options.onValidation(result);
    }
}

Result<void> LmRun::save(const std::string& name) {
    Checkpoint checkpoint;
    checkpoint.config = m_config;
    checkpoint.tensors = m_optimizer->state();
    checkpoint.tensors.insert(m_parameters.begin(), m_parameters.end());
    checkpoint.step = m_step;
    checkpoint.tokens = m_tokens;
    checkpoint.seconds = secondsTrained();
    checkpoint.seed = m_options.seed;
    for (std::size_t i = 0; i < m_data->sampler.sources().size(); ++i) {
        const MixtureSource& source = m_data->sampler.sources()[i];
        checkpoint.drawn[source.name] = m_data->sampler.drawn()[i];
        checkpoint.drawnBefore[source.name] = m_data->sampler.drawnBefore()[i];
        checkpoint.mixture[source.name] = source.weight;
    }
    checkpoint.optimizer = m_options.optimizer.kind == OptimizerKind::Muon ? "muon" : "adamw";
    checkpoint.tokenizerSha256 = m_data->index.tokenizerSha256;
    checkpoint.recipe = m_recipe;
    checkpoint.validLoss = m_validLoss;
    m_lastSave = Clock::now();
    return writeCheckpoint(checkpoint, m_options.output, name);
}

Result<void> LmRun::saveWhenDue(double progress) {
    if (!m_decayMarked && m_options.schedule.decaying(progress)) {
        m_decayMarked = true;
        note("the decay begins");
        return save("before-decay");
    }
    if (secondsBetween(m_lastSave, Clock::now()) < m_options.checkpointMinutes * 60.0) {
        return {};
    }
    if (auto saved = save(checkpointName(m_step)); !saved) {
        return saved;
    }
    pruneCheckpoints(m_options.output, m_options.keepCheckpoints);
    return {};
}

void LmRun::report(double loss, double factor) {
    const auto now = Clock::now();
    const double seconds = secondsBetween(m_lastUpdate, now);
    m_lastUpdate = now;
    const double rate =
        static_cast<double>(m_options.batch * m_options.accumulate * m_options.length) / seconds;
    const double share = std::max(0.05, 1.0 / static_cast<double>(++m_updatesHere));
    m_smoothedLoss += share * (loss - m_smoothedLoss);
    m_smoothedRate += share * (rate - m_smoothedRate);
    if (m_step % 10 == 0) {
        log({{"step", m_step},
             {"tokens", m_tokens},
             {"seconds", secondsTrained()},
             {"loss", m_smoothedLoss},
             {"rate_factor", factor},
             {"gradient_norm", m_gradientNorm},
             {"tokens_per_second", m_smoothedRate}});
    }
    if (m_options.onProgress) {
        const double done = progress();
        const double here = secondsBetween(m_start, now);
        double left = m_options.hours > 0.0 ? m_options.hours * 3600.0 - secondsTrained() : 1e18;
        if (m_options.steps > 0) {
            left = std::min(left, here / static_cast<double>(m_updatesHere) *
                                      static_cast<double>(m_options.steps - m_step));
        }
        m_options.onProgress({m_step, m_tokens, m_smoothedLoss, m_smoothedRate, factor,
                              done >= 1.0 ? 0.0 : left, m_gradientNorm});
    }
}

Result<LmReport> LmRun::run() {
    m_start = m_lastSave = m_lastUpdate = Clock::now();
    const auto stopped = [&] { return m_options.stop != nullptr && m_options.stop->load(); };
    while (progress() < 1.0 && !stopped()) {
        if (auto saved = saveWhenDue(progress()); !saved) {
            return saved.error();
        }
        const double factor = m_options.schedule.factor(m_step, progress());
        const double loss = update(factor);
        if (!std::isfinite(loss)) {
            return Error{ErrorCode::InvalidArgument, "the loss is no longer finite at step " +
                                                         std::to_string(m_step) +
                                                         ": resume with a lower learning rate"};
        }
        report(loss, factor);
        if (m_options.validEvery > 0 && m_step % m_options.validEvery == 0) {
            validate();
            m_lastUpdate = Clock::now();
        }
    }
    const bool finished = progress() >= 1.0;
    if (finished) {
        validate();
    }
    const std::string name = checkpointName(m_step);
    if (auto saved = save(name); !saved) {
        return saved.error();
    }
    pruneCheckpoints(m_options.output, m_options.keepCheckpoints);
    return LmReport{m_options.output / name, m_step, m_tokens, finished};
}

} // namespace

Result<LmReport> trainLanguageModel(const LmOptions& options) {
    try {
        LmRun run(options);
        if (auto ready = run.setUp(); !ready) {
            return ready.error();
        }
        return run.run();
    } catch (...) {
        return trainingError();
    }
}

} // namespace linnet::training
