#include "engine/torch/files/tokenizer/tokenizer_json.h"

#include <functional>

#include "engine/torch/files/json_fields.h"
#include "engine/torch/files/tokenizer/model_json.h"
#include "engine/torch/files/tokenizer/split_pattern.h"
#include "engine/torch/files/tokenizer/word_piece.h"

namespace linnet::engine {

namespace {

constexpr std::size_t maxFileBytes = 256U << 20U;

// Reads the parts of one document into a definition. The first failure stays.
class DefinitionReader {
public:
    DefinitionReader(const Json& json, std::string what, TokenizerDefinition& definition)
        : m_json(json)
        , m_what(std::move(what))
        , m_definition(definition) {}

    Result<void> read() {
        JsonFields top(m_json, m_what);
        if (const Json* const model = top.object("model"); model != nullptr) {
            readModel(*model);
        } else {
            top.corrupt("model", "is missing");
        }
        readAddedTokens(top);
        each(top, "normalizer", "normalizers", &DefinitionReader::readNormalizer);
        each(top, "pre_tokenizer", "pretokenizers", &DefinitionReader::readPreTokenizer);
        each(top, "post_processor", "processors", &DefinitionReader::readPostProcessor);
        each(top, "decoder", "decoders", &DefinitionReader::readDecoder);
        checkTogether(top);
        keep(top);
        return m_error ? Result<void>(*m_error) : Result<void>();
    }

private:
    using Reader = void (DefinitionReader::*)(const std::string& type, JsonFields& fields,
                                              const Json& json);

    void keep(const JsonFields& fields) {
        if (!m_error && fields.error()) {
            m_error = fields.error();
        }
    }

    // Calls `reader` with the component under `key`, or with each of a Sequence in its `list`.
    void each(JsonFields& top, const char* key, const char* list, Reader reader) {
        if (const Json* const json = top.object(key); json != nullptr) {
            component(*json, key, list, reader, 0);
        }
    }

    void component(const Json& json, const std::string& key, const char* list, Reader reader,
                   int nesting) {
        JsonFields fields(json, m_what, key + ".");
        const std::string type = fields.string("type");
        if (!fields.error() && type != "Sequence") {
            (this->*reader)(type, fields, json);
        } else if (!fields.error()) {
            const Json* const parts = fields.find(list);
            if (parts == nullptr || !parts->is_array() || nesting > 4) {
                fields.corrupt(list, "must be a list");
            } else {
                for (const Json& part : *parts) {
                    if (!part.is_object()) {
                        fields.corrupt(list, "must hold objects");
                        break;
                    }
                    component(part, key, list, reader, nesting + 1);
                }
            }
        }
        keep(fields);
    }

    static void unknownType(const std::string& type, JsonFields& fields) {
        fields.unsupported("type", "is '" + type + "', which is not supported");
    }

    void readModel(const Json& json) {
        JsonFields fields(json, m_what, "model.");
        ModelDefinition& model = m_definition.model;
        // Files of old versions of the library leave the type out.
        const std::string type = fields.string("type", "BPE");
        if (type == "WordLevel") {
            model.kind = ModelDefinition::Kind::WordLevel;
            model.unknownToken = fields.string("unk_token");
            keep(fields);
            return;
        }
        if (type == "WordPiece") {
            model.kind = ModelDefinition::Kind::WordPiece;
            model.unknownToken = fields.string("unk_token", "[UNK]");
            model.continuingPrefix = fields.string("continuing_subword_prefix", "##");
            model.maxCharacters = fields.integer("max_input_chars_per_word", 1, 1 << 16, 100);
            if (model.continuingPrefix.empty()) {
                fields.unsupported("continuing_subword_prefix", "must not be empty");
            }
            keep(fields);
            return;
        }
        if (type != "BPE") {
            fields.unsupported("type", "is '" + type +
                                           "'; only BPE, WordLevel and WordPiece are supported");
        }
        if (fields.number("dropout", 0.0, 1.0, 0.0) > 0.0) {
            fields.unsupported("dropout", "is not supported");
        }
        for (const char* const key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
            if (!fields.string(key, "").empty()) {
                fields.unsupported(key, "is not supported");
            }
        }
        model.unknownToken = fields.string("unk_token", "");
        model.fuseUnknown = fields.boolean("fuse_unk", false);
        model.byteFallback = fields.boolean("byte_fallback", false);
        model.ignoreMerges = fields.boolean("ignore_merges", false);
        keep(fields);
    }

