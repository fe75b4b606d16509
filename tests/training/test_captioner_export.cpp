#include "training/caption_fixture.h"

#include "training/captions/caption_export.h"
#include "training/captions/caption_inputs.h"
#include "training/captions/caption_measure.h"
#include "training/captions/photo_packer.h"

#include <nlohmann/json.hpp>

#include <cmath>

using namespace linnet;
using Json = nlohmann::json;
using tests::kSize;
using tests::SmallCaptionCorpus;
namespace fs = std::filesystem;

namespace {

Json jsonOf(const fs::path& path) {
    const auto text = training::readFile(path);
    return text ? Json::parse(*text, nullptr, false) : Json();
}

/// A file of an archive, as POSIX.1-1988 lays it out.
std::string archived(const std::string& name, const std::string& content) {
    std::string header(512, '\0');
    header.replace(0, name.size(), name);
    char size[16] = {};
    std::snprintf(size, sizeof size, "%011zo", content.size());
    header.replace(124, 11, size);
    header[156] = '0';
    std::string padding((512 - content.size() % 512) % 512, '\0');
    return header + content + padding;
}

/// Says "A cat." of dark pictures and "A dog." of others, in ids of one letter each.
class FakeCaptioner : public engine::Captioner {
public:
    class Letters : public engine::Tokenizer {
    public:
        std::vector<engine::TokenId> encode(std::string_view, bool) const override { return {}; }
        std::string_view bytes(engine::TokenId id) const override {
            return id < size() - 1 ? words[static_cast<std::size_t>(id)] : std::string_view();
        }
        std::string decode(const std::vector<engine::TokenId>& ids) const override {
            std::string text;
            for (const engine::TokenId id : ids) {
                text += bytes(id);
            }
            return text;
        }
        int size() const override { return 4; }
        bool isSpecial(engine::TokenId id) const override { return id == 3; }
        std::optional<engine::TokenId> find(std::string_view) const override { return {}; }
        std::optional<engine::TokenId> beginOfText() const override { return {}; }
        std::optional<engine::TokenId> endOfText() const override { return 3; }
        bool addsBeginOfText() const override { return false; }

    private:
        std::array<std::string, 3> words = {"A", " cat", " dog"};
    };

    FakeCaptioner() {
        m_format.width = m_format.height = kSize;
        m_format.scale = 1.0 / 127.5;
        m_format.mean = {1.0, 1.0, 1.0};
        m_format.deviation = {1.0, 1.0, 1.0};
    }
    const engine::ModelInfo& info() const override { return m_info; }
    const engine::Tokenizer& tokenizer() const override { return m_letters; }
    const engine::PixelFormat& pixelFormat() const override { return m_format; }
    const std::vector<std::string>& languages() const override { return m_languages; }
    engine::TokenId endOfCaption() const override { return 3; }
    int maxTokens() const override { return 5; }
    bool isForbidden(engine::TokenId) const override { return false; }
    double subjectThreshold() const override { return 2.0; }
    const engine::CaptionSearch& search() const override { return m_search; }
    engine::Result<std::vector<std::vector<engine::Subject>>>
    encode(std::span<const float> pixels, int count, std::stop_token) override {
        m_dark = pixels.front() < 0.0F;
        return std::vector<std::vector<engine::Subject>>(static_cast<std::size_t>(count));
    }
    engine::Result<engine::CaptionLogProbs> begin(std::string_view, std::stop_token) override {
        m_step = 0;
        return next(1);
    }
    engine::Result<engine::CaptionLogProbs> advance(std::span<const int> parents,
                                                    std::span<const engine::TokenId>,
                                                    std::stop_token) override {
        ++m_step;
        return next(static_cast<int>(parents.size()));
    }
    void clear() override {}

private:
    engine::CaptionLogProbs next(int rows) {
        const std::array<int, 3> words = {0, m_dark ? 1 : 2, 3};
        m_values.assign(static_cast<std::size_t>(rows) * 4, -20.0F);
        for (int row = 0; row < rows; ++row) {
            const int word = words[static_cast<std::size_t>(std::min(m_step, 2))];
            m_values[static_cast<std::size_t>(row * 4 + word)] = -0.01F;
        }
        return {rows, 4, m_values};
    }

