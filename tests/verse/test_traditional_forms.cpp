// Traditional characters by what stands beside them: lines whose spelling is in every edition.

#include <filesystem>
#include <fstream>

#include <QTemporaryDir>
#include <QTest>

#include "verse/script/opencc_converter.h"
#include "verse/script/traditional_forms.h"
#include "verse/utf8.h"

using namespace linnet::verse;

class TestTraditionalForms : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void lines_data() {
        QTest::addColumn<QString>("simplified");
        QTest::addColumn<QString>("traditional");
        const std::pair<const char*, const char*> lines[] = {
            {"云深不知处", "雲深不知處"},         // 贾岛《寻隐者不遇》
            {"孰云网恢恢", "孰云網恢恢"},         // 杜甫《梦李白》
            {"白发三千丈", "白髮三千丈"},         // 李白《秋浦歌》
            {"春来发几枝", "春來發幾枝"},         // 王维《相思》
            {"千里江陵一日还", "千里江陵一日還"}, // 李白《早发白帝城》
            {"欲穷千里目", "欲窮千里目"},         // 王之涣《登鹳雀楼》
            {"蜡炬成灰泪始干", "蠟炬成灰淚始乾"}, // 李商隐《无题》
            {"干戈寥落四周星", "干戈寥落四周星"}, // 文天祥《过零丁洋》
            {"余霞散成绮", "餘霞散成綺"},         // 谢朓
            {"余亦能高咏", "余亦能高詠"},         // 李白《夜泊牛渚怀古》
            {"后宫佳丽三千人", "後宮佳麗三千人"}, // 白居易《长恨歌》
            {"孤舟一系故园心", "孤舟一繫故園心"}, // 杜甫《秋兴》
            {"古来征战几人回", "古來征戰幾人回"}, // 王翰《凉州词》
            {"夜半钟声到客船", "夜半鐘聲到客船"}, // 张继《枫桥夜泊》
            {"北斗七星高", "北斗七星高"},         // 西鄙人《哥舒歌》
            {"会须一饮三百杯", "會須一飲三百杯"}, // 李白《将进酒》
            {"绝代有佳人", "絕代有佳人"},         // 杜甫《佳人》
            {"幽居在空谷", "幽居在空谷"},
        };
        for (const auto& [simplified, traditional] : lines) {
            QTest::newRow(simplified)
                << QString::fromUtf8(simplified) << QString::fromUtf8(traditional);
        }
    }
    void lines() {
        QFETCH(QString, simplified);
        QFETCH(QString, traditional);
        const auto converter = makeOpenccConverter();
        if (converter == nullptr || converter->toTraditional("东") == "东") {
            QSKIP("built without OpenCC, or its files are not installed");
        }
        const QString found =
            QString::fromStdString(converter->toTraditional(simplified.toStdString()));
        QCOMPARE(found, traditional);
        QCOMPARE(QString::fromStdString(converter->toSimplified(found.toStdString())), simplified);
        // The lines of a whole poem do not change each other.
        const QString poem = simplified + QStringLiteral("，\n") + simplified + u'。';
        QCOMPARE(QString::fromStdString(converter->toTraditional(poem.toStdString())),
                 traditional + QStringLiteral("，\n") + traditional + u'。');
    }

    void filesBesideTheLibrary() {
        const QTemporaryDir folder;
        const std::filesystem::path root = folder.path().toStdString();
        const std::filesystem::path library = root / "usr" / "lib" / "deep" / "libopencc.so.1.1";
        std::filesystem::create_directories(root / "usr" / "share" / "opencc");
        QCOMPARE(openccConfig(library, "t2s.json").string(), std::string("t2s.json"));
        std::ofstream(root / "usr" / "share" / "opencc" / "t2s.json") << "{}";
        QCOMPARE(openccConfig(library, "t2s.json"), root / "usr" / "share" / "opencc" / "t2s.json");
        QCOMPARE(openccConfig(library, "s2t.json").string(), std::string("s2t.json"));
        QCOMPARE(openccConfig({}, "t2s.json").string(), std::string("t2s.json"));
    }

    void shippedTableIsRead() { QVERIFY(!TraditionalForms::shipped().empty()); }

    // 云 is 雲 unless 人 stands before it.
    void learnsFromLines() {
        std::vector<std::u32string> lines;
        std::vector<std::u32string> simplified;
        for (int i = 0; i < 20; ++i) {
            lines.push_back(U"白雲飛");
            simplified.push_back(U"白云飞");
            lines.push_back(i < 8 ? U"人云遠" : U"看雲遠");
            simplified.push_back(i < 8 ? U"人云远" : U"看云远");
        }
        const std::string table = learnForms(lines, simplified);
        const auto forms = TraditionalForms::parse("# comment\n" + table);
        QVERIFY2(forms, table.c_str());
        const auto chosen = [&](std::u32string text) {
            std::u32string converted = text;
            forms->choose(text, converted);
            return toUtf8(converted);
        };
        QCOMPARE(chosen(U"人云远"), std::string("人云远"));
        QCOMPARE(chosen(U"看云飞"), std::string("看雲飞"));
        QCOMPARE(chosen(U"云"), std::string("雲"));
        std::u32string shorter = U"雲";
        forms->choose(U"白云", shorter); // not character for character
        QVERIFY(shorter == U"雲");
    }

    void badTables() {
        for (const char* table :
             {"云\t雲", "云\t雲\t云\tm\t人", "云雨\t雲\t云\tm\t\t", "云\t雲\t云\tm\t人\t",
              "云\t雲\t云\tm\t人A\t", "云\t雲\t云\tmm\t\t"}) {
            const auto forms = TraditionalForms::parse(table);
            QVERIFY2(!forms, table);
            QVERIFY(QString::fromStdString(forms.error().message).contains("row 1"));
        }
        QVERIFY(TraditionalForms::parse("")->empty());
    }
};

QTEST_APPLESS_MAIN(TestTraditionalForms)
#include "test_traditional_forms.moc"
