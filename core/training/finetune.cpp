#include "training/finetune.h"

#include <algorithm>
#include <cmath>
#include <system_error>

#include <nlohmann/json.hpp>

#include "training/file_io.h"
#include "training/model_export.h"
#include "training/model_measure.h"
#include "training/prepare.h"

namespace linnet::training {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;
using Json = nlohmann::ordered_json;

namespace {

Result<Json> readJson(const fs::path& file) {
    const auto text = readFile(file);
    if (!text) {
        return text.error();
    }
    Json json = Json::parse(*text, nullptr, false);
    if (!json.is_object()) {
        return Error{ErrorCode::CorruptFile, file.string() + " is not a JSON object"};
    }
    return json;
}

std::string textOf(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

/// The old card's words, and what was added.
Result<CardText> cardOf(const FinetuneOptions& options) {
    const auto old = readJson(options.model / "card.json");
    if (!old) {
        return old.error();
    }
    CardText card;
    const std::string title = textOf(*old, "title");
    card.title = !options.title.empty() ? options.title : title + ", tuned";
    card.description = textOf(*old, "description");
    card.language = textOf(*old, "language");
    card.use = textOf(*old, "use");
    card.licence = textOf(*old, "licence");
    card.data = textOf(*old, "data") + " Then a writer's own texts.";
    if (const auto recipe = old->find("recipe"); recipe != old->end() && recipe->is_array()) {
        for (const Json& line : *recipe) {
            if (line.is_string()) {
                card.commands += (card.commands.empty() ? "" : "\n") + line.get<std::string>();
            }
        }
    }
    return card;
}

/// Tokens a window: as asked for, but no longer than the model reads.
Result<std::int64_t> windowLength(const FinetuneOptions& options) {
    const auto config = readJson(options.model / "config.json");
    if (!config) {
        return config.error();
    }
    const auto positions = config->find("max_position_embeddings");
    if (positions == config->end() || !positions->is_number_integer()) {
        return Error{ErrorCode::UnsupportedFormat,
                     (options.model / "config.json").string() +
                         ": no max_position_embeddings; only llama-style models can be tuned"};
    }
    return std::min(options.length, positions->get<std::int64_t>());
}

Result<std::uint64_t> prepare(const FinetuneOptions& options, std::int64_t length) {
    PrepareOptions prepare;
    prepare.inputs = options.inputs;
    prepare.tokenizer = options.model;
    prepare.output = options.work / "tokens";
    const auto index = prepareTokens(prepare);
    if (!index) {
        return index.error();
    }
    std::uint64_t tokens = 0;
    for (const TokenGroup& group : index->groups) {
        tokens += group.tokens;
    }
    if (tokens < static_cast<std::uint64_t>(length)) {
        return Error{ErrorCode::InvalidArgument, "the texts have " + std::to_string(tokens) +
                                                     " tokens, less than one window (" +
                                                     std::to_string(length) +
                                                     "): give more text, or a smaller --length"};
    }
    return tokens;
}

LmOptions runOf(const FinetuneOptions& options, std::int64_t length, std::uint64_t tokens) {
    LmOptions run;
    run.train = options.work / "tokens";
    run.output = options.work / "run";
    run.initFrom = options.model;
    run.shape.architecture = "llama";
    run.length = length;
    run.batch = options.batch;
    const double updates =
        options.passes * static_cast<double>(tokens) / static_cast<double>(length * options.batch);
    run.steps = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(updates)));
    run.optimizer.rate = options.rate;
    run.optimizer.matrixRate = options.matrixRate;
    run.schedule.warmupSteps = run.steps / 10;
    run.schedule.decayFraction = 0.6;
    run.validEvery = 0;
    run.seed = options.seed;
    run.device = options.device;
    run.recipe = options.recipe;
    run.stop = options.stop;
    run.onProgress = options.onProgress;
    run.onNote = options.onNote;
    return run;
}

/// The old model's files that a model of other weights goes on using.
Result<void> copyCompanions(const fs::path& from, const fs::path& to) {
    std::error_code failure;
    for (const auto& entry : fs::directory_iterator(from, failure)) {
        const fs::path target = to / entry.path().filename();
        const bool weights = entry.path().extension() == ".safetensors" ||
                             entry.path().filename() == "model.safetensors.index.json";
        if (!weights && entry.is_regular_file() && !fs::exists(target)) {
            fs::copy_file(entry.path(), target, failure);
        }
        if (failure) {
            break;
        }
    }
    if (failure) {
        return Error{ErrorCode::Io, "cannot copy the files of " + from.string() + " to " +
                                        to.string() + ": " + failure.message()};
    }
    return {};
}

Result<std::optional<TextScore>> scoreOf(const fs::path& model, const FinetuneOptions& options) {
    if (options.held.empty()) {
        return std::optional<TextScore>();
    }
    MeasureOptions measure;
    measure.texts = options.held;
    const auto scores = measureModel(model, measure);
    if (!scores) {
        return scores.error();
    }
    return std::optional<TextScore>(total(*scores));
}

} // namespace

Result<FinetuneReport> finetuneModel(const FinetuneOptions& given) {
    FinetuneOptions options = given;
    if (options.work.empty()) {
        options.work = options.output;
        options.work += ".work";
    }
    std::error_code failure;
    if (fs::equivalent(options.model, options.output, failure)) {
        return Error{ErrorCode::InvalidArgument,
                     "the new model must not replace the one it starts from: give another --out"};
    }
    auto card = cardOf(options);
    if (!card) {
        return card.error();
    }
    const auto length = windowLength(options);
    if (!length) {
        return length.error();
    }
    const auto tokens = prepare(options, *length);
    if (!tokens) {
        return tokens.error();
    }
    FinetuneReport report;
    report.tokens = *tokens;
    auto before = scoreOf(options.model, options);
    if (!before) {
        return before.error();
    }
    report.before = *before;
    const auto trained = trainLanguageModel(runOf(options, *length, *tokens));
    if (!trained) {
        return trained.error();
    }
    report.steps = trained->step;
    report.finished = trained->finished;
    if (!trained->finished) {
        return report;
    }
    ExportOptions exporting;
    exporting.checkpoint = trained->checkpoint;
    exporting.tokenizer = options.model;
    exporting.output = options.output;
    exporting.card = std::move(*card);
    exporting.measure.texts = options.held;
    exporting.measuredOn = "held-out texts of the writer's";
    if (const auto done = exportModel(exporting); !done) {
        return done.error();
    }
    if (const auto done = copyCompanions(options.model, options.output); !done) {
        return done.error();
    }
    auto after = scoreOf(options.output, options);
    if (!after) {
        return after.error();
    }
    report.after = *after;
    fs::remove_all(options.work, failure); // a leftover costs disk space, no more
    return report;
}

} // namespace linnet::training
