// Themes of today in the words of classical verse: reading a theme, faults of a table, and the
// table that is shipped.

#include <QTest>

#include <string>

#include "verse/composer_fixture.h"
#include "verse/poem_record.h"
#include "verse/theme_images.h"
#include "verse/utf8.h"
#include "verse/zh_plan.h"

using namespace linnet::verse;
using linnet::engine::ErrorCode;
using linnet::tests::data;
using linnet::tests::FakeWordTokenizer;

class TestThemeImages : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void longerWordsComeFirst() {
        const auto images = ThemeImages::parse("# a remark\n\n地铁\t铁 暗\n地铁站\t灯 铁 人海\n");
        QVERIFY2(images, images ? "" : images.error().message.c_str());
        QCOMPARE(images->size(), std::size_t{2});

        const auto station = images->read(U"夜地铁站雨");
        QVERIFY(station.plain == U"夜雨");
        QVERIFY(station.images == U"灯铁人海");
        const auto both = images->read(U"地铁与地铁站");
        QVERIFY(both.plain == U"与");
        QVERIFY(both.images == U"铁暗灯人海"); // each image once
        const auto classical = images->read(U"秋夜");
        QVERIFY(classical.plain == U"秋夜" && classical.images.empty());
        QVERIFY(images->read(U"").plain.empty());
    }

    void faultsAreNamed_data() {
        QTest::addColumn<QString>("table");
        QTest::newRow("no images") << QStringLiteral("地铁\t\n");
        QTest::newRow("no tab") << QStringLiteral("地铁\n");
        QTest::newRow("no word") << QStringLiteral("\t灯\n");
        QTest::newRow("twice") << QStringLiteral("# x\n地铁\t灯\n地铁\t暗\n");
    }
    void faultsAreNamed() {
        QFETCH(QString, table);
        const auto images = ThemeImages::parse(table.toStdString());
        QVERIFY(!images);
        QVERIFY(images.error().code == ErrorCode::CorruptFile);
        const std::string row = table.startsWith(QLatin1Char('#')) ? "row 3" : "row 1";
        QVERIFY(images.error().message.find(row) != std::string::npos);
        QVERIFY(ThemeImages::open("/nowhere/zh-images.tsv").error().code == ErrorCode::NotFound);
    }

    // Verse can only say what has a tone; and what verse speaks of needs no other image.
    void shippedImagesCanStandInVerse() {
        QVERIFY(data().images.size() > 250);
        for (const char* word : {"咖啡", "地铁", "手机", "人工智能", "加班", "毕业"}) {
            const auto reading = data().images.read(toCodePoints(word));
            QVERIFY2(reading.plain.empty() && reading.images.size() >= 4, word);
            for (const char32_t image : reading.images) {
                QVERIFY2(!data().chinese.readings(image).empty(), toUtf8({&image, 1}).c_str());
            }
        }
        for (const char* word : {"春", "秋夜", "梅花", "送别", "江上", "明月"}) {
            QVERIFY2(data().images.read(toCodePoints(word)).images.empty(), word);
        }
    }

    // The prompt names the first images beside what is left of the theme.
    void promptsNameImages() {
        std::vector<std::string> tokens = chineseControlTokens();
        for (std::size_t group = 0; group < data().chinese.groups().size(); ++group) {
            for (const char32_t c : data().chinese.characters(static_cast<RhymeGroupId>(group))) {
                tokens.push_back(toUtf8({&c, 1}));
            }
        }
        const FakeWordTokenizer words(tokens);
        const ZhVocabulary vocabulary(words, data().chinese);
        PoemRequest request;
        request.form = "wujue";
        request.theme = "雨中咖啡";
        const auto planned = planChinesePoem(request, data(), vocabulary, nullptr);
        const auto* plan = std::get_if<ZhPlan>(&planned);
        QVERIFY(plan != nullptr);
        QCOMPARE(toUtf8(plan->theme), std::string("雨中"));
        const std::u32string images = data().images.read(U"咖啡").images;
        QVERIFY(images.size() > 4 && plan->images.starts_with(images.substr(0, 4)));
        QCOMPARE(plan->prompt.theme, "雨中" + toUtf8(images.substr(0, 4)));
        QCOMPARE(plan->title, request.theme);
    }
};

QTEST_GUILESS_MAIN(TestThemeImages)
#include "test_theme_images.moc"
