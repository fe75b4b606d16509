// The engine's shared library with tiny models that write captions: against the numbers of an
// independent implementation (see tests/data/README.md), and against itself.

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "engine/api/engine_library.h"
#include "engine/files/file_fixture.h"

using namespace linnet::engine;
using namespace linnet::test;
using Json = nlohmann::json;

namespace {

const char* const modelNames[] = {"vit-gpt2", "deit-gpt2", "blip", "mobilenet-gpt2"};

std::filesystem::path modelFolder(const std::string& name) {
    return testData("captioners/" + name);
}

// The pictures of the reference, [3][size][size] each.
std::vector<float> pictures(const std::vector<int>& indices, int size = 16) {
    std::vector<float> pixels;
    for (const int index : indices) {
        for (std::int64_t i = 0; i < 3 * size * size; ++i) {
            const std::int64_t value =
                ((i + 1) * 7919 + (index + 1) * 104729) * (i % 61 + 1) % 2003;
            pixels.push_back(static_cast<float>(static_cast<double>(value) / 1001.5 - 1.0));
        }
    }
    return pixels;
}

struct Expected {
    int picture = 0;
    std::string language;
    Json subjects; // English, Chinese, probability; null: the model has none
    std::vector<TokenId> tokens;
    std::vector<double> logProbs;
    std::vector<TokenId> best;
};

std::vector<Expected> expectedOf(const std::string& model) {
    const Json json = Json::parse(readFile(modelFolder(model) / "expected.json"));
    std::vector<Expected> captions;
    for (const Json& caption : json["captions"]) {
        captions.push_back({caption["picture"], caption["language"],
                            caption.value("subjects", Json()), caption["tokens"],
                            caption["logprobs"], caption["best"]});
    }
    return captions;
}

TokenId bestOf(std::span<const float> row) {
    return static_cast<TokenId>(std::max_element(row.begin(), row.end()) - row.begin());
}

std::vector<float> copyOf(const CaptionLogProbs& logProbs) {
    return {logProbs.values.begin(), logProbs.values.end()};
}

double worstDifference(std::span<const float> a, std::span<const float> b) {
    double worst = a.size() == b.size() ? 0.0 : 1e9;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        worst = std::max(worst, std::abs(static_cast<double>(a[i] - b[i])));
    }
    return worst;
}

} // namespace

class TestCaptioners : public QObject {
    Q_OBJECT

    std::unique_ptr<Engine> m_engine;

    Result<std::unique_ptr<Captioner>> open(const std::filesystem::path& folder,
                                            Precision precision = Precision::Auto) {
        LoadOptions options;
        options.device = Device::Cpu;
        options.threads = 1;
        options.precision = precision;
        return m_engine->loadCaptioner(folder, options, {});
    }

    std::unique_ptr<Captioner> load(const std::string& model,
                                    Precision precision = Precision::Auto) {
        auto loaded = open(modelFolder(model), precision);
        if (!loaded) {
            qWarning("%s", loaded.error().message.c_str());
            return {};
        }
        return std::move(loaded).value();
    }

    // A caption's tokens one by one, alone: the distribution before each and after the last.
    static std::vector<std::vector<float>> follow(Captioner& captioner, const Expected& caption) {
        std::vector<std::vector<float>> rows;
        const int size = captioner.pixelFormat().width;
        if (!captioner.encode(pictures({caption.picture}, size), 1, {})) {
            return rows;
        }
        auto logProbs = captioner.begin(caption.language, {});
        for (const TokenId token : caption.tokens) {
            if (!logProbs) {
                return rows;
            }
            rows.push_back(copyOf(*logProbs));
            const int parent = 0;
            logProbs = captioner.advance(std::span(&parent, 1), std::span(&token, 1), {});
        }
        if (logProbs) {
            rows.push_back(copyOf(*logProbs));
        }
        return rows;
    }

    static void everyModel() {
        QTest::addColumn<QByteArray>("model");
        for (const char* const name : modelNames) {
            QTest::newRow(name) << QByteArray(name);
        }
    }

private Q_SLOTS:
    void initTestCase() {
        auto engine = openEngine(LINNET_ENGINE_LIBRARY);
        QVERIFY2(engine, engine ? "" : engine.error().message.c_str());
        m_engine = std::move(engine).value();
    }

