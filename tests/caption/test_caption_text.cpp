#include <QTest>

#include <cmath>

#include "caption/caption_text.h"
#include "caption/caption_writer.h"
#include "support/fake_captioner.h"

using namespace linnet;
using tests::FakeCaptioner;

class TestCaptionText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tidies_data();
    void tidies();
    void mentions_data();
    void mentions();
    void sentences_data();
    void sentences();
    void namesTheSubject_data();
    void namesTheSubject();
    void writesInLanguages();
    void saysEachOnce();
    void namesNoSubjectUnasked();
    void believesInPeople_data();
    void believesInPeople();
    void believesInThingsSeen();
};

namespace {
QString fromUtf8(const std::string& text) {
    return QString::fromStdString(text);
}
} // namespace

void TestCaptionText::tidies_data() {
    QTest::addColumn<QString>("language");
    QTest::addColumn<QString>("said");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("plain") << "en"
                           << " a dog runs"
                           << "A dog runs.";
    QTest::newRow("stopped") << "en"
                             << "a dog runs ."
                             << "A dog runs.";
    QTest::newRow("marks") << "en"
                           << "a man 's hat , and  a \n bag"
                           << "A man's hat, and a bag.";
    QTest::newRow("negated") << "en"
                             << "it does n't rain !"
                             << "It doesn't rain!";
    QTest::newRow("nothing") << "en"
                             << " \n"
                             << "";
    QTest::newRow("only marks") << "en"
                                << " . ,"
                                << "";
    QTest::newRow("chinese") << "zh"
                             << "一只 狗 在 跑"
                             << "一只狗在跑。";
    QTest::newRow("chinese stopped") << "zh"
                                     << "一只狗在跑 ."
                                     << "一只狗在跑。";
    QTest::newRow("chinese comma") << "zh"
                                   << "一只狗 , 在跑。"
                                   << "一只狗，在跑。";
    QTest::newRow("mixed") << "zh"
                           << "穿 T 恤的人"
                           << "穿T恤的人。";
    QTest::newRow("not utf-8") << "en" << QString::fromLatin1("a dog") << "A dog.";
}

void TestCaptionText::tidies() {
    QFETCH(QString, language);
    QFETCH(QString, said);
    QFETCH(QString, sentence);
    QCOMPARE(fromUtf8(caption::tidyCaption(said.toStdString(), language.toStdString())), sentence);
}

void TestCaptionText::mentions_data() {
    QTest::addColumn<QString>("language");
    QTest::addColumn<QString>("caption");
    QTest::addColumn<QStringList>("nouns");
    QTest::addColumn<bool>("mentioned");
    QTest::newRow("word") << "en"
                          << "A cat sits." << QStringList{"cat"} << true;
    QTest::newRow("plural") << "en"
                            << "Two Cats." << QStringList{"cat"} << true;
    QTest::newRow("es") << "en"
                        << "Three foxes." << QStringList{"fox"} << true;
    QTest::newRow("ies") << "en"
                         << "Many butterflies." << QStringList{"butterfly"} << true;
    QTest::newRow("men") << "en"
                         << "Two fishermen." << QStringList{"fisherman"} << true;
    QTest::newRow("inside") << "en"
                            << "A category." << QStringList{"cat"} << false;
    QTest::newRow("compound") << "en"
                              << "Two polar bears play." << QStringList{"polar bear"} << true;
    QTest::newRow("half of it") << "en"
                                << "A bear plays." << QStringList{"polar bear"} << false;
    QTest::newRow("other") << "en"
                           << "A bear." << QStringList{"polar bear", "bear"} << true;
    QTest::newRow("chinese") << "zh"
                             << "一只小猫坐着。" << QStringList{"猫"} << true;
    QTest::newRow("chinese not") << "zh"
                                 << "一只狗坐着。" << QStringList{"猫"} << false;
    QTest::newRow("empty") << "en"
                           << "A bear." << QStringList{""} << false;
}