    void readAddedTokens(JsonFields& top) {
        const Json* const list = top.find("added_tokens");
        if (list == nullptr) {
            return;
        }
        if (!list->is_array()) {
            top.corrupt("added_tokens", "must be a list");
            return;
        }
        for (const Json& json : *list) {
            if (!json.is_object()) {
                top.corrupt("added_tokens", "must hold objects");
                return;
            }
            JsonFields fields(json, m_what, "added_tokens.");
            AddedToken token;
            token.id = fields.integer("id", 0, 1 << 30);
            token.content = fields.string("content");
            token.special = fields.boolean("special", false);
            token.leftStrip = fields.boolean("lstrip", false);
            token.rightStrip = fields.boolean("rstrip", false);
            token.normalized = fields.boolean("normalized", !token.special);
            if (fields.boolean("single_word", false)) {
                fields.unsupported("single_word", "of '" + token.content + "' is not supported");
            }
            keep(fields);
            m_definition.addedTokens.push_back(std::move(token));
        }
    }

    // A pattern that must be a plain string.
    static std::string stringPattern(JsonFields& fields) {
        const Json* const pattern = fields.object("pattern");
        if (pattern == nullptr || !pattern->contains("String") ||
            !(*pattern)["String"].is_string() || (*pattern)["String"] == "") {
            fields.unsupported("pattern", "must be a String");
            return {};
        }
        return (*pattern)["String"].get<std::string>();
    }

    void readNormalizer(const std::string& type, JsonFields& fields, const Json& /*json*/) {
        NormalizerStep step;
        if (type == "NFC") {
            step.kind = NormalizerStep::Kind::Nfc;
        } else if (type == "Prepend") {
            step.kind = NormalizerStep::Kind::Prepend;
            step.text = fields.string("prepend");
        } else if (type == "Replace") {
            step.kind = NormalizerStep::Kind::Replace;
            step.replaced = stringPattern(fields);
            step.text = fields.string("content");
        } else if (type == "BertNormalizer") {
            step.kind = NormalizerStep::Kind::Bert;
            step.bert.cleanText = fields.boolean("clean_text", true);
            step.bert.spaceIdeographs = fields.boolean("handle_chinese_chars", true);
            step.bert.lowercase = fields.boolean("lowercase", true);
            step.bert.stripAccents = fields.boolean("strip_accents", step.bert.lowercase);
        } else {
            unknownType(type, fields);
        }
        m_definition.normalizers.push_back(std::move(step));
    }

    void readPreTokenizer(const std::string& type, JsonFields& fields, const Json& json) {
        std::vector<SplitStep>& splits = m_definition.splits;
        if (m_definition.byteLevel || m_definition.metaspace) {
            fields.unsupported("type",
                               "'" + type + "' after ByteLevel or Metaspace is not supported");
        } else if (type == "ByteLevel") {
            m_definition.byteLevel = true;
            if (fields.boolean("add_prefix_space", true)) {
                splits.push_back({SplitStep::Kind::PrefixSpace, {}, false});
            }
            if (fields.boolean("use_regex", true)) {
                splits.push_back({SplitStep::Kind::Pattern, gpt2SplitPattern, false});
            }
        } else if (type == "Digits") {
            const bool single = fields.boolean("individual_digits", false);
            splits.push_back({SplitStep::Kind::Pattern, single ? "\\p{N}" : "\\p{N}+", false});
        } else if (type == "Split") {
            readSplit(fields);
        } else if (type == "WhitespaceSplit") {
            splits.push_back({SplitStep::Kind::Pattern, "\\S+", true});
        } else if (type == "BertPreTokenizer") {
            addBertSplits(splits);
        } else if (type == "Metaspace") {
            readMetaspace(fields, json);
        } else {
            unknownType(type, fields);
        }
    }