    void agreesWithTheReference_data() {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("precision");
        for (const char* const name : modelNames) {
            QTest::addRow("%s float32", name)
                << QByteArray(name) << static_cast<int>(Precision::Float32);
            QTest::addRow("%s bfloat16", name)
                << QByteArray(name) << static_cast<int>(Precision::BFloat16);
        }
    }
    void agreesWithTheReference() {
        QFETCH(QByteArray, model);
        QFETCH(int, precision);
        const bool exact = static_cast<Precision>(precision) == Precision::Float32;
        const auto captioner = load(model.toStdString(), static_cast<Precision>(precision));
        QVERIFY(captioner);
        QCOMPARE(captioner->info().precision, std::string(exact ? "float32" : "bfloat16"));
        const std::vector<Expected> captions = expectedOf(model.toStdString());
        QVERIFY(captions.size() == 6);
        double worst = 0;
        for (const Expected& expected : captions) {
            const auto rows = follow(*captioner, expected);
            QCOMPARE(rows.size(), expected.tokens.size() + 1);
            for (std::size_t i = 0; i < expected.tokens.size(); ++i) {
                const float got = rows[i][static_cast<std::size_t>(expected.tokens[i])];
                worst = std::max(worst, std::abs(static_cast<double>(got) - expected.logProbs[i]));
                if (exact) {
                    QCOMPARE(bestOf(rows[i]), expected.best[i]);
                    double sum = 0;
                    for (const float logProb : rows[i]) {
                        sum += std::exp(static_cast<double>(logProb));
                    }
                    QVERIFY(std::abs(sum - 1.0) < 1e-4);
                }
            }
        }
        // Random weights that are this large show bfloat16's rounding more than trained ones.
        QVERIFY2(worst < (exact ? 1e-3 : 1.0), qPrintable(QString::number(worst)));
    }

    // All captions of all pictures as beams that change places, beside each alone.
    void beamsEqualSingles_data() { everyModel(); }
    void beamsEqualSingles() {
        QFETCH(QByteArray, model);
        const auto captioner = load(model.toStdString());
        QVERIFY(captioner);
        const std::vector<Expected> captions = expectedOf(model.toStdString());
        std::vector<std::vector<std::vector<float>>> singles;
        for (Expected expected : captions) {
            expected.language = "en";
            singles.push_back(follow(*captioner, expected));
        }
        const std::vector<int> order = {2, 0, 1}; // of the pictures
        QVERIFY(captioner->encode(pictures(order, captioner->pixelFormat().width), 3, {}));
        auto logProbs = captioner->begin("en", {});
        QVERIFY(logProbs && logProbs->rows == 3);
        // Which caption each row is: two for every picture, later one of picture 0 alone.
        std::vector<std::size_t> rows = {4, 0, 2};
        const std::vector<std::vector<std::size_t>> plans = {
            {0, 4, 2, 1, 5, 3},                                   // two of each picture, mixed
            {5, 4, 3, 2, 1, 0}, {0, 1, 2, 3, 4, 5}, {3, 0, 5, 1}, // one of two pictures has two
            {1, 0, 3},          {0, 0, 1},          {1}};
        for (std::size_t step = 0; step < plans.size(); ++step) {
            std::vector<int> parents;
            std::vector<TokenId> tokens;
            for (const std::size_t caption : plans[step]) {
                const auto parent = std::find_if(rows.begin(), rows.end(), [&](std::size_t row) {
                    return step == 0 ? captions[row].picture == captions[caption].picture
                                     : row == caption;
                });
                QVERIFY(parent != rows.end());
                parents.push_back(static_cast<int>(parent - rows.begin()));
                tokens.push_back(captions[caption].tokens[step]);
            }
            logProbs = captioner->advance(parents, tokens, {});
            QVERIFY(logProbs && logProbs->rows == static_cast<int>(tokens.size()));
            rows = plans[step];
            for (std::size_t i = 0; i < rows.size(); ++i) {
                const double worst =
                    worstDifference(logProbs->row(static_cast<int>(i)), singles[rows[i]][step + 1]);
                QVERIFY2(worst < 1e-3, qPrintable(QString::number(worst)));
            }
        }
    }

