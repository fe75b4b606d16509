#include "suggest/ngram_model.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "suggest/ngram_stream.h"

namespace linnet::suggest {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

constexpr float maxKept = 0.999F; // an order never silences the ones below

Error corrupt(const char* what) {
    return Error{ErrorCode::CorruptFile, std::string("ngram.bin: ") + what};
}

// The header, with every section inside the file and of a size that fits its neighbours.
Result<NgramHeader> readHeader(std::span<const std::uint8_t> bytes) {
    NgramHeader header;
    if (bytes.size() < sizeof(NgramHeader)) {
        return corrupt("shorter than its header");
    }
    std::memcpy(&header, bytes.data(), sizeof(NgramHeader));
    if (header.magic != ngramMagic) {
        return Error{ErrorCode::UnsupportedFormat, "ngram.bin: not a Linnet n-gram file"};
    }
    if (header.version != ngramVersion) {
        return Error{ErrorCode::UnsupportedFormat,
                     "ngram.bin: format version " + std::to_string(header.version) +
                         ", this program reads version " + std::to_string(ngramVersion)};
    }
    if (header.fileBytes != bytes.size()) {
        return corrupt("its size is not what the header says");
    }
    for (const auto& section : header.sections) {
        if (section.offset < sizeof(NgramHeader) || section.offset > bytes.size() ||
            section.bytes > bytes.size() - section.offset) {
            return corrupt("a section is out of bounds");
        }
    }
    const auto size = [&](NgramSection which) {
        return header.sections[static_cast<std::size_t>(which)].bytes;
    };
    if (header.vocabulary <= firstSeparator || header.vocabulary > firstTailWord ||
        header.separators > header.vocabulary - firstSeparator || header.separators == 0 ||
        size(NgramSection::Unigrams) != std::uint64_t{header.vocabulary} * 2U ||
        size(NgramSection::Contexts) != std::uint64_t{header.vocabulary} * 4U ||
        size(NgramSection::Codebooks) != sizeof(Codebooks) ||
        size(NgramSection::Tail) != std::uint64_t{header.tailWords} * 2U ||
        header.streamBits > size(NgramSection::Stream) * 8U) {
        return corrupt("section sizes contradict the header");
    }
    if (checksum(bytes.subspan(sizeof(NgramHeader))) != header.checksum) {
        return corrupt("damaged (checksum)");
    }
    return header;
}

bool soundCodebooks(const Codebooks& books) {
    return std::all_of(books.begin(), books.end(), [](const auto& book) {
        return std::all_of(book.begin(), book.end(),
                           [](float p) { return p >= 0.0F && p <= 1.0F; });
    });
}

} // namespace

NgramModel::NgramModel(MappedFile file)
    : m_file(std::move(file)) {
}

Result<std::shared_ptr<const NgramModel>> NgramModel::load(const std::filesystem::path& path) {
    auto file = MappedFile::open(path);
    if (!file) {
        return file.error();
    }
    const std::span<const std::uint8_t> bytes = file->bytes();
    const auto header = readHeader(bytes);
    if (!header) {
        return header.error();
    }
    auto lexicon = Lexicon::read(*header, bytes);
    if (!lexicon) {
        return lexicon.error();
    }
    const auto section = [&](NgramSection which) {
        const auto& at = header->sections[static_cast<std::size_t>(which)];
        return bytes.subspan(at.offset, at.bytes);
    };
    std::shared_ptr<NgramModel> model(new NgramModel(std::move(*file)));
    model->m_lexicon = std::move(*lexicon);
    std::memcpy(model->m_codebooks.data(), section(NgramSection::Codebooks).data(),
                sizeof(Codebooks));
    if (!soundCodebooks(model->m_codebooks)) {
        return corrupt("a probability is out of range");
    }
    const std::uint8_t* unigrams = section(NgramSection::Unigrams).data();
    double sum = 0;
    for (std::uint32_t id = 0; id < header->vocabulary; ++id) {
        std::uint16_t code = 0;
        std::memcpy(&code, unigrams + std::size_t{id} * 2U, 2);
        model->m_unigrams.push_back(code == 0xFFFFU ? 0.0F : decodeProbability(code));
        sum += model->m_unigrams.back();
    }
    if (!(sum > 0.5 && sum < 2.0)) {
        return corrupt("the word probabilities do not sum to one");
    }
    for (float& p : model->m_unigrams) {
        p = static_cast<float>(p / sum);
    }
    model->m_stream = section(NgramSection::Stream);
    model->m_contexts.resize(header->vocabulary);
    std::memcpy(model->m_contexts.data(), section(NgramSection::Contexts).data(),
                std::size_t{header->vocabulary} * 4U);
    if (!std::is_sorted(model->m_contexts.begin(), model->m_contexts.end()) ||
        model->m_contexts.back() > header->streamBits) {
        return corrupt("a context lies outside the stream");
    }
    return std::shared_ptr<const NgramModel>(std::move(model));
}

NgramEvidence NgramModel::distribution(const History& history, std::vector<float>& p) const {
    std::array<PredictionList, ngramOrders> lists;
    const WordId vocabulary = m_lexicon.vocabulary();
    NgramEvidence evidence;
    int found = 0;
    if (history[0] < vocabulary) {
        found = NgramStream(m_stream, vocabulary)
                    .read(m_contexts[history[0]], history[1], history[2], lists);
    }
    evidence.order = 1 + found;
    // What each order keeps; a damaged or coarse table could exceed one.
    std::array<float, ngramOrders> scale{};
    for (std::size_t i = 0; i < ngramOrders; ++i) {
        float mass = 0;
        for (std::uint8_t code : lists[i].codes) {
            mass += m_codebooks[i][code];
        }
        scale[i] = mass > maxKept ? maxKept / mass : 1.0F;
        evidence.kept[i] = mass * scale[i];
    }
    float below = 1; // passed to the unigrams
    for (float kept : evidence.kept) {
        below *= 1.0F - kept;
    }
    p.resize(vocabulary);
    for (WordId id = 0; id < vocabulary; ++id) {
        p[id] = m_unigrams[id] * below;
    }
    float share = 1; // of what an order adds, left by the longer ones
    for (std::size_t i = ngramOrders; i-- > 0;) {
        for (std::size_t j = 0; j < lists[i].items.size(); ++j) {
            std::uint32_t item = lists[i].items[j];
            for (std::size_t shorter = i; shorter-- > 0;) {
                item = lists[shorter].items[item];
            }
            p[item] += m_codebooks[i][lists[i].codes[j]] * scale[i] * share;
        }
        share *= 1.0F - evidence.kept[i];
    }
    return evidence;
}

History NgramModel::startOfText(const Lexicon& lexicon) {
    const WordId paragraph = lexicon.separatorId("\n").value_or(unknownWord);
    return {paragraph, paragraph, paragraph};
}

} // namespace linnet::suggest
