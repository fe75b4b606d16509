// The analyzer on famous poems whose scansion is in the handbooks, marked by hand, and on small
// changes that break them.

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <memory>

#include "verse/analyzer.h"

using namespace linnet::verse;

namespace {

QJsonArray poemsOf(const char* file) {
    QFile json(QStringLiteral(LINNET_TEST_DATA "/verse/") + QString::fromLatin1(file));
    return json.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(json.readAll()).array()
                                          : QJsonArray();
}

QString lines(const QJsonObject& poem, const char* key = "lines") {
    QStringList all;
    for (const QJsonValue& line : poem[QLatin1String(key)].toArray()) {
        all << line.toString();
    }
    return all.join(QLatin1Char('\n'));
}

QStringList strings(const QJsonValue& list) {
    QStringList all;
    for (const QJsonValue& entry : list.toArray()) {
        all << entry.toString();
    }
    return all;
}

// "3:2 adhesion"
QStringList placed(const std::vector<Fault>& faults) {
    QStringList all;
    for (const Fault& fault : faults) {
        const auto kind = toString(fault.kind);
        all << QStringLiteral("%1:%2 %3")
                   .arg(fault.line)
                   .arg(fault.position)
                   .arg(QString::fromUtf8(kind.data(), static_cast<qsizetype>(kind.size())));
    }
    return all;
}

// "3 adhesion", each once.
QStringList byLine(const std::vector<Fault>& faults) {
    QStringList all;
    for (QString fault : placed(faults)) {
        const qsizetype colon = fault.indexOf(QLatin1Char(':'));
        fault.remove(colon, fault.indexOf(QLatin1Char(' ')) - colon);
        if (!all.contains(fault)) {
            all << fault;
        }
    }
    return all;
}

QString scheme(const Analysis& analysis) {
    QString letters;
    for (const LineAnalysis& line : analysis.lines) {
        letters += line.rhyme.empty() ? QStringLiteral("x") : QString::fromStdString(line.rhyme);
    }
    return letters;
}

void addPoems(const char* file) {
    QTest::addColumn<QJsonObject>("poem");
    const QJsonArray poems = poemsOf(file);
    QVERIFY(!poems.isEmpty());
    for (const QJsonValue& poem : poems) {
        QTest::newRow(qPrintable(poem[QLatin1String("title")].toString())) << poem.toObject();
    }
}

} // namespace

