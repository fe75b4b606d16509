#include "engine/torch/files/tokenizer/bpe.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <limits>
#include <queue>

#include "engine/api/utf8.h"
#include "engine/torch/files/tokenizer/byte_level.h"

namespace linnet::engine {

namespace {

constexpr std::size_t shortWord = 32;
constexpr std::int32_t noRank = std::numeric_limits<std::int32_t>::max();

std::string fallbackSpelling(unsigned byte) {
    char text[8];
    std::snprintf(text, sizeof text, "<0x%02X>", byte);
    return text;
}

// The first and last well-formed character of a spelling.
std::string_view firstCharacter(std::string_view text) {
    return text.substr(0, utf8CharacterLength(text));
}

std::string_view lastCharacter(std::string_view text) {
    std::size_t begin = text.size();
    while (begin > 0) {
        --begin;
        if ((static_cast<unsigned char>(text[begin]) & 0xC0U) != 0x80U) {
            break;
        }
    }
    return text.substr(begin);
}

} // namespace

Result<std::unique_ptr<Bpe>> Bpe::build(const ModelDefinition& definition, bool byteLevel,
                                        const std::string& what) {
    auto bpe = std::make_unique<Bpe>();
    bpe->m_tokens = TokenTable(definition.tokens.size());
    bpe->m_merges = PairTable(definition.merges.size() / 2);
    bpe->m_byteLevel = byteLevel;
    bpe->m_byteFallback = definition.byteFallback;
    bpe->m_fuseUnknown = definition.fuseUnknown;
    bpe->m_ignoreMerges = definition.ignoreMerges;
    for (const auto step : {&Bpe::addTokens, &Bpe::addMerges, &Bpe::findBytes}) {
        if (const Result<void> done = (*bpe.*step)(definition, what); !done) {
            return done.error();
        }
    }
    if (!byteLevel) {
        bpe->findJoints(definition);
    }
    return bpe;
}

std::string Bpe::keyOf(std::string_view spelling) const {
    std::string key;
    if (!m_byteLevel || !appendByteLevelBytes(key, spelling)) {
        key = spelling;
    }
    return key;
}

Result<void> Bpe::addTokens(const ModelDefinition& definition, const std::string& what) {
    std::vector<std::size_t> unspelled; // tokens that are not in the byte-level alphabet
    std::string key;
    for (std::size_t i = 0; i < definition.tokens.size(); ++i) {
        const std::string_view spelling = definition.tokens[i];
        const TokenId id = definition.ids[i];
        key.clear();
        const bool spelled = !m_byteLevel || appendByteLevelBytes(key, spelling);
        if (!m_tokens.setKey(id, m_byteLevel && spelled ? std::string_view(key) : spelling)) {
            return Error{ErrorCode::CorruptFile,
                         what + ": vocabulary: token '" + std::string(spelling) + "' has the id " +
                             std::to_string(id) + ", which is taken or out of range"};
        }
        if (!spelled) {
            unspelled.push_back(i);
        } else if (!m_tokens.index(id)) {
            return Error{ErrorCode::CorruptFile, what + ": vocabulary: token '" +
                                                     std::string(spelling) + "' is given twice"};
        }
    }
    for (const std::size_t i : unspelled) {
        (void)m_tokens.index(definition.ids[i]); // a spelled token with these bytes goes first
    }
    return {};
}

Result<void> Bpe::addMerges(const ModelDefinition& definition, const std::string& what) {
    const StringArena& merges = definition.merges;
    std::string joined;
    for (std::size_t i = 0; i + 1 < merges.size(); i += 2) {
        const std::string left = keyOf(merges[i]);
        const std::string right = keyOf(merges[i + 1]);
        joined = left;
        joined += right;
        const TokenId leftId = m_tokens.find(left);
        const TokenId rightId = m_tokens.find(right);
        const TokenId merged = m_tokens.find(joined);
        if (leftId < 0 || rightId < 0 || merged < 0) {
            const std::string missing(leftId < 0    ? merges[i]
                                      : rightId < 0 ? merges[i + 1]
                                                    : std::string_view(joined));
            return Error{ErrorCode::CorruptFile, what + ": merge " + std::to_string(i / 2) +
                                                     ": token '" + missing +
                                                     "' is not in the vocabulary"};
        }
        m_merges.set(leftId, rightId, static_cast<std::int32_t>(i / 2), merged);
    }
    return {};
}

Result<void> Bpe::findBytes(const ModelDefinition& definition, const std::string& what) {
    for (unsigned byte = 0; byte < 256; ++byte) {
        const char character = static_cast<char>(byte);
        m_bytes[byte] =
            m_byteLevel ? m_tokens.find({&character, 1}) : m_tokens.find(fallbackSpelling(byte));
    }
    if (!definition.unknownToken.empty()) {
        m_unknown = m_tokens.find(keyOf(definition.unknownToken));
        if (m_unknown < 0) {
            return Error{ErrorCode::CorruptFile, what + ": unk_token '" + definition.unknownToken +
                                                     "' is not in the vocabulary"};
        }
    }
    return {};
}

// Without a pre-tokenizer a whole text is one piece. Yet no merge can cross the boundary of two
// characters that are neighbours in no merged token, so it falls into words after all, each of
// which can be encoded, and remembered, alone.
void Bpe::findJoints(const ModelDefinition& definition) {
    m_joints = PairTable(definition.merges.size() / 2);
    std::vector<bool> hasNoCharacters(static_cast<std::size_t>(m_tokens.size()), false);
    for (const TokenId id : m_bytes) {
        if (id >= 0) {
            hasNoCharacters[static_cast<std::size_t>(id)] = true;
        }
    }
    if (m_unknown >= 0) {
        hasNoCharacters[static_cast<std::size_t>(m_unknown)] = true;
    }
    for (std::size_t i = 0; i + 1 < definition.merges.size(); i += 2) {
        const std::string_view left = definition.merges[i];
        const std::string_view right = definition.merges[i + 1];
        const TokenId leftId = m_tokens.find(left);
        const TokenId rightId = m_tokens.find(right);
        if (hasNoCharacters[static_cast<std::size_t>(leftId)] ||
            hasNoCharacters[static_cast<std::size_t>(rightId)]) {
            return; // the spelling of such a token does not tell its neighbours
        }
        const TokenId before = m_tokens.find(lastCharacter(left));
        const TokenId after = m_tokens.find(firstCharacter(right));
        if (before >= 0 && after >= 0) {
            m_joints.set(before, after, 0, 0);
        }
    }
    m_hasJoints = true;
}

void Bpe::encode(std::string_view piece, std::vector<TokenId>& ids, EncodingMemory& memory) const {
    if (m_ignoreMerges) {
        if (const TokenId whole = m_tokens.find(piece); whole >= 0) {
            ids.push_back(whole);
            return;
        }
    }
    if (m_byteLevel || !m_hasJoints) {
        encodeWord(piece, ids, memory);
        return;
    }
    std::size_t begin = 0;
    std::size_t at = 0;
    TokenId before = -1;
    while (at < piece.size()) {
        const std::size_t length = utf8CharacterLength(piece.substr(at));
        const TokenId token = length == 0 ? -1 : m_tokens.find(piece.substr(at, length));
        if (at > begin && before >= 0 && token >= 0 && m_joints.find(before, token) == nullptr) {
            encodeWord(piece.substr(begin, at - begin), ids, memory);
            begin = at;
        }
        before = token;
        at += std::max<std::size_t>(length, 1);
    }
    encodeWord(piece.substr(begin), ids, memory);
}

void Bpe::encodeWord(std::string_view word, std::vector<TokenId>& ids,
                     EncodingMemory& memory) const {
    if (memory.recall(word, ids)) {
        return;
    }
    const std::size_t begin = ids.size();
    std::vector<TokenId>& symbols = memory.symbols;
    symbols.clear();
    if (m_byteLevel) {
        appendByteSymbols(word, symbols);
    } else {
        appendCharacterSymbols(word, symbols);
    }
    const std::size_t count =
        symbols.size() <= shortWord ? mergeShort(symbols) : mergeLong(symbols);
    ids.insert(ids.end(), symbols.begin(), symbols.begin() + static_cast<std::ptrdiff_t>(count));
    memory.keep(word, ids, begin);
}

// A byte that is not in the vocabulary is left out unless there is a token for the unknown.
void Bpe::appendByteSymbols(std::string_view word, std::vector<TokenId>& symbols) const {
    for (const char character : word) {
        const TokenId token = m_bytes[static_cast<unsigned char>(character)];
        if (token >= 0 || m_unknown >= 0) {
            symbols.push_back(token >= 0 ? token : m_unknown);
        }
    }
}

void Bpe::appendCharacterSymbols(std::string_view word, std::vector<TokenId>& symbols) const {
    bool afterUnknown = false;
    while (!word.empty()) {
        const std::size_t length = utf8CharacterLength(word);
        const std::string_view character = word.substr(0, std::max<std::size_t>(length, 1));
        word.remove_prefix(character.size());
        const TokenId token = length == 0 ? -1 : m_tokens.find(character);
        if (token >= 0) {
            symbols.push_back(token);
            afterUnknown = false;
            continue;
        }
        const bool inBytes =
            m_byteFallback && std::all_of(character.begin(), character.end(), [this](char byte) {
                return m_bytes[static_cast<unsigned char>(byte)] >= 0;
            });
        if (inBytes) {
            for (const char byte : character) {
                symbols.push_back(m_bytes[static_cast<unsigned char>(byte)]);
            }
            afterUnknown = false;
        } else if (m_unknown >= 0) {
            if (!afterUnknown || !m_fuseUnknown) {
                symbols.push_back(m_unknown);
            }
            afterUnknown = true;
        }
    }
}

std::size_t Bpe::mergeShort(std::span<TokenId> symbols) const {
    std::size_t count = symbols.size();
    std::array<std::int32_t, shortWord> ranks{};
    std::array<TokenId, shortWord> merged{};
    const auto look = [&](std::size_t i) {
        const PairTable::Entry* const entry = m_merges.find(symbols[i], symbols[i + 1]);
        ranks[i] = entry == nullptr ? noRank : entry->rank;
        merged[i] = entry == nullptr ? -1 : entry->merged;
    };
    for (std::size_t i = 0; i + 1 < count; ++i) {
        look(i);
    }
    while (count > 1) {
        const auto best =
            std::min_element(ranks.begin(), ranks.begin() + static_cast<int>(count) - 1);
        if (*best == noRank) {
            break;
        }
        const auto at = static_cast<std::size_t>(best - ranks.begin());
        symbols[at] = merged[at];
        for (std::size_t i = at + 1; i + 1 < count; ++i) {
            symbols[i] = symbols[i + 1];
            ranks[i] = ranks[i + 1];
            merged[i] = merged[i + 1];
        }
        --count;
        if (at > 0) {
            look(at - 1);
        }
        if (at + 1 < count) {
            look(at);
        }
    }
    return count;
}

// The same with a linked list and a heap: n log n for long words, such as a megabyte of one letter.
std::size_t Bpe::mergeLong(std::span<TokenId> symbols) const {
    struct Node {
        std::uint32_t previous;
        std::uint32_t next;
        std::int32_t rank; // of the pair with the next one
        TokenId merged;
    };
    const auto count = static_cast<std::uint32_t>(symbols.size());
    std::vector<Node> nodes(count);
    std::vector<std::uint64_t> candidates; // rank above position: the smallest goes first
    const auto look = [&](std::uint32_t at) {
        Node& node = nodes[at];
        const PairTable::Entry* const entry =
            node.next == count ? nullptr : m_merges.find(symbols[at], symbols[node.next]);
        node.rank = entry == nullptr ? noRank : entry->rank;
        node.merged = entry == nullptr ? -1 : entry->merged;
        return entry != nullptr;
    };
    const auto candidate = [&](std::uint32_t at) {
        return static_cast<std::uint64_t>(nodes[at].rank) << 32U | at;
    };
    for (std::uint32_t i = 0; i < count; ++i) {
        nodes[i] = {i == 0 ? count : i - 1, i + 1, noRank, -1};
        if (look(i)) {
            candidates.push_back(candidate(i));
        }
    }
    std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>> heap(
        std::greater<>(), std::move(candidates));
    while (!heap.empty()) {
        const std::uint64_t top = heap.top();
        heap.pop();
        const auto at = static_cast<std::uint32_t>(top);
        Node& node = nodes[at];
        if (static_cast<std::uint64_t>(node.rank) != top >> 32U) {
            continue; // one of the pair has been merged since
        }
        symbols[at] = node.merged;
        nodes[node.next].rank = noRank;
        symbols[node.next] = -1;
        node.next = nodes[node.next].next;
        if (node.next != count) {
            nodes[node.next].previous = at;
        }
        if (look(at)) {
            heap.push(candidate(at));
        }
        if (node.previous != count && look(node.previous)) {
            heap.push(candidate(node.previous));
        }
    }
    const auto end = std::remove(symbols.begin(), symbols.end(), -1);
    return static_cast<std::size_t>(end - symbols.begin());
}

} // namespace linnet::engine
