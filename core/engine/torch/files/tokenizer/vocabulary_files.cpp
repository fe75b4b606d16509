#include "engine/torch/files/tokenizer/vocabulary_files.h"

#include <algorithm>
#include <charconv>

#include "engine/torch/files/json_fields.h"
#include "engine/torch/files/tokenizer/model_json.h"
#include "engine/torch/files/tokenizer/split_pattern.h"
#include "engine/torch/files/tokenizer/word_piece.h"

namespace linnet::engine {

namespace {

constexpr std::size_t maxFileBytes = 64U << 20U;
constexpr const char* endOfText = "<|endoftext|>";

// The pattern of Qwen2's tokenizer, from its model card's tokenizer.json.
constexpr const char* qwen2SplitPattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";

Result<void> readVocabulary(const std::filesystem::path& path, ModelDefinition& model) {
    const Result<std::string> text = readTextFile(path, maxFileBytes);
    if (!text) {
        return text.error();
    }
    // The parser of tokenizer.json's vocabulary serves here too.
    Result<TokenizerDocument> document =
        parseTokenizerDocument("{\"model\":{\"vocab\":" + *text + "}}", path.string());
    if (!document) {
        return document.error();
    }
    if (document->tokens.size() == 0 || document->tokens.size() != document->ids.size()) {
        return Error{ErrorCode::CorruptFile, path.string() + ": no vocabulary"};
    }
    model.tokens = std::move(document->tokens);
    model.ids = std::move(document->ids);
    return {};
}

Result<void> readMerges(const std::filesystem::path& path, ModelDefinition& model) {
    const Result<std::string> text = readTextFile(path, maxFileBytes);
    if (!text) {
        return text.error();
    }
    std::string_view rest = *text;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        const bool skipped = line.empty() || line.starts_with("#version");
        if (!skipped && !addMerge(line, model.merges)) {
            return Error{ErrorCode::CorruptFile, path.string() + ": line " +
                                                     std::to_string(number) +
                                                     " is not two tokens with a space between"};
        }
    }
    return {};
}

Result<void> readAddedTokens(const Json& list, const std::string& what,
                             TokenizerDefinition& definition) {
    for (const auto& [key, json] : list.items()) {
        AddedToken token;
        const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), token.id);
        if (error != std::errc() || end != key.data() + key.size() || !json.is_object()) {
            return Error{ErrorCode::CorruptFile,
                         what + ": added_tokens_decoder has the key '" + key + "'"};
        }
        JsonFields fields(json, what, "added_tokens_decoder." + key + ".");
        token.content = fields.string("content");
        token.special = fields.boolean("special", false);
        token.leftStrip = fields.boolean("lstrip", false);
        token.rightStrip = fields.boolean("rstrip", false);
        token.normalized = fields.boolean("normalized", !token.special);
        if (fields.boolean("single_word", false)) {
            fields.unsupported("single_word", "is not supported");
        }
        if (fields.error()) {
            return *fields.error();
        }
        definition.addedTokens.push_back(std::move(token));
    }
    return {};
}

// Makes a token of the vocabulary, if it is there, special.
void addSpecial(TokenizerDefinition& definition, const std::string& content) {
    for (std::size_t i = 0; i < definition.model.tokens.size(); ++i) {
        if (definition.model.tokens[i] == content) {
            AddedToken token;
            token.id = definition.model.ids[i];
            token.content = content;
            token.special = true;
            definition.addedTokens.push_back(std::move(token));
            return;
        }
    }
}

// The spelling of a special token of BERT's: a string, an object with its content, or the usual
// one.
std::string specialToken(JsonFields& fields, const char* key, const char* usual) {
    const Json* const value = fields.find(key);
    if (value == nullptr || !value->is_object()) {
        return fields.string(key, usual);
    }
    JsonFields token(*value, fields.where(), std::string(key) + ".");
    std::string content = token.string("content");
    if (token.error()) {
        fields.take(*token.error());
    }
    return content;
}

Result<void> readLines(const std::filesystem::path& path, ModelDefinition& model) {
    const Result<std::string> text = readTextFile(path, maxFileBytes);
    if (!text) {
        return text.error();
    }
    for (std::string_view rest = *text; !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        line.remove_suffix(line.ends_with('\r') ? 1 : 0);
        model.ids.push_back(static_cast<TokenId>(model.tokens.size()));
        model.tokens.add(line);
    }
    return {};
}

