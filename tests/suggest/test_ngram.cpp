#include <QTest>

#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <random>

#include "suggest/bit_stream.h"
#include "suggest/ngram_model.h"
#include "suggest/small_model.h"
#include "suggest/word_stream.h"

using namespace linnet;
using suggest::History;
using suggest::NgramModel;
using suggest::WordId;

namespace {

class Random {
public:
    explicit Random(unsigned seed)
        : m_engine(seed) {}
    std::uint32_t operator()() { return static_cast<std::uint32_t>(m_engine()); }

private:
    std::mt19937 m_engine;
};

// A text of a few hundred words with a skewed distribution, always the same.
std::string inventedText() {
    const std::vector<std::string> words = {"the", "old", "man", "sea", "looked", "at",  "and",
                                            "a",   "boy", "he",  "saw", "London", "fish"};
    Random random(7);
    std::string text = "The";
    for (int i = 0; i < 900; ++i) {
        const unsigned draw = random() % 13U;
        const std::string& word = words[draw * (random() % 13U) / 13U];
        text += random() % 9U == 0 ? ", " : random() % 11U == 0 ? ". " : " ";
        text += word;
    }
    return text + ".\n";
}

// The model's definition in the most direct way: maps of n-grams in doubles, nothing packed.
class Reference {
public:
    using Words = std::vector<WordId>; // context, nearest first, then the word

    Reference(const suggest::Lexicon& lexicon, const std::string& text) {
        History history = NgramModel::startOfText(lexicon);
        bool first = true;
        suggest::forEachWord(text, [&](std::string_view separator, std::string_view word) {
            const std::string key = first ? "\n" : suggest::separatorKey(separator);
            const auto between = lexicon.separatorId(key);
            if (!first && between) {
                history = suggest::extend(history, *between);
            }
            first = false;
            const WordId id = lexicon.contextId(key, word);
            Cell& cell = m_cells[3][{history[0], history[1], history[2], id}];
            cell.weight += 1;
            cell.count += 1;
            history = suggest::extend(history, id);
        });
        for (std::size_t order = 3; order > 0; --order) {
            discount(order);
        }
        double total = 0;
        for (const auto& [words, cell] : m_cells[0]) {
            total += cell.weight;
        }
        for (auto& [words, cell] : m_cells[0]) {
            cell.kept = cell.weight / total;
        }
    }

    double p(const History& history, WordId word) const {
        double result = at(0, {word}).kept;
        Words context;
        for (std::size_t order = 1; order <= 3; ++order) {
            context.push_back(history[order - 1]);
            double kept = 0;
            for (const auto& [words, cell] : m_cells[order]) {
                kept += std::equal(context.begin(), context.end(), words.begin()) ? cell.kept : 0;
            }
            Words whole = context;
            whole.push_back(word);
            result = at(order, whole).kept + (1 - kept) * result;
        }
        return result;
    }

private:
    struct Cell {
        double weight = 0;
        int count = 0;
        double kept = 0;
    };

    Cell at(std::size_t order, const Words& words) const {
        const auto found = m_cells[order].find(words);
        return found == m_cells[order].end() ? Cell{} : found->second;
    }

    void discount(std::size_t order) {
        double n[5] = {};
        std::map<Words, double> totals;
        for (const auto& [words, cell] : m_cells[order]) {
            n[std::min(cell.count, 4)] += cell.count <= 4 ? 1 : 0;
            totals[Words(words.begin(), words.end() - 1)] += cell.weight;
        }
        const double y = n[1] / (n[1] + 2 * n[2]);
        const double d[4] = {0, 1 - 2 * y * n[2] / n[1], 2 - 3 * y * n[3] / n[2],
                             3 - 4 * y * n[4] / n[3]};
        QVERIFY2(n[1] > 0 && n[2] > 0 && n[3] > 0, "the text is too small for the estimate");
        for (auto& [words, cell] : m_cells[order]) {
            const int level = std::min(cell.count, 3);
            const double limited = std::clamp(d[level], 0.05 * level, 0.95 * level);
            const double passed = limited / cell.count;
            cell.kept = cell.weight * (1 - passed) / totals[Words(words.begin(), words.end() - 1)];
            Words shorter = words;
            shorter.erase(shorter.end() - 2);
            Cell& below = m_cells[order - 1][shorter];
            below.weight += cell.weight * passed;
            below.count += 1;
        }
    }

