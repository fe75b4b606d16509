#include <QTest>

#include <cmath>

#include "caption/resize.h"

using namespace linnet;
using caption::Picture;
using Filter = engine::PixelFormat::Filter;
using Fit = engine::PixelFormat::Fit;

namespace {

// 5 x 4 pixels, sample i being 37 i modulo 256.
Picture pattern() {
    Picture picture{5, 4, {}};
    for (int i = 0; i < 60; ++i) {
        picture.rgb.push_back(static_cast<std::uint8_t>(i * 37 % 256));
    }
    return picture;
}

Picture plain(int width, int height, std::uint8_t value) {
    return {width, height,
            std::vector<std::uint8_t>(static_cast<std::size_t>(width * height * 3), value)};
}

QVector<int> samples(const Picture& picture, qsizetype count) {
    QVector<int> values;
    for (const std::uint8_t value : picture.rgb) {
        if (values.size() < count) {
            values << value;
        }
    }
    return values;
}

} // namespace

class TestResize : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agreesWithPillow_data();
    void agreesWithPillow();
    void keepsPlainColours();
    void averagesWhenShrinking();
    void makesThumbnails();
    void makesPlanes();
    void cropsTheCentre();
};

// Image.fromarray(...).resize(...) of Pillow 9.4.0.
void TestResize::agreesWithPillow_data() {
    QTest::addColumn<Filter>("filter");
    QTest::addColumn<QSize>("size");
    QTest::addColumn<QVector<int>>("expected");
    const QSize small(3, 2);
    const QSize large(7, 6);
    QTest::newRow("bilinear, smaller")
        << Filter::Bilinear << small << QVector<int>{79,  116, 137, 115, 91,  120, 150, 124, 99,
                                                     146, 136, 126, 121, 134, 122, 113, 129, 119};
    QTest::newRow("bilinear, larger")
        << Filter::Bilinear << large
        << QVector<int>{0,   37,  74,  63, 100, 137, 143, 107, 144, 222, 3,   40,  118, 82,
                        119, 125, 162, 89, 188, 225, 6,   22,  59,  96,  85,  122, 159, 128,
                        129, 166, 116, 25, 62,  103, 104, 141, 147, 129, 111, 210, 119, 28};
    QTest::newRow("bicubic, smaller")
        << Filter::Bicubic << small << QVector<int>{72,  113, 137, 114, 89,  125, 154, 122, 95,
                                                    151, 135, 124, 127, 141, 120, 107, 130, 124};
    QTest::newRow("bicubic, larger")
        << Filter::Bicubic << large
        << QVector<int>{0,   28,  65,  51, 106, 143, 152, 115, 152, 236, 0,   37,  109, 71,
                        127, 112, 175, 92, 191, 246, 0,   15,  49,  85,  81,  127, 173, 135,
                        136, 185, 119, 21, 58,  91,  101, 147, 148, 135, 113, 228, 122, 17};
    QTest::newRow("lanczos, smaller")
        << Filter::Lanczos << small << QVector<int>{72,  115, 132, 113, 94,  134, 151, 117, 95,
                                                    151, 132, 123, 131, 148, 118, 105, 129, 129};
    QTest::newRow("lanczos, larger")
        << Filter::Lanczos << large
        << QVector<int>{0,   21,  59,  38, 111, 144, 172, 117, 146, 243, 0,   37,  111, 52,
                        130, 102, 189, 96, 191, 253, 0,   10,  41,  74,  75,  126, 183, 145,
                        130, 194, 123, 19, 56,  79,  91,  141, 154, 143, 112, 241, 124, 13};
    QTest::newRow("nearest, smaller")
        << Filter::Nearest << small << QVector<int>{43,  80,  117, 9,  46,  83,  231, 12, 49,
                                                    129, 166, 203, 95, 132, 169, 61,  98, 135};
    QTest::newRow("nearest, larger")
        << Filter::Nearest << large
        << QVector<int>{0,  37,  74,  111, 148, 185, 111, 148, 185, 222, 3,
                        40, 77,  114, 151, 77,  114, 151, 188, 225, 6,   43,
                        80, 117, 154, 191, 228, 154, 191, 228, 9,   46};
}

