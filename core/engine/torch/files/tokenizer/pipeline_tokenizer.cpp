#include "engine/torch/files/tokenizer/pipeline_tokenizer.h"

#include <algorithm>

#include "engine/torch/files/tokenizer/bpe.h"
#include "engine/torch/files/tokenizer/normalizer.h"
#include "engine/torch/files/tokenizer/word_level.h"
#include "engine/torch/files/tokenizer/word_piece.h"

namespace linnet::engine {

namespace {

// Added tokens may lie beyond the vocabulary, with gaps, but not so far that memory would run out.
constexpr std::size_t maxGap = 1U << 16U;

std::size_t position(TokenId id) {
    return static_cast<std::size_t>(id);
}

Result<std::unique_ptr<TokenModel>> buildModel(const TokenizerDefinition& definition,
                                               const std::string& what) {
    if (definition.model.kind == ModelDefinition::Kind::WordLevel) {
        auto words = WordLevel::build(definition.model, what);
        return words ? Result<std::unique_ptr<TokenModel>>(std::move(*words)) : words.error();
    }
    if (definition.model.kind == ModelDefinition::Kind::WordPiece) {
        auto pieces = WordPiece::build(definition.model, what);
        return pieces ? Result<std::unique_ptr<TokenModel>>(std::move(*pieces)) : pieces.error();
    }
    auto bpe = Bpe::build(definition.model, definition.byteLevel, what);
    return bpe ? Result<std::unique_ptr<TokenModel>>(std::move(*bpe)) : bpe.error();
}

} // namespace

struct PipelineTokenizer::Encoding {
    std::string_view text;
    bool special = false;
    std::vector<TokenId> ids;
    std::deque<std::string> storage; // texts that pieces are views of
    EncodingMemory memory;
};

Result<std::unique_ptr<PipelineTokenizer>> PipelineTokenizer::build(TokenizerDefinition definition,
                                                                    const std::string& what) {
    Result<std::unique_ptr<TokenModel>> model = buildModel(definition, what);
    if (!model) {
        return model.error();
    }
    Result<Splitter> splitter = Splitter::create(definition.splits);
    if (!splitter) {
        return Error{splitter.error().code, what + ": " + splitter.error().message};
    }
    definition.model = {};
    std::unique_ptr<PipelineTokenizer> tokenizer(
        new PipelineTokenizer(std::move(definition), std::move(*model), std::move(*splitter)));
    if (const Result<void> added = tokenizer->addTokens(what); !added) {
        return added.error();
    }
    tokenizer->spellBytes();
    return tokenizer;
}

PipelineTokenizer::PipelineTokenizer(TokenizerDefinition definition,
                                     std::unique_ptr<TokenModel> model, Splitter splitter)
    : m_definition(std::move(definition))
    , m_model(std::move(model))
    , m_splitter(std::move(splitter))
    , m_size(m_model->tokens().size()) {
}

Result<void> PipelineTokenizer::addTokens(const std::string& what) {
    const std::size_t limit = position(m_size) + m_definition.addedTokens.size() + maxGap;
    std::vector<AddedToken> raw;
    std::vector<AddedToken> normalized;
    for (const AddedToken& token : m_definition.addedTokens) {
        const auto wrong = [&](const std::string& reason) {
            return Error{ErrorCode::CorruptFile, what + ": added token '" + token.content +
                                                     "' (id " + std::to_string(token.id) + ") " +
                                                     reason};
        };
        if (token.content.empty() || position(token.id) >= limit) {
            return wrong("is empty or out of range");
        }
        const std::optional<TokenId> known = findSpelling(token.content);
        if (known ? *known != token.id : m_model->tokens().has(token.id)) {
            return wrong("contradicts the vocabulary");
        }
        if (position(token.id) >= m_addedById.size()) {
            m_addedById.resize(position(token.id) + 1, nullptr);
            m_special.resize(position(token.id) + 1, false);
        }
        const bool isNew = m_added.emplace(token.content, token.id).second;
        if (!isNew || m_addedById[position(token.id)] != nullptr) {
            return wrong("is given twice");
        }
        m_addedById[position(token.id)] = &token.content;
        m_special[position(token.id)] = token.special;
        m_size = std::max(m_size, token.id + 1);
        if (token.normalized) {
            normalized.push_back(token);
            normalized.back().content = normalize(token.content, m_definition.normalizers);
        } else {
            raw.push_back(token);
        }
    }
    m_rawFinder = AddedTokenFinder(std::move(raw));
    m_normalizedFinder = AddedTokenFinder(std::move(normalized));
    if (m_definition.templateBegin) {
        m_templateBegin = findSpelling(*m_definition.templateBegin);
        if (!m_templateBegin) {
            return Error{ErrorCode::CorruptFile, what + ": post_processor: token '" +
                                                     *m_definition.templateBegin +
                                                     "' is not in the vocabulary"};
        }
    }
    return {};
}

// Works out what tokens that are spelled in characters stand for in running text.
void PipelineTokenizer::spellBytes() {
    if (m_definition.byteLevel) {
        return;
    }
    m_decoded.resize(position(m_size));
    for (TokenId id = 0; id < m_model->tokens().size(); ++id) {
        const std::string_view key = m_model->tokens().key(id);
        const std::string& joined = m_definition.joinedPrefix;
        std::string& decoded = m_decoded[position(id)];
        if (!joined.empty() && key.starts_with(joined)) {
            decoded = key.substr(joined.size());
        } else {
            decoded = m_definition.spaceBetween ? " " : "";
            decoded += key;
        }
        for (const auto& [from, to] : m_definition.decoding) {
            if (!from.empty() && decoded.find(from) != std::string::npos) {
                decoded = replaceAll(decoded, from, to);
            }
        }
    }
    for (unsigned byte = 0; byte < 256; ++byte) {
        if (const TokenId id = m_model->fallbackToken(static_cast<unsigned char>(byte)); id >= 0) {
            m_decoded[position(id)] = static_cast<char>(byte);
        }
    }
}

std::optional<TokenId> PipelineTokenizer::findSpelling(std::string_view spelling) const {
    if (const auto added = m_added.find(std::string(spelling)); added != m_added.end()) {
        return added->second;
    }
    const TokenId id = m_model->findSpelling(spelling);
    return id < 0 ? std::nullopt : std::optional<TokenId>(id);
}

std::optional<TokenId> PipelineTokenizer::find(std::string_view token) const {
    if (const auto added = m_added.find(std::string(token)); added != m_added.end()) {
        return added->second;
    }
    TokenId id = -1;
    if (m_definition.byteLevel) {
        id = m_model->tokens().find(token);
    } else {
        const bool spaced = m_definition.spaceBetween && token.starts_with(' ');
        std::string spelling(token.substr(spaced ? 1 : 0));
        if (!m_definition.joinedPrefix.empty()) {
            id = spaced ? -1 : m_model->tokens().find(m_definition.joinedPrefix + spelling);
        } else {
            for (const auto& [from, to] : m_definition.decoding) {
                spelling = to.empty() ? spelling : replaceAll(spelling, to, from);
            }
        }
        id = id < 0 ? m_model->tokens().find(spelling) : id;
        if (id < 0 && token.size() == 1) {
            id = m_model->fallbackToken(static_cast<unsigned char>(token.front()));
        }
    }
    return id < 0 ? std::nullopt : std::optional<TokenId>(id);
}

std::vector<TokenId> PipelineTokenizer::encode(std::string_view text, bool special) const {
    Encoding encoding = {text, special, {}, {}, EncodingMemory(text.size())};
    encoding.ids.reserve(text.size() / 3 + 4);
    m_rawFinder.search(
        text, special, [&](std::string_view segment) { encodeSegment(segment, encoding); },
        [&](const AddedToken& token) { encoding.ids.push_back(token.id); });
    return std::move(encoding.ids);
}

void PipelineTokenizer::encodeSegment(std::string_view segment, Encoding& encoding) const {
    const bool first = segment.data() == encoding.text.data();
    std::string_view text = segment;
    if (!m_definition.normalizers.empty()) {
        text = encoding.storage.emplace_back(
            normalize(std::string(segment), m_definition.normalizers));
    }
    m_normalizedFinder.search(
        text, encoding.special,
        [&](std::string_view piece) {
            encodePiece(piece, first && piece.data() == text.data(), encoding);
        },
        [&](const AddedToken& token) { encoding.ids.push_back(token.id); });
}

void PipelineTokenizer::encodePiece(std::string_view piece, bool first, Encoding& encoding) const {
    if (m_definition.metaspace) {
        const Metaspace& metaspace = *m_definition.metaspace;
        std::string& spaced =
            encoding.storage.emplace_back(replaceAll(piece, " ", metaspace.replacement));
        const bool prepend = metaspace.prepend == Metaspace::Prepend::Always ||
                             (metaspace.prepend == Metaspace::Prepend::First && first);
        if (prepend && !spaced.starts_with(metaspace.replacement)) {
            spaced.insert(0, metaspace.replacement);
        }
        piece = spaced;
    }
    m_splitter.split(piece, encoding.storage, [&](std::string_view word) {
        m_model->encode(word, encoding.ids, encoding.memory);
    });
}

std::string_view PipelineTokenizer::bytes(TokenId id) const {
    if (id < 0 || id >= m_size || isSpecial(id)) {
        return {};
    }
    if (position(id) < m_addedById.size() && m_addedById[position(id)] != nullptr) {
        return *m_addedById[position(id)];
    }
    return m_definition.byteLevel ? m_model->tokens().key(id)
                                  : std::string_view(m_decoded[position(id)]);
}

std::string PipelineTokenizer::decode(const std::vector<TokenId>& ids) const {
    std::string text;
    for (const TokenId id : ids) {
        const std::string_view piece = bytes(id);
        const bool first = m_definition.spaceBetween && text.empty() && piece.starts_with(' ');
        text += first ? piece.substr(1) : piece;
    }
    return text;
}

bool PipelineTokenizer::isSpecial(TokenId id) const {
    return id >= 0 && position(id) < m_special.size() && m_special[position(id)];
}

} // namespace linnet::engine