// BERT's vocab.txt, a token a line.
Result<TokenizerDefinition> readBertFiles(const std::filesystem::path& path, const Json& options,
                                          const std::string& what) {
    TokenizerDefinition definition;
    ModelDefinition& model = definition.model;
    if (const Result<void> read = readLines(path, model); !read) {
        return read.error();
    }
    JsonFields fields(options, what);
    const std::string kind = fields.string("tokenizer_class", "BertTokenizer");
    if (!fields.error() && kind != "BertTokenizer" && kind != "BertTokenizerFast") {
        fields.unsupported("tokenizer_class", "is '" + kind + "', but there is BERT's vocab.txt");
    }
    if (!fields.boolean("do_basic_tokenize", true)) {
        fields.unsupported("do_basic_tokenize", "must be true");
    }
    if (fields.has("never_split")) {
        fields.unsupported("never_split", "is not supported");
    }
    model.kind = ModelDefinition::Kind::WordPiece;
    model.unknownToken = specialToken(fields, "unk_token", "[UNK]");
    model.continuingPrefix = "##";
    NormalizerStep step;
    step.kind = NormalizerStep::Kind::Bert;
    step.bert.spaceIdeographs = fields.boolean("tokenize_chinese_chars", true);
    step.bert.lowercase = fields.boolean("do_lower_case", true);
    step.bert.stripAccents = fields.boolean("strip_accents", step.bert.lowercase);
    definition.normalizers.push_back(std::move(step));
    addBertSplits(definition.splits);
    setWordPieceDecoding(definition, model.continuingPrefix, true);
    definition.templateBegin = specialToken(fields, "cls_token", "[CLS]");
    const Json* const added = fields.object("added_tokens_decoder");
    if (fields.error()) {
        return *fields.error();
    }
    if (added != nullptr) {
        const Result<void> read = readAddedTokens(*added, what, definition);
        return read ? Result<TokenizerDefinition>(std::move(definition)) : read.error();
    }
    for (const char* const key :
         {"pad_token", "unk_token", "cls_token", "sep_token", "mask_token"}) {
        std::string usual = std::string(key).substr(0, std::string_view(key).find('_'));
        std::transform(usual.begin(), usual.end(), usual.begin(),
                       [](char letter) { return static_cast<char>(letter - 'a' + 'A'); });
        addSpecial(definition, specialToken(fields, key, ("[" + usual + "]").c_str()));
    }
    return definition;
}

} // namespace

Result<TokenizerDefinition> readVocabularyFiles(const std::filesystem::path& folder,
                                                const Json& options) {
    const std::string what = (folder / "tokenizer_config.json").string();
    TokenizerDefinition definition;
    if (Result<void> read = readVocabulary(folder / "vocab.json", definition.model); !read) {
        if (read.error().code != ErrorCode::NotFound) {
            return read.error();
        }
        Result<TokenizerDefinition> bert = readBertFiles(folder / "vocab.txt", options, what);
        if (!bert && bert.error().code == ErrorCode::NotFound) {
            return Error{ErrorCode::NotFound,
                         folder.string() + ": no tokenizer.json, vocab.json or vocab.txt"};
        }
        return bert;
    }
    if (Result<void> read = readMerges(folder / "merges.txt", definition.model); !read) {
        return read.error();
    }
    JsonFields fields(options, what);
    const std::string kind = fields.string("tokenizer_class", "GPT2Tokenizer");
    definition.byteLevel = true;
    if (kind == "Qwen2Tokenizer" || kind == "Qwen2TokenizerFast") {
        definition.normalizers.push_back(NormalizerStep());
        definition.splits.push_back({SplitStep::Kind::Pattern, qwen2SplitPattern, false});
    } else if (kind == "GPT2Tokenizer" || kind == "GPT2TokenizerFast") {
        if (fields.boolean("add_prefix_space", false)) {
            definition.splits.push_back({SplitStep::Kind::PrefixSpace, {}, false});
        }
        definition.splits.push_back({SplitStep::Kind::Pattern, gpt2SplitPattern, false});
    } else if (!fields.error()) {
        fields.unsupported("tokenizer_class", "is '" + kind + "', which needs a tokenizer.json");
    }
    const Json* const added = fields.object("added_tokens_decoder");
    if (fields.error()) {
        return *fields.error();
    }
    if (added == nullptr) {
        addSpecial(definition, endOfText); // GPT-2's own files do not say so
    } else if (Result<void> read = readAddedTokens(*added, what, definition); !read) {
        return read.error();
    }
    return definition;
}

} // namespace linnet::engine