void TestResize::agreesWithPillow() {
    QFETCH(Filter, filter);
    QFETCH(QSize, size);
    QFETCH(QVector<int>, expected);
    const Picture out = caption::resized(pattern(), size.width(), size.height(), filter);
    QCOMPARE(QSize(out.width, out.height), size);
    QCOMPARE(out.rgb.size(), static_cast<std::size_t>(3 * size.width() * size.height()));
    QCOMPARE(samples(out, expected.size()), expected);
}

void TestResize::keepsPlainColours() {
    for (const Filter filter :
         {Filter::Nearest, Filter::Bilinear, Filter::Bicubic, Filter::Lanczos}) {
        for (const int side : {1, 3, 8, 17, 40}) {
            const Picture out = caption::resized(plain(17, 11, 255), side, side, filter);
            QVERIFY(out.rgb == plain(side, side, 255).rgb);
        }
    }
}

// One pixel of a checkerboard is grey: a filter that did not widen would see one field only.
void TestResize::averagesWhenShrinking() {
    Picture board = plain(64, 64, 0);
    for (int i = 0; i < 64 * 64; ++i) {
        if ((i / 64 + i % 64) % 2 == 0) {
            std::fill_n(board.rgb.begin() + 3 * i, 3, std::uint8_t(255));
        }
    }
    for (const Filter filter : {Filter::Bilinear, Filter::Bicubic, Filter::Lanczos}) {
        const Picture out = caption::resized(board, 2, 2, filter);
        for (const std::uint8_t value : out.rgb) {
            QVERIFY(std::abs(value - 128) <= 2);
        }
    }
}

void TestResize::makesThumbnails() {
    const Picture wide = caption::thumbnail(plain(400, 100, 9), 100);
    QCOMPARE(QSize(wide.width, wide.height), QSize(100, 25));
    const Picture thin = caption::thumbnail(plain(2, 500, 9), 100);
    QCOMPARE(QSize(thin.width, thin.height), QSize(1, 100));
    QCOMPARE(caption::thumbnail(plain(30, 20, 9), 100).width, 30);
}

void TestResize::makesPlanes() {
    engine::PixelFormat format;
    format.width = 5;
    format.height = 4;
    format.mean = {0.5, 0.25, 0};
    format.deviation = {0.5, 0.25, 2};
    const std::vector<float> planes = caption::pixelPlanes(pattern(), format);
    QCOMPARE(planes.size(), std::size_t(60));
    // Pixel 1 is (111, 148, 185).
    QVERIFY(std::abs(planes[1] - (111 / 255.0F - 0.5F) / 0.5F) < 1e-6F);
    QVERIFY(std::abs(planes[21] - (148 / 255.0F - 0.25F) / 0.25F) < 1e-6F);
    QVERIFY(std::abs(planes[41] - 185 / 255.0F / 2) < 1e-6F);
}

void TestResize::cropsTheCentre() {
    // A red stripe of 20 in the middle of a picture of 60 x 20: all that the crop sees.
    Picture picture = plain(60, 20, 0);
    for (int y = 0; y < 20; ++y) {
        for (int x = 20; x < 40; ++x) {
            picture.rgb[static_cast<std::size_t>(3 * (60 * y + x))] = 255;
        }
    }
    engine::PixelFormat format;
    format.fit = Fit::CropCentre;
    format.shortestSide = 20;
    format.width = format.height = 20;
    format.mean = {0, 0, 0};
    format.deviation = {1, 1, 1};
    const std::vector<float> planes = caption::pixelPlanes(picture, format);
    for (std::size_t i = 0; i < 400; ++i) {
        QCOMPARE(planes[i], 1.0F);
        QCOMPARE(planes[400 + i], 0.0F);
    }
    // A crop that is larger than the shortest side: the picture grows, no pixel is made up.
    format.shortestSide = 10;
    QVERIFY(caption::pixelPlanes(plain(60, 20, 255), format) == std::vector<float>(1200, 1.0F));
}

QTEST_APPLESS_MAIN(TestResize)
#include "test_resize.moc"
