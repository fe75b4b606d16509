#include "engine/torch/files/tokenizer_loader.h"

#include <algorithm>
#include <system_error>

#include "engine/torch/files/json_fields.h"
#include "engine/torch/files/tokenizer/pipeline_tokenizer.h"
#include "engine/torch/files/tokenizer/tokenizer_json.h"
#include "engine/torch/files/tokenizer/vocabulary_files.h"

namespace linnet::engine {

namespace {

constexpr JsonLimits sideFileLimits = {32U << 20U, 32, 1U << 20U};

// An optional file beside the tokenizer: an empty object if it is not there.
Result<Json> readSideFile(const std::filesystem::path& path) {
    Result<Json> json = readJsonObject(path, sideFileLimits);
    if (!json && json.error().code == ErrorCode::NotFound) {
        return Json::object();
    }
    return json;
}

// A token given as a string, or as an object with its content.
std::optional<TokenId> namedToken(const PipelineTokenizer& tokenizer, const Json& config,
                                  const char* key) {
    auto value = config.find(key);
    if (value != config.end() && value->is_object()) {
        const Json& object = *value;
        value = object.find("content");
        return value != object.end() && value->is_string()
                   ? tokenizer.findSpelling(value->get_ref<const std::string&>())
                   : std::nullopt;
    }
    return value != config.end() && value->is_string()
               ? tokenizer.findSpelling(value->get_ref<const std::string&>())
               : std::nullopt;
}

Result<TextFrame> readFrame(const PipelineTokenizer& tokenizer, const std::filesystem::path& folder,
                            const Json& tokenizerConfig) {
    const Result<Json> modelConfig = readSideFile(folder / "config.json");
    if (!modelConfig) {
        return modelConfig.error();
    }
    JsonFields options(tokenizerConfig, (folder / "tokenizer_config.json").string());
    JsonFields model(*modelConfig, (folder / "config.json").string());
    const auto fromModel = [&](const char* key) -> std::optional<TokenId> {
        const std::vector<int> ids = model.integers(key, 0, tokenizer.size() - 1);
        return ids.empty() ? std::nullopt : std::optional<TokenId>(ids.front());
    };
    TextFrame frame;
    frame.begin = namedToken(tokenizer, tokenizerConfig, "bos_token");
    frame.end = namedToken(tokenizer, tokenizerConfig, "eos_token");
    if (tokenizer.templateBegin()) {
        frame.begin = tokenizer.templateBegin();
    }
    if (!frame.begin) {
        frame.begin = fromModel("bos_token_id");
    }
    if (!frame.end) {
        frame.end = fromModel("eos_token_id");
    }
    frame.addsBegin = frame.begin.has_value() &&
                      options.boolean("add_bos_token", tokenizer.templateBegin().has_value());
    for (const JsonFields* const fields : {&options, &model}) {
        if (fields->error()) {
            return *fields->error();
        }
    }
    return frame;
}

Result<std::unique_ptr<Tokenizer>> load(const std::filesystem::path& folder) {
    const Result<Json> options = readSideFile(folder / "tokenizer_config.json");
    if (!options) {
        return options.error();
    }
    std::filesystem::path source = folder / "tokenizer.json";
    Result<TokenizerDefinition> definition = readTokenizerJson(source);
    if (!definition && definition.error().code == ErrorCode::NotFound) {
        source = folder / "vocab.json";
        definition = readVocabularyFiles(folder, *options);
    }
    if (!definition) {
        return definition.error();
    }
    Result<std::unique_ptr<PipelineTokenizer>> tokenizer =
        PipelineTokenizer::build(std::move(*definition), source.string());
    if (!tokenizer) {
        return tokenizer.error();
    }
    const Result<TextFrame> frame = readFrame(**tokenizer, folder, *options);
    if (!frame) {
        return frame.error();
    }
    (*tokenizer)->setFrame(*frame);
    return std::unique_ptr<Tokenizer>(std::move(*tokenizer));
}

} // namespace

Result<std::unique_ptr<Tokenizer>> loadTokenizer(const std::filesystem::path& folder) {
    try {
        return load(folder);
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory,
                     folder.string() + ": not enough memory for the tokenizer"};
    }
}

} // namespace linnet::engine
