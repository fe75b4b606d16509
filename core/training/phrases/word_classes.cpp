#include "training/phrases/word_classes.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace linnet::training {

namespace {

using Class = std::uint16_t;

// x log x, which sums of counts are looked up in all the time.
class Entropies {
public:
    Entropies() {
        for (std::size_t i = 0; i < m_small.size(); ++i) {
            m_small[i] = of(static_cast<double>(i));
        }
    }
    double operator()(std::int64_t count) const {
        return count < static_cast<std::int64_t>(m_small.size())
                   ? m_small[static_cast<std::size_t>(count)]
                   : of(static_cast<double>(count));
    }

private:
    static double of(double x) { return x > 0 ? x * std::log(x) : 0; }

    std::vector<double> m_small = std::vector<double>(1U << 16U);
};

// A neighbour of a word, or its class, and how often it stands there.
struct Neighbour {
    std::uint16_t what = 0;
    std::uint32_t count = 0;
};

class Exchange {
public:
    Exchange(const TokenTexts& texts, const std::vector<bool>& alone, std::size_t classes)
        : m_alone(alone)
        , m_left(alone.size())
        , m_right(alone.size())
        , m_own(alone.size(), 0)
        , m_counts(alone.size(), 0)
        , m_classes(alone.size(), 0) {
        countWords(texts);
        placeWords(classes);
        countClasses();
    }

    // True if some word went to another class.
    bool pass() {
        bool moved = false;
        for (const std::uint16_t word : m_byCount) {
            if (!m_alone[word] && m_counts[word] > 0) {
                moved = moveToBest(word) || moved;
            }
        }
        return moved;
    }

    const std::vector<Class>& classes() const { return m_classes; }

private:
    void countWords(const TokenTexts& texts) {
        std::vector<std::uint32_t> pairs;
        for (const auto& text : texts) {
            for (std::size_t i = 0; i < text.size(); ++i) {
                ++m_counts[text[i]];
                if (i > 0) {
                    pairs.push_back((std::uint32_t{text[i - 1]} << 16U) | text[i]);
                }
            }
        }
        std::sort(pairs.begin(), pairs.end());
        for (std::size_t begin = 0; begin < pairs.size();) {
            const auto end = static_cast<std::size_t>(
                std::upper_bound(pairs.begin() + static_cast<std::ptrdiff_t>(begin), pairs.end(),
                                 pairs[begin]) -
                pairs.begin());
            const auto first = static_cast<std::uint16_t>(pairs[begin] >> 16U);
            const auto second = static_cast<std::uint16_t>(pairs[begin]);
            const auto count = static_cast<std::uint32_t>(end - begin);
            if (first == second) {
                m_own[first] = count;
            } else {
                m_right[first].push_back({second, count});
                m_left[second].push_back({first, count});
            }
            begin = end;
        }
    }

    // Frequent words alone; the others in turn, so that every class begins with frequent ones.
    void placeWords(std::size_t classes) {
        m_byCount.resize(m_alone.size());
        std::iota(m_byCount.begin(), m_byCount.end(), std::uint16_t{0});
        std::stable_sort(m_byCount.begin(), m_byCount.end(), [&](std::uint16_t a, std::uint16_t b) {
            return m_counts[a] > m_counts[b];
        });
        Class next = 1;
        for (const std::uint16_t word : m_byCount) {
            m_classes[word] = m_alone[word] ? next++ : Class{0};
        }
        m_firstShared = next;
        m_size = next + classes;
        std::size_t turn = 0;
        for (const std::uint16_t word : m_byCount) {
            if (!m_alone[word]) {
                m_classes[word] = static_cast<Class>(m_firstShared + turn++ % classes);
            }
        }
    }

    std::int64_t& pair(Class left, Class right) {
        return m_pairs[std::size_t{left} * m_size + right];
    }

