#include "suggest/past_counts.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace linnet::suggest {

namespace {

template <typename Sequence>
void addSequences(std::vector<Sequence>& all, const std::vector<Sequence>& others,
                  const std::vector<std::uint32_t>& place) {
    std::map<decltype(Sequence::items), std::size_t> known;
    for (std::size_t i = 0; i < all.size(); ++i) {
        known.emplace(all[i].items, i);
    }
    for (Sequence other : others) {
        for (std::uint32_t& item : other.items) {
            item = place[item];
        }
        const auto [at, isNew] = known.try_emplace(other.items, all.size());
        if (isNew) {
            all.push_back(other);
        } else {
            all[at->second].count += other.count;
        }
    }
}

template <typename Sequence>
bool inRange(const std::vector<Sequence>& sequences, std::size_t words) {
    return std::all_of(sequences.begin(), sequences.end(), [words](const Sequence& one) {
        return std::all_of(one.items.begin(), one.items.end(),
                           [words](std::uint32_t item) { return item < words; });
    });
}

} // namespace

void PastCounts::add(const PastCounts& other) {
    std::unordered_map<std::string, std::uint32_t> known;
    for (std::uint32_t i = 0; i < words.size(); ++i) {
        known.emplace(words[i].text, i);
    }
    std::vector<std::uint32_t> place;
    for (const Word& word : other.words) {
        const auto [at, isNew] =
            known.try_emplace(word.text, static_cast<std::uint32_t>(words.size()));
        if (isNew) {
            words.push_back(word);
        } else {
            words[at->second].count += word.count;
        }
        place.push_back(at->second);
    }
    addSequences(pairs, other.pairs, place);
    addSequences(triples, other.triples, place);
}

bool PastCounts::isSound() const {
    std::unordered_set<std::string> seen;
    for (const Word& word : words) {
        if (word.text.empty() || !seen.insert(word.text).second) {
            return false;
        }
    }
    return inRange(pairs, words.size()) && inRange(triples, words.size());
}

} // namespace linnet::suggest
