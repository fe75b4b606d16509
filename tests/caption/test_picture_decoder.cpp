#include <QTest>
#include <QTransform>

#include <csetjmp>
#include <cstdio>
#include <random>

#include <jpeglib.h>
#include <opencv2/imgcodecs.hpp>

#include "caption/decode/decoder.h"
#include "caption/picture_header.h"
#include "picture_fixtures.h"

using namespace linnet;
using namespace linnet::tests;
using caption::Picture;
using engine::ErrorCode;

namespace {

engine::Result<Picture> decode(const FileBytes& bytes, const caption::DecodeOptions& options = {}) {
    const auto decoder = caption::makePictureDecoder();
    return decoder->decode(bytes, options, {});
}

QImage decodedImage(const FileBytes& bytes) {
    const auto picture = decode(bytes);
    if (!picture) {
        qWarning("%s", picture.error().message.c_str());
        return {};
    }
    return toImage(*picture);
}

FileBytes byOpenCv(const char* extension, const cv::Mat& pixels,
                   const std::vector<int>& options = {}) {
    FileBytes bytes;
    cv::imencode(extension, pixels, bytes, options);
    return bytes;
}

// Blue, green, red as OpenCV has it.
cv::Mat toMat(const QImage& image) {
    cv::Mat pixels(image.height(), image.width(), CV_8UC3);
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const QRgb c = image.pixel(x, y);
            pixels.at<cv::Vec3b>(y, x) =
                cv::Vec3b(static_cast<uchar>(qBlue(c)), static_cast<uchar>(qGreen(c)),
                          static_cast<uchar>(qRed(c)));
        }
    }
    return pixels;
}

// A JPEG of four inks, inverted as Adobe's programs write them; `ycck` as their usual transform.
FileBytes cmykJpeg(int width, int height, const std::array<JSAMPLE, 4>& inks, bool ycck) {
    jpeg_compress_struct info{};
    jpeg_error_mgr errors{};
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    unsigned char* data = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&info, &data, &size);
    info.image_width = static_cast<JDIMENSION>(width);
    info.image_height = static_cast<JDIMENSION>(height);
    info.input_components = 4;
    info.in_color_space = JCS_CMYK;
    jpeg_set_defaults(&info);
    jpeg_set_colorspace(&info, ycck ? JCS_YCCK : JCS_CMYK);
    jpeg_set_quality(&info, 100, TRUE);
    jpeg_start_compress(&info, TRUE);
    std::vector<JSAMPLE> row;
    for (int x = 0; x < width; ++x) {
        row.insert(row.end(), inks.begin(), inks.end());
    }
    while (info.next_scanline < info.image_height) {
        JSAMPROW line = row.data();
        jpeg_write_scanlines(&info, &line, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    FileBytes bytes(data, data + size);
    free(data); // NOLINT: libjpeg's malloc
    return bytes;
}

// GIF89a of 4 x 2 on a screen of 6 x 4, at (1, 1), whose palette is red, green, blue, white; index
// 1 is transparent. Codes of three bits, a clear code after every second pixel, so that none grows.
FileBytes smallGif(bool complete = true) {
    FileBytes gif = {'G', 'I', 'F', '8', '9', 'a', 6, 0, 4, 0, 0x81, 0, 0};
    append(gif, {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255});
    append(gif, {0x21, 0xF9, 4, 1, 0, 0, 1, 0});              // transparent: 1
    append(gif, {0x2C, 1, 0, 1, 0, 4, 0, 2, 0, 0});           // the frame
    const std::vector<int> pixels = {0, 1, 2, 0, 2, 2, 1, 0}; // two rows
    std::vector<int> codes;
    for (std::size_t i = 0; i < pixels.size(); ++i) {
        if (i % 2 == 0) {
            codes.push_back(4); // clear
        }
        codes.push_back(pixels[i]);
    }
    codes.push_back(5); // end
    FileBytes data;
    int bits = 0;
    int count = 0;
    for (const int code : codes) {
        bits |= code << count;
        count += 3;
        while (count >= 8) {
            data.push_back(static_cast<std::uint8_t>(bits & 255));
            bits >>= 8;
            count -= 8;
        }
    }
    data.push_back(static_cast<std::uint8_t>(bits));
    append(gif, {2, static_cast<int>(data.size())});
    gif.insert(gif.end(), data.begin(), complete ? data.end() : data.begin() + 2);
    if (complete) {
        append(gif, {0, 0x3B});
    }
    return gif;
}

std::vector<std::pair<const char*, FileBytes>> oneOfEach() {
    const QImage image = gradient(64, 48);
    QImage transparent = image.convertToFormat(QImage::Format_ARGB32);
    transparent.setPixelColor(3, 3, Qt::transparent);
    const cv::Mat pixels = toMat(image);
    return {{"jpeg", encoded(image, "JPEG", 90)},
            {"progressive", byOpenCv(".jpg", pixels, {cv::IMWRITE_JPEG_PROGRESSIVE, 1})},
            {"png", encoded(image, "PNG")},
            {"alpha", encoded(transparent, "PNG")},
            {"bmp", encoded(image, "BMP")},
            {"webp", byOpenCv(".webp", pixels, {cv::IMWRITE_WEBP_QUALITY, 90})},
            {"lossless", byOpenCv(".webp", pixels, {cv::IMWRITE_WEBP_QUALITY, 101})},
            {"tiff", byOpenCv(".tif", pixels, {cv::IMWRITE_TIFF_COMPRESSION, 5})},
            {"gif", smallGif()}};
}

std::size_t residentPages() {
    std::size_t all = 0;
    std::size_t resident = 0;
    FILE* file = std::fopen("/proc/self/statm", "r");
    if (file != nullptr) {
        if (std::fscanf(file, "%zu %zu", &all, &resident) != 2) {
            resident = 0;
        }
        std::fclose(file);
    }
    return resident;
}

} // namespace

