#include "training/model_export.h"

#include <torch/types.h>

#include <chrono>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>
#include <sstream>

#include "training/checkpoint.h"
#include "training/file_io.h"
#include "training/tensor_files.h"
#include "training/tokenizer_file.h"

namespace linnet::training {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;
using torch::Tensor;
using Json = nlohmann::ordered_json;

namespace {

constexpr int kGroupSize = 32;

std::string today() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    char text[16] = {};
    std::strftime(text, sizeof text, "%Y-%m-%d", std::gmtime(&now));
    return text;
}

Json linesOf(const std::string& text) {
    Json lines = Json::array();
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

double rounded(double value) {
    return std::round(value * 1e4) / 1e4;
}

Json figures(const TextScore& score) {
    return {{"perplexity_per_word", rounded(score.perplexityPerWord())},
            {"bits_per_byte", rounded(score.bitsPerByte())},
            {"nats_per_token", rounded(score.lossPerToken())},
            {"tokens", score.tokens}};
}

const char* formatName(WeightFormat format) {
    switch (format) {
    case WeightFormat::Int8:
        return "int8, groups of 32";
    case WeightFormat::Float16:
        return "float16";
    case WeightFormat::Float32:
        return "float32";
    }
    return "";
}

Json cardOf(const ExportOptions& options, const Checkpoint& checkpoint) {
    std::int64_t parameters = 0;
    for (const auto& [name, tensor] : checkpoint.tensors) {
        parameters += name.starts_with("optimizer.") ? 0 : tensor.numel();
    }
    double weights = 0.0;
    for (const auto& [name, weight] : checkpoint.mixture) {
        weights += weight;
    }
    Json mixture = Json::object();
    for (const auto& [name, weight] : checkpoint.mixture) {
        mixture[name] = rounded(weight / weights);
    }
    Json card = {{"title", options.card.title},
                 {"description", options.card.description},
                 {"language", options.card.language}};
    if (!options.card.use.empty()) {
        card["use"] = options.card.use;
    }
    card.update(
        {{"licence", options.card.licence},
         {"date", today()},
         {"parameters", parameters},
         {"weights", formatName(options.format)},
         {"data", options.card.data},
         {"training",
          {{"tokens", checkpoint.tokens},
           {"updates", checkpoint.step},
           {"hours", rounded(checkpoint.seconds / 3600.0)},
           {"optimizer", checkpoint.optimizer},
           {"seed", checkpoint.seed},
           {"mixture", mixture},
           {"tokenizer_sha256", checkpoint.tokenizerSha256}}},
         {"recipe", linesOf(options.card.commands + (options.card.commands.empty() ? "" : "\n") +
                            checkpoint.recipe)}});
    return card;
}

Result<NamedTensors> convertedWeights(const Checkpoint& checkpoint, WeightFormat format) {
    NamedTensors out;
    for (const auto& [name, tensor] : checkpoint.tensors) {
        if (name.starts_with("optimizer.")) {
            continue;
        }
        if (format == WeightFormat::Int8 && tensor.dim() == 2) {
            if (tensor.size(1) % kGroupSize != 0) {
                return Error{ErrorCode::InvalidArgument,
                             "tensor " + name + ": " + std::to_string(tensor.size(1)) +
                                 " inputs are no multiple of the group size 32"};
            }
            std::tie(out[name], out[name + "_scale"]) = quantizedInt8(tensor, kGroupSize);
        } else {
            out[name] = tensor.to(format == WeightFormat::Float16 ? torch::kHalf : torch::kFloat);
        }
    }
    return out;
}

/// Writes config.json, model.safetensors and tokenizer.json.
Result<void> writeModel(const ExportOptions& options, const Checkpoint& checkpoint,
                        const fs::path& folder) {
    const auto weights = convertedWeights(checkpoint, options.format);
    if (!weights) {
        return weights.error();
    }
    if (auto done = writeTensors(folder / "model.safetensors", *weights, {{"format", "pt"}});
        !done) {
        return done;
    }
    engine::ModelConfig config = checkpoint.config;
    config.int8GroupSize = options.format == WeightFormat::Int8 ? kGroupSize : 0;
    const char* type = options.format == WeightFormat::Float32 ? "float32" : "float16";
    if (auto done = writeFileAtomically(folder / "config.json", llamaConfigJson(config, type));
        !done) {
        return done;
    }
    const auto tokenizer = readFile(options.tokenizer / "tokenizer.json");
    if (!tokenizer) {
        return tokenizer.error();
    }
    return writeFileAtomically(folder / "tokenizer.json", *tokenizer);
}

/// Copies what `from` holds and `to` lacks.
Result<void> keepOtherFiles(const fs::path& from, const fs::path& to) {
    std::error_code failure;
    if (!fs::exists(from)) {
        return {};
    }
    fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::skip_existing, failure);
    if (failure) {
        return Error{ErrorCode::Io, "cannot copy " + from.string() + ": " + failure.message()};
    }
    return {};
}

} // namespace

std::pair<Tensor, Tensor> quantizedInt8(const Tensor& matrix, std::int64_t groupSize) {
    const Tensor groups = matrix.detach().to(torch::kFloat).view({matrix.size(0), -1, groupSize});
    const Tensor largest = groups.abs().amax(-1);
    // The stored, rounded scale is what values are divided by; all-zero groups get a harmless one.
    const Tensor scale = (largest / 127.0).to(torch::kHalf);
    const Tensor divisor = scale.to(torch::kFloat).clamp_min(1e-8).unsqueeze(-1);
    const Tensor values = (groups / divisor).round().clamp(-127, 127).to(torch::kChar);
    return {values.view(matrix.sizes()), scale};
}

Result<void> exportModel(const ExportOptions& options) {
    const auto checkpoint = readCheckpoint(options.checkpoint);
    if (!checkpoint) {
        return checkpoint.error();
    }
    if (checkpoint->config.architecture != "llama") {
        return Error{ErrorCode::InvalidArgument, options.checkpoint.string() + " is of type " +
                                                     checkpoint->config.architecture +
                                                     ", which the engine does not run"};
    }
    const auto sha = sha256OfFile(options.tokenizer / "tokenizer.json");
    if (!sha) {
        return sha.error();
    }
    if (*sha != checkpoint->tokenizerSha256) {
        return Error{ErrorCode::InvalidArgument, options.checkpoint.string() +
                                                     " was trained with another tokenizer than " +
                                                     options.tokenizer.string()};
    }
    fs::path fresh = options.output;
    fresh += ".partial";
    std::error_code failure;
    fs::remove_all(fresh, failure);
    fs::create_directories(fresh, failure);
    if (auto written = writeModel(options, *checkpoint, fresh); !written) {
        return written;
    }
    Json card = cardOf(options, *checkpoint);
    if (!options.measure.tokens.empty() || !options.measure.texts.empty()) {
        const auto scores = measureModel(fresh, options.measure);
        if (!scores) {
            return scores.error();
        }
        Json measured = {{"text", options.measuredOn}};
        measured.update(figures(total(*scores)));
        for (const auto& [name, score] : *scores) {
            measured["groups"][name] = figures(score);
        }
        card["measured"] = measured;
    }
    if (auto written = writeFileAtomically(fresh / "card.json", card.dump(2) + "\n"); !written) {
        return written;
    }
    if (auto kept = keepOtherFiles(options.output, fresh); !kept) {
        return kept;
    }
    return swapFolder(fresh, options.output);
}

} // namespace linnet::training
