#include "suggest/network_words.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "suggest/unicode_words.h"

namespace linnet::suggest {

using engine::Generator;
using engine::Result;
using engine::TokenId;
using engine::Tokenizer;

namespace {

constexpr std::size_t mostTokens = 224; // given to the network
constexpr std::size_t keptTokens = 112; // of them when the window moves
constexpr TokenId noToken = -1;

// The first token of each word, from one run over all of them: `lead` makes each a word of its
// own for every pre-tokenizer in use.
std::vector<TokenId> firstTokens(const Tokenizer& tokenizer, const std::vector<std::string>& words,
                                 char lead) {
    std::string text;
    std::vector<std::size_t> starts;
    for (const std::string& word : words) {
        starts.push_back(text.size() + (lead == ' ' ? 0U : 1U));
        text += lead;
        text += word;
    }
    std::vector<TokenId> first(words.size(), noToken);
    std::size_t at = 0;
    std::size_t word = 0;
    for (TokenId token : tokenizer.encode(text)) {
        while (word < starts.size() && starts[word] < at) {
            ++word;
        }
        if (word < starts.size() && starts[word] == at) {
            first[word] = token;
        }
        at += tokenizer.bytes(token).size();
    }
    return first;
}

} // namespace

NetworkWords::NetworkWords(const Lexicon& lexicon)
    : m_lexicon(lexicon) {
}

void NetworkWords::textCut(std::size_t bytes) {
    m_windowStart -= std::min(bytes, m_windowStart);
}

NetworkWords::Table NetworkWords::makeTable(const Tokenizer& tokenizer, char lead) const {
    const std::size_t slots = m_lexicon.vocabulary() + m_lexicon.tailWords();
    const auto tokens = static_cast<std::size_t>(tokenizer.size());
    Table result;
    result.tailPlain.assign(tokens, 0.0F);
    result.tailCapital.assign(tokens, 0.0F);
    std::vector<std::string> words;
    words.reserve(m_lexicon.size());
    const auto spread = [&](std::vector<TokenId>& bySlot, std::vector<float>& tail) {
        const std::vector<TokenId> first = firstTokens(tokenizer, words, lead);
        bySlot.assign(slots, noToken);
        for (std::size_t at = 0; at < first.size(); ++at) {
            const WordId id = m_lexicon.idAt(at);
            const bool ofTail = id >= firstTailWord;
            bySlot[ofTail ? m_lexicon.vocabulary() + (id - firstTailWord) : id] = first[at];
            if (ofTail && first[at] != noToken) {
                tail[static_cast<std::size_t>(first[at])] +=
                    static_cast<float>(m_lexicon.tailShare(id));
            }
        }
    };
    for (std::size_t at = 0; at < m_lexicon.size(); ++at) {
        words.emplace_back(m_lexicon.wordAt(at));
    }
    spread(result.plain, result.tailPlain);
    for (std::string& word : words) {
        word = capitalised(word);
    }
    spread(result.capital, result.tailCapital);
    return result;
}

const NetworkWords::Table& NetworkWords::table(const Generator& network) {
    const Tokenizer* tokenizer = &network.tokenizer();
    {
        const std::lock_guard lock(m_mutex);
        if (m_prepared && m_prepared->tokenizer == tokenizer) {
            m_tables = std::move(*m_prepared);
        }
        m_prepared.reset();
    }
    if (m_tables.tokenizer != tokenizer) {
        m_tables = {};
        m_tables.tokenizer = tokenizer;
    }
    Table& wanted = m_afterSpace ? m_tables.afterSpace : m_tables.elsewhere;
    if (wanted.plain.empty()) {
        wanted = makeTable(*tokenizer, m_afterSpace ? ' ' : '\n');
    }
    return wanted;
}

void NetworkWords::prepare(Generator& network, std::stop_token stop) {
    auto tables = std::make_unique<Tables>();
    tables->tokenizer = &network.tokenizer();
    tables->afterSpace = makeTable(network.tokenizer(), ' ');
    if (stop.stop_requested()) {
        return;
    }
    tables->elsewhere = makeTable(network.tokenizer(), '\n');
    {
        const std::lock_guard lock(m_mutex);
        m_prepared = std::move(tables);
    }
    // As many tokens as a first request may bring; what the network says to them does not matter,
    // nor does a failure, which the first request will meet and tell.
    std::string text;
    for (std::size_t at = 0; at < std::min<std::size_t>(m_lexicon.size(), keptTokens); ++at) {
        text += m_lexicon.wordAt(at);
        text += ' ';
    }
    std::vector<TokenId> tokens = network.tokenizer().encode(text);
    tokens.resize(std::min(tokens.size(), keptTokens));
    if (!tokens.empty()) {
        [[maybe_unused]] const auto ignored = network.nextTokenLogProbs(tokens, std::move(stop));
    }
}

std::vector<TokenId> NetworkWords::windowTokens(const Tokenizer& tokenizer, std::string_view text) {
    m_windowStart = m_windowStart > text.size() ? 0 : m_windowStart;
    // A long text that is new: no use in encoding more than fits.
    constexpr std::size_t bytesPerToken = 6;
    if (text.size() - m_windowStart > 2 * mostTokens * bytesPerToken) {
        const std::size_t space =
            text.find_first_of(" \n", text.size() - keptTokens * bytesPerToken);
        m_windowStart =
            space == std::string_view::npos ? text.size() - keptTokens * bytesPerToken : space;
    }
    std::vector<TokenId> tokens = tokenizer.encode(text.substr(m_windowStart));
    if (tokens.size() > mostTokens) {
        std::size_t bytes = 0;
        for (std::size_t i = tokens.size() - keptTokens; i < tokens.size(); ++i) {
            bytes += tokenizer.bytes(tokens[i]).size();
        }
        const std::size_t from = text.size() - std::min(bytes, text.size());
        const std::size_t space = text.find_first_of(" \n", from);
        m_windowStart = space == std::string_view::npos ? from : space;
        tokens = tokenizer.encode(text.substr(m_windowStart));
        if (tokens.size() > mostTokens) {
            tokens.erase(tokens.begin(), tokens.end() - static_cast<std::ptrdiff_t>(keptTokens));
        }
    }
    return tokens;
}

Result<bool> NetworkWords::evaluate(Generator& network, std::string_view text,
                                    std::stop_token stop) {
    m_table = nullptr;
    const Tokenizer& tokenizer = network.tokenizer();
    m_afterSpace = !text.empty() && text.back() == ' ';
    if (m_afterSpace) {
        text.remove_suffix(1);
    }
    const Table& words = table(network);
    std::vector<TokenId> tokens = windowTokens(tokenizer, text);
    if (tokens.empty()) {
        const auto start = tokenizer.endOfText();
        if (!start) {
            return true;
        }
        tokens.push_back(*start);
    }
    const auto logs = network.nextTokenLogProbs(tokens, stop);
    if (!logs) {
        return logs.error();
    }
    if (logs->empty()) {
        return false;
    }
    m_token.resize(words.tailPlain.size());
    const std::size_t known = std::min(m_token.size(), logs->size());
    std::fill(m_token.begin(), m_token.end(), 0.0F);
    for (std::size_t i = 0; i < known; ++i) {
        m_token[i] = std::exp((*logs)[i]);
    }
    m_table = &words;
    return true;
}

// The factors of the tail's words, against that of their sum.
void NetworkWords::correctTail(WordDistribution& words, const Table& table) {
    const auto rate = static_cast<float>(words.capitalRate);
    words.tailFactors.resize(m_lexicon.tailWords());
    double tail = 0;
    double tailBefore = 0;
    for (std::size_t i = 0; i < words.tailFactors.size(); ++i) {
        const std::size_t slot = m_lexicon.vocabulary() + i;
        const double here = m_lexicon.tailShare(firstTailWord + static_cast<WordId>(i));
        float factor = 1;
        if (table.plain[slot] != noToken && table.capital[slot] != noToken) {
            factor = (1.0F - rate) * m_factor[static_cast<std::size_t>(table.plain[slot])] +
                     rate * m_factor[static_cast<std::size_t>(table.capital[slot])];
        }
        words.tailFactors[i] = factor;
        tail += here * static_cast<double>(factor);
        tailBefore += here;
    }
    m_unknownFactor = tailBefore > 0 && tail > 0 ? tail / tailBefore : 1.0;
    for (float& factor : words.tailFactors) {
        factor = static_cast<float>(static_cast<double>(factor) / m_unknownFactor);
    }
}

void NetworkWords::correct(WordDistribution& words, double exponent) {
    words.tailFactors.clear();
    m_wordShare = 1;
    if (m_table == nullptr) {
        return;
    }
    const Table& table = *m_table;
    const auto rate = static_cast<float>(words.capitalRate);
    const float unknown = words.p[unknownWord];
    std::vector<float> counted(m_token.size(), 0.0F);
    for (std::size_t token = 0; token < counted.size(); ++token) {
        counted[token] =
            unknown * ((1.0F - rate) * table.tailPlain[token] + rate * table.tailCapital[token]);
    }
    for (std::size_t id = m_lexicon.firstWord(); id < words.p.size(); ++id) {
        if (table.plain[id] != noToken && table.capital[id] != noToken) {
            const float capital = words.p[id] * words.capitalShare[id];
            counted[static_cast<std::size_t>(table.plain[id])] += words.p[id] - capital;
            counted[static_cast<std::size_t>(table.capital[id])] += capital;
        }
    }
    double share = 0;
    double countedShare = 0;
    for (std::size_t token = 0; token < counted.size(); ++token) {
        share += counted[token] > 0 ? static_cast<double>(m_token[token]) : 0.0;
        countedShare += static_cast<double>(counted[token]);
    }
    m_wordShare = share;
    m_factor.assign(counted.size(), 1.0F);
    for (std::size_t token = 0; token < counted.size(); ++token) {
        if (counted[token] > 0 && share > 0) {
            const double ratio = static_cast<double>(m_token[token]) / share /
                                 (static_cast<double>(counted[token]) / countedShare);
            m_factor[token] = static_cast<float>(std::pow(std::clamp(ratio, 1e-4, 1e4), exponent));
        }
    }
    double sum = 0;
    for (std::size_t id = m_lexicon.firstWord(); id < words.p.size(); ++id) {
        if (table.plain[id] == noToken || table.capital[id] == noToken) {
            sum += static_cast<double>(words.p[id]);
            continue;
        }
        const float capital = words.p[id] * words.capitalShare[id] *
                              m_factor[static_cast<std::size_t>(table.capital[id])];
        const float plain = words.p[id] * (1.0F - words.capitalShare[id]) *
                            m_factor[static_cast<std::size_t>(table.plain[id])];
        words.p[id] = capital + plain;
        words.capitalShare[id] = words.p[id] > 0 ? capital / words.p[id] : 0.0F;
        sum += static_cast<double>(words.p[id]);
    }
    correctTail(words, table);
    words.p[unknownWord] = static_cast<float>(static_cast<double>(unknown) * m_unknownFactor);
    words.p[numberWord] = 0;
    sum += static_cast<double>(words.p[unknownWord]);
    const auto scale = static_cast<float>(1.0 / sum);
    for (float& p : words.p) {
        p *= scale;
    }
}

double NetworkWords::factorOf(const Generator& network, const std::string& word) {
    if (m_table == nullptr || m_factor.empty()) {
        return 1;
    }
    const std::vector<TokenId> tokens =
        network.tokenizer().encode(m_afterSpace ? " " + word : word);
    if (tokens.empty()) {
        return 1;
    }
    const double factor =
        static_cast<double>(m_factor[static_cast<std::size_t>(tokens.front())]) / m_unknownFactor;
    return std::clamp(factor, 0.1, 30.0);
}

} // namespace linnet::suggest