    void saysWhatItIs() {
        const auto captioner = load("blip");
        QVERIFY(captioner);
        QCOMPARE(captioner->info().name, std::string("blip"));
        QCOMPARE(captioner->info().architecture, std::string("blip"));
        QCOMPARE(captioner->info().device, std::string("cpu"));
        QVERIFY(captioner->info().parameters > 5000);
        QCOMPARE(captioner->languages(), std::vector<std::string>{"en"});
        QCOMPARE(captioner->maxTokens(), 19);
        QCOMPARE(captioner->pixelFormat().width, 16);
        QVERIFY(captioner->pixelFormat().filter == PixelFormat::Filter::Bicubic);
        QVERIFY(captioner->subjectThreshold() > 1);
        const TokenId end = captioner->endOfCaption();
        QVERIFY(captioner->tokenizer().find("[SEP]") == end);
        QVERIFY(!captioner->isForbidden(end));
        for (const char* const token : {"[PAD]", "[UNK]", "[CLS]", "[MASK]"}) {
            QVERIFY(captioner->isForbidden(*captioner->tokenizer().find(token)));
        }
        // The prompt, and what the tokenizer does not know.
        for (int id = captioner->tokenizer().size(); id < captioner->info().vocabularySize; ++id) {
            QVERIFY(captioner->isForbidden(id));
        }
        QVERIFY(!captioner->isForbidden(*captioner->tokenizer().find(" man")));
        const auto gpt2 = load("vit-gpt2");
        QCOMPARE(gpt2->maxTokens(), 11);                   // max_length counts the first token
        QVERIFY(!gpt2->isForbidden(gpt2->endOfCaption())); // though it is the first and the padding
        QCOMPARE(load("deit-gpt2")->maxTokens(), 9);
        QVERIFY(load("deit-gpt2")->isForbidden(7)); // where its captions begin
    }

    void namesWhatItSees() {
        const auto captioner = load("mobilenet-gpt2");
        QVERIFY(captioner);
        QCOMPARE(captioner->languages(), (std::vector<std::string>{"en", "zh"}));
        QVERIFY(std::abs(captioner->subjectThreshold() - 0.6) < 1e-9);
        QCOMPARE(captioner->maxTokens(), 11);   // what 12 hints leave of 24 positions
        for (const TokenId id : {2, 3, 4, 5}) { // begins, padding, hint
            QVERIFY(captioner->isForbidden(id));
        }
        QVERIFY(!captioner->isForbidden(6));
        for (const Expected& expected : expectedOf("mobilenet-gpt2")) {
            const auto seen = captioner->encode(pictures({expected.picture}, 32), 1, {});
            QVERIFY(seen && seen->size() == 1);
            // The reference has those of a hundredth and more.
            const auto probable =
                std::count_if(seen->front().begin(), seen->front().end(),
                              [](const Subject& subject) { return subject.probability >= 0.01; });
            QCOMPARE(static_cast<std::size_t>(probable), expected.subjects.size());
            for (std::size_t i = 0; i < expected.subjects.size(); ++i) {
                const Subject& subject = seen->front()[i];
                QCOMPARE(subject.nouns.at("en").front(),
                         expected.subjects[i][0].get<std::string>());
                QCOMPARE(subject.nouns.at("zh").front(),
                         expected.subjects[i][1].get<std::string>());
                const double p = expected.subjects[i][2].get<double>();
                QVERIFY(std::abs(subject.probability - p) < 1e-3);
            }
            const auto dog = std::find_if(
                seen->front().begin(), seen->front().end(),
                [](const Subject& subject) { return subject.nouns.at("en").front() == "dog"; });
            QVERIFY(dog != seen->front().end());
            QCOMPARE(dog->nouns.at("en"), (std::vector<std::string>{"dog", "animal"}));
        }
    }

