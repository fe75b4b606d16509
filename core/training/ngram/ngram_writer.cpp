#include "training/ngram/ngram_writer.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <numeric>

namespace linnet::training {

using engine::Error;
using engine::ErrorCode;
using suggest::BitWriter;
using suggest::codeBits;
using suggest::codebookSize;
using suggest::riceParameter;

namespace {

// The Rice parameter of 0 to 15 that codes these rising numbers in the fewest bits.
int bestParameter(const std::vector<std::uint32_t>& rising) {
    int best = 0;
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    for (int k = 0; k < 16; ++k) {
        std::uint64_t bits = 0;
        std::uint32_t next = 0;
        for (std::uint32_t value : rising) {
            bits += BitWriter::riceBits(value - next, k);
            next = value + 1;
        }
        if (bits < least) {
            least = bits;
            best = k;
        }
    }
    return best;
}

void append16(std::string& out, std::uint16_t value) {
    out.push_back(static_cast<char>(value & 0xFFU));
    out.push_back(static_cast<char>(value >> 8U));
}

template <typename T>
std::string bytesOf(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

} // namespace

NgramWriter::NgramWriter(const NgramCorpus& corpus)
    : m_corpus(corpus)
    , m_position(suggest::firstTailWord)
    , m_innerPosition(suggest::firstTailWord) {
}

std::size_t NgramWriter::add(const NgramLevel& level) {
    const auto index = static_cast<std::size_t>(level.order - 2);
    Order& order = m_orders[index];
    std::vector<float> values;
    std::vector<float> masses;
    for (std::size_t i = 0; i < level.entries.size(); ++i) {
        if (level.stored[i]) {
            order.keys.push_back(level.entries[i].key);
            values.push_back(level.kept[i]);
            masses.push_back(level.entries[i].weight);
        }
    }
    quantise(values, masses, order, m_codebooks[index]);
    return order.keys.size();
}

// One-dimensional k-means of the logarithms, weighted by how often each n-gram occurs, over a fine
// histogram (Lloyd's algorithm from equally filled cells).
void NgramWriter::quantise(const std::vector<float>& values, const std::vector<float>& masses,
                           Order& order, std::array<float, codebookSize>& book) {
    constexpr std::size_t bins = 4096;
    constexpr double bitsRange = 24;
    const auto binOf = [](float value) {
        const double bits = -std::log2(std::max(static_cast<double>(value), 1e-7));
        return static_cast<std::size_t>(
            std::clamp(bits / bitsRange * bins, 0.0, static_cast<double>(bins - 1)));
    };
    std::vector<double> mass(bins, 0.0);
    for (std::size_t i = 0; i < values.size(); ++i) {
        mass[binOf(values[i])] += std::sqrt(static_cast<double>(masses[i]));
    }
    const double total = std::accumulate(mass.begin(), mass.end(), 0.0);
    std::vector<double> centres(codebookSize, 0.0);
    double seen = 0;
    std::size_t cell = 0;
    for (std::size_t bin = 0; bin < bins; ++bin) {
        seen += mass[bin];
        while (cell < codebookSize &&
               seen >= total * (static_cast<double>(cell) + 0.5) / codebookSize) {
            centres[cell++] = static_cast<double>(bin);
        }
    }
    std::vector<std::uint8_t> nearest(bins, 0);
    for (int round = 0; round < 30; ++round) {
        std::vector<double> sum(codebookSize, 0.0);
        std::vector<double> weight(codebookSize, 0.0);
        std::size_t at = 0;
        for (std::size_t bin = 0; bin < bins; ++bin) {
            const double here = static_cast<double>(bin);
            while (at + 1 < codebookSize &&
                   std::abs(centres[at + 1] - here) <= std::abs(centres[at] - here)) {
                ++at;
            }
            nearest[bin] = static_cast<std::uint8_t>(at);
            sum[at] += mass[bin] * here;
            weight[at] += mass[bin];
        }
        for (std::size_t i = 0; i < codebookSize; ++i) {
            centres[i] = weight[i] > 0 ? sum[i] / weight[i] : centres[i];
        }
        std::sort(centres.begin(), centres.end());
    }
    for (std::size_t i = 0; i < codebookSize; ++i) {
        book[i] = static_cast<float>(std::exp2(-(centres[i] + 0.5) / bins * bitsRange));
    }
    for (float value : values) {
        order.codes.push_back(nearest[binOf(value)]);
    }
}

void NgramWriter::setUnigrams(const std::vector<NgramEntry>& entries, const std::vector<float>& p) {
    m_unigrams.assign(m_corpus.vocabulary(), 0xFFFFU);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        m_unigrams[wordOf(entries[i].key, 1)] =
            suggest::encodeProbability(static_cast<double>(p[i]));
    }
}

// block(b c): see suggest/ngram_stream.h.
BitWriter NgramWriter::packInner(Slice trigrams, std::uint32_t universe, Slice fourGrams) {
    BitWriter out;
    const Order& third = m_orders[1];
    const Order& fourth = m_orders[2];
    const auto count = static_cast<std::uint32_t>(trigrams.end - trigrams.begin);
    out.putGamma(count);
    const int k = riceParameter(universe, count);
    std::uint32_t next = 0;
    for (std::size_t i = trigrams.begin; i < trigrams.end; ++i) {
        const std::uint32_t item = m_position[wordOf(third.keys[i], 3)];
        out.putRice(item - next, k);
        out.put(third.codes[i], codeBits);
        next = item + 1;
        m_innerPosition[wordOf(third.keys[i], 3)] = static_cast<std::uint32_t>(i - trigrams.begin);
    }
    const auto farthest = [&](std::size_t i) {
        return static_cast<std::uint32_t>(contextOf(fourth.keys[i], 4) & 0xFFFFU);
    };
    std::vector<std::uint32_t> contexts;
    for (std::size_t i = fourGrams.begin; i < fourGrams.end; ++i) {
        if (contexts.empty() || contexts.back() != farthest(i)) {
            contexts.push_back(farthest(i));
        }
    }
    out.putGamma(static_cast<std::uint32_t>(contexts.size()) + 1U);
    if (contexts.empty()) {
        return out;
    }
    const int contextK = bestParameter(contexts);
    out.put(static_cast<std::uint32_t>(contextK), 4);
    std::size_t at = fourGrams.begin;
    next = 0;
    for (std::uint32_t a : contexts) {
        out.putRice(a - next, contextK);
        next = a + 1;
        std::size_t end = at;
        while (end < fourGrams.end && farthest(end) == a) {
            ++end;
        }
        const auto length = static_cast<std::uint32_t>(end - at);
        out.putGamma(length);
        std::uint32_t nextItem = 0;
        for (; at < end; ++at) {
            const std::uint32_t item = m_innerPosition[wordOf(fourth.keys[at], 4)];
            out.putRice(item - nextItem, riceParameter(count, length));
            out.put(fourth.codes[at], codeBits);
            nextItem = item + 1;
        }
    }
    return out;
}

// block(c): see suggest/ngram_stream.h. `fourth` walks through the 4-grams.
void NgramWriter::packBlock(Slice bigrams, Slice trigrams, std::size_t& fourth) {
    const Order& second = m_orders[0];
    const Order& third = m_orders[1];
    std::vector<std::uint32_t> list;
    for (std::size_t i = bigrams.begin; i < bigrams.end; ++i) {
        list.push_back(wordOf(second.keys[i], 2));
        m_position[list.back()] = static_cast<std::uint32_t>(i - bigrams.begin);
    }
    const auto universe = static_cast<std::uint32_t>(list.size());
    m_stream.putGamma(universe + 1U);
    const int k = bestParameter(list);
    m_stream.put(static_cast<std::uint32_t>(k), 4);
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < list.size(); ++i) {
        m_stream.putRice(list[i] - next, k);
        m_stream.put(second.codes[bigrams.begin + i], codeBits);
        next = list[i] + 1;
    }
    std::vector<std::uint32_t> contexts;
    std::vector<BitWriter> blocks;
    std::uint64_t bits = 0;
    for (std::size_t begin = trigrams.begin; begin < trigrams.end;) {
        const std::uint64_t context = contextOf(third.keys[begin], 3);
        std::size_t end = begin;
        while (end < trigrams.end && contextOf(third.keys[end], 3) == context) {
            ++end;
        }
        const std::vector<std::uint64_t>& keys = m_orders[2].keys;
        const std::size_t from = fourth;
        while (fourth < keys.size() && shorterContextOf(keys[fourth], 4) == context) {
            ++fourth;
        }
        contexts.push_back(static_cast<std::uint32_t>(context & 0xFFFFU));
        blocks.push_back(packInner({begin, end}, universe, {from, fourth}));
        bits += blocks.back().bits();
        begin = end;
    }
    m_stream.putGamma(static_cast<std::uint32_t>(contexts.size()) + 1U);
    if (contexts.empty()) {
        return;
    }
    const int contextK = bestParameter(contexts);
    const int s = std::clamp(static_cast<int>(std::bit_width(bits / contexts.size())) - 1, 0, 17);
    m_stream.put(static_cast<std::uint32_t>(contextK), 4);
    m_stream.put(static_cast<std::uint32_t>(s), 5);
    next = 0;
    for (std::size_t i = 0; i < contexts.size(); ++i) {
        m_stream.putRice(contexts[i] - next, contextK);
        m_stream.putSize(static_cast<std::uint32_t>(blocks[i].bits()), s);
        next = contexts[i] + 1;
    }
    for (const BitWriter& block : blocks) {
        m_stream.append(block);
    }
}