    engine::ModelInfo m_info;
    Letters m_letters;
    engine::CaptionSearch m_search;
    engine::PixelFormat m_format;
    std::vector<std::string> m_languages = {"en"};
    std::vector<float> m_values;
    bool m_dark = false;
    int m_step = 0;
};

/// Of the token after two others, without a picture.
torch::Tensor logitsOf(const training::CaptionShape& shape, const training::NamedTensors& stored) {
    training::NamedTensors wide;
    for (const auto& [name, tensor] : stored) {
        wide[name] = tensor.to(torch::kFloat);
    }
    const training::CaptionNetwork network(shape, wide, torch::kFloat);
    const auto memory = network.memory(torch::zeros({1, shape.encoder.hiddenSize, 1, 1}));
    return network.decoder().logits(
        network.decoder().hidden(torch::tensor({5, 7}).view({1, 2}), {nullptr, &memory}));
}

} // namespace

class TestCaptionerExport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aRunBecomesAModelFolder() {
        const SmallCaptionCorpus corpus;
        auto options = corpus.options("run");
        options.steps = 2;
        options.validEvery = 0;
        QVERIFY(training::trainCaptioner(options));
        training::CaptionExportOptions out;
        out.run = corpus.root() / "run";
        out.weights = "latest";
        out.subjects = corpus.root() / "subjects.tsv";
        out.output = corpus.root() / "model";
        out.subjectThreshold = 0.4;
        out.search.noRepeat = 2;
        for (const char* beside : {"asides.txt", "kinds.tsv"}) {
            QVERIFY(training::writeFileAtomically(corpus.root() / beside, "# none\n"));
        }
        out.card.title = "Small";
        fs::path measuredFolder;
        out.measure = [&](const fs::path& folder)
            -> engine::Result<std::map<std::string, training::CaptionScores>> {
            measuredFolder = folder;
            training::CaptionScores scores;
            scores.bleu[3] = 0.25;
            return std::map<std::string, training::CaptionScores>{{"en", scores}};
        };
        const auto done = training::exportCaptioner(out);
        QVERIFY2(done, done ? "" : done.error().message.c_str());
        QVERIFY(!measuredFolder.empty());
        const Json config = jsonOf(out.output / "config.json");
        QCOMPARE(config["model_type"], Json("vision-encoder-decoder"));
        QCOMPARE(config["encoder"]["model_type"], Json("mobilenet_v2"));
        QCOMPARE(config["decoder"]["n_embd"], Json(16));
        QCOMPARE(config["linnet_captions"]["subject_threshold"], Json(0.4));
        QCOMPARE(config["no_repeat_ngram_size"], Json(2));
        QCOMPARE(config["linnet_captions"]["mirrored"], Json(true));
        QCOMPARE(config["linnet_captions"]["people_step"], Json(0.25));
        QCOMPARE(config["linnet_captions"]["asides"], Json("asides.txt"));
        QCOMPARE(config["linnet_captions"]["kinds"], Json("kinds.tsv"));
        QVERIFY(!config["linnet_captions"].contains("people"));
        QCOMPARE(config["decoder_start_token_id"], config["linnet_captions"]["languages"]["en"]);
        const Json card = jsonOf(out.output / "card.json");
        QCOMPARE(card["measured"]["en"]["bleu4"], Json(0.25));
        QCOMPARE(card["training"]["updates"], Json(2));
        QCOMPARE(card["recipe"], Json({"test"}));
        const auto stored = training::readTensors(out.output / "model.safetensors");
        const auto trained = training::readTensors(out.run / "latest.safetensors");
        QVERIFY(stored && trained);
        for (const auto& [name, tensor] : *stored) {
            QVERIFY2(tensor.scalar_type() == torch::kHalf, name.c_str());
            QVERIFY2(torch::equal(tensor, trained->at(name).to(torch::kHalf)), name.c_str());
        }
        QVERIFY(stored->count("decoder.transformer.h.0.crossattention.c_attn.weight") == 1);
        for (const char* file : {"tokenizer.json", "preprocessor_config.json", "subjects.tsv",
                                 "asides.txt", "kinds.tsv"}) {
            QVERIFY2(fs::exists(out.output / file), file);
        }
        QVERIFY(!fs::exists(corpus.root() / "model.partial"));
        out.temperature = 2.0;
        QVERIFY(training::exportCaptioner(out));
        QCOMPARE(jsonOf(out.output / "card.json")["training"]["temperature"], Json(2.0));
        const auto run = training::readCaptionRunFile(out.run / "latest.safetensors");
        const auto warmer = training::readTensors(out.output / "model.safetensors");
        QVERIFY(run && warmer);
        const torch::Tensor difference =
            logitsOf(run->shape, *stored) - 2.0 * logitsOf(run->shape, *warmer);
        QVERIFY(difference.abs().max().item<double>() < 1e-2);
        out.temperature = 1.0;
        training::NamedTensors zeros;
        for (const auto& [name, tensor] : run->parameters) {
            zeros[name] = torch::zeros_like(tensor);
        }
        const fs::path other = corpus.root() / "other.safetensors";
        QVERIFY(training::writeTensors(other, zeros, {{"state", run->state}}));
        out.mean = {other};
        QVERIFY(training::exportCaptioner(out));
        const auto mean = training::readTensors(out.output / "model.safetensors");
        QVERIFY(mean);
        for (const auto& [name, tensor] : *mean) {
            QVERIFY2(torch::equal(tensor, (trained->at(name) / 2.0).to(torch::kHalf)),
                     name.c_str());
        }
        zeros.begin()->second = torch::zeros({1, 1, 1});
        QVERIFY(training::writeTensors(other, zeros, {{"state", run->state}}));
        const auto misshapen = training::exportCaptioner(out);
        QVERIFY(!misshapen &&
                misshapen.error().message.find("other.safetensors") != std::string::npos);
        out.mean.clear();
        out.weights = "best";
        const auto missing = training::exportCaptioner(out);
        QVERIFY(!missing && missing.error().message.find("best.safetensors") != std::string::npos);
    }

    void captionsAreMeasured() {
        const SmallCaptionCorpus small;
        const auto photos = training::PhotoFile::open(small.root() / "photos", kSize);
        QVERIFY(photos);
        const auto corpus = training::readCaptionCorpus(small.root() / "data", photos->names(), 1);
        QVERIFY(corpus);
        QCOMPARE(corpus->train.size(), std::size_t{8}); // six, the extra one and one of two others
        QCOMPARE(corpus->outside.size(), std::size_t{1});
        QCOMPARE(corpus->texts.size(), std::size_t{2});
        QVERIFY(training::splitOf(*corpus, "none") == nullptr);
        FakeCaptioner captioner;
        const auto measured = training::measureCaptioner(captioner, *photos,
                                                         *training::splitOf(*corpus, "valid"), {});
        QVERIFY(measured);
        QCOMPARE(measured->captions, (std::vector<std::string>{"A dog.", "A cat."}));
        QVERIFY(std::abs(measured->scores.bleu[0] - std::exp(1.0 - 3.0 / 2.0)) < 1e-9);
        training::CaptionMeasureOptions french;
        french.language = "fr";
        QVERIFY(!training::measureCaptioner(captioner, *photos, corpus->valid, french));
    }

    void archivesBecomeAPhotoFile() {
        const QTemporaryDir folder;
        const fs::path root = folder.path().toStdString();
        const std::string end(1024, '\0');
        QVERIFY(training::writeFileAtomically(root / "a.tar",
                                              archived("z", "1") + archived("b", "22") + end));
        QVERIFY(training::writeFileAtomically(root / "c.tar", archived("m", "333") + end));
        training::PhotoPackerOptions options;
        options.archives = {root / "a.tar", root / "c.tar"};
        options.output = root / "out";
        options.imageSize = 2;
        options.decode =
            [](std::span<const std::uint8_t> bytes) -> engine::Result<std::vector<std::uint8_t>> {
            return std::vector<std::uint8_t>(12, static_cast<std::uint8_t>(bytes.size()));
        };
        const auto count = training::packPhotos(options);
        QVERIFY(count);
        QCOMPARE(*count, std::uint64_t{3});
        const auto file = training::PhotoFile::open(root / "out", 2);
        QVERIFY(file);
        QCOMPARE(file->names(), (std::vector<std::string>{"b", "m", "z"}));
        QCOMPARE(file->pixels(1)[0][0][0].item<float>(), 3.0F);

        options.imageSize = 3;
        const auto wrong = training::packPhotos(options);
        QVERIFY(!wrong && wrong.error().message.find("b ") == 0);
        QVERIFY(training::writeFileAtomically(root / "a.tar",
                                              archived("z", std::string(600, '1')).substr(0, 700)));
        const auto cut = training::packPhotos(options);
        QVERIFY(!cut && cut.error().message.find("a.tar") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestCaptionerExport)
#include "test_captioner_export.moc"