    void wrongRequestsAreRefused() {
        const auto captioner = load("vit-gpt2");
        const int parent = 0;
        const TokenId token = 5;
        const auto advance = [&](std::vector<int> parents, std::vector<TokenId> tokens) {
            return captioner->advance(parents, tokens, {});
        };
        const auto invalid = [](const auto& result) {
            return !result && result.error().code == ErrorCode::InvalidArgument;
        };
        QVERIFY(invalid(captioner->begin("en", {}))); // nothing is encoded
        QVERIFY(invalid(captioner->encode(pictures({0}), 0, {})));
        QVERIFY(invalid(captioner->encode(pictures({0}), 2, {})));
        QVERIFY(captioner->encode(pictures({0}), 1, {}));
        QVERIFY(invalid(advance({parent}, {token}))); // not begun
        QVERIFY(invalid(captioner->begin("xx", {})));
        const auto begun = captioner->begin("en", {});
        QVERIFY(begun);
        QVERIFY(invalid(advance({}, {})));
        QVERIFY(invalid(advance({0, 0}, {token})));
        QVERIFY(invalid(advance({1}, {token})));
        QVERIFY(invalid(advance({-1}, {token})));
        QVERIFY(invalid(advance({0}, {-1})));
        QVERIFY(invalid(advance({0}, {captioner->info().vocabularySize})));
        for (int i = 1; i < captioner->info().contextLength; ++i) {
            QVERIFY(advance({0}, {token}));
        }
        QVERIFY(invalid(advance({0}, {token}))); // the positions are used up
        QVERIFY(captioner->begin("en", {}));
        captioner->clear();
        QVERIFY(invalid(advance({0}, {token})));
        QVERIFY(invalid(captioner->begin("en", {})));
    }

    void beginsAgain() {
        const auto captioner = load("blip");
        QVERIFY(captioner->encode(pictures({1}), 1, {}));
        const auto first = copyOf(*captioner->begin("en", {}));
        const int parents[] = {0, 0};
        const TokenId tokens[] = {8, 9};
        QVERIFY(captioner->advance(parents, tokens, {}));
        QCOMPARE(copyOf(*captioner->begin("en", {})), first);
    }

    void stopsAtOnce() {
        const auto captioner = load("vit-gpt2");
        std::stop_source stop;
        stop.request_stop();
        const auto subjects = captioner->encode(pictures({0, 1}), 2, stop.get_token());
        QVERIFY(subjects && subjects->empty());
        QVERIFY(!captioner->begin("en", {})); // what was encoded is of no use
        const auto again = captioner->encode(pictures({0}), 1, {});
        QVERIFY(again && again->size() == 1 && again->front().empty());
        const auto begun = captioner->begin("en", stop.get_token());
        QVERIFY(begun && begun->rows == 0);
        QVERIFY(captioner->begin("en", {})->rows == 1);
        const int parent = 0;
        const TokenId token = 3;
        const auto stepped =
            captioner->advance(std::span(&parent, 1), std::span(&token, 1), stop.get_token());
        QVERIFY(stepped && stepped->rows == 0);
        const auto loaded = m_engine->loadCaptioner(modelFolder("blip"), {}, stop.get_token());
        QVERIFY(loaded && !*loaded);
    }

    void everyLoaderRefusesTheOthersModels() {
        const auto captioner = open(testData("models/llama-float32"));
        QVERIFY(!captioner && captioner.error().code == ErrorCode::UnsupportedFormat);
        QVERIFY(captioner.error().message.find("a language model") != std::string::npos);
        const auto generator = m_engine->load(modelFolder("blip"), {}, {});
        QVERIFY(!generator && generator.error().code == ErrorCode::UnsupportedFormat);
        QVERIFY(generator.error().message.find("captions of pictures") != std::string::npos);
        const auto int8 = open(modelFolder("blip"), Precision::Int8);
        QVERIFY(!int8 && int8.error().code == ErrorCode::InvalidArgument);
    }