void TestCaptionText::mentions() {
    QFETCH(QString, language);
    QFETCH(QString, caption);
    QFETCH(QStringList, nouns);
    QFETCH(bool, mentioned);
    std::vector<std::string> wanted;
    for (const QString& noun : nouns) {
        wanted.push_back(noun.toStdString());
    }
    QCOMPARE(caption::mentionsNoun(caption.toStdString(), wanted, language.toStdString()),
             mentioned);
}

void TestCaptionText::sentences_data() {
    QTest::addColumn<QString>("noun");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("a") << "cat"
                       << "A photo of a cat.";
    QTest::newRow("an") << "owl"
                        << "A photo of an owl.";
    QTest::newRow("silent h") << "hourglass"
                              << "A photo of an hourglass.";
    QTest::newRow("spoken y") << "unicycle"
                              << "A photo of a unicycle.";
    QTest::newRow("umbrella") << "umbrella"
                              << "A photo of an umbrella.";
    QTest::newRow("plural") << "sunglasses"
                            << "A photo of sunglasses.";
    QTest::newRow("singular in s") << "bus"
                                   << "A photo of a bus.";
    QTest::newRow("glass") << "beer glass"
                           << "A photo of a beer glass.";
    QTest::newRow("uncounted") << "red wine"
                               << "A photo of red wine.";
}

void TestCaptionText::sentences() {
    QFETCH(QString, noun);
    QFETCH(QString, sentence);
    QCOMPARE(fromUtf8(caption::subjectSentence(noun.toStdString(), "en")), sentence);
    QCOMPARE(fromUtf8(caption::subjectSentence("猫头鹰", "zh")), QString("一张猫头鹰的照片。"));
}

void TestCaptionText::namesTheSubject_data() {
    QTest::addColumn<QString>("noun");
    QTest::addColumn<double>("probability");
    QTest::addColumn<QStringList>("captions");
    const QString dog = "A dog runs.";
    const QString ball = "A dog with a ball.";
    QTest::newRow("named by the first") << "dog" << 0.95 << QStringList{dog, ball};
    QTest::newRow("named by another") << "ball" << 0.95 << QStringList{ball, dog};
    QTest::newRow("not sure") << "cat" << 0.49 << QStringList{dog, ball};
    QTest::newRow("sure") << "cat" << 0.51 << QStringList{"A photo of a cat.", dog};
}

void TestCaptionText::namesTheSubject() {
    QFETCH(QString, noun);
    QFETCH(double, probability);
    QFETCH(QStringList, captions);
    const auto model = FakeCaptioner::saying({{"en", {"a dog runs", "a dog with a ball"}}});
    model->subjects = {{{{"en", {noun.toStdString()}}}, probability}, {{{"en", {"horse"}}}, 0.01}};
    caption::CaptionOptions options;
    options.count = 2;
    const auto written = caption::writeCaptions(*model, {}, 1, options, {});
    QVERIFY(written.ok());
    QStringList texts;
    for (const caption::Caption& one : written->front()) {
        texts << fromUtf8(one.text);
        QCOMPARE(one.namesSubject, one.text.rfind("A photo", 0) == 0);
    }
    QCOMPARE(texts, captions);
    const caption::Caption& first = written->front().front();
    const double expected =
        first.namesSubject ? probability : std::exp(first.text == "A dog runs." ? -0.5 : -1.0);
    QVERIFY(std::abs(first.probability - expected) < 1e-6);
}

void TestCaptionText::namesNoSubjectUnasked() {
    const auto model = FakeCaptioner::saying({{"en", {"a dog runs"}}});
    model->subjects = {{{{"en", {"cat"}}}, 1.0}};
    const auto first = [&](const caption::CaptionOptions& options) {
        return fromUtf8(caption::writeCaptions(*model, {}, 1, options, {})->front().front().text);
    };
    QCOMPARE(first({}), QString("A photo of a cat."));
    caption::CaptionOptions options;
    options.nameSubject = false;
    QCOMPARE(first(options), QString("A dog runs."));
    model->threshold = 2.0; // never, however unsure the decoder
    QCOMPARE(first({}), QString("A dog runs."));
    model->threshold = 0.5;
    model->subjects.front().aside = true;
    QCOMPARE(first({}), QString("A dog runs."));
}

