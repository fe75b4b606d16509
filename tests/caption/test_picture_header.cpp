#include <QTemporaryDir>
#include <QTest>

#include <fstream>

#include "caption/picture_decoder.h"
#include "caption/picture_header.h"
#include "picture_fixtures.h"

using namespace linnet;
using namespace linnet::tests;
using caption::PictureFormat;
using engine::ErrorCode;

class TestPictureHeader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsSizes();
    void refusesWhatIsTooLarge_data();
    void refusesWhatIsTooLarge();
    void readsFilesWithinLimits();
};

void TestPictureHeader::readsSizes() {
    const auto header = [](const FileBytes& bytes) {
        return *caption::readPictureHeader(bytes, {});
    };
    const QImage image = gradient(70, 50);
    for (const auto& [name, format] :
         {std::pair("JPEG", PictureFormat::Jpeg), std::pair("PNG", PictureFormat::Png),
          std::pair("BMP", PictureFormat::Bmp)}) {
        const auto found = header(encoded(image, name));
        QVERIFY(found.format == format);
        QCOMPARE(found.width, 70);
        QCOMPARE(found.height, 50);
        QCOMPARE(found.orientation, 1);
        QVERIFY(!found.hasAlpha);
    }
    QVERIFY(header(encoded(image.convertToFormat(QImage::Format_ARGB32), "PNG")).hasAlpha);
    QCOMPARE(header(withExif(encoded(image, "JPEG"), exif(6))).orientation, 6);
    QCOMPARE(header(withExif(encoded(image, "JPEG"), exif(8, true))).orientation, 8);
    // EXIF data that end within their directory say nothing.
    FileBytes broken = exif(6);
    broken.resize(20);
    QCOMPARE(header(withExif(encoded(image, "JPEG"), broken)).orientation, 1);
}

void TestPictureHeader::refusesWhatIsTooLarge_data() {
    QTest::addColumn<FileBytes>("bytes");
    QTest::addColumn<QString>("message");
    // A PNG that says to be huge: 40 bytes would become 12 gigabytes.
    const auto png = [](int width, int height) {
        FileBytes bytes = encoded(gradient(8, 8), "PNG");
        for (int i = 0; i < 4; ++i) {
            bytes[static_cast<std::size_t>(16 + i)] =
                static_cast<std::uint8_t>(width >> (8 * (3 - i)));
            bytes[static_cast<std::size_t>(20 + i)] =
                static_cast<std::uint8_t>(height >> (8 * (3 - i)));
        }
        return bytes;
    };
    QTest::newRow("pixels") << png(64000, 64000) << "64000 x 64000 pixels, which is more than the";
    QTest::newRow("one line too many") << png(8000, 8001) << "limit of 64 megapixels";
    QTest::newRow("sides") << png(0x7FFFFFFF, 1) << "out of range";
    QTest::newRow("narrow") << png(4000, 3) << "too long and narrow";
    QTest::newRow("empty") << png(0, 5) << "it has 0 x 5 pixels";
    FileBytes bmp = encoded(gradient(8, 8), "BMP");
    bmp[20] = 0xFF; // width 0x00FF0008
    QTest::newRow("bmp") << bmp << "ends within its picture";
    FileBytes tiff = {'I', 'I', 42, 0, 8, 0, 0, 0, 2, 0};
    append(tiff, {0, 1, 4, 0, 1, 0, 0, 0, 255, 255, 255, 255});
    append(tiff, {1, 1, 4, 0, 1, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0});
    QTest::newRow("tiff") << tiff << "out of range";
    FileBytes loop = {'M', 'M', 0, 42, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0};
    QTest::newRow("tiff directory") << loop << "before its directory";
    QTest::newRow("bytes") << FileBytes(50'000'001, 0) << "more than 50 MB";
}

void TestPictureHeader::refusesWhatIsTooLarge() {
    QFETCH(FileBytes, bytes);
    QFETCH(QString, message);
    const auto header = caption::readPictureHeader(bytes, {});
    QVERIFY(!header.ok());
    QVERIFY2(header.error().message.find(message.toStdString()) != std::string::npos,
             header.error().message.c_str());
}

void TestPictureHeader::readsFilesWithinLimits() {
    const QTemporaryDir folder;
    const std::filesystem::path root = folder.path().toStdString();
    std::ofstream(root / "a.png") << "12345";
    QCOMPARE(caption::readPictureFile(root / "a.png", {})->size(), std::size_t(5));
    caption::PictureLimits small;
    small.bytes = 4;
    QVERIFY(caption::readPictureFile(root / "a.png", small).error().code ==
            ErrorCode::InvalidArgument);
    QVERIFY(caption::readPictureFile(root / "b.png", {}).error().code == ErrorCode::NotFound);
    QVERIFY(caption::readPictureFile(root, {}).error().code == ErrorCode::InvalidArgument);
    QVERIFY(caption::readPictureFile("/dev/zero", {}).error().code == ErrorCode::InvalidArgument);
}

QTEST_APPLESS_MAIN(TestPictureHeader)
#include "test_picture_header.moc"
