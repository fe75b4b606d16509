#include "training/model_measure.h"

#include <fstream>
#include <new>
#include <optional>

#include "engine/torch/files/checkpoint.h"
#include "engine/torch/torch_weights.h"
#include "training/checkpoint.h"
#include "training/compute_device.h"
#include "training/corpus.h"
#include "training/language_network.h"
#include "training/tokenizer_file.h"
#ifdef LINNET_TRAINING_TEXT
#include "training/prepare.h"
#endif

namespace linnet::training {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

using Scores = std::map<std::string, TextScore>;

/// A model ready to score tokens, and the tokenizer it was trained with.
struct LoadedModel {
    std::optional<engine::Checkpoint> files; // maps the weights that the network uses
    std::string tokenizerSha256;
    engine::ModelConfig config;
    std::unique_ptr<LanguageNetwork> network;
};

Result<LoadedModel> loadCheckpoint(const fs::path& folder, torch::Device device) {
    auto checkpoint = readCheckpoint(folder);
    if (!checkpoint) {
        return checkpoint.error();
    }
    NamedTensors weights;
    for (const auto& [name, shape] : networkTensors(checkpoint->config)) {
        const auto found = checkpoint->tensors.find(name);
        if (found == checkpoint->tensors.end() || found->second.sizes() != at::IntArrayRef(shape)) {
            return Error{ErrorCode::CorruptFile,
                         folder.string() + ": tensor " + name + " is missing or misshapen"};
        }
        weights[name] = found->second.to(device);
    }
    auto network = makeNetwork(checkpoint->config, weights, torch::kFloat);
    return LoadedModel{std::nullopt, checkpoint->tokenizerSha256, checkpoint->config,
                       std::move(network)};
}

Result<LoadedModel> loadModel(const fs::path& folder, torch::Device device) {
    if (fs::exists(folder / "state.json")) {
        return loadCheckpoint(folder, device);
    }
    auto checkpoint = engine::Checkpoint::open(folder);
    if (!checkpoint) {
        return checkpoint.error();
    }
    auto sha = sha256OfFile(folder / "tokenizer.json");
    if (!sha) {
        return sha.error();
    }
    const auto weights = engine::torchWeights(*checkpoint, device, torch::kFloat);
    auto network = makeNetwork(checkpoint->config(), NamedTensors(weights.begin(), weights.end()),
                               torch::kFloat);
    engine::ModelConfig config = checkpoint->config();
    return LoadedModel{std::move(*checkpoint), std::move(*sha), std::move(config),
                       std::move(network)};
}

Result<Scores> scoreTokens(const fs::path& folder, const fs::path& tokens,
                           const MeasureOptions& options) {
    const auto device = chooseDevice(options.device);
    if (!device) {
        return device.error();
    }
    const auto model = loadModel(folder, *device);
    if (!model) {
        return model.error();
    }
    const auto index = TokenIndex::read(tokens);
    if (!index) {
        return index.error();
    }
    if (model->tokenizerSha256 != index->tokenizerSha256) {
        return Error{ErrorCode::InvalidArgument, "the tokens in " + tokens.string() +
                                                     " were not made by the tokenizer of " +
                                                     folder.string() + ": measure on text instead"};
    }
    EvaluationOptions evaluation;
    evaluation.maximumTokens = options.maximumTokens;
    evaluation.window = options.window > 0 ? options.window : model->config.maxPositions;
    evaluation.stride = evaluation.window / 2;
    Scores scores;
    for (const TokenGroup& group : index->groups) {
        const auto stream = TokenStream::open(tokens, *index, group);
        if (!stream) {
            return stream.error();
        }
        scores[group.name] = scoreGroup(*model->network, *stream, group, evaluation);
    }
    return scores;
}

#ifdef LINNET_TRAINING_TEXT
/// Tokens of `texts` by the model's tokenizer, in a folder that lives as long as the object.
class TemporaryTokens {
public:
    TemporaryTokens() {
        const auto base = fs::temp_directory_path();
        for (unsigned i = 0; m_folder.empty(); ++i) {
            const fs::path candidate = base / ("linnet-tokens-" + std::to_string(i));
            std::error_code failure;
            if (fs::create_directory(candidate, failure)) {
                m_folder = candidate;
            } else if (failure) {
                return;
            }
        }
    }
    ~TemporaryTokens() {
        std::error_code failure;
        fs::remove_all(m_folder, failure);
    }
    TemporaryTokens(const TemporaryTokens&) = delete;
    TemporaryTokens& operator=(const TemporaryTokens&) = delete;

    [[nodiscard]] const fs::path& folder() const { return m_folder; }

private:
    fs::path m_folder; // empty: it could not be made
};

Result<Scores> scoreTexts(const fs::path& model, const MeasureOptions& options) {
    const TemporaryTokens tokens;
    if (tokens.folder().empty()) {
        return Error{ErrorCode::Io, "cannot create a temporary folder"};
    }
    PrepareOptions prepare;
    prepare.inputs = options.texts;
    prepare.tokenizer = model;
    prepare.output = tokens.folder();
    const auto prepared = prepareTokens(prepare);
    if (!prepared) {
        return prepared.error();
    }
    return scoreTokens(model, tokens.folder(), options);
}
#else
Result<Scores> scoreTexts(const fs::path&, const MeasureOptions&) {
    return Error{ErrorCode::UnsupportedFormat,
                 "this build has no tokenizers: measure on prepared tokens"};
}
#endif

} // namespace

TextScore total(const Scores& scores) {
    TextScore sum;
    for (const auto& [name, score] : scores) {
        sum += score;
    }
    return sum;
}

Result<Scores> measureModel(const fs::path& folder, const MeasureOptions& options) {
    if (options.tokens.empty() && options.texts.empty()) {
        return Error{ErrorCode::InvalidArgument, "nothing to measure on: give tokens or texts"};
    }
    try {
        return options.tokens.empty() ? scoreTexts(folder, options)
                                      : scoreTokens(folder, options.tokens, options);
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "out of memory while measuring " + folder.string()};
    } catch (const std::exception& e) {
        return Error{ErrorCode::Internal, e.what()};
    }
}

} // namespace linnet::training
