#include "verse/en_lexicon.h"

#include <algorithm>
#include <utility>

#include "verse/byte_stream.h"
#include "verse/lexicon_file.h"
#include "verse/lexicon_tables.h"

namespace linnet::verse {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

// Decodes the entries of one block in order. The format is described in lexicon_tables.h.
class EnLexicon::BlockReader {
public:
    BlockReader(const EnLexicon& lexicon, std::size_t block)
        : m_lexicon(lexicon)
        , m_reader(lexicon.m_payload, lexicon.m_blocks[block])
        , m_left(std::min(enBlockWords, lexicon.m_words - block * enBlockWords)) {}

    // The word of the next entry, or null at the block's end. pronunciations() must be called, or
    // skipped, before the next call.
    const std::string* nextWord() {
        if (m_left == 0) {
            return nullptr;
        }
        --m_left;
        const std::uint8_t first = m_reader.u8();
        m_count = (first >> 5U) + 1U;
        m_word.resize(std::min<std::size_t>(first & 31U, m_word.size()));
        const std::uint8_t lengths = m_reader.u8();
        const std::size_t letters = length(lengths >> 4U);
        m_firstLength = length(lengths & 15U);
        for (std::size_t i = 0; i < letters; ++i) {
            m_word += m_lexicon.m_letters[m_reader.u8()];
        }
        return &m_word;
    }

    std::vector<Pronunciation> pronunciations() {
        std::vector<Pronunciation> all;
        all.reserve(m_count);
        for (std::size_t k = 0; k < m_count; ++k) {
            const std::size_t codes = k == 0 ? m_firstLength : m_reader.u8();
            std::vector<Phone> phones;
            for (std::size_t i = 0; i < codes; ++i) {
                const auto& expansion = m_lexicon.m_phones[m_reader.u8()];
                phones.insert(phones.end(), expansion.begin(), expansion.end());
            }
            all.emplace_back(std::move(phones));
        }
        return all;
    }

    void skipPronunciations() {
        (void)m_reader.raw(m_firstLength);
        for (std::size_t k = 1; k < m_count; ++k) {
            (void)m_reader.raw(m_reader.u8());
        }
    }

private:
    // Fifteen announces a byte of its own.
    std::size_t length(unsigned nibble) { return nibble < 15 ? nibble : m_reader.u8(); }

    const EnLexicon& m_lexicon;
    ByteReader m_reader;
    std::size_t m_left;
    std::string m_word;
    std::size_t m_count = 0;
    std::size_t m_firstLength = 0;
};

Result<EnLexicon> EnLexicon::open(const std::filesystem::path& path) {
    auto file = LexiconFile::read(path, LexiconKind::English);
    if (!file) {
        return file.error();
    }
    EnLexicon lexicon;
    lexicon.m_source = std::move(file->header);
    lexicon.m_payload = std::move(file->payload);
    ByteReader reader(lexicon.m_payload);
    const std::uint32_t letters = reader.varint();
    for (std::uint32_t i = 0; i < letters && reader.ok(); ++i) {
        lexicon.m_letters.push_back(reader.text());
    }
    const std::uint32_t phones = reader.varint();
    bool sound = letters <= 256 && phones <= 256;
    for (std::uint32_t i = 0; i < phones && reader.ok(); ++i) {
        const std::string expansion = reader.text();
        lexicon.m_phones.emplace_back(expansion.begin(), expansion.end());
        sound = sound && std::all_of(lexicon.m_phones.back().begin(), lexicon.m_phones.back().end(),
                                     [](Phone phone) { return phone < phoneCount; });
    }
    lexicon.m_letters.resize(256);
    lexicon.m_phones.resize(256);
    lexicon.m_words = reader.varint();
    const std::uint32_t blocks = reader.varint();
    std::size_t position = 0;
    for (std::uint32_t i = 0; i < blocks && reader.ok(); ++i) {
        lexicon.m_blocks.push_back(position);
        position += reader.varint();
    }
    for (std::size_t& block : lexicon.m_blocks) {
        block += reader.position();
    }
    const std::size_t needed = (lexicon.m_words + enBlockWords - 1) / enBlockWords;
    if (!reader.ok() || !sound || blocks != needed || blocks == 0 ||
        reader.position() + position != lexicon.m_payload.size()) {
        return Error{ErrorCode::CorruptFile,
                     path.string() + ": the tables contradict themselves; install it again"};
    }
    return lexicon;
}

std::string EnLexicon::normalised(std::string_view word) {
    std::string plain;
    plain.reserve(word.size());
    for (std::size_t i = 0; i < word.size(); ++i) {
        const bool curly = word.substr(i, 3) == "\u2019" || word.substr(i, 3) == "\u2018";
        const char c = word[i];
        plain.push_back(curly ? '\'' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
        i += curly ? 2 : 0;
    }
    return plain;
}

std::vector<Pronunciation> EnLexicon::pronunciations(std::string_view word) const {
    const std::string key = normalised(word);
    // The last block whose first word is not after the key.
    std::size_t low = 0;
    std::size_t high = m_blocks.size();
    while (high - low > 1) {
        const std::size_t middle = (low + high) / 2;
        BlockReader reader(*this, middle);
        (*reader.nextWord() <= key ? low : high) = middle;
    }
    BlockReader reader(*this, low);
    for (const std::string* found = reader.nextWord(); found != nullptr && *found <= key;
         found = reader.nextWord()) {
        if (*found == key) {
            return reader.pronunciations();
        }
        reader.skipPronunciations();
    }
    return {};
}

bool EnLexicon::areHomophones(std::string_view first, std::string_view second) const {
    const auto ones = pronunciations(first);
    const auto others = pronunciations(second);
    return std::any_of(ones.begin(), ones.end(), [&](const Pronunciation& one) {
        return std::any_of(others.begin(), others.end(), [&](const Pronunciation& other) {
            return samePhonemes(one.phones(), other.phones());
        });
    });
}

void EnLexicon::forEach(const Visit& visit) const {
    for (std::size_t block = 0; block < m_blocks.size(); ++block) {
        BlockReader reader(*this, block);
        for (const std::string* word = reader.nextWord(); word != nullptr;
             word = reader.nextWord()) {
            const auto pronunciations = reader.pronunciations();
            visit(*word, pronunciations);
        }
    }
}

} // namespace linnet::verse
