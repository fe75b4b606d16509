#include "suggest/document_model.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "suggest/word_stream.h"

namespace linnet::suggest {

namespace {

constexpr double pastWeight = 0.5; // of an occurrence in an earlier document
constexpr double mostRecent = 2;   // occurrences just now that earlier documents stand for
// However much was written before, it must not drown what the language at large and this document
// say: all earlier documents count as half so many words, and as so much after any one context.
constexpr double pastWords = 400;
constexpr double pastFollowers = 8;

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
    hash ^= value + 0x9E3779B97F4A7C15U + (hash << 6U) + (hash >> 2U);
    return hash * 0xD6E8FEB86659FD93U;
}

} // namespace

DocumentModel::DocumentModel(const Lexicon& lexicon, double life)
    : m_lexicon(&lexicon)
    , m_life(life) {
    clear();
}

void DocumentModel::clear() {
    m_index.clear();
    m_words.clear();
    m_followers.clear();
    m_learned.clear();
    seed();
    m_history.fill(intern("\n", unknownWord));
}

void DocumentModel::setPast(std::shared_ptr<const PastCounts> past) {
    m_past = std::move(past);
    clear();
}

void DocumentModel::seed() {
    if (!m_past) {
        return;
    }
    double total = 1;
    for (const PastCounts::Word& past : m_past->words) {
        total += past.count;
    }
    std::vector<Item> items;
    for (const PastCounts::Word& past : m_past->words) {
        const auto id = past.count > 0 ? m_lexicon->find(past.text) : std::nullopt;
        items.push_back(intern(past.text, id.value_or(unknownWord)));
        Word& word = m_words[items.back()];
        word.count = pastWeight * past.count;
        // Words that the lexicon lacks compete with each other only.
        const bool listed = word.id != unknownWord && word.id < m_lexicon->vocabulary();
        const double faded = listed ? std::min(1.0, pastWords / total) : 1.0;
        word.recent = std::min(word.count * faded, mostRecent);
    }
    std::unordered_map<std::uint64_t, double> totals; // of what followed a context
    for (const bool adding : {false, true}) {
        const auto add = [&](std::uint64_t context, std::uint32_t next, double count) {
            if (!adding) {
                totals[context] += count;
                return;
            }
            const double share = count * std::min(pastWeight, pastFollowers / totals[context]);
            if (share >= 1) {
                follow(context, items[next], static_cast<float>(share));
            }
        };
        for (const PastCounts::Pair& pair : m_past->pairs) {
            add(contexts({items[pair.items[0]], 0, 0})[0], pair.items[1], pair.count);
        }
        for (const PastCounts::Triple& triple : m_past->triples) {
            add(contexts({items[triple.items[1]], items[triple.items[0]], 0})[1], triple.items[2],
                triple.count);
        }
    }
}

PastCounts DocumentModel::counts() const {
    constexpr std::uint32_t least = 2;
    std::map<std::array<std::uint32_t, 2>, std::uint32_t> pairs;
    std::map<std::array<std::uint32_t, 3>, std::uint32_t> triples;
    std::vector<std::uint32_t> words(m_words.size(), 0);
    for (const Learned& learned : m_learned) {
        ++words[learned.item];
        ++pairs[{learned.history[0], learned.item}];
        ++triples[{learned.history[1], learned.history[0], learned.item}];
    }
    PastCounts result;
    std::vector<std::uint32_t> place(m_words.size(), 0);
    std::vector<bool> taken(m_words.size(), false);
    const auto take = [&](Item item) {
        if (!taken[item]) {
            taken[item] = true;
            place[item] = static_cast<std::uint32_t>(result.words.size());
            result.words.push_back({m_words[item].text, words[item]});
        }
        return place[item];
    };
    for (Item item = 0; item < m_words.size(); ++item) {
        const bool unlisted = m_words[item].id == unknownWord && !isNumber(m_words[item].text);
        if (words[item] >= least || (words[item] > 0 && unlisted)) {
            take(item);
        }
    }
    for (const auto& [items, count] : pairs) {
        if (count >= least) {
            result.pairs.push_back({{take(items[0]), take(items[1])}, count});
        }
    }
    for (const auto& [items, count] : triples) {
        if (count >= least) {
            result.triples.push_back({{take(items[0]), take(items[1]), take(items[2])}, count});
        }
    }
    return result;
}