class TestPictureDecoder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsColours_data();
    void keepsColours();
    void readsCmyk_data();
    void readsCmyk();
    void readsSixteenBits();
    void readsPalettesAndGrey();
    void putsTransparencyOnWhite();
    void readsFirstFrameOfGif();
    void turnsUpright_data();
    void turnsUpright();
    void shrinksWhileDecoding();
    void refusesTruncated_data();
    void refusesTruncated();
    void refusesDamagedData();
    void refusesMislabelledAndOther();
    void survivesMutations();
    void cancels();
};

void TestPictureDecoder::keepsColours_data() {
    QTest::addColumn<FileBytes>("bytes");
    QTest::addColumn<int>("tolerance");
    for (const auto& [name, bytes] : oneOfEach()) {
        const QByteArray format(name);
        const bool lossy = format == "jpeg" || format == "progressive" || format == "webp";
        if (format != "gif" && format != "alpha") {
            QTest::newRow(name) << bytes << (lossy ? 24 : 0);
        }
    }
}

void TestPictureDecoder::keepsColours() {
    QFETCH(FileBytes, bytes);
    QFETCH(int, tolerance);
    const int found = difference(decodedImage(bytes), gradient(64, 48));
    QVERIFY2(found <= tolerance, qPrintable(QString::number(found)));
}

void TestPictureDecoder::readsCmyk_data() {
    QTest::addColumn<bool>("ycck");
    QTest::newRow("CMYK") << false;
    QTest::newRow("YCCK") << true;
}

void TestPictureDecoder::readsCmyk() {
    QFETCH(bool, ycck);
    // No cyan, half magenta, full yellow, a fifth black: red 0.8, green 0.4, blue 0.
    const QImage image = decodedImage(cmykJpeg(20, 10, {255, 128, 0, 204}, ycck));
    QCOMPARE(image.size(), QSize(20, 10));
    const QColor colour = image.pixelColor(10, 5);
    QVERIFY(std::abs(colour.red() - 204) < 6);
    QVERIFY(std::abs(colour.green() - 102) < 6);
    QVERIFY(std::abs(colour.blue()) < 6);
}

void TestPictureDecoder::readsSixteenBits() {
    QImage deep(16, 4, QImage::Format_RGBA64);
    for (int x = 0; x < 16; ++x) {
        for (int y = 0; y < 4; ++y) {
            deep.setPixelColor(
                x, y, QColor::fromRgba64(qRgba64(0x1234, 0x8000, 0xFEDC, x < 8 ? 0xFFFF : 0)));
        }
    }
    const QImage image = decodedImage(encoded(deep, "PNG"));
    QCOMPARE(image.pixelColor(0, 0), QColor(0x12, 0x80, 0xFE));
    QCOMPARE(image.pixelColor(8, 0), QColor(Qt::white));
    cv::Mat grey(4, 16, CV_16U, cv::Scalar(0x4321));
    QCOMPARE(decodedImage(byOpenCv(".tif", grey)).pixelColor(5, 2), QColor(0x43, 0x43, 0x43));
    QCOMPARE(decodedImage(byOpenCv(".png", grey)).pixelColor(5, 2), QColor(0x43, 0x43, 0x43));
}

