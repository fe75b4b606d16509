#include "training/bpe_trainer.h"

#include <algorithm>
#include <array>
#include <queue>

namespace linnet::training {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

using Id = std::uint32_t;
using PairKey = std::uint64_t;

PairKey pairKey(Id left, Id right) {
    return (static_cast<PairKey>(left) << 32U) | right;
}

bool isPrintable(unsigned byte) {
    return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

/// Byte of each initial id: printable bytes first, as GPT-2's vocabulary lists them.
std::array<unsigned char, 256> initialAlphabet() {
    std::array<unsigned char, 256> order{};
    std::size_t next = 0;
    for (const bool printable : {true, false}) {
        for (unsigned byte = 0; byte < 256; ++byte) {
            if (isPrintable(byte) == printable) {
                order[next++] = static_cast<unsigned char>(byte);
            }
        }
    }
    return order;
}

struct Word {
    std::vector<Id> ids;
    std::int64_t count = 0;
};

struct PairInfo {
    std::int64_t count = 0;
    std::vector<std::uint32_t> words; // indexes of words that held the pair at some time
};

struct Candidate {
    std::int64_t count = 0;
    PairKey key = 0;
    bool operator<(const Candidate& other) const {
        return count != other.count ? count < other.count : key > other.key;
    }
};

/// The state of one training run: words as id sequences, counts of adjacent pairs, and a queue
/// whose outdated entries are corrected when they surface.
class MergeLearner {
public:
    explicit MergeLearner(std::vector<Word> words)
        : m_words(std::move(words)) {
        for (std::uint32_t w = 0; w < m_words.size(); ++w) {
            const auto& ids = m_words[w].ids;
            for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
                change(pairKey(ids[i], ids[i + 1]), m_words[w].count, w);
            }
        }
        for (const auto& [key, info] : m_pairs) {
            m_queue.push({info.count, key});
        }
        m_touched.clear();
    }

    /// The most frequent pair now, or a count below 2 when none is left to merge.
    Candidate best() {
        while (!m_queue.empty()) {
            const Candidate top = m_queue.top();
            m_queue.pop();
            const auto found = m_pairs.find(top.key);
            const std::int64_t count = found == m_pairs.end() ? 0 : found->second.count;
            if (count == top.count) {
                return top;
            }
            if (count > 1) {
                m_queue.push({count, top.key});
            }
        }
        return {};
    }

    void merge(PairKey key, Id joined) {
        const auto left = static_cast<Id>(key >> 32U);
        const auto right = static_cast<Id>(key & 0xFFFFFFFFU);
        std::vector<std::uint32_t> words = std::move(m_pairs[key].words);
        std::sort(words.begin(), words.end());
        words.erase(std::unique(words.begin(), words.end()), words.end());
        for (const std::uint32_t w : words) {
            mergeInWord(w, left, right, joined);
        }
        m_pairs.erase(key);
        std::sort(m_touched.begin(), m_touched.end());
        m_touched.erase(std::unique(m_touched.begin(), m_touched.end()), m_touched.end());
        for (const PairKey touched : m_touched) {
            const auto found = m_pairs.find(touched);
            if (found != m_pairs.end() && found->second.count > 1) {
                m_queue.push({found->second.count, touched});
            }
        }
        m_touched.clear();
    }

private:
    void change(PairKey key, std::int64_t by, std::uint32_t word) {
        PairInfo& info = m_pairs[key];
        info.count += by;
        if (by > 0) {
            if (info.words.empty() || info.words.back() != word) {
                info.words.push_back(word);
            }
            m_touched.push_back(key); // a fallen count needs no new entry: best() corrects it
        }
    }

    void mergeInWord(std::uint32_t w, Id left, Id right, Id joined) {
        Word& word = m_words[w];
        auto& ids = word.ids;
        std::size_t out = 0;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            if (ids[i] != left || i + 1 == ids.size() || ids[i + 1] != right) {
                ids[out++] = ids[i];
                continue;
            }
            if (out > 0) {
                change(pairKey(ids[out - 1], left), -word.count, w);
                change(pairKey(ids[out - 1], joined), word.count, w);
            }
            if (i + 2 < ids.size()) {
                change(pairKey(right, ids[i + 2]), -word.count, w);
                change(pairKey(joined, ids[i + 2]), word.count, w);
            }
            ids[out++] = joined;
            ++i;
        }
        ids.resize(out);
    }

    std::vector<Word> m_words;
    std::unordered_map<PairKey, PairInfo> m_pairs;
    std::vector<PairKey> m_touched;
    std::priority_queue<Candidate> m_queue;
};

} // namespace

std::uint32_t byteLevelCodePoint(unsigned char byte) {
    static const std::array<std::uint32_t, 256> table = [] {
        std::array<std::uint32_t, 256> t{};
        std::uint32_t next = 256;
        for (unsigned b = 0; b < 256; ++b) {
            t[b] = isPrintable(b) ? b : next++;
        }
        return t;
    }();
    return table[byte];
}

std::string toByteLevel(std::string_view bytes) {
    std::string out;
    for (const char c : bytes) {
        const std::uint32_t point = byteLevelCodePoint(static_cast<unsigned char>(c));
        if (point < 0x80) {
            out.push_back(static_cast<char>(point));
        } else { // at most U+0143: two bytes of UTF-8
            out.push_back(static_cast<char>(0xC0U | (point >> 6U)));
            out.push_back(static_cast<char>(0x80U | (point & 0x3FU)));
        }
    }
    return out;
}

void BpeTrainer::add(std::string_view piece, std::uint64_t count) {
    const auto found = m_counts.find(piece);
    if (found != m_counts.end()) {
        found->second += count;
    } else {
        m_counts.emplace(std::string(piece), count);
    }
}

Result<BpeModel> BpeTrainer::train(std::size_t vocabularySize, std::vector<std::string> specials,
                                   std::string pattern) const {
    if (vocabularySize < 256 + specials.size()) {
        return Error{ErrorCode::InvalidArgument,
                     "vocabulary size " + std::to_string(vocabularySize) + " is below the " +
                         std::to_string(256 + specials.size()) + " of bytes and special tokens"};
    }
    BpeModel model;
    model.specials = std::move(specials);
    model.pattern = std::move(pattern);
    const auto alphabet = initialAlphabet();
    std::array<Id, 256> idOfByte{};
    for (Id id = 0; id < 256; ++id) {
        idOfByte[alphabet[id]] = id;
        model.tokens.emplace_back(1, static_cast<char>(alphabet[id]));
    }

    std::vector<Word> words;
    words.reserve(m_counts.size());
    for (const auto& [piece, count] : m_counts) {
        Word word;
        word.count = static_cast<std::int64_t>(count);
        for (const char c : piece) {
            word.ids.push_back(idOfByte[static_cast<unsigned char>(c)]);
        }
        words.push_back(std::move(word));
    }
    MergeLearner learner(std::move(words));
    while (model.vocabularySize() < vocabularySize) {
        const Candidate top = learner.best();
        if (top.count < 2) {
            break;
        }
        const auto left = static_cast<Id>(top.key >> 32U);
        const auto right = static_cast<Id>(top.key & 0xFFFFFFFFU);
        const auto joined = static_cast<Id>(model.tokens.size());
        model.tokens.push_back(model.tokens[left] + model.tokens[right]);
        model.merges.emplace_back(left, right);
        learner.merge(top.key, joined);
    }
    return model;
}

} // namespace linnet::training