DocumentModel::Item DocumentModel::intern(std::string_view text, WordId id) {
    const auto [at, isNew] =
        m_index.try_emplace(std::string(text), static_cast<Item>(m_words.size()));
    if (isNew) {
        Word word;
        word.text = text;
        word.id = id;
        m_words.push_back(std::move(word));
    }
    return at->second;
}

// A capital that only the place asks for is undone if the lexicon or the document knows the word
// better without.
DocumentModel::Item DocumentModel::itemFor(std::string_view key, std::string_view word) {
    std::optional<WordId> id = m_lexicon->find(word);
    if (startsSentence(key) && startsUpper(word)) {
        const std::string lower = uncapitalised(word);
        const auto lowerId = m_lexicon->find(lower);
        const auto here = m_index.find(lower);
        if ((lowerId && (!id || *lowerId < *id)) || (!id && here != m_index.end())) {
            return intern(lower, lowerId.value_or(unknownWord));
        }
    }
    return intern(word, id.value_or(unknownWord));
}

void DocumentModel::push(Item item) {
    for (std::size_t i = orders - 1; i > 0; --i) {
        m_history[i] = m_history[i - 1];
    }
    m_history[0] = item;
}

std::array<std::uint64_t, DocumentModel::orders>
DocumentModel::contexts(const std::array<Item, orders>& history) {
    std::array<std::uint64_t, orders> result{};
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < orders; ++i) {
        hash = mix(hash, history[i] + 1U);
        result[i] = hash;
    }
    return result;
}

double DocumentModel::recentCount(const Word& word) const {
    // `at` may lie ahead after rewind().
    const double passed = static_cast<double>(m_learned.size()) - static_cast<double>(word.at);
    return word.recent * std::exp(-passed / m_life);
}

void DocumentModel::count(Item item) {
    Word& word = m_words[item];
    word.recent = recentCount(word) + 1;
    word.at = m_learned.size();
    word.count += 1;
    Learned learned;
    learned.item = item;
    learned.history = m_history;
    for (std::uint64_t context : contexts(m_history)) {
        follow(context, item, 1.0F);
    }
    m_learned.push_back(learned);
}

void DocumentModel::follow(std::uint64_t context, Item item, float count) {
    std::vector<Follower>& followers = m_followers[context];
    const auto known = std::find_if(followers.begin(), followers.end(),
                                    [item](const Follower& f) { return f.item == item; });
    if (known == followers.end()) {
        followers.push_back({item, count});
    } else {
        known->count += count;
    }
}

void DocumentModel::rewind(std::size_t mark) {
    while (m_learned.size() > mark) {
        const Learned learned = m_learned.back();
        m_learned.pop_back();
        Word& word = m_words[learned.item];
        word.count -= 1;
        // The count fades backwards as it faded forwards.
        word.recent =
            word.recent *
                std::exp((static_cast<double>(word.at) - static_cast<double>(m_learned.size())) /
                         m_life) -
            1;
        word.recent = word.count > 0 ? std::max(word.recent, 0.0) : 0.0;
        word.at = m_learned.size();
        for (std::uint64_t context : contexts(learned.history)) {
            std::vector<Follower>& followers = m_followers[context];
            for (Follower& follower : followers) {
                follower.count -= follower.item == learned.item ? 1.0F : 0.0F;
            }
            std::erase_if(followers, [](const Follower& f) { return f.count <= 0; });
        }
    }
}