    std::map<Words, Cell> m_cells[4];
};

std::string readBytes(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {(std::istreambuf_iterator<char>(in)), {}};
}

void writeBytes(const std::filesystem::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

// With the checksum made to fit, so that the other checks are what is tested.
void seal(std::string& bytes) {
    suggest::NgramHeader header;
    std::memcpy(&header, bytes.data(), sizeof header);
    header.checksum =
        suggest::checksum({reinterpret_cast<const std::uint8_t*>(bytes.data()) + sizeof header,
                           bytes.size() - sizeof header});
    std::memcpy(bytes.data(), &header, sizeof header);
}

} // namespace

class TestNgram : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bitStreamRoundTrip();
    void byHand();
    void likeTheDefinition();
    void pruningKeepsTheSum();
    void lexiconPrefixes();
    void foldsCapitals();
    void weightRules();
    void hostileFiles_data();
    void hostileFiles();
    void damagedStreamsAreHarmless();
};

void TestNgram::bitStreamRoundTrip() {
    Random random(3);
    suggest::BitWriter out;
    std::vector<std::uint32_t> values;
    for (int i = 0; i < 2000; ++i) {
        values.push_back(random() % 70000U >> (random() % 16U));
        out.putRice(values.back(), i % 16);
        out.putGamma(values.back() + 1);
        out.put(values.back() & 63U, 6);
        out.putSize(values.back() * 30U, i % 18);
    }
    suggest::BitReader in(out.bytes(), 0);
    for (int i = 0; i < 2000; ++i) {
        const std::uint32_t value = values[static_cast<std::size_t>(i)];
        QCOMPARE(in.getRice(i % 16), value);
        QCOMPARE(in.getGamma(), value + 1);
        QCOMPARE(in.get(6), value & 63U);
        QCOMPARE(in.getSize(i % 18), value * 30U);
    }
    QVERIFY(!in.failed());
    QCOMPARE(in.position(), out.bits());
    in.get(32);
    QVERIFY(in.failed());
}

// "a b a c a b", with the discounts for texts too small to estimate them (1/2, 3/4, 9/10). All
// 4-grams and trigrams occur once and pass half of their weight down. After "a": b has weight 1/2
// from two contexts, c 1/4 from one, so b keeps 1/2 (1 - 3/8) / (3/4) = 5/12, c keeps 1/6, and 5/12
// go to the unigrams 6/11, 3/11, 2/11.
void TestNgram::byHand() {
    QTemporaryDir folder;
    QVERIFY(tests::buildSmall(tests::smallFile(folder), "a b a c a b").ok());
    const auto model = NgramModel::load(tests::smallFile(folder));
    QVERIFY(model.ok());
    const auto& lexicon = (*model)->lexicon();
    const auto id = [&](const char* word) { return lexicon.find(word).value(); };
    const WordId none = suggest::numberWord; // never seen: the longer contexts are unknown
    std::vector<float> p;
    auto evidence = (*model)->distribution({id("a"), none, none}, p);
    QCOMPARE(evidence.order, 2);
    const auto near = [](float value, double wanted) {
        return std::abs(static_cast<double>(value) - wanted) < 0.003;
    };
    QVERIFY(near(p[id("b")], 5.0 / 12 + 5.0 / 12 * 3 / 11));
    QVERIFY(near(p[id("c")], 1.0 / 6 + 5.0 / 12 * 2 / 11));
    QVERIFY(near(p[id("a")], 5.0 / 12 * 6 / 11));
    evidence = (*model)->distribution({id("a"), id("b"), id("a")}, p);
    QCOMPARE(evidence.order, 4);
    QVERIFY(near(p[id("c")], 0.5 + 0.5 * (0.5 + 0.5 * (1.0 / 6 + 5.0 / 12 * 2 / 11))));
    (*model)->distribution({none, none, none}, p);
    QVERIFY(near(p[id("a")], 6.0 / 11));
}

void TestNgram::likeTheDefinition() {
    QTemporaryDir folder;
    const std::string text = inventedText();
    const auto report = tests::buildSmall(tests::smallFile(folder), text);
    QVERIFY(report.ok());
    for (std::size_t order = 0; order < 4; ++order) {
        QCOMPARE(report->stored[order], report->counted[order]);
    }
    const auto model = NgramModel::load(tests::smallFile(folder));
    QVERIFY(model.ok());
    const auto& lexicon = (*model)->lexicon();
    const Reference reference(lexicon, text);
    double error = 0;
    int compared = 0;
    Random random(5);
    std::vector<float> p;
    for (int round = 0; round < 60; ++round) {
        const auto any = [&] { return random() % lexicon.vocabulary(); };
        const History history = {any(), any(), any()};
        (*model)->distribution(history, p);
        double sum = 0;
        for (WordId id = 0; id < lexicon.vocabulary(); ++id) {
            const double wanted = reference.p(history, id);
            sum += static_cast<double>(p[id]);
            if (lexicon.word(id).empty()) {
                continue;
            }
            // The probabilities are stored in 64 steps an order.
            error += std::abs(std::log(static_cast<double>(p[id]) / wanted));
            ++compared;
            QVERIFY2(std::abs(static_cast<double>(p[id]) - wanted) < 0.01 + 0.1 * wanted,
                     qPrintable(QString("%1 is not %2").arg(p[id]).arg(wanted)));
        }
        QVERIFY(std::abs(sum - 1) < 1e-4);
    }
    QVERIFY2(error / compared < 0.03, qPrintable(QString::number(error / compared)));
}