void TestCaptionText::believesInPeople_data() {
    QTest::addColumn<double>("people");
    QTest::addColumn<double>("horse");
    QTest::addColumn<QString>("first");
    // The threshold is 0.5, and rises by a tenth for each unit of ln(p / (1 - p)).
    QTest::newRow("as likely as not, unsure") << 0.5 << 0.49 << "A man rides.";
    QTest::newRow("as likely as not, sure") << 0.5 << 0.51 << "A man on a horse.";
    QTest::newRow("likely") << 0.9 << 0.71 << "A man rides.";             // 0.5 + 0.22
    QTest::newRow("likely, surer") << 0.9 << 0.73 << "A man on a horse."; // a caption names it
    QTest::newRow("unlikely") << 0.1 << 0.29 << "A photo of a horse.";    // that speaks of nobody
}

void TestCaptionText::believesInPeople() {
    QFETCH(double, people);
    QFETCH(double, horse);
    const auto model = FakeCaptioner::saying({{"en", {"a man rides", "a man on a horse"}}});
    model->step = 0.1;
    engine::Subject persons{{{"en", {"man", "woman"}}}, people};
    persons.people = true;
    model->subjects = {{{{"en", {"horse"}}}, horse}, persons};
    const auto written = caption::writeCaptions(*model, {}, 1, {}, {});
    QTEST(fromUtf8(written->front().front().text), "first");
}

// A caption of things is doubted if the classifier sees next to nothing of them.
void TestCaptionText::believesInThingsSeen() {
    const auto model = FakeCaptioner::saying({{"en", {"a dog on a sofa"}}});
    engine::Subject persons{{{"en", {"man"}}}, 0.5};
    persons.people = true;
    const auto first = [&](double dog, double pie) {
        model->subjects = {{{{"en", {"pie"}}}, pie}, {{{"en", {"dog"}}}, dog}, persons};
        return fromUtf8(caption::writeCaptions(*model, {}, 1, {}, {})->front().front().text);
    };
    QCOMPARE(first(0.1, 0.3), QString("A dog on a sofa."));
    QCOMPARE(first(0.08, 0.3), QString("A photo of a pie."));
    QCOMPARE(first(0.0, 0.11), QString("A dog on a sofa.")); // nothing is seen clearly
}

void TestCaptionText::writesInLanguages() {
    const auto model = FakeCaptioner::saying({{"en", {"a dog"}}, {"zh", {"一只狗"}}});
    model->subjects = {{{{"en", {"cat"}}}, 0.9}}; // has no Chinese name
    caption::CaptionOptions options;
    options.languages = {"zh", "en"};
    const auto written = caption::writeCaptions(*model, {}, 2, options, {});
    QVERIFY(written.ok());
    QCOMPARE(written->size(), std::size_t(2));
    QCOMPARE(model->encoded, 1);
    for (const auto& captions : *written) {
        QCOMPARE(captions.size(), std::size_t(3));
        QCOMPARE(fromUtf8(captions[0].text), QString("一只狗。"));
        QCOMPARE(captions[0].language, std::string("zh"));
        QCOMPARE(fromUtf8(captions[1].text), QString("A photo of a cat."));
        QCOMPARE(fromUtf8(captions[2].text), QString("A dog."));
    }
    options.languages = {"fr"};
    const auto refused = caption::writeCaptions(*model, {}, 1, options, {});
    QVERIFY(!refused.ok());
    QVERIFY(refused.error().code == engine::ErrorCode::InvalidArgument);
    QVERIFY(refused.error().message.find("\"fr\"") != std::string::npos);
}

void TestCaptionText::saysEachOnce() {
    // Two ways to spell one caption.
    const auto model = FakeCaptioner::saying({{"en", {"a dog", " a  dog .", "a cat"}}});
    const auto written = caption::writeCaptions(*model, {}, 1, {}, {});
    QCOMPARE(written->front().size(), std::size_t(2));
    QCOMPARE(fromUtf8(written->front()[1].text), QString("A cat."));
}

QTEST_APPLESS_MAIN(TestCaptionText)
#include "test_caption_text.moc"