class TestAnalyzer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        auto data = VerseData::open(LINNET_SOURCE_DIR "/resources");
        QVERIFY2(data, data ? "" : data.error().message.c_str());
        m_data = std::make_unique<VerseData>(std::move(data).value());
        m_analyzer = std::make_unique<Analyzer>(*m_data);
    }

    void chinesePoems_data() { addPoems("zh-poems.json"); }
    void chinesePoems() {
        QFETCH(QJsonObject, poem);
        const Analysis analysis = analyse(poem[QLatin1String("form")], lines(poem));
        QCOMPARE(QString::fromStdString(analysis.variant),
                 poem[QLatin1String("variant")].toString());
        QCOMPARE(placed(analysis.faults), strings(poem[QLatin1String("faults")]));
        QStringList remarks = placed(analysis.remarks);
        for (const char* kind : {"repeated-character", "three-level", "lone-level"}) {
            remarks = remarks.filter(
                QRegularExpression(QStringLiteral("^(?!.*%1)").arg(QLatin1String(kind))));
        }
        QCOMPARE(remarks, strings(poem[QLatin1String("remarks")]));
        QCOMPARE(analysis.script == Script::Traditional,
                 poem[QLatin1String("script")].toString() == QLatin1String("traditional"));
        const QStringList tones = strings(poem[QLatin1String("tones")]);
        for (std::size_t i = 0; i < analysis.lines.size(); ++i) {
            const LineAnalysis& line = analysis.lines[i];
            const QString marks = QString::fromStdString(line.marks);
            const QString expected = tones[static_cast<qsizetype>(i)];
            QCOMPARE(marks.size(), expected.size());
            for (qsizetype k = 0; k < marks.size(); ++k) {
                // A character with both tones is never decided.
                QVERIFY2(marks[k] == expected[k] || marks[k] == QChar(0x591A),
                         qPrintable(QString::fromStdString(line.text) + marks + expected));
            }
            if (!line.rhyme.empty() && i % 2 == 1) {
                QCOMPARE(QString::fromStdString(line.rhymeWith),
                         poem[QLatin1String("rhyme")].toString());
            }
        }
    }

    // 柳宗元, 江雪, rhymes on 入 tones; the same with level rhymes needs no remark.
    void obliqueRhymesAreRemarked() {
        const auto remarked = [&](const char* text) {
            const Analysis analysis = m_analyzer->analyse(text, **m_data->forms.find("wuyan"), {});
            return std::any_of(analysis.remarks.begin(), analysis.remarks.end(), [](auto& remark) {
                return remark.kind == FaultKind::ObliqueRhyme && remark.line == 2 &&
                       remark.message.find("九屑") != std::string::npos;
            });
        };
        QVERIFY(remarked("千山鸟飞绝，万径人踪灭。孤舟蓑笠翁，独钓寒江雪。"));
        QVERIFY(!remarked("白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"));
        QVERIFY(!remarked("千山鸟飞绝，万径人踪灭。孤舟蓑笠翁，更上一层楼。")); // no rhyme at all
    }

    void englishPoems_data() { addPoems("en-poems.json"); }
    void englishPoems() {
        QFETCH(QJsonObject, poem);
        const Analysis analysis = analyse(poem[QLatin1String("form")], lines(poem));
        QCOMPARE(byLine(analysis.faults), strings(poem[QLatin1String("faults")]));
        QStringList remarks = byLine(analysis.remarks);
        remarks = remarks.filter(QStringLiteral("derived-word"));
        QCOMPARE(remarks, strings(poem[QLatin1String("remarks")]));
        QCOMPARE(scheme(analysis), poem[QLatin1String("scheme")].toString());
        const QStringList patterns = strings(poem[QLatin1String("patterns")]);
        for (std::size_t i = 0; i < analysis.lines.size(); ++i) {
            QCOMPARE(QString::fromStdString(analysis.lines[i].pattern),
                     patterns[static_cast<qsizetype>(i)]);
            QCOMPARE(static_cast<qsizetype>(analysis.lines[i].length),
                     patterns[static_cast<qsizetype>(i)].size());
        }
    }

    // Written for this test; every syllable is marked off by hand.
    void haiku_data() { addPoems("haiku.json"); }
    void haiku() {
        QFETCH(QJsonObject, poem);
        const QChar dot(0x00B7);
        const QString marked = lines(poem);
        const Analysis analysis = analyse(QStringLiteral("haiku"), QString(marked).remove(dot));
        QCOMPARE(byLine(analysis.faults), strings(poem[QLatin1String("faults")]));
        QCOMPARE(analysis.lines.size(), std::size_t{3});
        for (std::size_t i = 0; i < 3; ++i) {
            const LineAnalysis& line = analysis.lines[i];
            const QStringList words =
                marked.section(QLatin1Char('\n'), qsizetype(i), qsizetype(i)).split(u' ');
            QCOMPARE(static_cast<qsizetype>(line.words.size()), words.size());
            for (std::size_t w = 0; w < line.words.size(); ++w) {
                const WordAnalysis& word = line.words[w];
                QVERIFY(word.sounding.how != SoundSource::Letters);
                QCOMPARE(word.sounding.pronunciations[word.chosen].syllables(),
                         static_cast<int>(words[qsizetype(w)].count(dot)) + 1);
            }
        }
        if (analysis.faults.empty()) {
            QCOMPARE(analysis.lines[1].length, 7);
        }
    }

    // Each change of a sound poem brings exactly its fault.
    void brokenChinese_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("fault");
        QTest::newRow("length") << "依山尽"
                                << "依山"
                                << "1:0 length";
        QTest::newRow("tone") << "黄河入海流"
                              << "黄河东海流"
                              << "";
        QTest::newRow("tone at 4") << "欲穷千里目"
                                   << "欲穷千山目"
                                   << "3:4 tone";
        QTest::newRow("opposition") << "黄河入海流"
                                    << "白日入山流"
                                    << "2:2 opposition,3:2 adhesion";
        QTest::newRow("adhesion") << "欲穷千里目，更上一层楼"
                                  << "白日依山尽，黄河入海楼"
                                  << "3:2 adhesion";
        QTest::newRow("ending") << "千里目"
                                << "千里时"
                                << "3:5 ending";
        QTest::newRow("rhyme") << "一层楼"
                               << "一层山"
                               << "4:5 rhyme";
        QTest::newRow("oblique rhyme") << "一层楼"
                                       << "一层月"
                                       << "4:5 ending,4:5 rhyme";
        QTest::newRow("repeated rhyme") << "一层楼"
                                        << "一层流"
                                        << "4:5 repeated-rhyme";
        QTest::newRow("too few lines") << "，更上一层楼"
                                       << ""
                                       << "0:0 line-count";
        QTest::newRow("Latin letter") << "依山尽"
                                      << "依A尽"
                                      << "1:4 not-a-word";
    }
    void brokenChinese() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, fault);
        QString poem = QStringLiteral("白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。");
        QVERIFY(poem.contains(from));
        const Analysis analysis = analyse(QStringLiteral("wujue"), poem.replace(from, to));
        QCOMPARE(placed(analysis.faults).join(QLatin1Char(',')), fault);
        QCOMPARE(analysis.ok(), fault.isEmpty());
    }

    void brokenEnglish_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("fault");
        QTest::newRow("too short") << "like me"
                                   << "me"
                                   << "2:0 length";
        QTest::newRow("stress") << "Amazing grace! how"
                                << "Ever amazing, a"
                                << "1:0 length";
        QTest::newRow("stress on 3") << "I once was lost"
                                     << "I am lonely"
                                     << "3:3 stress";
        QTest::newRow("false rhyme") << "I see"
                                     << "I saw"
                                     << "4:6 rhyme";
        QTest::newRow("same word") << "I see"
                                   << "it's me"
                                   << "4:6 repeated-rhyme";
        QTest::newRow("homophone") << "am found"
                                   << "they sound"
                                   << "3:8 repeated-rhyme";
        QTest::newRow("guessed word") << "wretch"
                                      << "vrimp"
                                      << "2:4 unknown-word";
        QTest::newRow("digits") << "sweet the"
                                << "sweet 7 the"
                                << "1:7 not-a-word";
    }
    void brokenEnglish() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, fault);
        QString poem = QStringLiteral("Amazing grace! how sweet the sound,\nThat saved a wretch "
                                      "like me!\nI once was lost, but now am found,\nWas blind, "
                                      "but now I see.\n");
        QVERIFY(poem.contains(from));
        const Analysis analysis = analyse(QStringLiteral("common-metre"), poem.replace(from, to));
        QCOMPARE(placed(analysis.faults).join(QLatin1Char(',')), fault);
    }

    void homophonesDoNotRhyme() {
        const Analysis analysis =
            analyse(QStringLiteral("heroic-couplet"),
                    QStringLiteral("The ship has left the shore and put to sea,\n"
                                   "And no one on the cliff was left to see.\n"));
        QCOMPARE(placed(analysis.faults).join(QLatin1Char(',')),
                 QStringLiteral("2:10 homophone-rhyme"));
    }

    // A word is said in one way in its line: as the metre has it, so must it rhyme.
    void rhymesAreSaidAsTheLineScans_data() {
        QTest::addColumn<QString>("first");
        QTest::addColumn<QString>("second");
        QTest::addColumn<QString>("last");
        QTest::addColumn<QString>("faults");
        QTest::addColumn<int>("syllables"); // of the first line's last word
        const auto row = [](const char* name, const char* first, const char* second,
                            const char* last, const char* faults, int syllables) {
            QTest::newRow(name) << QString::fromLatin1(first) << QString::fromLatin1(second)
                                << QString::fromLatin1(last) << QString::fromLatin1(faults)
                                << syllables;
        };
        const char* masculine = "When the moon is a seed of the fire,";
        const char* feminine = "He sat with a book by the fire,";
        row("one syllable", masculine, "And a bird is at rest on the wire,",
            "He opened the box in the mire.", "", 1);
        row("two syllables", feminine, "And all that he felt was desire,",
            "And the cat put its nose in the wire.", "5 rhyme", 2);
        row("both", "He sat with a book by the fire,", "And all that he felt was desire,",
            "Then slowly he moved to the wire.", "", 2);
        row("one and two", masculine, "And all that he felt was desire,",
            "He opened the box in the mire.", "2 rhyme", 1);
        row("two words", "The bird in the tree was a flyer,", "He opened the window to buy her,",
            "And she called to the man on the wire.", "5 rhyme", 2);
    }
    void rhymesAreSaidAsTheLineScans() {
        QFETCH(QString, first);
        QFETCH(QString, second);
        QFETCH(QString, last);
        const Analysis analysis =
            analyse(QStringLiteral("limerick"), QStringList{first, second, "He looked at the day,",
                                                            "And he wanted to stay,", last}
                                                    .join(QLatin1Char('\n')));
        QTEST(byLine(analysis.faults).join(QLatin1Char(',')), "faults");
        const LineAnalysis& line = analysis.lines.front();
        const WordAnalysis& fire = line.words.back();
        QTEST(fire.sounding.pronunciations[fire.chosen].syllables(), "syllables");
        QCOMPARE(line.marks.size(), static_cast<std::size_t>(line.length));
        QCOMPARE(line.pattern.size(), line.marks.size());
    }

    // poet, know it: with weak "it" the same sounds from the stressed vowel on.
    void rhymesOverTwoWords_data() {
        QTest::addColumn<QString>("first");
        QTest::addColumn<QString>("second");
        QTest::addColumn<QString>("faults");
        const auto row = [](const char* name, const char* first, const char* second,
                            const char* faults) {
            QTest::newRow(name) << QString::fromLatin1(first) << QString::fromLatin1(second)
                                << QString::fromLatin1(faults);
        };
        row("word first", "I never met a man who was a poet",
            "And hid the fact from all who could not know it.", "");
        row("word last", "The boy who found a way at last to show it",
            "Was called by all the town a noble poet.", "");
        row("other vowel", "I never met a man who was a poet",
            "And hid the fact from all who could not do it.", "2:10 rhyme");
        row("other end", "I never met a man who was a poet",
            "And hid the fact from all who could not know him.", "2:10 rhyme");
        row("two pairs", "The boy who found a way at last to show it",
            "Was glad that all the town had come to know it.", "2:11 repeated-rhyme");
    }
    void rhymesOverTwoWords() {
        QFETCH(QString, first);
        QFETCH(QString, second);
        QFETCH(QString, faults);
        const Analysis analysis =
            analyse(QStringLiteral("heroic-couplet"), first + QLatin1Char('\n') + second);
        QStringList found = byLine(analysis.faults);
        QCOMPARE(found.join(QLatin1Char(',')), faults.remove(QRegularExpression(":[0-9]+")));
    }

    void feminineEndings() {
        const auto faults = [&](const char* line) {
            return placed(analyse(QStringLiteral("blank-verse"), QString::fromUtf8(line)).faults)
                .join(QLatin1Char(','));
        };
        QCOMPARE(faults("To be, or not to be, that is the question"), QString());
        QCOMPARE(faults("To be, or not to be, that is the stone wall"),
                 QStringLiteral("1:11 stress"));
    }

    void acrostics() {
        AnalysisOptions options;
        options.acrostic = "白黄欲更";
        const std::string poem = "白日依山尽\n黄河入海流\n欲穷千里目\n更上一层楼";
        const Form& form = **m_data->forms.find("wujue");
        QVERIFY(m_analyzer->analyse(poem, form, options).ok());
        options.acrostic = "白黄山更";
        QCOMPARE(placed(m_analyzer->analyse(poem, form, options).faults).join(QLatin1Char(',')),
                 QStringLiteral("3:1 acrostic"));
        options.acrostic = "tim";
        const Form& haiku = **m_data->forms.find("haiku");
        const Analysis analysis = m_analyzer->analyse("The frost on the gate\nIs melting into the "
                                                      "grass\nMorning and no one",
                                                      haiku, options);
        QVERIFY2(analysis.ok(), qPrintable(placed(analysis.faults).join(QLatin1Char(','))));
    }

    void customsAreRemarksOnly() {
        const Form& form = **m_data->forms.find("wujue");
        // 孤平 in the second line, 三平调 in the fourth.
        const Analysis analysis =
            m_analyzer->analyse("白日依山尽，月明出海流。欲穷千里目，更上高层楼。", form);
        QVERIFY(analysis.ok());
        const QStringList remarks = placed(analysis.remarks);
        QVERIFY2(remarks.contains(QStringLiteral("2:2 lone-level")), qPrintable(remarks.join(',')));
        QVERIFY2(remarks.contains(QStringLiteral("4:3 three-level")),
                 qPrintable(remarks.join(',')));
    }

    void titlesAndPunctuation() {
        const Form& form = **m_data->forms.find("wujue");
        for (const char* text :
             {"# 登鹳雀楼\n白日依山尽，黄河入海流。欲穷千里目，更上一层楼。",
              "《登鹳雀楼》\r\n\r\n白日依山尽，黄河入海流。\r\n欲穷千里目，更上一层楼。\r\n",
              "登鹳雀楼\n王之涣\n\n白日依山尽\n黄河入海流\n\n欲穷千里目\n更上一层楼",
              "  “白日依山尽，黄河入海流！欲穷千里目？更上一层楼”"}) {
            const Analysis analysis = m_analyzer->analyse(text, form);
            QVERIFY2(analysis.ok(), text);
            QCOMPARE(analysis.lines.size(), std::size_t{4});
            QCOMPARE(analysis.title.empty(),
                     std::string_view(text).find("登") == std::string::npos);
            // The bytes that a mark stands at are those of the character.
            const CharacterAnalysis& river = analysis.lines[1].characters[1];
            QCOMPARE(std::string(text).substr(river.begin, river.end - river.begin),
                     std::string("河"));
        }
    }

    void formsAreRecognised_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("form");
        for (const char* file : {"zh-poems.json", "en-poems.json"}) {
            for (const QJsonValue& value : poemsOf(file)) {
                const QJsonObject poem = value.toObject();
                const QString title = poem[QLatin1String("title")].toString();
                // Where a poem is as close to another form, no form is the right answer.
                if (title != QString::fromUtf8("静夜思")) {
                    QTest::newRow(qPrintable(title))
                        << lines(poem) << poem[QLatin1String("form")].toString();
                }
            }
        }
        QTest::newRow("free") << "I walk\nand the whole long afternoon walks beside me\nwithout a "
                                 "word about where\nwe are going\n"
                              << "free-verse";
    }
    void formsAreRecognised() {
        QFETCH(QString, text);
        QFETCH(QString, form);
        const Analysis analysis = m_analyzer->recognise(text.toStdString());
        QCOMPARE(QString::fromStdString(analysis.form), form);
    }

    void rhymesOutsideTheForms_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("letters");
        QTest::newRow("elegiac stanza")
            << "The curfew tolls the knell of parting day,\nThe lowing herd winds slowly o'er the "
               "lea,\nThe ploughman homeward plods his weary way,\nAnd leaves the world to "
               "darkness and to me.\n"
            << "ABAB";
        QTest::newRow("the first rhyme closes last")
            << "The lark is in the rafter of the barn and will not sing today\nfor rain\nhas come "
               "down the lane\nand nobody\nat all will say\n"
            << "ABB-A";
        QTest::newRow("a word again is no rhyme") << "I walk\nand the whole long afternoon I "
                                                     "walk\n"
                                                  << "--";
    }
    void rhymesOutsideTheForms() {
        QFETCH(QString, text);
        QFETCH(QString, letters);
        QString found;
        for (const LineAnalysis& line : m_analyzer->recognise(text.toStdString()).lines) {
            found += line.rhyme.empty() ? QStringLiteral("-") : QString::fromStdString(line.rhyme);
        }
        QCOMPARE(found, letters);
    }

    void strangeTexts() {
        for (const char* text : {"", "\n\n", "，。", "\xFF\xFE\x80", "🙂", "123 456", "'", "—"}) {
            const Analysis analysis = m_analyzer->recognise(text);
            QVERIFY(!analysis.ok() || !analysis.lines.empty());
            for (const Form& form : m_data->forms.forms()) {
                QVERIFY(!m_analyzer->analyse(text, form).form.empty());
            }
        }
    }

private:
    Analysis analyse(const QJsonValue& form, const QString& text) const {
        return m_analyzer->analyse(text.toStdString(),
                                   **m_data->forms.find(form.toString().toStdString()));
    }

    std::unique_ptr<VerseData> m_data;
    std::unique_ptr<Analyzer> m_analyzer;
};

QTEST_APPLESS_MAIN(TestAnalyzer)
#include "test_analyzer.moc"
