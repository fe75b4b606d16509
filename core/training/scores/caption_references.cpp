#include "training/scores/caption_references.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace linnet::training {

namespace {

float countIn(const auto& sorted, std::uint32_t gram) {
    const auto found =
        std::lower_bound(sorted.begin(), sorted.end(), gram,
                         [](const auto& counted, auto wanted) { return counted.gram < wanted; });
    return found == sorted.end() || found->gram != gram ? 0.0F : found->count;
}

} // namespace

std::size_t CaptionReferences::GramHash::operator()(const Gram& gram) const {
    std::uint64_t hash = 0;
    for (const std::uint32_t word : gram) {
        hash = (hash ^ word) * 0x9E3779B97F4A7C15ULL;
        hash ^= hash >> 29U;
    }
    return static_cast<std::size_t>(hash);
}

/// `number` gives a word its number, `find` a gram its own.
template <typename Number, typename Find>
CaptionReferences::Counts CaptionReferences::countsOf(const CaptionWords& words,
                                                      const Number& number, const Find& find) {
    std::vector<std::uint32_t> numbers;
    for (const std::string& word : words) {
        numbers.push_back(number(word));
    }
    Counts counts;
    for (std::size_t n = 0; n < kOrders; ++n) {
        std::map<Gram, float> grams;
        for (std::size_t i = 0; i + n < numbers.size(); ++i) {
            Gram gram{};
            std::copy_n(numbers.begin() + static_cast<std::ptrdiff_t>(i), n + 1, gram.begin());
            ++grams[gram];
        }
        for (const auto& [gram, count] : grams) {
            counts[n].push_back({find(gram), count});
        }
        std::sort(counts[n].begin(), counts[n].end(),
                  [](const Counted& a, const Counted& b) { return a.gram < b.gram; });
    }
    return counts;
}

CaptionReferences::CaptionReferences(const std::vector<std::vector<CaptionWords>>& pictures) {
    double described = 0.0;
    for (const std::vector<CaptionWords>& references : pictures) {
        std::set<std::uint32_t> seen;
        std::vector<Reference>& kept = m_pictures.emplace_back();
        for (const CaptionWords& words : references) {
            Counts counts = countsOf(
                words,
                [&](const std::string& word) {
                    const auto next = static_cast<std::uint32_t>(m_words.size() + 1);
                    return m_words.try_emplace(word, next).first->second;
                },
                [&](const Gram& gram) {
                    const auto next = static_cast<std::uint32_t>(m_grams.size());
                    return m_grams.try_emplace(gram, next).first->second;
                });
            for (const auto& order : counts) {
                for (const Counted& counted : order) {
                    seen.insert(counted.gram);
                }
            }
            kept.push_back({std::move(counts), {}, static_cast<double>(words.size())});
        }
        described += references.empty() ? 0.0 : 1.0;
        m_documents.resize(m_grams.size(), 0.0);
        for (const std::uint32_t gram : seen) {
            ++m_documents[gram];
        }
    }
    m_logPictures = std::log(std::max(described, 1.0));
    for (double& documents : m_documents) {
        documents = m_logPictures - std::log(documents);
    }
    for (std::vector<Reference>& references : m_pictures) {
        for (Reference& reference : references) {
            reference.norms = normsOf(reference.counts);
        }
    }
}

/// A word or gram that no reference has is like nothing else.
CaptionReferences::Counts CaptionReferences::countsOf(const CaptionWords& caption) const {
    std::map<std::string, std::uint32_t> others;
    return countsOf(
        caption,
        [&](const std::string& word) {
            const auto known = m_words.find(word);
            if (known != m_words.end()) {
                return known->second;
            }
            const auto next = static_cast<std::uint32_t>(m_words.size() + others.size() + 1);
            return others.try_emplace(word, next).first->second;
        },
        [&](const Gram& gram) {
            const auto known = m_grams.find(gram);
            return known == m_grams.end() ? kUnknown : known->second;
        });
}

double CaptionReferences::weightOf(const Counted& counted) const {
    return static_cast<double>(counted.count) *
           (counted.gram == kUnknown ? m_logPictures : m_documents[counted.gram]);
}

std::array<double, CaptionReferences::kOrders>
CaptionReferences::normsOf(const Counts& counts) const {
    std::array<double, kOrders> norms{};
    for (std::size_t n = 0; n < kOrders; ++n) {
        for (const Counted& counted : counts[n]) {
            const double weight = weightOf(counted);
            norms[n] += weight * weight;
        }
        norms[n] = std::sqrt(norms[n]);
    }
    return norms;
}

CaptionReferences::Cider CaptionReferences::cider(std::size_t picture,
                                                  const CaptionWords& caption) const {
    constexpr double sigma = 6.0;
    const Counts candidate = countsOf(caption);
    const std::array<double, kOrders> norms = normsOf(candidate);
    // coco-caption measures lengths in bigrams.
    const auto bigrams = [](double words) { return std::max(words - 1.0, 0.0); };
    const std::vector<Reference>& references = m_pictures[picture];
    Cider sum;
    for (const Reference& reference : references) {
        const double off = bigrams(static_cast<double>(caption.size())) - bigrams(reference.length);
        const double penalty = std::exp(-off * off / (2.0 * sigma * sigma));
        for (std::size_t n = 0; n < kOrders; ++n) {
            const double scale = norms[n] * reference.norms[n];
            if (scale == 0.0) {
                continue;
            }
            for (const Counted& counted : candidate[n]) {
                const double own = weightOf(counted);
                const double other =
                    counted.gram == kUnknown
                        ? 0.0
                        : weightOf({counted.gram, countIn(reference.counts[n], counted.gram)});
                sum.plain += own * other / scale;
                sum.clipped += std::min(own, other) * other / scale * penalty;
            }
        }
    }
    const double scale =
        references.empty() ? 0.0 : 10.0 / static_cast<double>(kOrders * references.size());
    return {sum.plain * scale, sum.clipped * scale};
}

double CaptionReferences::sentenceBleu(std::size_t picture, const CaptionWords& caption) const {
    const std::vector<Reference>& references = m_pictures[picture];
    if (references.empty() || caption.empty()) {
        return 0.0;
    }
    const Counts candidate = countsOf(caption);
    double product = 1.0;
    for (std::size_t n = 0; n < kOrders; ++n) {
        double matched = n == 0 ? 0.0 : 1.0;
        double guessed = matched;
        for (const Counted& counted : candidate[n]) {
            float most = 0.0F;
            for (const Reference& reference : references) {
                if (counted.gram != kUnknown) {
                    most = std::max(most, countIn(reference.counts[n], counted.gram));
                }
            }
            matched += static_cast<double>(std::min(most, counted.count));
            guessed += static_cast<double>(counted.count);
        }
        product *= matched / guessed;
    }
    const auto own = static_cast<double>(caption.size());
    const auto closest = std::min_element(references.begin(), references.end(),
                                          [&](const Reference& a, const Reference& b) {
                                              return std::pair(std::abs(a.length - own), a.length) <
                                                     std::pair(std::abs(b.length - own), b.length);
                                          });
    const double brevity = own < closest->length ? std::exp(1.0 - closest->length / own) : 1.0;
    return brevity * std::pow(product, 1.0 / static_cast<double>(kOrders));
}

} // namespace linnet::training
