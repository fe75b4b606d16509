#include "training/scores/caption_scores.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "training/scores/caption_references.h"

namespace linnet::training {

namespace {

constexpr std::size_t kOrders = 4;
using Counts = std::map<CaptionWords, double>;
using GramCounts = std::array<Counts, kOrders>;

GramCounts gramsOf(const CaptionWords& words) {
    GramCounts counts;
    for (std::size_t n = 0; n < kOrders; ++n) {
        for (std::size_t i = 0; i + n < words.size(); ++i) {
            const auto begin = words.begin() + static_cast<std::ptrdiff_t>(i);
            ++counts[n][CaptionWords(begin, begin + static_cast<std::ptrdiff_t>(n) + 1)];
        }
    }
    return counts;
}

/// Corpus sums of BLEU.
struct BleuSums {
    std::array<double, kOrders> matched{};
    std::array<double, kOrders> guessed{};
    double length = 0.0;
    double referenceLength = 0.0;

    void add(const ScoredCaption& item) {
        const GramCounts candidate = gramsOf(item.candidate);
        GramCounts most;
        double closest = 0.0;
        double distance = 1e18;
        const auto own = static_cast<double>(item.candidate.size());
        for (const CaptionWords& reference : item.references) {
            const auto size = static_cast<double>(reference.size());
            const double off = std::abs(size - own);
            if (off < distance || (off == distance && size < closest)) {
                distance = off;
                closest = size;
            }
            const GramCounts grams = gramsOf(reference);
            for (std::size_t n = 0; n < kOrders; ++n) {
                for (const auto& [gram, count] : grams[n]) {
                    double& best = most[n][gram];
                    best = std::max(best, count);
                }
            }
        }
        length += own;
        referenceLength += closest;
        for (std::size_t n = 0; n < kOrders; ++n) {
            for (const auto& [gram, count] : candidate[n]) {
                const auto found = most[n].find(gram);
                matched[n] += found == most[n].end() ? 0.0 : std::min(count, found->second);
                guessed[n] += count;
            }
        }
    }

    [[nodiscard]] std::array<double, kOrders> scores() const {
        const double brevity = length < referenceLength && length > 0.0
                                   ? std::exp(1.0 - referenceLength / length)
                                   : 1.0;
        std::array<double, kOrders> scores{};
        double product = 1.0;
        for (std::size_t n = 0; n < kOrders; ++n) {
            product *= guessed[n] > 0.0 ? matched[n] / guessed[n] : 0.0;
            scores[n] = brevity * std::pow(product, 1.0 / static_cast<double>(n + 1));
        }
        return scores;
    }
};

std::size_t longestCommonSubsequence(const CaptionWords& a, const CaptionWords& b) {
    std::vector<std::size_t> row(b.size() + 1, 0);
    for (const std::string& word : a) {
        std::size_t diagonal = 0;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = word == b[j - 1] ? diagonal + 1 : std::max(above, row[j - 1]);
            diagonal = above;
        }
    }
    return row[b.size()];
}

double rougeL(const ScoredCaption& item) {
    constexpr double betaSquared = 1.2 * 1.2;
    double precision = 0.0;
    double recall = 0.0;
    for (const CaptionWords& reference : item.references) {
        const auto common =
            static_cast<double>(longestCommonSubsequence(item.candidate, reference));
        if (common > 0.0) {
            precision = std::max(precision, common / static_cast<double>(item.candidate.size()));
            recall = std::max(recall, common / static_cast<double>(reference.size()));
        }
    }
    return precision == 0.0 || recall == 0.0
               ? 0.0
               : (1.0 + betaSquared) * precision * recall / (recall + betaSquared * precision);
}

/// The word without its plural, -ing or -ed, where enough is left.
std::string stem(const std::string& word) {
    for (const std::string_view tail : {"ing", "ed", "es", "s"}) {
        if (word.size() >= tail.size() + 3 && word.ends_with(tail)) {
            std::string base = word.substr(0, word.size() - tail.size());
            const std::size_t last = base.size() - 1;
            if (tail != "s" && base[last] == base[last - 1] && base[last] != 's' &&
                base[last] != 'l') {
                base.pop_back(); // running
            }
            while (base.size() > 2 && base.back() == 'e') {
                base.pop_back();
            }
            return base;
        }
    }
    return word.size() > 3 && word.back() == 'e' ? word.substr(0, word.size() - 1) : word;
}

} // namespace

double meteorLikeScore(const CaptionWords& candidate, const CaptionWords& reference) {
    constexpr std::size_t none = static_cast<std::size_t>(-1);
    std::vector<std::size_t> place(candidate.size(), none); // in the reference
    std::vector<bool> used(reference.size(), false);
    for (const bool stemmed : {false, true}) { // exact matches go first
        for (std::size_t i = 0; i < candidate.size(); ++i) {
            const auto fits = [&](std::size_t j) {
                return j < reference.size() && !used[j] &&
                       (stemmed ? stem(candidate[i]) == stem(reference[j])
                                : candidate[i] == reference[j]);
            };
            if (place[i] != none) {
                continue;
            }
            // Where the word before was matched, its neighbour is best: fewer chunks.
            std::size_t j =
                i > 0 && place[i - 1] != none && fits(place[i - 1] + 1) ? place[i - 1] + 1 : 0;
            while (j < reference.size() && !fits(j)) {
                ++j;
            }
            if (j < reference.size()) {
                place[i] = j;
                used[j] = true;
            }
        }
    }
    double matches = 0.0;
    double chunks = 0.0;
    for (std::size_t i = 0; i < place.size(); ++i) {
        if (place[i] != none) {
            ++matches;
            chunks += i > 0 && place[i - 1] != none && place[i] == place[i - 1] + 1 ? 0.0 : 1.0;
        }
    }
    if (matches == 0.0) {
        return 0.0;
    }
    const double precision = matches / static_cast<double>(candidate.size());
    const double recall = matches / static_cast<double>(reference.size());
    const double mean = 10.0 * precision * recall / (recall + 9.0 * precision);
    return mean * (1.0 - 0.5 * std::pow(chunks / matches, 3.0));
}

CaptionScores scoreCaptions(const std::vector<ScoredCaption>& captions) {
    CaptionScores scores;
    if (captions.empty()) {
        return scores;
    }
    BleuSums bleu;
    std::vector<std::vector<CaptionWords>> pictures;
    for (const ScoredCaption& item : captions) {
        pictures.push_back(item.references);
    }
    const CaptionReferences references(pictures);
    for (std::size_t i = 0; i < captions.size(); ++i) {
        const ScoredCaption& item = captions[i];
        bleu.add(item);
        scores.rougeL += rougeL(item);
        const auto [plain, clipped] = references.cider(i, item.candidate);
        scores.cider += plain;
        scores.ciderD += clipped;
        double best = 0.0;
        for (const CaptionWords& reference : item.references) {
            best = std::max(best, meteorLikeScore(item.candidate, reference));
        }
        scores.meteorLike += best;
    }
    scores.bleu = bleu.scores();
    const auto count = static_cast<double>(captions.size());
    for (double* score : {&scores.rougeL, &scores.cider, &scores.ciderD, &scores.meteorLike}) {
        *score /= count;
    }
    return scores;
}

} // namespace linnet::training