void DocumentModel::learn(std::string_view text, std::size_t from) {
    m_history.fill(intern("\n", unknownWord));
    bool begun = false;
    std::size_t end = 0;
    const auto separate = [&](std::string_view separator) {
        if (!begun) {
            return std::string("\n");
        }
        std::string key = separatorKey(separator);
        if (key != " " && !key.empty()) {
            push(intern(key, unknownWord));
        }
        return key;
    };
    forEachWord(text, [&](std::string_view separator, std::string_view word) {
        const Item item = itemFor(separate(separator), word);
        const auto begin = static_cast<std::size_t>(word.data() - text.data());
        if (begin >= from) {
            count(item);
        }
        push(item);
        begun = true;
        end = begin + word.size();
    });
    separate(text.substr(end));
}

double DocumentModel::occurrences(std::string_view word) const {
    const auto found = m_index.find(std::string(word));
    return found == m_index.end() ? 0.0 : m_words[found->second].count;
}

void DocumentModel::raiseBursts(std::vector<float>& p, const std::vector<float>& unigrams,
                                const Tuning& tuning) const {
    double gained = 0;
    for (const Word& word : m_words) {
        if (word.count <= 0 || word.id == unknownWord || word.id >= p.size() ||
            unigrams[word.id] <= 0) {
            continue;
        }
        const double here =
            recentCount(word) / static_cast<double>(unigrams[word.id]) / tuning.burstPrior;
        const auto raised = p[word.id] * static_cast<float>(std::pow(here + 1.0, tuning.burst));
        gained += static_cast<double>(raised - p[word.id]);
        p[word.id] = raised;
    }
    const auto scale = static_cast<float>(1.0 / (1.0 + gained));
    for (float& value : p) {
        value *= scale;
    }
}

void DocumentModel::adapt(std::vector<float>& p, const std::vector<float>& unigrams,
                          const Tuning& tuning, std::vector<RareWord>& rare) const {
    raiseBursts(p, unigrams, tuning);
    // Words that p has no place for share the unknown word's mass by how often they came before.
    std::unordered_map<Item, double> rareMass;
    double tokens = 0;
    for (Item item = 0; item < m_words.size(); ++item) {
        const Word& word = m_words[item];
        const bool listed = word.id != unknownWord && word.id < p.size();
        if (word.count > 0 && !listed && !isNumber(word.text)) {
            const double count = recentCount(word);
            tokens += count;
            rareMass[item] = std::max(0.0, count - tuning.rareDiscount);
        }
    }
    constexpr double leastUnknown = 1e-4; // a new word is never impossible
    const double unknown = std::max(static_cast<double>(p[unknownWord]), leastUnknown);
    double left = unknown;
    for (auto& [item, mass] : rareMass) {
        mass *= unknown / (tokens + tuning.rarePrior);
        left -= mass;
    }
    p[unknownWord] = static_cast<float>(left);

    double scale = 1; // of p; what an order adds is divided by it, so that p is scaled once
    for (std::uint64_t context : contexts(m_history)) {
        const auto found = m_followers.find(context);
        if (found == m_followers.end() || found->second.empty()) {
            break; // longer contexts are unknown too
        }
        double total = 0;
        for (const Follower& follower : found->second) {
            total += static_cast<double>(follower.count);
        }
        const double discount = tuning.repeatDiscount;
        const double kinds = static_cast<double>(found->second.size());
        scale *= (tuning.repeatPrior + discount * kinds) / (total + tuning.repeatPrior);
        for (const Follower& follower : found->second) {
            const double share = (static_cast<double>(follower.count) - discount) /
                                 (total + tuning.repeatPrior) / scale;
            const Word& word = m_words[follower.item];
            if (word.id != unknownWord && word.id < p.size()) {
                p[word.id] += static_cast<float>(share);
            } else {
                rareMass[follower.item] += share;
            }
        }
    }
    for (float& value : p) {
        value *= static_cast<float>(scale);
    }
    rare.clear();
    for (const auto& [item, mass] : rareMass) {
        rare.push_back({m_words[item].text, mass * scale});
    }
}

} // namespace linnet::suggest