void NgramWriter::packStream() {
    std::size_t second = 0;
    std::size_t third = 0;
    std::size_t fourth = 0;
    const auto advance = [](std::size_t& at, const Order& order, std::uint32_t c) {
        const std::size_t begin = at;
        while (at < order.keys.size() && (order.keys[at] >> 48U) == c) {
            ++at;
        }
        return Slice{begin, at};
    };
    for (std::uint32_t c = 0; c < m_corpus.vocabulary(); ++c) {
        m_contexts.push_back(static_cast<std::uint32_t>(m_stream.bits()));
        const Slice bigrams = advance(second, m_orders[0], c);
        const Slice trigrams = advance(third, m_orders[1], c);
        packBlock(bigrams, trigrams, fourth);
    }
}

std::string NgramWriter::packWords(std::string& ranks, std::string& tail) const {
    std::vector<const ChosenWord*> order;
    for (const ChosenWord& word : m_corpus.words()) {
        order.push_back(&word);
    }
    std::sort(order.begin(), order.end(),
              [](const ChosenWord* a, const ChosenWord* b) { return a->word < b->word; });
    std::string out;
    std::string previous;
    for (const ChosenWord* word : order) {
        std::size_t shared = 0;
        while (shared < previous.size() && shared < word->word.size() &&
               previous[shared] == word->word[shared]) {
            ++shared;
        }
        out.push_back(static_cast<char>(shared));
        out.push_back(static_cast<char>(word->word.size() - shared));
        out += word->word.substr(shared);
        append16(ranks, static_cast<std::uint16_t>(word->id));
        if (word->id == 0) {
            append16(tail, suggest::encodeProbability(word->weight / m_corpus.unknownWeight()));
        }
        previous = word->word;
    }
    return out;
}

