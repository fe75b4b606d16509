#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <fstream>
#include <set>

#include "engine/torch/files/tokenizer_loader.h"
#include "token_fixture.h"
#include "training/file_io.h"
#include "training/verse_prepare.h"
#include "training/verse_records.h"
#include "verse/line_filter.h"
#include "verse/poem_record.h"

using namespace linnet::training;
using namespace linnet;
namespace fs = std::filesystem;

class TestVersePrepare : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_temporary;
    fs::path m_folder;

    /// The records of a prepared group as the text of their tokens.
    static std::vector<std::string> recordsOf(const fs::path& folder, const char* split,
                                              const std::string& group) {
        const auto tokenizer = engine::loadTokenizer(folder);
        const auto index = TokenIndex::read(folder / split);
        std::vector<std::string> names(static_cast<std::size_t>((*tokenizer)->size()));
        const std::string json = *readFile(folder / "tokenizer.json");
        const auto vocabulary = QJsonDocument::fromJson(QByteArray::fromStdString(json))
                                    .object()["model"]
                                    .toObject()["vocab"]
                                    .toObject();
        for (auto it = vocabulary.begin(); it != vocabulary.end(); ++it) {
            names[static_cast<std::size_t>(it.value().toInt())] = it.key().toStdString();
        }
        std::vector<std::string> records;
        for (const TokenGroup& entry : index->groups) {
            if (entry.name != group) {
                continue;
            }
            const auto stream = TokenStream::open(folder / split, *index, entry);
            std::vector<std::int64_t> ids(stream->size());
            stream->copy(0, stream->size(), ids.data());
            std::string record;
            for (const std::int64_t id : ids) {
                record += names[static_cast<std::size_t>(id)];
                record += ' ';
                if (static_cast<std::uint32_t>(id) == index->endOfDocument) {
                    records.push_back(record);
                    record.clear();
                }
            }
        }
        std::sort(records.begin(), records.end());
        return records;
    }

    static void write(const fs::path& path, const std::string& text) {
        std::ofstream(path, std::ios::binary) << text;
    }

    VersePrepareOptions options(const char* language, const char* output) const {
        VersePrepareOptions o;
        o.language = language;
        o.corpus = m_folder / language;
        o.pronunciations = m_folder / "pronunciations.txt";
        o.output = m_folder / output;
        o.vocabulary = 100;
        o.leastOther = 2;
        return o;
    }

    void writeChinese() const {
        fs::create_directories(m_folder / "zh");
        const std::string header = "dynasty\tauthor\ttitle\tform\tsimplified\n";
        const std::string poem = "唐\t王之涣\t登鹳雀楼 其二\t5x4\t"
                                 "白日依山尽/黄河入海流/欲穷千里目/更上一层楼\n";
        const std::string other =
            "宋\t某\t无题\t5x4\t一二三四五/六七八九十/山川日月星/风雨雪霜流\n";
        write(m_folder / "zh/train.tsv", header + poem + other);
        write(m_folder / "zh/long-train.tsv",
              header + "清\t某\t古风\t5x6\t白日依山尽/黄河入海流/欲穷千里目/更上一层楼/一二三四五/"
                       "山川日月流\n");
        for (const char* name : {"valid", "long-valid", "test", "long-test"}) {
            write(m_folder / "zh" / (name + std::string(".tsv")), header + poem);
        }
    }

    void writeEnglish() const {
        fs::create_directories(m_folder / "en");
        const std::string poem = "The cold grey sea of England,\nAnd I am by the sea;\n\n"
                                 "O'er the sea, the cold sea,\nIt sings of England to me.\n"
                                 "<|endofpoem|>\n";
        write(m_folder / "en/train.txt", poem + poem);
        write(m_folder / "en/valid.txt", poem);
        write(m_folder / "en/test.txt", poem);
        write(m_folder / "en/poems.tsv", "file\tposition\tid\ttitle\tform\n"
                                         "train.txt\t0\ta\tTHE SEA\tballad\n"
                                         "train.txt\t1\tb\t\tfree verse\n"
                                         "valid.txt\t0\tc\t\tcouplets\n"
                                         "test.txt\t0\td\t\tsonnet\n");
        std::string dictionary = "# a comment\n";
        for (const char* word : {"the", "cold", "grey", "sea", "of", "and", "i", "am", "by", "it",
                                 "sings", "to", "me"}) {
            dictionary += std::string(word) + " AH1\n";
        }
        write(m_folder / "pronunciations.txt",
              dictionary + "england IH1 NG G L AH0 N D\nengland(2) IH1 N G\nhmm HH M\n");
    }