    void readSplit(JsonFields& fields) {
        const Json* const pattern = fields.object("pattern");
        const char* const kind =
            pattern != nullptr && pattern->contains("String") ? "String" : "Regex";
        if (pattern == nullptr || pattern->size() != 1 || !pattern->contains(kind) ||
            !(*pattern)[kind].is_string()) {
            fields.unsupported("pattern", "must be a Regex or a String");
            return;
        }
        std::string expression = (*pattern)[kind].get<std::string>();
        if (kind == std::string_view("String")) {
            // Of an empty one every place between characters is a match: every character is a
            // piece.
            expression = expression.empty() ? "(?:.|\\n)" : escapedPattern(expression);
        }
        const std::string behavior = fields.string("behavior");
        const bool inverted = fields.boolean("invert", false);
        const bool removesGaps = behavior == "Removed" && inverted;
        if (behavior != "Isolated" && !removesGaps && !fields.error()) {
            fields.unsupported("behavior", "'" + behavior + "' is not supported");
        }
        m_definition.splits.push_back(
            {SplitStep::Kind::Pattern, std::move(expression), removesGaps});
    }

    void readMetaspace(JsonFields& fields, const Json& json) {
        if (!m_definition.splits.empty()) {
            fields.unsupported("type", "'Metaspace' after another is not supported");
        }
        Metaspace metaspace;
        metaspace.replacement = fields.string("replacement");
        const std::string fallback = fields.boolean("add_prefix_space", true) ? "always" : "never";
        const std::string scheme = fields.string("prepend_scheme", fallback);
        metaspace.prepend = scheme == "always"  ? Metaspace::Prepend::Always
                            : scheme == "first" ? Metaspace::Prepend::First
                                                : Metaspace::Prepend::Never;
        if (scheme != "always" && scheme != "first" && scheme != "never") {
            fields.corrupt("prepend_scheme", "must be always, first or never");
        }
        if (metaspace.replacement.empty()) {
            fields.corrupt("replacement", "must not be empty");
        }
        if (!json.contains("split") || fields.boolean("split", true)) {
            m_definition.splits.push_back(
                {SplitStep::Kind::SplitBefore, metaspace.replacement, false});
        }
        m_definition.metaspace = std::move(metaspace);
    }

    void readPostProcessor(const std::string& type, JsonFields& fields, const Json& /*json*/) {
        if (type == "ByteLevel") {
            return; // changes offsets only
        }
        if (type == "BertProcessing" && isWordPiece()) {
            readBertProcessing(fields);
            return;
        }
        if (type != "TemplateProcessing") {
            unknownType(type, fields);
            return;
        }
        const Json* const single = fields.find("single");
        if (single == nullptr || !single->is_array()) {
            fields.corrupt("single", "must be a list");
            return;
        }
        bool textSeen = false;
        for (const Json& part : *single) {
            const bool isToken = part.is_object() && part.contains("SpecialToken") &&
                                 part["SpecialToken"].is_object() &&
                                 part["SpecialToken"].contains("id") &&
                                 part["SpecialToken"]["id"].is_string();
            if (part.is_object() && part.contains("Sequence") && !textSeen) {
                textSeen = true;
            } else if (isToken && !textSeen && !m_definition.templateBegin) {
                m_definition.templateBegin = part["SpecialToken"]["id"].get<std::string>();
            } else if (isToken && textSeen && isWordPiece()) {
                continue; // BERT's separator, which is for whoever pairs texts to add
            } else {
                fields.unsupported("single", "must be the text, or one token and the text");
                return;
            }
        }
    }

