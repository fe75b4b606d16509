#include <QtTest>

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/torch/files/caption/pixel_format_reader.h"
#include "file_fixture.h"

using namespace linnet::engine;
using linnet::test::FileFixture;
using Json = nlohmann::json;

namespace {

Result<PixelFormat> parse(const std::string& text) {
    return parsePixelFormat(text, "preprocessor_config.json");
}

bool near(double a, double b) {
    return std::abs(a - b) < 1e-9;
}

} // namespace

// The expectations are what the image processors of the Hugging Face library do with such files.
class TestPixelFormat : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // The file of nlpconnect/vit-gpt2-image-captioning.
    void readsTheOldStyle() {
        const auto format = parse(R"({"do_normalize":true,"do_resize":true,
            "feature_extractor_type":"ViTFeatureExtractor","image_mean":[0.5,0.5,0.5],
            "image_std":[0.5,0.5,0.5],"resample":2,"size":224})");
        QVERIFY(format.ok());
        QCOMPARE(format->width, 224);
        QCOMPARE(format->height, 224);
        QVERIFY(format->fit == PixelFormat::Fit::Stretch);
        QVERIFY(format->filter == PixelFormat::Filter::Bilinear);
        QVERIFY(near(format->scale, 1.0 / 255.0) && near(format->mean[1], 0.5));
        QVERIFY(near(format->deviation[2], 0.5));
    }

    // The file of Salesforce/blip-image-captioning-base.
    void readsTheNewStyle() {
        const auto format = parse(R"({"do_normalize":true,"do_resize":true,
            "image_mean":[0.48145466,0.4578275,0.40821073],"do_pad":null,
            "image_processor_type":"BlipImageProcessor","image_std":[0.26862954,0.26130258,
            0.27577711],"processor_class":"BlipProcessor","resample":3,"size":{"height":384,
            "width":384},"size_divisor":32,"rescale_factor":0.00392156862745098})");
        QVERIFY2(format.ok(), format.ok() ? "" : format.error().message.c_str());
        QCOMPARE(format->width, 384);
        QVERIFY(format->fit == PixelFormat::Fit::Stretch);
        QVERIFY(format->filter == PixelFormat::Filter::Bicubic);
        QVERIFY(near(format->mean[0], 0.48145466) && near(format->deviation[2], 0.27577711));
    }

    void cropsAsClipDoes() {
        const auto format = parse(R"({"feature_extractor_type":"CLIPFeatureExtractor","size":256,
            "crop_size":{"height":200,"width":224},"resample":1})");
        QVERIFY2(format.ok(), format.ok() ? "" : format.error().message.c_str());
        QVERIFY(format->fit == PixelFormat::Fit::CropCentre);
        QCOMPARE(format->shortestSide, 256);
        QCOMPARE(format->height, 200);
        QCOMPARE(format->width, 224);
        QVERIFY(format->filter == PixelFormat::Filter::Lanczos);
        const auto edge = parse(R"({"size":{"shortest_edge":224},"do_center_crop":true,
            "crop_size":224,"resample":0})");
        QVERIFY(edge.ok() && edge->fit == PixelFormat::Fit::CropCentre);
        QVERIFY(edge->filter == PixelFormat::Filter::Nearest);
    }

    void leavesOutWhatIsLeftOut() {
        const auto vit = parse("{}");
        QVERIFY(vit.ok() && vit->width == 224 && near(vit->mean[0], 0.5));
        const auto blip = parse(R"({"image_processor_type":"BlipImageProcessorFast"})");
        QVERIFY(blip.ok() && blip->height == 384 && near(blip->mean[0], 0.48145466));
        const auto raw = parse(R"({"do_rescale":false,"do_normalize":false,"image_mean":[9,9,9]})");
        QVERIFY(raw.ok() && near(raw->scale, 1.0) && near(raw->mean[0], 0.0));
        QVERIFY(near(raw->deviation[0], 1.0));
        const auto one = parse(R"({"image_mean":0.25,"image_std":2})");
        QVERIFY(one.ok() && near(one->mean[2], 0.25) && near(one->deviation[1], 2.0));
    }

    void namesTheWrongKey_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<bool>("damaged");
        const auto row = [](const char* text, const char* key, bool damaged = true) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(key) << damaged;
        };
        row(R"({"size":0})", "'size'");
        row(R"({"size":100000})", "'size'");
        row(R"({"size":[224,224]})", "'size'");
        row(R"({"size":{"height":224}})", "'size.width'");
        row(R"({"size":{"shortest_edge":224}})", "'size'", false); // and no crop
        row(R"({"size":{"shortest_edge":100},"do_center_crop":true})", "'crop_size'", false);
        row(R"({"do_center_crop":true,"size":256})", "'do_center_crop'", false);
        row(R"({"do_resize":false})", "'do_resize'", false);
        row(R"({"do_pad":true})", "'do_pad'", false);
        row(R"({"resample":4})", "'resample'", false);
        row(R"({"resample":"bilinear"})", "'resample'");
        row(R"({"rescale_factor":0})", "'rescale_factor'");
        row(R"({"image_mean":[0.5,0.5]})", "'image_mean'");
        row(R"({"image_mean":[0.5,0.5,"x"]})", "'image_mean'");
        row(R"({"image_std":[0.5,0,0.5]})", "'image_std'");
        row(R"({"image_processor_type":"VideoMAEImageProcessor"})", "'image_processor_type'",
            false);
        row(R"({"do_normalize":1})", "'do_normalize'");
        row("[]", "not a JSON object");
        row("{", "not valid JSON");
    }
    void namesTheWrongKey() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, key);
        QFETCH(bool, damaged);
        const auto format = parse(text.toStdString());
        QVERIFY(!format.ok());
        QVERIFY2(format.error().message.find(key.toStdString()) != std::string::npos,
                 format.error().message.c_str());
        QVERIFY(format.error().message.find("preprocessor_config.json") != std::string::npos);
        QVERIFY(format.error().code ==
                (damaged ? ErrorCode::CorruptFile : ErrorCode::UnsupportedFormat));
    }

    void readsFolders() {
        const FileFixture folder;
        QVERIFY(readPixelFormat(folder.path()).error().code == ErrorCode::NotFound);
        folder.write("preprocessor_config.json", R"({"size":64})");
        QCOMPARE(readPixelFormat(folder.path())->width, 64);
    }
};

QTEST_GUILESS_MAIN(TestPixelFormat)
#include "test_pixel_format.moc"
