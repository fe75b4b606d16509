#include "training/verse_prepare.h"

#include <algorithm>
#include <fstream>
#include <optional>

#include "training/file_io.h"
#include "training/tokenizer_file.h"
#include "training/verse_records.h"
#include "verse/line_filter.h"

namespace linnet::training {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

/// Share of unknown words above which a record is not trained on.
constexpr double kMostUnknownEnglish = 0.12;
constexpr double kMostUnknownChinese = 0.0;

/// The token ids of a split's records, by group, until they are shuffled and written.
class SplitWriter {
public:
    void add(const VerseRecord& record, const VerseVocabulary& vocabulary) {
        Group& group = m_groups[record.group];
        group.begins.push_back(group.ids.size());
        for (const std::string& token : record.tokens) {
            group.ids.push_back(static_cast<std::uint16_t>(vocabulary.id(token)));
        }
        group.words += record.words;
        group.bytes += record.bytes;
    }

    Result<TokenIndex> write(const fs::path& folder, TokenIndex index, RecordRandom& random) {
        std::error_code failure;
        fs::create_directories(folder, failure);
        for (auto& [name, group] : m_groups) {
            TokenGroup entry;
            entry.name = name;
            entry.file = name + ".bin";
            entry.words = group.words;
            entry.bytes = group.bytes;
            std::ofstream out(folder / entry.file, std::ios::binary | std::ios::trunc);
            for (const std::size_t record : shuffled(group.begins.size(), random)) {
                const std::size_t begin = group.begins[record];
                const std::size_t end =
                    record + 1 < group.begins.size() ? group.begins[record + 1] : group.ids.size();
                entry.documents.push_back(entry.tokens);
                entry.tokens += end - begin;
                out.write(reinterpret_cast<const char*>(group.ids.data() + begin),
                          static_cast<std::streamsize>((end - begin) * sizeof(std::uint16_t)));
            }
            out.flush();
            if (!out) {
                return Error{ErrorCode::Io, "cannot write " + (folder / entry.file).string()};
            }
            index.groups.push_back(std::move(entry));
        }
        if (auto written = index.write(folder); !written) {
            return written.error();
        }
        return index;
    }

private:
    struct Group {
        std::vector<std::uint16_t> ids; // little endian on disk, as is every machine we run on
        std::vector<std::size_t> begins;
        std::uint64_t words = 0;
        std::uint64_t bytes = 0;
    };

    /// Fisher and Yates; std::shuffle differs between libraries.
    static std::vector<std::size_t> shuffled(std::size_t count, RecordRandom& random) {
        std::vector<std::size_t> order(count);
        for (std::size_t i = 0; i < count; ++i) {
            order[i] = i;
        }
        for (std::size_t i = count; i > 1; --i) {
            std::swap(order[i - 1], order[random.below(i)]);
        }
        return order;
    }

    std::map<std::string, Group> m_groups;
};

/// One preparation: two passes over train (vocabulary, records), one over the rest.
class VersePreparation {
public:
    explicit VersePreparation(const VersePrepareOptions& options)
        : m_options(options)
        , m_random(options.seed) {}

    Result<VersePrepareReport> run();

private:
    Result<void> buildVocabulary();
    Result<void> addSplit(const std::string& split);
    void addLine(const std::string& key);
    Result<void> writeLines();
    Result<void> readChinese(const std::string& split,
                             const std::function<void(const ChinesePoem&)>& sink);
    Result<void> readEnglish(const std::string& split,
                             const std::function<void(const EnglishPoem&)>& sink);
    void keep(const VerseRecord& record, bool training, SplitWriter& writer);
    [[nodiscard]] bool chinese() const { return m_options.language == "zh"; }
    [[nodiscard]] ByteProgress progressOf(const std::string& what) const;

