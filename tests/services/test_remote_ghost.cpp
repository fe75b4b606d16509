// Which part of a server's text is shown at the caret.

#include <cmath>

#include <QTest>

#include "services/remote_ghost.h"

using namespace linnet;
using namespace linnet::services;

namespace {

std::vector<protocol::TokenInfo> tokensOf(const QVector<QPair<QByteArray, double>>& list) {
    std::vector<protocol::TokenInfo> tokens;
    for (const auto& [bytes, probability] : list) {
        protocol::TokenInfo token;
        token.bytes = bytes.toStdString();
        token.logProb = std::log(probability);
        tokens.push_back(token);
    }
    return tokens;
}

} // namespace

class TestRemoteGhost : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void prompts_data();
    void prompts();
    void withoutProbabilities_data();
    void withoutProbabilities();
    void onlyWhatIsSureEnough();
    void unknownProbabilitiesAreNotSure();
    void firstWords_data();
    void firstWords();
};

void TestRemoteGhost::prompts_data() {
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("prompt");
    QTest::addColumn<bool>("spaced");
    QTest::newRow("in a word") << QStringLiteral("The se") << QStringLiteral("The se") << false;
    QTest::newRow("behind a space") << QStringLiteral("The ") << QStringLiteral("The") << true;
    QTest::newRow("an empty page") << QString() << QString() << false;
    QTest::newRow("a new line") << QStringLiteral("The sea.\n  ") << QString() << false;
    QTest::newRow("long") << QString(6000, u'a') << QString(6000 - 4096, u'a') << false;
    const QString pairs = QString::fromUtf8("𝄞").repeated(3000);
    QTest::newRow("whole characters") // 4096 is in the middle of one
        << u'a' + pairs << pairs.right(6001 - 4097) << false;
    // The beginning stays while the writer goes on.
    QTest::newRow("a word more") << QString(6000, u'a') + QStringLiteral(" and")
                                 << QString(6000 - 4096, u'a') + QStringLiteral(" and") << false;
}

void TestRemoteGhost::prompts() {
    QFETCH(QString, before);
    QFETCH(QString, prompt);
    QFETCH(bool, spaced);
    const RemotePrompt made = remotePromptFor(before);
    QCOMPARE(made.text, prompt);
    QCOMPARE(made.spaced, spaced);
}

void TestRemoteGhost::withoutProbabilities_data() {
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("answer");
    QTest::addColumn<bool>("complete");
    QTest::addColumn<QString>("ghost");
    const auto row = [](const char* name, const char* before, const char* answer, bool complete,
                        const char* ghost) {
        QTest::newRow(name) << QString::fromUtf8(before) << QString::fromUtf8(answer) << complete
                            << QString::fromUtf8(ghost);
    };
    row("whole words", "The old man ", " looked at the se", false, "looked at the");
    row("to the end", "The old man ", " looked at the sea", true, "looked at the sea");
    row("four words", "The old man ", " looked at the sea for long", true, "looked at the sea");
    row("rest of a word", "The old man loo", "ked at the sea.", true, "ked at the sea.");
    row("next word", "The old man", " looked", true, " looked");
    row("another word's end", "look ", "ing for", true, "");
    row("one line", "He ", " left.\nChapter 2", false, "left.");
    row("nothing", "He ", "", true, "");
    row("a word that may go on", "He ", " lef", false, "");
    row("Chinese", "床前", "明月光，疑是地上霜", true, "明月光，疑是地上霜");
    row("much Chinese", "床前", "明月光疑是地上霜举头", true, "明月光疑是地上霜");
    row("Chinese in the making", "床前", "明月", false, "明");
}

void TestRemoteGhost::withoutProbabilities() {
    QFETCH(QString, before);
    QFETCH(QString, answer);
    QFETCH(bool, complete);
    QFETCH(QString, ghost);
    const RemoteGhost made = remoteGhost(remotePromptFor(before), answer, {}, complete, {});
    QCOMPARE(made.text, ghost);
    QVERIFY(made.probability < 0);
}

void TestRemoteGhost::onlyWhatIsSureEnough() {
    const RemotePrompt prompt = remotePromptFor(QStringLiteral("The old man "));
    const QString answer = QStringLiteral(" looked at the sea");
    const auto tokens =
        tokensOf({{" look", 0.9}, {"ed", 0.9}, {" at", 0.8}, {" the", 0.6}, {" sea", 0.9}});
    RemoteGhost ghost = remoteGhost(prompt, answer, tokens, true, {0.5, 4});
    QCOMPARE(ghost.text, QStringLiteral("looked at")); // 0.648; with "the" 0.389
    QVERIFY(std::abs(ghost.probability - 0.9 * 0.9 * 0.8) < 1e-9);
    ghost = remoteGhost(prompt, answer, tokens, true, {0.3, 4});
    QCOMPARE(ghost.text, answer.trimmed());
    ghost = remoteGhost(prompt, answer, tokens, true, {0.85, 4});
    QVERIFY(ghost.text.isEmpty());
}

void TestRemoteGhost::unknownProbabilitiesAreNotSure() {
    const RemotePrompt prompt = remotePromptFor(QStringLiteral("The old man "));
    auto tokens = tokensOf({{" looked", 0.9}, {" at", 0.9}});
    tokens[1].logProb = std::nan("");
    QCOMPARE(remoteGhost(prompt, QStringLiteral(" looked at"), tokens, true, {0.5, 4}).text,
             QStringLiteral("looked"));
    tokens[0].logProb.reset();
    QVERIFY(
        remoteGhost(prompt, QStringLiteral(" looked at"), tokens, true, {0.5, 4}).text.isEmpty());
    // Fewer tokens than text: the rest is unknown.
    QCOMPARE(remoteGhost(prompt, QStringLiteral(" looked at"), tokensOf({{" looked", 0.9}}), true,
                         {0.5, 4})
                 .text,
             QStringLiteral("looked"));
}

void TestRemoteGhost::firstWords_data() {
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("ghost");
    QTest::addColumn<QString>("word");
    QTest::newRow("next") << QStringLiteral("The ") << QStringLiteral("sea is")
                          << QStringLiteral("sea");
    QTest::newRow("spaced") << QStringLiteral("The") << QStringLiteral(" sea is")
                            << QStringLiteral("sea");
    QTest::newRow("rest") << QStringLiteral("The se") << QStringLiteral("a is")
                          << QStringLiteral("sea");
    QTest::newRow("none") << QStringLiteral("The sea") << QStringLiteral(".")
                          << QStringLiteral("sea");
}

void TestRemoteGhost::firstWords() {
    QFETCH(QString, before);
    QFETCH(QString, ghost);
    QFETCH(QString, word);
    QCOMPARE(firstWordOfGhost(before, ghost), word);
}

QTEST_APPLESS_MAIN(TestRemoteGhost)
#include "test_remote_ghost.moc"