std::string NgramWriter::packSeparators() const {
    std::string out;
    for (const ChosenSeparator& separator : m_corpus.separators()) {
        out.push_back(static_cast<char>(separator.key.size()));
        out += separator.key;
        const double rate = separator.all > 0 ? separator.capitals / separator.all : 0.0;
        append16(out, static_cast<std::uint16_t>(std::lround(rate * 65535.0)));
    }
    return out;
}

engine::Result<std::uint64_t> NgramWriter::write(const std::filesystem::path& path) {
    packStream();
    suggest::NgramHeader header;
    header.vocabulary = m_corpus.vocabulary();
    header.separators = static_cast<std::uint32_t>(m_corpus.separators().size());
    header.streamBits = m_stream.bits();
    std::array<std::string, suggest::ngramSections> sections;
    sections[0] = packWords(sections[1], sections[2]);
    header.tailWords = static_cast<std::uint32_t>(sections[2].size() / 2U);
    sections[3] = packSeparators();
    sections[4] = bytesOf(m_unigrams);
    sections[5] = {reinterpret_cast<const char*>(m_codebooks.data()), sizeof(m_codebooks)};
    sections[6] = bytesOf(m_contexts);
    sections[7] = bytesOf(m_stream.bytes());
    std::string body;
    for (std::size_t i = 0; i < sections.size(); ++i) {
        body.resize((body.size() + 7U) / 8U * 8U);
        header.sections[i] = {sizeof(header) + body.size(), sections[i].size()};
        body += sections[i];
    }
    header.fileBytes = sizeof(header) + body.size();
    header.checksum =
        suggest::checksum({reinterpret_cast<const std::uint8_t*>(body.data()), body.size()});
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(&header), sizeof(header));
    out.write(body.data(), static_cast<std::streamsize>(body.size()));
    out.close();
    if (!out) {
        return Error{ErrorCode::Io, path.string() + " cannot be written"};
    }
    return header.fileBytes;
}

} // namespace linnet::training