    const VersePrepareOptions& m_options;
    RecordRandom m_random;
    EnglishPoemTable m_table;
    SyllableCounts m_syllables;
    VerseVocabulary m_vocabulary;
    std::vector<std::uint64_t> m_lines; // hashes of the lines of train
    TokenIndex m_index;
    VersePrepareReport m_report;
};

ByteProgress VersePreparation::progressOf(const std::string& what) const {
    if (!m_options.progress) {
        return {};
    }
    return [this, what](std::uint64_t done, std::uint64_t total) {
        m_options.progress(what, done, total);
    };
}

Result<void> VersePreparation::readChinese(const std::string& split,
                                           const std::function<void(const ChinesePoem&)>& sink) {
    for (const std::string& name : {split + ".tsv", "long-" + split + ".tsv"}) {
        auto read = readChinesePoems(m_options.corpus / name, sink, progressOf(name));
        if (!read) {
            return read;
        }
    }
    return {};
}

Result<void> VersePreparation::readEnglish(const std::string& split,
                                           const std::function<void(const EnglishPoem&)>& sink) {
    const std::string name = split + ".txt";
    return readEnglishPoems(m_options.corpus / name, m_table, sink, progressOf(name));
}

Result<void> VersePreparation::buildVocabulary() {
    if (chinese()) {
        ChineseVocabularyBuilder builder;
        auto read = readChinese("train", [&](const ChinesePoem& poem) {
            builder.add(poem);
            for (const std::string& line : poem.lines) {
                addLine(verse::chineseLineKey(line));
            }
        });
        m_vocabulary = builder.build(m_options.vocabulary);
        return read;
    }
    auto syllables = SyllableCounts::load(m_options.pronunciations);
    if (!syllables) {
        return syllables.error();
    }
    m_syllables = std::move(*syllables);
    auto table = EnglishPoemTable::load(m_options.corpus / "poems.tsv");
    if (!table) {
        return table.error();
    }
    m_table = std::move(*table);
    EnglishVocabularyBuilder builder(m_syllables);
    auto read = readEnglish("train", [&](const EnglishPoem& poem) {
        builder.add(poem);
        for (const auto& stanza : poem.stanzas) {
            for (const std::string& line : stanza) {
                addLine(verse::englishLineKey(line));
            }
        }
    });
    m_vocabulary = builder.build(m_options.vocabulary, m_options.leastOther);
    return read;
}

void VersePreparation::addLine(const std::string& key) {
    if (!key.empty()) {
        m_lines.push_back(verse::LineFilter::hashOf(key));
    }
}

Result<void> VersePreparation::writeLines() {
    const auto filter = verse::LineFilter::buildFromHashes(std::move(m_lines));
    m_report.lines = filter.size();
    const std::vector<std::uint8_t> content = filter.serialized();
    return writeFileAtomically(m_options.output / "lines.bin",
                               {reinterpret_cast<const char*>(content.data()), content.size()});
}

void VersePreparation::keep(const VerseRecord& record, bool training, SplitWriter& writer) {
    const double most = chinese() ? kMostUnknownChinese : kMostUnknownEnglish;
    if (training &&
        static_cast<double>(record.unknown) > most * static_cast<double>(record.words)) {
        ++m_report.leftOut;
        return;
    }
    writer.add(record, m_vocabulary);
}

Result<void> VersePreparation::addSplit(const std::string& split) {
    SplitWriter writer;
    const bool training = split == "train";
    Result<void> read;
    if (chinese()) {
        read = readChinese(split, [&](const ChinesePoem& poem) {
            keep(chineseRecord(poem, m_vocabulary, m_random), training, writer);
        });
    } else {
        const EnglishRecordMaker maker(m_vocabulary, m_syllables);
        read = readEnglish(split, [&](const EnglishPoem& poem) {
            for (const VerseRecord& record : maker.records(poem, m_random)) {
                keep(record, training, writer);
            }
        });
    }
    if (!read) {
        return read;
    }
    auto index = writer.write(m_options.output / split, m_index, m_random);
    if (!index) {
        return index.error();
    }
    m_report.splits[split] = std::move(*index);
    return {};
}

Result<VersePrepareReport> VersePreparation::run() {
    if (m_options.language != "zh" && m_options.language != "en") {
        return Error{ErrorCode::InvalidArgument,
                     "language \"" + m_options.language + "\" is not zh or en"};
    }
    if (auto built = buildVocabulary(); !built) {
        return built.error();
    }
    if (m_vocabulary.tokens().size() >= 65536) {
        return Error{ErrorCode::InvalidArgument, "a vocabulary of at most 65,535 tokens, please"};
    }
    std::error_code failure;
    fs::create_directories(m_options.output, failure);
    const fs::path tokenizer = m_options.output / "tokenizer.json";
    const auto cut = chinese() ? WordLevelCut::Characters : WordLevelCut::WhiteSpace;
    auto written = writeWordLevelFile(m_vocabulary.tokens(), m_vocabulary.controlCount(),
                                      std::string(verse::record_token::unknown), cut, tokenizer);
    if (!written) {
        return written.error();
    }
    auto sha = sha256OfFile(tokenizer);
    if (!sha) {
        return sha.error();
    }
    if (auto lines = writeLines(); !lines) {
        return lines.error();
    }
    m_index.tokenizerSha256 = std::move(*sha);
    m_index.vocabularySize = m_vocabulary.tokens().size();
    m_index.endOfDocument = m_vocabulary.id(std::string(verse::record_token::end));
    m_report.vocabularySize = m_vocabulary.tokens().size();
    for (const std::string split : {"train", "valid", "test"}) {
        if (auto added = addSplit(split); !added) {
            return added.error();
        }
    }
    return m_report;
}

} // namespace

Result<VersePrepareReport> prepareVerse(const VersePrepareOptions& options) {
    return VersePreparation(options).run();
}

} // namespace linnet::training