void TestNgram::pruningKeepsTheSum() {
    QTemporaryDir folder;
    const auto report = tests::buildSmall(tests::smallFile(folder), inventedText(), 1000, 0.5);
    QVERIFY(report.ok());
    QVERIFY(report->stored[3] < report->counted[3] / 2);
    QVERIFY(report->stored[3] > 0);
    const auto model = NgramModel::load(tests::smallFile(folder));
    QVERIFY(model.ok());
    const WordId vocabulary = (*model)->lexicon().vocabulary();
    std::vector<float> p;
    for (WordId a = 0; a < vocabulary; ++a) {
        for (WordId b = 0; b < vocabulary; ++b) {
            (*model)->distribution({a, b, a}, p);
            double sum = 0;
            for (float value : p) {
                QVERIFY(value >= 0);
                sum += static_cast<double>(value);
            }
            QVERIFY(std::abs(sum - 1) < 1e-4);
        }
    }
}

void TestNgram::lexiconPrefixes() {
    QTemporaryDir folder;
    const std::string text = "apple apply apt banana don't well-known Zürich Zürichs band ban";
    QVERIFY(tests::buildSmall(tests::smallFile(folder), text, 5).ok());
    const auto model = NgramModel::load(tests::smallFile(folder));
    QVERIFY(model.ok());
    const auto& lexicon = (*model)->lexicon();
    QCOMPARE(lexicon.size(), std::size_t{10});
    QCOMPARE(lexicon.tailWords(), std::size_t{5});
    const auto wordsWith = [&](const char* prefix) {
        QStringList words;
        const auto range = lexicon.prefixRange(prefix);
        for (std::size_t at = range.begin; at < range.end; ++at) {
            words << QString::fromUtf8(lexicon.wordAt(at).data(),
                                       static_cast<int>(lexicon.wordAt(at).size()));
        }
        return words;
    };
    QCOMPARE(wordsWith("ap"), QStringList({"apple", "apply", "apt"}));
    QCOMPARE(wordsWith("ban"), QStringList({"ban", "banana", "band"}));
    QCOMPARE(wordsWith("well-"), QStringList({"well-known"}));
    QCOMPARE(wordsWith("Zü"),
             QStringList({QString::fromUtf8("Zürich"), QString::fromUtf8("Zürichs")}));
    QCOMPARE(wordsWith("x"), QStringList());
    QCOMPARE(wordsWith("").size(), 10);
    for (std::size_t at = 0; at < lexicon.size(); ++at) {
        QCOMPARE(lexicon.find(lexicon.wordAt(at)).value(), lexicon.idAt(at));
        QVERIFY(lexicon.word(lexicon.idAt(at)) == lexicon.wordAt(at));
    }
    QVERIFY(!lexicon.find("appl"));
}

void TestNgram::foldsCapitals() {
    QTemporaryDir folder;
    const std::string text =
        "The dog ran to the man. The man saw Tom. Tom saw the dog. \"The dog,\" "
        "said Tom. \"Run,\" he said, and Tom ran.";
    QVERIFY(tests::buildSmall(tests::smallFile(folder), text).ok());
    const auto model = NgramModel::load(tests::smallFile(folder));
    QVERIFY(model.ok());
    const auto& lexicon = (*model)->lexicon();
    QVERIFY(!lexicon.find("The"));
    QVERIFY(lexicon.find("the"));
    QVERIFY(lexicon.find("Tom"));
    QVERIFY(!lexicon.find("tom"));
    QCOMPARE(lexicon.contextId(". ", "The"), lexicon.find("the").value());
    QCOMPARE(lexicon.contextId(". ", "Tom"), lexicon.find("Tom").value());
    QCOMPARE(lexicon.contextId(" ", "Tom"), lexicon.find("Tom").value());
    QCOMPARE(lexicon.contextId(" ", "77"), suggest::numberWord);
    QCOMPARE(lexicon.contextId(" ", "zebra"), suggest::unknownWord);
    QVERIFY(lexicon.capitalRate(". ") > 0.9);
    QCOMPARE(lexicon.capitalRate(" "), 0.0);
    // An unknown separator is what its end is.
    QCOMPARE(lexicon.separatorId("!!! ?. ").value(), lexicon.separatorId(". ").value());
}

