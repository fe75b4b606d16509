#include "training/captions/caption_export.h"

#include <chrono>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "engine/torch/files/caption/subject_table.h"
#include "training/captions/caption_inputs.h"
#include "training/captions/caption_shape.h"
#include "training/captions/caption_vocabulary.h"
#include "training/file_io.h"
#include "training/tensor_files.h"
#include "training/tokenizer_file.h"

namespace linnet::training {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;
using Json = nlohmann::ordered_json;

namespace {

std::string today() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    char text[16] = {};
    std::strftime(text, sizeof text, "%Y-%m-%d", std::gmtime(&now));
    return text;
}

double rounded(double value) {
    return std::round(value * 1e4) / 1e4;
}

/// Files that may stand beside the table of nouns, by their keys in config.json.
constexpr std::pair<const char*, const char*> kBesideSubjects[] = {
    {"asides", "asides.txt"}, {"kinds", "kinds.tsv"}, {"people", "people.tsv"}};
constexpr const char* kLastNorm = "decoder.transformer.ln_f.";

bool hasBeside(const CaptionExportOptions& options, const char* name) {
    return fs::exists(options.subjects.parent_path() / name);
}

std::string configJson(const CaptionShape& shape, const CaptionVocabulary& vocabulary,
                       const CaptionExportOptions& options) {
    Json languages = Json::object(); // its first language first
    for (const auto& [language, token] : vocabulary.languages()) {
        languages[language] = token;
    }
    const engine::HintFormat& hints = vocabulary.hints();
    Json config = {{"architectures", {"VisionEncoderDecoderModel"}},
                   {"model_type", "vision-encoder-decoder"},
                   {"is_encoder_decoder", true}};
    config.update(Json::parse(captionShapeJson(shape)));
    const Json tokens = {{"decoder_start_token_id", vocabulary.languages().at("en")},
                         {"eos_token_id", vocabulary.end()},
                         {"pad_token_id", hints.padding},
                         {"max_length", shape.decoder.maxPositions - hints.width},
                         {"num_beams", options.search.beams},
                         {"length_penalty", options.search.lengthPower},
                         {"no_repeat_ngram_size", options.search.noRepeat},
                         {"torch_dtype", "float16"},
                         {"linnet_captions",
                          {{"languages", languages},
                           {"hint_width", hints.width},
                           {"hint_words", hints.words},
                           {"hint_probability", hints.probability},
                           {"hint_token_id", hints.hint},
                           {"subjects", "subjects.tsv"},
                           {"subject_threshold", options.subjectThreshold},
                           {"people_step", options.peopleStep},
                           {"repeat_penalty", options.search.repeatPenalty},
                           {"mirrored", options.search.mirrored}}}};
    config.update(tokens);
    for (const auto& [key, name] : kBesideSubjects) {
        if (hasBeside(options, name)) {
            config["linnet_captions"][key] = name;
        }
    }
    return config.dump(2) + "\n";
}

std::string preprocessorJson(int size) {
    const Json json = {{"image_processor_type", "ViTImageProcessor"},
                       {"do_resize", true},
                       {"size", {{"height", size}, {"width", size}}},
                       {"resample", 2},
                       {"do_rescale", true},
                       {"rescale_factor", 1.0 / 255.0},
                       {"do_normalize", true},
                       {"image_mean", {0.5, 0.5, 0.5}},
                       {"image_std", {0.5, 0.5, 0.5}}};
    return json.dump(2) + "\n";
}

Json figures(const CaptionScores& scores) {
    return {{"bleu1", rounded(scores.bleu[0])},  {"bleu2", rounded(scores.bleu[1])},
            {"bleu3", rounded(scores.bleu[2])},  {"bleu4", rounded(scores.bleu[3])},
            {"rouge_l", rounded(scores.rougeL)}, {"cider_d", rounded(scores.ciderD)},
            {"cider", rounded(scores.cider)},    {"meteor_like", rounded(scores.meteorLike)}};
}

Json cardJson(const CaptionExportOptions& options, const Json& state, const NamedTensors& tensors,
              const std::string& tokenizerSha) {
    std::int64_t parameters = 0;
    for (const auto& [name, tensor] : tensors) {
        parameters += tensor.numel();
    }
    Json recipe = Json::array();
    std::istringstream lines(state.value("recipe", std::string()));
    for (std::string line; std::getline(lines, line);) {
        recipe.push_back(line);
    }
    const double steps = state.value("step", 0.0);
    const Json rewards = state.value("reward", Json::object());
    Json card = {
        {"title", options.card.title},
        {"description", options.card.description},
        {"language", "en, zh"},
        {"use", "captions"},
        {"licence", options.card.licence},
        {"date", today()},
        {"parameters", parameters},
        {"weights", "float16"},
        {"data", options.card.data},
        {"training",
         {{"updates", state.value("step", 0)},
          {"passes", rounded(steps * state.value("batch", 0.0) / state.value("photos", 1.0))},
          {"hours", rounded(state.value("seconds", 0.0) / 3600.0)},
          {"optimizer", "muon, adamw"},
          {"seed", state.value("seed", 0)},
          {"tokenizer_sha256", tokenizerSha}}},
        {"recipe", recipe}};
    if (!rewards.empty()) {
        card["training"]["reward_updates"] = rewards.value("step", 0);
        card["training"]["reward_passes"] =
            rounded(rewards.value("step", 0.0) * rewards.value("batch", 0.0) /
                    rewards.value("photos", 1.0));
        card["training"]["reward_hours"] = rounded(rewards.value("seconds", 0.0) / 3600.0);
    }
    if (options.temperature != 1.0) {
        card["training"]["temperature"] = options.temperature;
    }
    return card;
}

Result<void> measureInto(Json& card, const CaptionExportOptions& options, const fs::path& folder) {
    if (!options.measure) {
        return {};
    }
    const auto measured = options.measure(folder);
    if (!measured) {
        return measured.error();
    }
    card["measured"] = Json::object();
    for (const auto& [name, scores] : *measured) {
        card["measured"][name] = figures(scores);
    }
    return {};
}

// Makes `parameters` the mean of themselves and those of the files.
Result<void> takeMean(NamedTensors& parameters, const std::vector<fs::path>& files) {
    for (const fs::path& file : files) {
        const auto other = readCaptionRunFile(file);
        if (!other) {
            return other.error();
        }
        for (auto& [name, tensor] : parameters) {
            const auto same = other->parameters.find(name);
            if (same == other->parameters.end() || same->second.sizes() != tensor.sizes()) {
                return Error{ErrorCode::UnsupportedFormat,
                             file.string() + ": no tensor " + name +
                                 " of the run's shape; only weights of one network have a mean"};
            }
            tensor = tensor.to(torch::kFloat) + same->second.to(torch::kFloat);
        }
    }
    for (auto& [name, tensor] : parameters) {
        tensor = tensor / static_cast<double>(files.size() + 1);
    }
    return {};
}

Result<void> writeFolder(const CaptionExportOptions& options, const fs::path& folder) {
    auto run = readCaptionRunFile(options.run / (options.weights + ".safetensors"));
    const auto vocabulary = CaptionVocabulary::load(options.run);
    const auto tokenizer = readFile(options.run / "tokenizer.json");
    const auto sha = sha256OfFile(options.run / "tokenizer.json");
    const auto subjects = readFile(options.subjects);
    for (const Error* error :
         {run ? nullptr : &run.error(), vocabulary ? nullptr : &vocabulary.error(),
          tokenizer ? nullptr : &tokenizer.error(), sha ? nullptr : &sha.error(),
          subjects ? nullptr : &subjects.error()}) {
        if (error != nullptr) {
            return *error;
        }
    }
    if (auto done = takeMean(run->parameters, options.mean); !done) {
        return done;
    }
    const CaptionShape& shape = run->shape;
    const Json state = Json::parse(run->state);
    NamedTensors narrow;
    for (const auto& [name, tensor] : run->parameters) {
        // The logits are linear in what the last norm gives.
        const bool last = name.starts_with(kLastNorm);
        narrow[name] = (last ? tensor / options.temperature : tensor).to(torch::kHalf);
    }
    if (auto done = writeTensors(folder / "model.safetensors", narrow, {{"format", "pt"}}); !done) {
        return done;
    }
    std::map<std::string, std::string> files = {
        {"config.json", configJson(shape, *vocabulary, options)},
        {"preprocessor_config.json", preprocessorJson(shape.encoder.imageSize)},
        {"tokenizer.json", *tokenizer},
        {"subjects.tsv", *subjects}};
    for (const auto& [key, name] : kBesideSubjects) {
        if (!hasBeside(options, name)) {
            continue;
        }
        const auto beside = readFile(options.subjects.parent_path() / name);
        if (!beside) {
            return beside.error();
        }
        files[name] = *beside;
    }
    for (const auto& [name, content] : files) {
        if (auto done = writeFileAtomically(folder / name, content); !done) {
            return done;
        }
    }
    Json card = cardJson(options, state, narrow, *sha);
    if (auto measured = measureInto(card, options, folder); !measured) {
        return measured;
    }
    return writeFileAtomically(folder / "card.json", card.dump(2) + "\n");
}

} // namespace

Result<void> exportCaptioner(const CaptionExportOptions& options) {
    fs::path fresh = options.output;
    fresh += ".partial";
    std::error_code failure;
    fs::remove_all(fresh, failure);
    fs::create_directories(fresh, failure);
    if (auto written = writeFolder(options, fresh); !written) {
        return written;
    }
    if (fs::exists(options.output)) {
        fs::copy(options.output, fresh,
                 fs::copy_options::recursive | fs::copy_options::skip_existing, failure);
        if (failure) {
            return Error{ErrorCode::Io,
                         "cannot copy " + options.output.string() + ": " + failure.message()};
        }
    }
    return swapFolder(fresh, options.output);
}

} // namespace linnet::training
