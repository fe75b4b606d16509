#include "verse/phrase_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "verse/byte_stream.h"
#include "verse/model_companion.h"
#include "verse/poem_record.h"

namespace linnet::verse {

using engine::Result;
using engine::TokenId;

namespace {

constexpr float stepsPerBit = 8;  // codes are steps of the binary logarithm, downwards
constexpr float mostKept = 0.98F; // an order never silences the ones below

std::uint8_t encode(float kept) {
    const float steps = -std::log2(std::max(kept, 1e-9F)) * stepsPerBit;
    return static_cast<std::uint8_t>(std::clamp(std::lround(steps), 0L, 255L));
}

const std::array<float, 256>& decoded() {
    static const std::array<float, 256> table = [] {
        std::array<float, 256> values{};
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i] = std::exp2(-static_cast<float>(i) / stepsPerBit);
        }
        return values;
    }();
    return table;
}

// Writes phrases that agree up to `field` as a tree: how many different tokens come next, and for
// each its distance from the one before and its own tree; at the end, what it keeps.
void writeTree(ByteWriter& out, std::span<const Phrase> phrases, std::size_t field,
               std::size_t last) {
    const auto tokenAt = [&](std::size_t i) { return phrases[i].tokens[field]; };
    std::uint32_t groups = 0;
    for (std::size_t i = 0; i < phrases.size(); ++i) {
        groups += i == 0 || tokenAt(i) != tokenAt(i - 1) ? 1 : 0;
    }
    out.varint(groups);
    std::uint32_t next = 0;
    for (std::size_t begin = 0; begin < phrases.size();) {
        std::size_t end = begin + 1;
        while (end < phrases.size() && tokenAt(end) == tokenAt(begin)) {
            ++end;
        }
        out.varint(tokenAt(begin) - next);
        next = tokenAt(begin) + 1U;
        if (field == last) {
            out.u8(encode(phrases[begin].kept));
        } else {
            writeTree(out, phrases.subspan(begin, end - begin), field + 1, last);
        }
        begin = end;
    }
}

std::uint64_t contextKey(std::span<const std::uint16_t> context) {
    std::uint64_t key = 0;
    for (const std::uint16_t token : context) {
        key = (key << 16U) | token;
    }
    return key;
}

// Calls take(context, token, code) for every phrase of a tree; false if the file is damaged.
template <typename Take>
bool readTree(ByteReader& in, std::uint32_t vocabulary, std::span<std::uint16_t> context,
              std::size_t field, const Take& take) {
    const std::uint32_t groups = in.varint();
    std::uint32_t next = 0;
    for (std::uint32_t i = 0; i < groups; ++i) {
        const std::uint32_t token = next + in.varint();
        if (!in.ok() || token < next || token >= vocabulary) {
            return false;
        }
        next = token + 1;
        if (field == context.size()) {
            take(contextKey(context), static_cast<std::uint16_t>(token), in.u8());
            continue;
        }
        context[field] = static_cast<std::uint16_t>(token);
        if (!readTree(in, vocabulary, context, field + 1, take)) {
            return false;
        }
    }
    return in.ok();
}

} // namespace

Result<std::shared_ptr<const PhraseModel>> PhraseModel::load(const std::filesystem::path& file,
                                                             const engine::Tokenizer& tokenizer) {
    const auto read = readCompanion(file, LexiconKind::Phrases, tokenizer);
    if (!read) {
        return read.error();
    }
    auto model = std::make_shared<PhraseModel>();
    model->m_start = tokenizer.find(record_token::lines).value_or(-1);
    if (!model->parse(read->payload)) {
        return damagedCompanion(file);
    }
    return std::shared_ptr<const PhraseModel>(std::move(model));
}

bool PhraseModel::parse(std::span<const std::uint8_t> payload) {
    ByteReader in(payload);
    in.u64(); // the vocabulary, which was looked at
    const std::uint32_t vocabulary = std::min<std::uint32_t>(in.u32(), 65536);
    for (const std::uint8_t code : in.raw(vocabulary)) {
        m_commonness.push_back(std::log(decoded()[code]));
    }
    if (m_commonness.size() != vocabulary) {
        return false;
    }
    std::array<std::uint16_t, 3> context{};
    for (std::size_t i = 0; i < m_orders.size(); ++i) {
        Order& order = m_orders[i];
        const auto take = [&](std::uint64_t key, std::uint16_t token, std::uint8_t code) {
            if (order.contexts.empty() || order.contexts.back() != key) {
                order.contexts.push_back(key);
                order.begins.push_back(static_cast<std::uint32_t>(order.tokens.size()));
            }
            order.tokens.push_back(token);
            order.codes.push_back(code);
        };
        if (!readTree(in, vocabulary, std::span(context).first(i + 1), 0, take)) {
            return false;
        }
        order.begins.push_back(static_cast<std::uint32_t>(order.tokens.size()));
    }
    return in.atEnd();
}