void TestPictureDecoder::readsPalettesAndGrey() {
    const QImage grey = gradient(40, 30).convertToFormat(QImage::Format_Grayscale8);
    QCOMPARE(difference(decodedImage(encoded(grey, "PNG")), grey), 0);
    QVERIFY(difference(decodedImage(encoded(grey, "JPEG", 95)), grey) < 16);
    const QImage indexed = gradient(40, 30).convertToFormat(QImage::Format_Indexed8);
    QCOMPARE(difference(decodedImage(encoded(indexed, "PNG")), indexed), 0);
    QCOMPARE(difference(decodedImage(encoded(indexed, "BMP")), indexed), 0);
    const QImage mono = gradient(41, 30).convertToFormat(QImage::Format_Mono);
    QCOMPARE(difference(decodedImage(encoded(mono, "PNG")), mono), 0);
}

void TestPictureDecoder::putsTransparencyOnWhite() {
    QImage image(3, 1, QImage::Format_ARGB32);
    image.setPixel(0, 0, qRgba(255, 0, 0, 255));
    image.setPixel(1, 0, qRgba(255, 0, 0, 51));
    image.setPixel(2, 0, qRgba(0, 0, 0, 0));
    const QImage seen = decodedImage(encoded(image, "PNG"));
    QCOMPARE(seen.pixelColor(0, 0), QColor(255, 0, 0));
    QCOMPARE(seen.pixelColor(1, 0), QColor(255, 204, 204)); // a fifth of red on white
    QCOMPARE(seen.pixelColor(2, 0), QColor(Qt::white));
}

void TestPictureDecoder::readsFirstFrameOfGif() {
    const QImage seen = decodedImage(smallGif());
    QCOMPARE(seen.size(), QSize(6, 4));
    const QColor red(Qt::red);
    const QColor white(Qt::white);
    const QColor blue(Qt::blue);
    const std::array<QColor, 24> expected = {
        white, white, white, white, white, white, white, red,   white, blue,  red,   white,
        white, blue,  blue,  white, red,   white, white, white, white, white, white, white};
    for (int i = 0; i < 24; ++i) {
        QCOMPARE(seen.pixelColor(i % 6, i / 6), expected[static_cast<std::size_t>(i)]);
    }
    QVERIFY(!decode(smallGif(false)));
}

void TestPictureDecoder::turnsUpright_data() {
    QTest::addColumn<int>("orientation");
    QTest::addColumn<QTransform>("transform"); // of the stored picture (EXIF 2.3, 4.6.4)
    const QTransform none;
    const QTransform mirrored = QTransform().scale(-1, 1);
    QTest::newRow("1") << 1 << none;
    QTest::newRow("2") << 2 << mirrored;
    QTest::newRow("3") << 3 << QTransform().rotate(180);
    QTest::newRow("4") << 4 << QTransform().scale(1, -1);
    QTest::newRow("5") << 5 << mirrored * QTransform().rotate(-90);
    QTest::newRow("6") << 6 << QTransform().rotate(90);
    QTest::newRow("7") << 7 << mirrored * QTransform().rotate(90);
    QTest::newRow("8") << 8 << QTransform().rotate(-90);
    QTest::newRow("none such") << 9 << none;
}

void TestPictureDecoder::turnsUpright() {
    QFETCH(int, orientation);
    QFETCH(QTransform, transform);
    const FileBytes jpeg = encoded(gradient(64, 32), "JPEG", 95);
    QImage stored;
    QVERIFY(stored.loadFromData(jpeg.data(), static_cast<int>(jpeg.size()), "JPEG"));
    for (const bool bigEndian : {false, true}) {
        const QImage seen = decodedImage(withExif(jpeg, exif(orientation, bigEndian)));
        QVERIFY(difference(seen, stored.transformed(transform)) < 4);
    }
    if (orientation <= 8) {
        const QImage image = gradient(64, 32);
        QCOMPARE(difference(decodedImage(tiff(image, orientation)), image.transformed(transform)),
                 0);
    }
}