    // The pair of spelling and id under "cls"; "sep" is for whoever pairs texts to add.
    void readBertProcessing(JsonFields& fields) {
        const Json* const token = fields.find("cls");
        if (token == nullptr || !token->is_array() || token->empty() ||
            !token->front().is_string()) {
            fields.corrupt("cls", "must be a list of a token and its id");
            return;
        }
        m_definition.templateBegin = token->front().get<std::string>();
    }

    bool isWordPiece() const { return m_definition.model.kind == ModelDefinition::Kind::WordPiece; }

    void readDecoder(const std::string& type, JsonFields& fields, const Json& /*json*/) {
        m_decoderSeen = true;
        if (type == "WordPiece" && isWordPiece()) {
            setWordPieceDecoding(m_definition, fields.string("prefix", "##"),
                                 fields.boolean("cleanup", true));
            return;
        }
        if (type == "ByteLevel") {
            m_byteLevelDecoder = true;
        } else if (type == "Replace") {
            std::string from = stringPattern(fields);
            m_definition.decoding.emplace_back(std::move(from), fields.string("content"));
        } else if (type == "Metaspace") {
            m_definition.decoding.emplace_back(fields.string("replacement"), " ");
        } else if (type != "ByteFallback" && type != "Fuse" && type != "Strip") {
            unknownType(type, fields);
        }
        // ByteFallback follows from the model. Fuse joins what we join anyway, and Strip takes the
        // space off the whole text, which is for whoever shows it to decide.
    }

    void checkTogether(JsonFields& top) {
        if (m_definition.model.kind == ModelDefinition::Kind::WordLevel) {
            checkWordLevel(top);
            return;
        }
        if (isWordPiece()) {
            checkWordPiece(top);
            return;
        }
        if (m_definition.byteLevel ? m_decoderSeen && !m_byteLevelDecoder
                                   : m_byteLevelDecoder || !m_decoderSeen) {
            top.unsupported("decoder", "does not belong to this pre_tokenizer");
        }
    }

    // Pieces must not be changed before they are looked up. Without a decoder Hugging Face joins
    // the tokens with spaces.
    void checkWordLevel(JsonFields& top) {
        m_definition.spaceBetween = !m_decoderSeen;
        if (m_definition.byteLevel || m_byteLevelDecoder || m_definition.metaspace) {
            top.unsupported("pre_tokenizer", "ByteLevel and Metaspace need a BPE model");
        }
    }

    void checkWordPiece(JsonFields& top) {
        if (m_definition.byteLevel || m_byteLevelDecoder || m_definition.metaspace) {
            top.unsupported("pre_tokenizer", "ByteLevel and Metaspace need a BPE model");
        } else if (m_definition.joinedPrefix != m_definition.model.continuingPrefix) {
            top.unsupported("decoder", "does not belong to this model");
        }
    }

    const Json& m_json;
    std::string m_what;
    TokenizerDefinition& m_definition;
    bool m_decoderSeen = false;
    bool m_byteLevelDecoder = false;
    std::optional<Error> m_error;
};

} // namespace

Result<TokenizerDefinition> parseTokenizerJson(std::string_view text, const std::string& what) {
    Result<TokenizerDocument> document = parseTokenizerDocument(text, what);
    if (!document) {
        return document.error();
    }
    TokenizerDefinition definition;
    if (const Result<void> read = DefinitionReader(document->rest, what, definition).read();
        !read) {
        return read.error();
    }
    if (document->tokens.size() == 0 || document->tokens.size() != document->ids.size()) {
        return Error{ErrorCode::CorruptFile, what + ": key 'model.vocab' is missing or empty"};
    }
    definition.model.tokens = std::move(document->tokens);
    definition.model.ids = std::move(document->ids);
    definition.model.merges = std::move(document->merges);
    return definition;
}

Result<TokenizerDefinition> readTokenizerJson(const std::filesystem::path& path) {
    const Result<std::string> text = readTextFile(path, maxFileBytes);
    return text ? parseTokenizerJson(*text, path.string())
                : Result<TokenizerDefinition>(text.error());
}

} // namespace linnet::engine
