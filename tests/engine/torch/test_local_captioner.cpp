// LocalCaptioner over a network of a few lines: prompts, and what happens when memory runs out.

#include <QtTest>

#include <cmath>

#include "byte_tokenizer.h"
#include "engine/torch/local_captioner.h"

using namespace linnet::engine;

namespace {

constexpr int vocabulary = 300;

// What the networks of a test were asked, and when their memory ends.
struct Log {
    std::vector<std::string> calls; // "gpu encode 2", "cpu begin 1", ...
    std::vector<std::vector<TokenId>> prompts;
    std::vector<std::vector<TokenId>> rows; // the captions with their prompts
    int callsUntilFull = 1000;              // of the GPU
    int fullFor = 1000;                     // calls after these
    int freed = 0;
};

class FakeNetwork : public CaptionNetwork {
public:
    FakeNetwork(Log& log, std::string device)
        : m_log(log)
        , m_device(std::move(device)) {}

    Result<std::span<const float>> encode(std::span<const float> pixels, int count,
                                          const std::stop_token& /*stop*/) override {
        if (!enter("encode " + std::to_string(count))) {
            return full();
        }
        m_log.rows.clear();
        m_values.clear(); // the probabilities of two classes, from the first pixel
        for (int i = 0; i < count; ++i) {
            const float p = pixels[static_cast<std::size_t>(i) * 12];
            m_values.insert(m_values.end(), {p, 1 - p});
        }
        return std::span<const float>(m_values);
    }
    Result<std::span<const float>> begin(std::span<const std::vector<TokenId>> prompts) override {
        if (!enter("begin " + std::to_string(prompts.size()))) {
            return full();
        }
        m_log.prompts.assign(prompts.begin(), prompts.end());
        m_log.rows = m_log.prompts;
        return answer();
    }
    Result<std::span<const float>> advance(std::span<const int> parents,
                                           std::span<const TokenId> tokens) override {
        if (!enter("advance " + std::to_string(parents.size()))) {
            return full();
        }
        std::vector<std::vector<TokenId>> rows;
        for (std::size_t i = 0; i < parents.size(); ++i) {
            rows.push_back(m_log.rows.at(static_cast<std::size_t>(parents[i])));
            rows.back().push_back(tokens[i]);
        }
        m_log.rows = std::move(rows);
        return answer();
    }
    void clear() override { ++m_log.freed; }
    std::string device() const override { return m_device; }
    std::string precision() const override { return "float32"; }
    std::int64_t weightBytes() const override { return 1; }

private:
    bool enter(const std::string& call) {
        m_log.calls.push_back(m_device + " " + call);
        return m_device == "cpu" || m_log.callsUntilFull-- > 0 || m_log.fullFor-- <= 0;
    }
    static Error full() { return {ErrorCode::OutOfMemory, "not enough memory"}; }
    // Of every row the same: its length says how probable token 0 is.
    Result<std::span<const float>> answer() {
        m_values.assign(m_log.rows.size() * vocabulary, -5.0F);
        for (std::size_t i = 0; i < m_log.rows.size(); ++i) {
            m_values[i * vocabulary] = -static_cast<float>(m_log.rows[i].size());
        }
        return std::span<const float>(m_values);
    }

    Log& m_log;
    std::string m_device;
    std::vector<float> m_values;
};

CaptionConfig config() {
    CaptionConfig made;
    made.architecture = "vision-encoder-decoder";
    made.vision.kind = VisionConfig::Kind::MobileNetV2;
    made.vision.mobileNet.classes = 2;
    made.text.vocabularySize = vocabulary;
    made.text.maxPositions = 20;
    made.pixels.width = 2;
    made.pixels.height = 2;
    made.begin = 260;
    made.end = 259;
    made.padding = {258};
    made.languages = {{"en", 260}, {"zh", 261}};
    made.subjectThreshold = 0.5;
    HintFormat hints;
    hints.width = 6;
    hints.words = 2;
    hints.probability = 0.3;
    hints.hint = 257;
    hints.padding = 258;
    made.hints = hints;
    return made;
}

std::vector<float> pixels(std::initializer_list<float> firsts) {
    std::vector<float> values;
    for (const float first : firsts) {
        values.push_back(first);
        values.resize(values.size() + 11, 0.0F);
    }
    return values;
}

} // namespace

class TestLocalCaptioner : public QObject {
    Q_OBJECT

    Log m_log;