std::vector<std::uint8_t> PhraseModel::serialized(const engine::Tokenizer& tokenizer,
                                                  std::span<const std::vector<Phrase>, 3> orders,
                                                  const std::vector<float>& shares) {
    ByteWriter out;
    out.u64(vocabularyHash(tokenizer));
    out.u32(static_cast<std::uint32_t>(tokenizer.size()));
    for (const float share : shares) {
        out.u8(encode(share));
    }
    for (std::size_t i = 0; i < orders.size(); ++i) {
        writeTree(out, orders[i], 0, i + 1);
    }
    return out.bytes();
}

float PhraseModel::commonness(TokenId before, TokenId token) const {
    float found = -100;
    forEachAfter(before,
                 [&](TokenId other, float common) { found = other == token ? common : found; });
    return found;
}

void PhraseModel::forEachAfter(
    TokenId before, const std::function<void(TokenId token, float commonness)>& visit) const {
    const Order& pairs = m_orders.front();
    const auto key = static_cast<std::uint64_t>(before);
    const auto at = std::lower_bound(pairs.contexts.begin(), pairs.contexts.end(), key);
    if (at == pairs.contexts.end() || *at != key) {
        return;
    }
    static const std::array<float, 256> logs = [] {
        std::array<float, 256> values{};
        std::transform(decoded().begin(), decoded().end(), values.begin(),
                       [](float value) { return std::log(value); });
        return values;
    }();
    const auto index = static_cast<std::size_t>(at - pairs.contexts.begin());
    for (std::size_t i = pairs.begins[index]; i < pairs.begins[index + 1]; ++i) {
        visit(pairs.tokens[i], commonness(before) + logs[pairs.codes[i]]);
    }
}

std::array<PhraseModel::Followers, 3>
PhraseModel::followersOf(std::span<const TokenId> context) const {
    std::array<Followers, 3> found;
    const std::array<float, 256>& valueOf = decoded();
    std::uint64_t key = 0;
    TokenId token = m_start;
    for (std::size_t i = 0; i < m_orders.size(); ++i) {
        const bool begun = i < context.size() && (i == 0 || token != m_start);
        token = begun ? context[context.size() - 1 - i] : m_start;
        key = (key << 16U) | static_cast<std::uint16_t>(token);
        const Order& order = m_orders[i];
        const auto at = std::lower_bound(order.contexts.begin(), order.contexts.end(), key);
        if (at == order.contexts.end() || *at != key) {
            break; // longer contexts are not known either
        }
        const auto index = static_cast<std::size_t>(at - order.contexts.begin());
        found[i].begin = order.begins[index];
        found[i].end = order.begins[index + 1];
        float mass = 0;
        for (std::size_t j = found[i].begin; j < found[i].end; ++j) {
            mass += valueOf[order.codes[j]];
        }
        found[i].scale = mass > mostKept ? mostKept / mass : 1.0F;
        found[i].passed = 1 - mass * found[i].scale;
    }
    return found;
}

float PhraseModel::logProb(std::span<const TokenId> context, TokenId token) const {
    const auto found = followersOf(context);
    float sum = 0;
    float left = 1;
    for (std::size_t i = m_orders.size(); i-- > 0;) {
        const auto first = m_orders[i].tokens.begin();
        const auto end = first + static_cast<std::ptrdiff_t>(found[i].end);
        const auto at = std::lower_bound(first + static_cast<std::ptrdiff_t>(found[i].begin), end,
                                         static_cast<std::uint16_t>(token));
        if (at != end && *at == static_cast<std::uint16_t>(token)) {
            sum += left * found[i].scale *
                   decoded()[m_orders[i].codes[static_cast<std::size_t>(at - first)]];
        }
        left *= found[i].passed;
    }
    return std::log(sum + left * std::exp(commonness(token)));
}

void PhraseModel::blend(std::span<const TokenId> context, float share,
                        std::span<float> logProbs) const {
    const std::array<float, 256>& valueOf = decoded();
    const auto found = followersOf(context);
    // What is known goes into sums of probabilities, word by word; all other words only lose the
    // share that is not the network's.
    std::vector<std::pair<std::uint16_t, float>> known;
    float left = share;
    for (std::size_t i = m_orders.size(); i-- > 0;) {
        for (std::size_t j = found[i].begin; j < found[i].end; ++j) {
            known.emplace_back(m_orders[i].tokens[j],
                               valueOf[m_orders[i].codes[j]] * found[i].scale * left);
        }
        left *= found[i].passed;
    }
    const float network = 1 - share + left;
    const float shift = std::log(network);
    for (float& logProb : logProbs) {
        logProb += shift;
    }
    for (const auto& [word, part] : known) {
        float& logProb = logProbs[word];
        logProb = std::log(std::exp(logProb) + part);
    }
}

} // namespace linnet::verse