    void endsAsTheDecoderDoes() {
        const FileFixture folder;
        folder.copy(modelFolder("deit-gpt2"));
        folder.write("generation_config.json", R"({"decoder_start_token_id":9})");
        const auto captioner = open(folder.path());
        QVERIFY2(captioner, captioner ? "" : captioner.error().message.c_str());
        QCOMPARE((*captioner)->endOfCaption(), load("deit-gpt2")->endOfCaption());
        QVERIFY((*captioner)->isForbidden(9) && !(*captioner)->isForbidden(7));
        QCOMPARE((*captioner)->maxTokens(), 19);
        folder.write("generation_config.json", R"({"decoder_start_token_id":[1,2]})");
        QVERIFY(!open(folder.path()));
    }

    void acceptsEitherNameOfATiedMatrix() {
        const FileFixture folder;
        folder.copy(modelFolder("blip"));
        std::string file = readFile(folder.path("model.safetensors"));
        // A tied matrix under the other of its names.
        const auto rename = [&](const std::string& from, std::string to) {
            const std::size_t at = file.find("\"" + from + "\"");
            QVERIFY(at != std::string::npos && to.size() <= from.size());
            to = "\"" + to + "\"" + std::string(from.size() - to.size(), ' ');
            file.replace(at, to.size(), to);
        };
        rename("text_decoder.bert.embeddings.word_embeddings.weight",
               "text_decoder.cls.predictions.decoder.weight");
        folder.write("model.safetensors", file);
        const auto captioner = open(folder.path());
        QVERIFY2(captioner, captioner ? "" : captioner.error().message.c_str());
    }