    std::unique_ptr<LocalCaptioner> make(bool gpu) {
        m_log = {};
        const LocalCaptioner::Fallback fallback = [this] {
            return Result<std::unique_ptr<CaptionNetwork>>(
                std::make_unique<FakeNetwork>(m_log, "cpu"));
        };
        auto subjects = SubjectTable::parse("0\tcat,pet\t猫\n1\tox\t牛\n", "subjects", 2);
        return std::make_unique<LocalCaptioner>(
            ModelInfo{}, config(), std::move(*subjects),
            std::make_unique<linnet::tests::ByteTokenizer>(false),
            std::make_unique<FakeNetwork>(m_log, gpu ? "gpu" : "cpu"),
            gpu ? fallback : LocalCaptioner::Fallback());
    }

private Q_SLOTS:
    void hintsAtWhatItSees() {
        const auto captioner = make(false);
        const auto seen = captioner->encode(pixels({0.9F, 0.6F, 0.05F}), 3, {});
        QVERIFY(seen && seen->size() == 3);
        QCOMPARE(seen->at(0).front().nouns.at("en"), (std::vector<std::string>{"cat", "pet"}));
        QCOMPARE(seen->at(2).front().nouns.at("zh").front(), std::string("牛"));
        QVERIFY(captioner->begin("en", {})->rows == 3);
        using Ids = std::vector<TokenId>;
        QCOMPARE(m_log.prompts[0], (Ids{257, ' ', 'c', 'a', 't', 258, 260}));
        // " ox" does not fit behind " cat", and less probable than 0.3 is no hint.
        QCOMPARE(m_log.prompts[1], (Ids{257, ' ', 'c', 'a', 't', 258, 260}));
        QCOMPARE(m_log.prompts[2], (Ids{257, ' ', 'o', 'x', 258, 258, 260}));
        QVERIFY(captioner->begin("zh", {})->rows == 3);
        QCOMPARE(m_log.prompts[0], (Ids{257, 0xE7, 0x8C, 0xAB, 258, 258, 261}));
        QVERIFY(!captioner->begin("fr", {}));
    }

    void movesToTheCpuWhenMemoryEnds_data() {
        QTest::addColumn<int>("calls"); // that the GPU's memory suffices for
        QTest::newRow("for nothing") << 0;
        QTest::newRow("for pictures") << 1;
        QTest::newRow("for prompts") << 2;
        QTest::newRow("for a step") << 3;
    }
    void movesToTheCpuWhenMemoryEnds() {
        QFETCH(int, calls);
        const auto captioner = make(true);
        QCOMPARE(captioner->info().device, std::string("gpu"));
        m_log.callsUntilFull = calls;
        const auto seen = captioner->encode(pixels({0.9F, 0.1F}), 2, {});
        QVERIFY(seen && seen->at(0).front().nouns.at("en").front() == "cat");
        QVERIFY(captioner->begin("en", {})->rows == 2);
        const std::vector<int> firstParents = {1, 0, 0};
        const std::vector<TokenId> firstTokens = {7, 8, 9};
        QVERIFY(captioner->advance(firstParents, firstTokens, {})->rows == 3);
        const std::vector<int> parents = {2, 0};
        const std::vector<TokenId> tokens = {10, 11};
        const auto last = captioner->advance(parents, tokens, {});
        QVERIFY(last && last->rows == 2);
        QVERIFY(std::abs(last->row(1)[0] + 9.0F) < 1e-6F); // 6 hints, the language, two tokens
        const auto ends = [](const std::vector<TokenId>& row) {
            return std::vector<TokenId>(row.end() - 3, row.end());
        };
        QCOMPARE(ends(m_log.rows[0]), (std::vector<TokenId>{260, 9, 10}));
        QCOMPARE(ends(m_log.rows[1]), (std::vector<TokenId>{260, 7, 11}));
        QCOMPARE(m_log.rows[0][2], TokenId('c'));
        QCOMPARE(m_log.rows[1][2], TokenId('o'));
        QCOMPARE(captioner->info().device, std::string("cpu"));
        QVERIFY(captioner->info().notice.find("CPU") != std::string::npos);
        QVERIFY(m_log.freed > 0);
    }

    void aSecondTryMaySuffice() {
        const auto captioner = make(true);
        QVERIFY(captioner->encode(pixels({0.9F}), 1, {}));
        m_log.callsUntilFull = 0;
        m_log.fullFor = 1; // what is freed then suffices
        QVERIFY(captioner->begin("en", {})->rows == 1);
        QCOMPARE(captioner->info().device, std::string("gpu"));
        QVERIFY(captioner->info().notice.empty());
        QCOMPARE(m_log.calls, (std::vector<std::string>{"gpu encode 1", "gpu begin 1",
                                                        "gpu encode 1", "gpu begin 1"}));
    }

    void withoutAnywhereToGoItFails() {
        m_log = {};
        auto captioner =
            std::make_unique<LocalCaptioner>(ModelInfo{}, config(), std::nullopt,
                                             std::make_unique<linnet::tests::ByteTokenizer>(false),
                                             std::make_unique<FakeNetwork>(m_log, "gpu"));
        QVERIFY(captioner->encode(pixels({0.9F}), 1, {})->front().empty()); // no names
        m_log.callsUntilFull = 0;
        const auto begun = captioner->begin("en", {});
        QVERIFY(!begun && begun.error().code == ErrorCode::OutOfMemory);
        QVERIFY(captioner->begin("en", {}).error().code == ErrorCode::InvalidArgument);
    }
};

QTEST_APPLESS_MAIN(TestLocalCaptioner)
#include "test_local_captioner.moc"