void TestPictureDecoder::shrinksWhileDecoding() {
    const QImage image = gradient(800, 500);
    caption::DecodeOptions options;
    options.enoughPixels = 120;
    const auto picture = decode(encoded(image, "JPEG", 95), options);
    QVERIFY(picture.ok());
    QCOMPARE(QSize(picture->width, picture->height), QSize(200, 125));
    const QImage small = image.scaled(200, 125, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    QVERIFY(difference(toImage(*picture), small) < 40);
}

void TestPictureDecoder::refusesTruncated_data() {
    QTest::addColumn<FileBytes>("bytes");
    for (const auto& [name, bytes] : oneOfEach()) {
        QTest::newRow(name) << bytes;
    }
}

// Wherever a file ends too early, there is no picture rather than half of one.
void TestPictureDecoder::refusesTruncated() {
    QFETCH(FileBytes, bytes);
    QVERIFY(decode(bytes).ok());
    // A GIF's frame is complete two bytes before the end of the file, at its trailer.
    const std::size_t last = bytes[0] == 'G' ? bytes.size() - 3 : bytes.size() - 1;
    for (int i = 0; i < 60; ++i) {
        const std::size_t length = last * static_cast<std::size_t>(i) / 59;
        const auto picture = decode({bytes.begin(), bytes.begin() + std::ptrdiff_t(length)});
        QVERIFY2(!picture.ok(), qPrintable(QString("%1 of %2").arg(length).arg(bytes.size())));
        QVERIFY(picture.error().code == ErrorCode::CorruptFile ||
                picture.error().code == ErrorCode::UnsupportedFormat);
        QVERIFY(!picture.error().message.empty());
    }
}

void TestPictureDecoder::refusesDamagedData() {
    FileBytes png = encoded(gradient(64, 48), "PNG");
    png[png.size() / 2] ^= 0x10U;
    QVERIFY(decode(png).error().code == ErrorCode::CorruptFile);
    // A marker amid the scan of a JPEG ends it too early.
    FileBytes jpeg = encoded(gradient(64, 48), "JPEG", 90);
    jpeg[jpeg.size() - 40] = 0xFF;
    jpeg[jpeg.size() - 39] = 0xD9;
    QVERIFY(decode(jpeg).error().code == ErrorCode::CorruptFile);
}

void TestPictureDecoder::refusesMislabelledAndOther() {
    // A picture is what its bytes say, and nothing else is one.
    QVERIFY(decode({}).error().code == ErrorCode::CorruptFile);
    for (const char* text : {"Dear diary, ...", "<svg></svg>", "%PDF-1.5",
                             "\x7F"
                             "ELF"}) {
        const QByteArray bytes(text);
        QVERIFY(decode(toBytes(bytes)).error().code == ErrorCode::UnsupportedFormat);
    }
    FileBytes truly = encoded(gradient(8, 8), "PNG");
    truly[0] = 0xFF; // the start of a JPEG before a PNG's body
    truly[1] = 0xD8;
    truly[2] = 0xFF;
    QVERIFY(!decode(truly).ok());
}

// A thousand files, each an error or a picture of its size; nothing of them stays in memory.
void TestPictureDecoder::survivesMutations() {
    const auto files = oneOfEach();
    const auto decoder = caption::makePictureDecoder();
    std::mt19937 random(7);
    caption::DecodeOptions options;
    options.limits.pixels = 2'000'000; // mutated sizes must not make the test slow
    std::size_t before = 0;
    int pictures = 0;
    for (int i = 0; i < 1000; ++i) {
        FileBytes bytes = files[static_cast<std::size_t>(i) % files.size()].second;
        const std::size_t changes = 1 + random() % 4;
        for (std::size_t k = 0; k < changes; ++k) {
            // Headers more often than pixels.
            const std::size_t reach =
                random() % 2 == 0 ? std::min<std::size_t>(64, bytes.size()) : bytes.size();
            bytes[random() % reach] = static_cast<std::uint8_t>(random());
        }
        if (random() % 4 == 0) {
            bytes.resize(random() % bytes.size());
        }
        const auto picture = decoder->decode(bytes, options, {});
        if (picture) {
            ++pictures;
            QVERIFY(picture->width > 0 && picture->height > 0);
            QCOMPARE(picture->rgb.size(),
                     std::size_t(picture->width) * std::size_t(picture->height) * 3);
        } else {
            QVERIFY(!picture.error().message.empty());
            QVERIFY(picture.error().code != ErrorCode::Internal);
        }
        if (i == 300) {
            before = residentPages();
        }
    }
    QVERIFY(pictures > 20); // not every mutation hurts
    const std::size_t after = residentPages();
    QVERIFY2(after < before + 4096, qPrintable(QString("%1 to %2 pages").arg(before).arg(after)));
}

void TestPictureDecoder::cancels() {
    std::stop_source stop;
    stop.request_stop();
    for (const auto& [name, bytes] : oneOfEach()) {
        const auto picture = caption::makePictureDecoder()->decode(bytes, {}, stop.get_token());
        QVERIFY(picture.ok());
        QVERIFY(picture->rgb.empty());
    }
}

QTEST_APPLESS_MAIN(TestPictureDecoder)
#include "test_picture_decoder.moc"
