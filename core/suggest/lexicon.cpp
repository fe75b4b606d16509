#include "suggest/lexicon.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "suggest/unicode_words.h"
#include "suggest/word_stream.h"

namespace linnet::suggest {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

constexpr std::uint32_t noPosition = std::numeric_limits<std::uint32_t>::max();

Error corrupt(const char* what) {
    return Error{ErrorCode::CorruptFile, std::string("ngram.bin: ") + what};
}

std::uint16_t read16(std::span<const std::uint8_t> bytes, std::size_t index) {
    std::uint16_t value = 0;
    std::memcpy(&value, bytes.data() + index * 2U, 2);
    return value;
}

} // namespace

Result<Lexicon> Lexicon::read(const NgramHeader& header, std::span<const std::uint8_t> file) {
    const auto section = [&](NgramSection which) {
        const auto& at = header.sections[static_cast<std::size_t>(which)];
        return file.subspan(at.offset, at.bytes);
    };
    Lexicon lexicon;
    lexicon.m_vocabulary = header.vocabulary;
    lexicon.m_firstWord = firstSeparator + header.separators;
    if (header.vocabulary > firstTailWord || lexicon.m_firstWord > header.vocabulary) {
        return corrupt("more separators than the vocabulary holds");
    }
    const auto separators =
        lexicon.readSeparators(section(NgramSection::Separators), header.separators);
    if (!separators) {
        return separators.error();
    }
    const auto words = lexicon.readWords(section(NgramSection::Words), section(NgramSection::Ranks),
                                         section(NgramSection::Tail));
    if (!words) {
        return words.error();
    }
    if (lexicon.m_tail.size() != header.tailWords) {
        return corrupt("the tail has another size than the header says");
    }
    return lexicon;
}

Result<void> Lexicon::readWords(std::span<const std::uint8_t> words,
                                std::span<const std::uint8_t> ranks,
                                std::span<const std::uint8_t> tail) {
    const std::size_t count = ranks.size() / 2U;
    m_positions.assign(m_vocabulary, noPosition);
    m_lower.assign(m_vocabulary, 0);
    m_starts.reserve(count + 1U);
    m_ids.reserve(count);
    m_starts.push_back(0);
    std::string previous;
    std::size_t at = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (at + 2U > words.size()) {
            return corrupt("the word list ends early");
        }
        const std::size_t shared = words[at];
        const std::size_t added = words[at + 1U];
        at += 2U;
        if (shared > previous.size() || added == 0 || at + added > words.size()) {
            return corrupt("a word of the list is out of bounds");
        }
        std::string word = previous.substr(0, shared);
        word.append(reinterpret_cast<const char*>(words.data() + at), added);
        at += added;
        if (word <= previous) {
            return corrupt("the word list is not sorted");
        }
        m_text += word;
        m_starts.push_back(static_cast<std::uint32_t>(m_text.size()));
        const std::uint16_t rank = read16(ranks, i);
        if (rank == 0) {
            if (m_tail.size() * 2U + 2U > tail.size()) {
                return corrupt("the tail ends early");
            }
            m_ids.push_back(firstTailWord + static_cast<WordId>(m_tail.size()));
            m_tail.push_back(decodeProbability(read16(tail, m_tail.size())));
            m_tailPositions.push_back(static_cast<std::uint32_t>(i));
        } else {
            if (rank < m_firstWord || rank >= m_vocabulary || m_positions[rank] != noPosition) {
                return corrupt("a word's id is out of range or used twice");
            }
            m_ids.push_back(rank);
            m_positions[rank] = static_cast<std::uint32_t>(i);
            m_lower[rank] = isLower(decodeAt(word, 0).value) ? 1 : 0;
        }
        previous = std::move(word);
    }
    return {};
}

Result<void> Lexicon::readSeparators(std::span<const std::uint8_t> bytes, std::uint32_t count) {
    std::size_t at = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (at >= bytes.size() || at + 3U + bytes[at] > bytes.size()) {
            return corrupt("the separators end early");
        }
        Separator separator;
        separator.key.assign(reinterpret_cast<const char*>(bytes.data() + at + 1U), bytes[at]);
        at += 1U + bytes[at];
        separator.capitalRate = read16(bytes.subspan(at), 0) / 65535.0;
        at += 2U;
        if (separator.key.empty() ||
            (!m_separators.empty() && separator.key <= m_separators.back().key)) {
            return corrupt("the separators are not sorted");
        }
        m_separators.push_back(std::move(separator));
    }
    return {};
}

std::string_view Lexicon::word(WordId id) const {
    if (id >= firstTailWord) {
        const std::size_t index = id - firstTailWord;
        return index < m_tailPositions.size() ? wordAt(m_tailPositions[index]) : std::string_view();
    }
    return id < m_positions.size() && m_positions[id] != noPosition ? wordAt(m_positions[id])
                                                                    : std::string_view();
}

std::optional<WordId> Lexicon::find(std::string_view word) const {
    std::size_t low = 0;
    std::size_t high = size();
    while (low < high) {
        const std::size_t middle = (low + high) / 2U;
        if (wordAt(middle) < word) {
            low = middle + 1U;
        } else {
            high = middle;
        }
    }
    if (low < size() && wordAt(low) == word) {
        return m_ids[low];
    }
    return std::nullopt;
}

Lexicon::Range Lexicon::prefixRange(std::string_view prefix) const {
    // The first position whose word, cut to the prefix's length, is not below (above) the prefix.
    const auto partition = [&](bool above) {
        std::size_t low = 0;
        std::size_t high = size();
        while (low < high) {
            const std::size_t middle = (low + high) / 2U;
            const int order = wordAt(middle).substr(0, prefix.size()).compare(prefix);
            if (order < 0 || (above && order == 0)) {
                low = middle + 1U;
            } else {
                high = middle;
            }
        }
        return low;
    };
    return {partition(false), partition(true)};
}

std::optional<WordId> Lexicon::separatorId(std::string_view key) const {
    while (!key.empty() && key != " ") {
        const auto found =
            std::lower_bound(m_separators.begin(), m_separators.end(), key,
                             [](const Separator& separator, std::string_view wanted) {
                                 return separator.key < wanted;
                             });
        if (found != m_separators.end() && found->key == key) {
            return firstSeparator + static_cast<WordId>(found - m_separators.begin());
        }
        key.remove_prefix(static_cast<std::size_t>(decodeAt(key, 0).length));
    }
    return std::nullopt;
}

double Lexicon::capitalRate(std::string_view key) const {
    if (const auto id = separatorId(key)) {
        return m_separators[*id - firstSeparator].capitalRate;
    }
    return 0.0;
}

WordId Lexicon::contextId(std::string_view key, std::string_view word) const {
    std::optional<WordId> id;
    if (startsSentence(key) && startsUpper(word)) {
        // The rarer of the two spellings is the accident of the place. Ids rise as words get rarer.
        const auto lower = find(uncapitalised(word));
        id = find(word);
        if (lower && (!id || *lower < *id)) {
            id = lower;
        }
    } else {
        id = find(word);
    }
    if (id && *id < firstTailWord) {
        return *id;
    }
    return !id && isNumber(word) ? numberWord : unknownWord;
}

} // namespace linnet::suggest