    void countClasses() {
        m_pairs.assign(m_size * m_size, 0);
        m_sums.assign(m_size, 0);
        for (std::size_t word = 0; word < m_classes.size(); ++word) {
            const Class own = m_classes[word];
            m_sums[own] += m_counts[word];
            pair(own, own) += m_own[word];
            for (const Neighbour& next : m_right[word]) {
                pair(own, m_classes[next.what]) += next.count;
            }
        }
    }

    std::vector<Neighbour> classesOf(const std::vector<Neighbour>& words) {
        m_sparse.assign(m_size, 0);
        for (const Neighbour& word : words) {
            m_sparse[m_classes[word.what]] += word.count;
        }
        std::vector<Neighbour> found;
        for (std::size_t i = 0; i < m_size; ++i) {
            if (m_sparse[i] > 0) {
                found.push_back({static_cast<Class>(i), m_sparse[i]});
            }
        }
        return found;
    }

    void put(std::uint16_t word, Class own, const std::vector<Neighbour>& left,
             const std::vector<Neighbour>& right, std::int64_t sign) {
        for (const Neighbour& one : left) {
            pair(one.what, own) += sign * one.count;
        }
        for (const Neighbour& one : right) {
            pair(own, one.what) += sign * one.count;
        }
        pair(own, own) += sign * m_own[word];
        m_sums[own] += sign * m_counts[word];
    }

    // What the likelihood gains when the word, which is in no class, comes into `own`.
    double gain(std::uint16_t word, Class own, const std::vector<Neighbour>& left,
                const std::vector<Neighbour>& right) {
        double sum = 0;
        std::int64_t within = m_own[word];
        for (const Neighbour& one : left) {
            if (one.what == own) {
                within += one.count;
            } else {
                const std::int64_t before = pair(one.what, own);
                sum += m_entropy(before + one.count) - m_entropy(before);
            }
        }
        for (const Neighbour& one : right) {
            if (one.what == own) {
                within += one.count;
            } else {
                const std::int64_t before = pair(own, one.what);
                sum += m_entropy(before + one.count) - m_entropy(before);
            }
        }
        sum += m_entropy(pair(own, own) + within) - m_entropy(pair(own, own));
        return sum - 2 * (m_entropy(m_sums[own] + m_counts[word]) - m_entropy(m_sums[own]));
    }

    bool moveToBest(std::uint16_t word) {
        const Class from = m_classes[word];
        const std::vector<Neighbour> left = classesOf(m_left[word]);
        const std::vector<Neighbour> right = classesOf(m_right[word]);
        put(word, from, left, right, -1);
        Class best = from;
        double most = gain(word, from, left, right);
        for (std::size_t i = m_firstShared; i < m_size; ++i) {
            const auto to = static_cast<Class>(i);
            if (const double one = gain(word, to, left, right); to != from && one > most) {
                most = one;
                best = to;
            }
        }
        put(word, best, left, right, 1);
        m_classes[word] = best;
        return best != from;
    }

    const std::vector<bool>& m_alone;
    std::vector<std::vector<Neighbour>> m_left; // of each word, itself left out
    std::vector<std::vector<Neighbour>> m_right;
    std::vector<std::uint32_t> m_own; // how often a word follows itself
    std::vector<std::uint32_t> m_counts;
    std::vector<Class> m_classes;
    std::vector<std::uint16_t> m_byCount;
    std::size_t m_firstShared = 0;
    std::size_t m_size = 0;            // classes, and the one of no token
    std::vector<std::int64_t> m_pairs; // of classes
    std::vector<std::int64_t> m_sums;
    std::vector<std::uint32_t> m_sparse;
    Entropies m_entropy;
};

} // namespace

std::vector<std::uint16_t> classifyWords(const TokenTexts& texts, const std::vector<bool>& alone,
                                         std::size_t classes, int rounds) {
    Exchange exchange(texts, alone, classes);
    for (int i = 0; i < rounds && exchange.pass(); ++i) {
    }
    return exchange.classes();
}

} // namespace linnet::training