    void damagedFoldersAreRefusedFast_data() {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QByteArray>("name"); // of the file that is changed
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* model, const char* name, const char* from, const char* to,
                            ErrorCode code, const char* says) {
            QTest::addRow("%s %s %s", model, from, to)
                << QByteArray(model) << QByteArray(name) << QByteArray(from) << QByteArray(to)
                << static_cast<int>(code) << QByteArray(says);
        };
        const auto corrupt = ErrorCode::CorruptFile;
        const auto unsupported = ErrorCode::UnsupportedFormat;
        const char* const weights = "model.safetensors";
        const char* const config = "config.json";
        const char* const pixels = "preprocessor_config.json";
        row("vit-gpt2", weights, "h.1.ln_cross_attn.bias", "h.1.ln_cross_xxxx.bias", corrupt,
            "'decoder.transformer.h.1.ln_cross_attn.bias' is missing");
        row("vit-gpt2", weights, "enc_to_dec_proj.bias", "enc_to_dec_proj.biaz", corrupt,
            "'enc_to_dec_proj.bias' is missing");
        row("blip", weights, "crossattention.self.key.bias", "crossattention.self.kex.bias",
            corrupt, "crossattention.self.key.bias' is missing");
        row("blip", config, R"("hidden_size":16)", R"("hidden_size":24)", corrupt,
            "where config.json asks for");
        row("vit-gpt2", config, R"("n_layer":2)", R"("n_layer":3)", corrupt, "h.2.");
        row("vit-gpt2", config, R"("model_type":"vit")", R"("model_type":"swin")", unsupported,
            "'encoder.model_type' is 'swin'");
        row("vit-gpt2", config, R"("model_type":"gpt2")", R"("model_type":"bert")", unsupported,
            "'decoder.model_type' is 'bert'");
        row("vit-gpt2", config, R"("add_cross_attention":true)", R"("add_cross_attention":false)",
            unsupported, "'decoder.add_cross_attention'");
        row("vit-gpt2", config, R"("n_head":2)", R"("n_head":3)", corrupt, "'decoder.n_embd'");
        row("vit-gpt2", config, R"("patch_size":8)", R"("patch_size":7)", unsupported,
            "'encoder.image_size'");
        row("vit-gpt2", config, R"("num_hidden_layers":2)", R"("num_hidden_layers":2000000)",
            corrupt, "'encoder.num_hidden_layers'");
        row("vit-gpt2", config, R"("image_size":16)", R"("image_size":24)", corrupt,
            "pictures of 16 x 16 pixels");
        row("vit-gpt2", config, R"("decoder":)", R"("dekoder":)", corrupt, "'decoder' is missing");
        row("blip", config, R"("vision_config":)", R"("vision_konfig":)", corrupt,
            "'vision_config' is missing");
        row("blip", config, R"("sep_token_id":)", R"("sep_token_id":1000000, "x":)", corrupt,
            "'text_config.sep_token_id'");
        const char* const own = "mobilenet-gpt2";
        row(own, config, R"("languages":)", R"("langs":)", corrupt, "'linnet_captions.languages'");
        row(own, config, R"("zh":3)", R"("zh":999)", corrupt, "'linnet_captions.languages.zh'");
        row(own, config, R"("hint_width":12)", R"("hint_width":23)", corrupt, "hint_width'");
        row(own, config, R"("hint_token_id":5)", R"("hint_token_id":-5)", corrupt,
            "hint_token_id'");
        row(own, config, R"("subjects.tsv")", R"("../etc/passwd")", corrupt, "subjects'");
        row(own, config, R"("subjects.tsv")", R"("none.tsv")", ErrorCode::NotFound, "none.tsv");
        row(own, config, R"([[1,4,1,1])", R"([[1,4,1])", corrupt, "'encoder.stages'");
        row(own, config, R"([[1,4,1,1])", R"([[1,4,999,1])", corrupt, "'encoder.stages'");
        row(own, config, R"("folded")", R"("learned")", unsupported, "'encoder.batch_norm'");
        row(own, config, R"("num_labels":6)", R"("num_labels":7)", corrupt, "where config.json");
        row(own, "subjects.tsv", "5\t", "6\t", corrupt, "line 5");
        row(own, weights, "encoder.l00.bias", "encoder.l00.bia2", corrupt, "'encoder.l00.bias'");
        row("vit-gpt2", pixels, R"("size":16)", R"("size":"big")", corrupt, "'size'");
        row("vit-gpt2", pixels, "ViTFeatureExtractor", "OwlImageProcessor", unsupported,
            "'feature_extractor_type' is 'OwlImageProcessor'");
    }
    void damagedFoldersAreRefusedFast() {
        QFETCH(QByteArray, model);
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(int, code);
        QFETCH(QByteArray, says);
        const FileFixture folder;
        folder.copy(modelFolder(model.toStdString()));
        std::string content = readFile(folder.path(name.toStdString()));
        const std::size_t at = content.find(from.toStdString());
        QVERIFY(at != std::string::npos);
        content.replace(at, static_cast<std::size_t>(from.size()), to.toStdString());
        folder.write(name.toStdString(), content);
        qint64 least = std::numeric_limits<qint64>::max();
        for (int attempt = 0; attempt < 5; ++attempt) {
            QElapsedTimer timer;
            timer.start();
            const auto loaded = open(folder.path());
            least = std::min(least, timer.nsecsElapsed());
            QVERIFY(!loaded);
            const QByteArray message = QByteArray::fromStdString(loaded.error().message);
            QVERIFY2(static_cast<int>(loaded.error().code) == code, message.constData());
            QVERIFY2(message.contains(says), message.constData());
            QVERIFY2(message.contains(folder.path().string().c_str()), message.constData());
        }
        QVERIFY2(least < 10'000'000, qPrintable(QString::number(least)));
    }

    void missingFilesAreNamed() {
        const FileFixture folder;
        QVERIFY(open(folder.path()).error().code == ErrorCode::NotFound);
        folder.copy(modelFolder("blip"));
        std::filesystem::remove(folder.path("preprocessor_config.json"));
        const auto pixels = open(folder.path());
        QVERIFY(pixels.error().code == ErrorCode::NotFound);
        QVERIFY(pixels.error().message.find("preprocessor_config.json") != std::string::npos);
        folder.copy(modelFolder("blip"));
        std::filesystem::rename(folder.path("model.safetensors"), folder.path("pytorch_model.bin"));
        QVERIFY(open(folder.path()).error().code == ErrorCode::UnsafeFormat);
        folder.copy(modelFolder("blip"));
        std::filesystem::remove(folder.path("tokenizer.json"));
        const auto tokenizer = open(folder.path());
        QVERIFY(tokenizer.error().code == ErrorCode::NotFound);
        QVERIFY(tokenizer.error().message.find("vocab.txt") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestCaptioners)
#include "test_captioners.moc"