void TestNgram::weightRules() {
    const auto rule = training::WeightRule::parse("era:mid20c=2.5");
    QVERIFY(rule.ok());
    QVERIFY(rule->field == "era" && rule->value == "mid20c" && rule->factor == 2.5);
    for (const char* bad : {"", "era", "era:x", "color:x=1", "era:x=y", "era:x=-1", "era:x=1z"}) {
        QVERIFY2(!training::WeightRule::parse(bad).ok(), bad);
    }
}

void TestNgram::hostileFiles_data() {
    QTest::addColumn<int>("kind");
    QTest::newRow("empty") << 0;
    QTest::newRow("short") << 1;
    QTest::newRow("magic") << 2;
    QTest::newRow("version") << 3;
    QTest::newRow("truncated") << 4;
    QTest::newRow("flipped byte") << 5;
    QTest::newRow("section outside") << 6;
    QTest::newRow("huge vocabulary") << 7;
    QTest::newRow("unsorted words") << 8;
    QTest::newRow("context outside") << 9;
    QTest::newRow("bad probability") << 10;
    QTest::newRow("words past their section") << 11;
}

void TestNgram::hostileFiles() {
    QFETCH(int, kind);
    QTemporaryDir folder;
    const auto file = tests::smallFile(folder);
    QVERIFY(tests::buildSmall(file, inventedText()).ok());
    std::string bytes = readBytes(file);
    suggest::NgramHeader header;
    std::memcpy(&header, bytes.data(), sizeof header);
    const auto section = [&](suggest::NgramSection which) {
        return static_cast<std::size_t>(header.sections[static_cast<std::size_t>(which)].offset);
    };
    const auto putHeader = [&] { std::memcpy(bytes.data(), &header, sizeof header); };
    switch (kind) {
    case 0:
        bytes.clear();
        break;
    case 1:
        bytes.resize(20);
        break;
    case 2:
        bytes[0] = 'X';
        break;
    case 3:
        header.version = 99;
        putHeader();
        break;
    case 4:
        bytes.resize(bytes.size() - 9);
        break;
    case 5:
        bytes[bytes.size() - 3] = static_cast<char>(bytes[bytes.size() - 3] ^ 16);
        break;
    case 6:
        header.sections[2].offset = ~std::uint64_t{0} - 3;
        putHeader();
        break;
    case 7:
        header.vocabulary = 0xFFFFFFFFU;
        putHeader();
        break;
    case 8:
        bytes[section(suggest::NgramSection::Words) + 2] = 'z';
        seal(bytes);
        break;
    case 9:
        std::memset(bytes.data() + section(suggest::NgramSection::Contexts) + 8, 0xFF, 4);
        seal(bytes);
        break;
    case 10:
        std::memset(bytes.data() + section(suggest::NgramSection::Codebooks), 0x7F, 4);
        seal(bytes);
        break;
    default:
        bytes[section(suggest::NgramSection::Words) + 1] = static_cast<char>(0xFF);
        seal(bytes);
    }
    writeBytes(file, bytes);
    const auto loaded = NgramModel::load(file);
    QVERIFY(!loaded.ok());
    QVERIFY(!loaded.error().message.empty());
}

// Random bytes in the stream, with a checksum that fits: nonsense may come out, but nothing else.
void TestNgram::damagedStreamsAreHarmless() {
    QTemporaryDir folder;
    const auto file = tests::smallFile(folder);
    QVERIFY(tests::buildSmall(file, inventedText()).ok());
    const std::string sound = readBytes(file);
    suggest::NgramHeader header;
    std::memcpy(&header, sound.data(), sizeof header);
    const auto& stream = header.sections[static_cast<std::size_t>(suggest::NgramSection::Stream)];
    Random random(11);
    std::vector<float> p;
    for (int round = 0; round < 40; ++round) {
        std::string bytes = sound;
        for (int i = 0; i < 30; ++i) {
            bytes[stream.offset + random() % stream.bytes] = static_cast<char>(random());
        }
        seal(bytes);
        writeBytes(file, bytes);
        const auto model = NgramModel::load(file);
        QVERIFY(model.ok());
        const WordId vocabulary = (*model)->lexicon().vocabulary();
        for (WordId a = 0; a < vocabulary; ++a) {
            (*model)->distribution({a, random() % vocabulary, random() % vocabulary}, p);
            double sum = 0;
            for (float value : p) {
                sum += static_cast<double>(value);
            }
            QVERIFY(std::abs(sum - 1) < 1e-3);
        }
    }
}

QTEST_APPLESS_MAIN(TestNgram)
#include "test_ngram.moc"