private Q_SLOTS:
    void initTestCase() {
        m_folder = test::pathOf(m_temporary);
        writeChinese();
        writeEnglish();
    }

    void chinese() {
        const auto report = prepareVerse(options("zh", "zh-out"));
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().message.c_str());
        QCOMPARE(report->splits.size(), std::size_t(3));
        QCOMPARE(report->lines, std::uint64_t(9)); // of 14, five come twice
        const auto records = recordsOf(m_folder / "zh-out", "train", "tang-5x4");
        QCOMPARE(records.size(), std::size_t(1));
        const QString record = QString::fromStdString(records.front());
        QVERIFY2(record.startsWith(QString::fromUtf8("<|poem|> <|5x4|> <|唐|> ")),
                 qPrintable(record));
        QVERIFY2(record.endsWith(
                     QString::fromUtf8("<|lines|> 白 日 依 山 尽 <|line|> 黄 河 入 海 流 <|line|> "
                                       "欲 穷 千 里 目 <|line|> 更 上 一 层 楼 <|line|> <|end|> ")),
                 qPrintable(record));
        QCOMPARE(recordsOf(m_folder / "zh-out", "train", "5x4").size(), std::size_t(1));
        QCOMPARE(recordsOf(m_folder / "zh-out", "train", "long").size(), std::size_t(1));
        const auto filter = verse::LineFilter::load(m_folder / "zh-out/lines.bin");
        QVERIFY(filter.ok());
        QVERIFY(filter->mayContain(verse::chineseLineKey("黄河入海流")));
    }

    void chinesePromptsSayWhatThePoemHas() {
        const ChinesePoem poem{
            "唐", "秋兴八首 其一", {"白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"}};
        ChineseVocabularyBuilder builder;
        builder.add(poem);
        builder.add({"唐", "", {"秋兴八首", "其一"}});
        const VerseVocabulary vocabulary = builder.build(1000);
        RecordRandom random(5);
        int titles = 0;
        int themes = 0;
        int rhymes = 0;
        for (int i = 0; i < 1000; ++i) {
            const auto tokens = chineseRecord(poem, vocabulary, random).tokens;
            const auto theme = std::find(tokens.begin(), tokens.end(), "<|theme|>");
            const auto rhyme = std::find(tokens.begin(), tokens.end(), "<|rhyme|>");
            const auto lines = std::find(tokens.begin(), tokens.end(), "<|lines|>");
            if (rhyme != tokens.end()) {
                ++rhymes;
                QCOMPARE(*(rhyme + 1), std::string("流"));
            }
            if (theme == tokens.end()) {
                continue;
            }
            ++themes;
            const std::string text = verse::chineseLineText({theme + 1, std::min(rhyme, lines)});
            titles += text == "秋兴" ? 1 : 0; // the number of the poem in its series is no theme
            const std::string all = poem.lines[0] + poem.lines[1] + poem.lines[2] + poem.lines[3];
            QVERIFY(text == "秋兴" ||
                    all.find(verse::utf8Characters(text).front()) != std::string::npos);
        }
        QVERIFY2(titles > 380 && titles < 520, qPrintable(QString::number(titles)));
        QVERIFY2(themes > 740 && themes < 860, qPrintable(QString::number(themes)));
        QVERIFY2(rhymes > 430 && rhymes < 570, qPrintable(QString::number(rhymes)));
    }

    void english() {
        const auto report = prepareVerse(options("en", "en-out"));
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().message.c_str());
        const auto records = recordsOf(m_folder / "en-out", "train", "ballad");
        QCOMPARE(records.size(), std::size_t(1));
        const QString record = QString::fromStdString(records.front());
        QVERIFY2(record.startsWith("<|poem|> <|ballad|> "), qPrintable(record));
        // England is capitalised inside lines, the rest is not; o'er is in no dictionary, yet
        // common.
        QVERIFY2(record.endsWith("<|lines|> , England of sea grey cold the <|line|> "
                                 "; sea the by am I and <|line|> <|stanza|> "
                                 ", sea cold the , sea the o'er <|line|> "
                                 ". me to England of sings it <|line|> <|end|> "),
                 qPrintable(record));
        QCOMPARE(recordsOf(m_folder / "en-out", "train", "free").size(), std::size_t(1));
        QCOMPARE(recordsOf(m_folder / "en-out", "valid", "couplets").size(), std::size_t(1));
        const auto filter = verse::LineFilter::load(m_folder / "en-out/lines.bin");
        QVERIFY(filter.ok());
        QVERIFY(filter->mayContain(verse::englishLineKey("the cold, grey sea of England!")));
    }

    void sameSeedSameFiles() {
        QVERIFY(prepareVerse(options("zh", "again-1")).ok());
        QVERIFY(prepareVerse(options("zh", "again-2")).ok());
        for (const char* file :
             {"tokenizer.json", "lines.bin", "train/5x4.bin", "train/index.json"}) {
            QCOMPARE(*readFile(m_folder / "again-1" / file),
                     *readFile(m_folder / "again-2" / file));
        }
    }

    void longPoemsAreCut() {
        // Ten stanzas of four lines, then one of forty with a sentence every second line.
        EnglishPoem poem{"", "quatrains", {}};
        for (int i = 0; i < 10; ++i) {
            poem.stanzas.push_back({"The sea,", "the sea", "the sea", "of me."});
        }
        poem.stanzas.emplace_back();
        for (int i = 0; i < 40; ++i) {
            poem.stanzas.back().push_back(i % 2 == 0 ? "the cold sea" : "to me.");
        }
        const auto syllables = SyllableCounts::load(m_folder / "pronunciations.txt");
        QVERIFY(syllables.ok());
        EnglishVocabularyBuilder builder(*syllables);
        builder.add(poem);
        const VerseVocabulary vocabulary = builder.build(100, 1);
        const EnglishRecordMaker maker(vocabulary, *syllables);
        RecordRandom random(1);
        std::ptrdiff_t lines = 0;
        for (const VerseRecord& record : maker.records(poem, random)) {
            const auto count =
                std::count(record.tokens.begin(), record.tokens.end(), verse::record_token::line);
            QVERIFY2(count >= 5 && count <= 28, qPrintable(QString::number(count)));
            QCOMPARE(record.tokens.back(), std::string(verse::record_token::end));
            const auto sentence = record.tokens.end() - 2;
            QCOMPARE(*sentence, std::string(verse::record_token::line));
            lines += count;
        }
        QCOMPARE(lines, std::ptrdiff_t(80)); // none lost, none twice
    }

    void measures() {
        const auto syllables = SyllableCounts::load(m_folder / "pronunciations.txt");
        QCOMPARE(syllables->of("england"), 2);
        QCOMPARE(syllables->of("hmm"), 0);
        const auto measureOf = [&](const std::vector<std::vector<std::string>>& stanzas) {
            const EnglishPoem poem{"", "other", stanzas};
            EnglishVocabularyBuilder builder(*syllables);
            builder.add(poem);
            const VerseVocabulary vocabulary = builder.build(100, 1);
            const EnglishRecordMaker maker(vocabulary, *syllables);
            RecordRandom random(1);
            std::set<std::string> seen; // over many drawings; a fifth of the poems have none
            for (int i = 0; i < 50; ++i) {
                const VerseRecord record = maker.records(poem, random).front();
                if (record.tokens[2].starts_with("<|measure:")) {
                    seen.insert(record.tokens[2]);
                }
            }
            return seen;
        };
        const std::string six = "the cold grey sea of me";
        const std::string eight = six + " and I";
        QCOMPARE(measureOf({{six, six, six, six}}), std::set<std::string>{"<|measure:6|>"});
        QCOMPARE(measureOf({{eight, six, eight, six}}), std::set<std::string>{"<|measure:8-6|>"});
        QCOMPARE(measureOf({{six, "sea", eight + " " + six, "sea"}}), std::set<std::string>());
    }

    void saysWhatIsWrong() {
        auto missing = options("zh", "none");
        missing.corpus = m_folder / "absent";
        auto result = prepareVerse(missing);
        QVERIFY(!result.ok());
        QVERIFY(result.error().code == engine::ErrorCode::NotFound);
        fs::create_directories(m_folder / "bad");
        write(m_folder / "bad/train.tsv", "dynasty\ttitle\tsimplified\n唐\t题\n");
        auto bad = options("zh", "none");
        bad.corpus = m_folder / "bad";
        result = prepareVerse(bad);
        QVERIFY(!result.ok());
        QVERIFY(result.error().code == engine::ErrorCode::CorruptFile);
        QVERIFY(result.error().message.find("line 2") != std::string::npos);
        auto language = options("fr", "none");
        QVERIFY(prepareVerse(language).error().code == engine::ErrorCode::InvalidArgument);
        auto dictionary = options("en", "none");
        dictionary.pronunciations = m_folder / "absent.txt";
        QVERIFY(prepareVerse(dictionary).error().code == engine::ErrorCode::NotFound);
    }
};

QTEST_GUILESS_MAIN(TestVersePrepare)
#include "test_verse_prepare.moc"
