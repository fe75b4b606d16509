// Poems from servers: only those that keep their form, and from here where a server fails.

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "services/local_verse_source.h"
#include "services/poem_words.h"
#include "services/routed_poem_source.h"
#include "support/fake_secret_store.h"
#include "support/scripted_server.h"
#include "ui/fake_poem_source.h"

using namespace linnet;
using namespace linnet::services;
using linnet::tests::FakePoemSource;
using linnet::tests::FakeSecretStore;
using linnet::tests::HttpAnswer;
using linnet::tests::HttpRequest;
using linnet::tests::ScriptedServer;

namespace {

// 登鹳雀楼, a regulated quatrain without fault; and the same with its second line's end changed.
const QByteArray good = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。";
const QByteArray bad = "白日依山尽，黄河入海多。欲穷千里目，更上一层楼。";

QByteArray chatAnswer(QByteArray text) {
    text.replace("\n", "\\n");
    return "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" + text +
           "\"},\"finish_reason\":\"stop\"}]}";
}

protocol::WrittenPoem written(const QByteArray& text, std::uint64_t seed) {
    protocol::WrittenPoem poem;
    poem.form = "wujue";
    for (const QByteArray& line :
         {text.mid(0, 15), text.mid(18, 15), text.mid(36, 15), text.mid(54, 15)}) {
        poem.lines.push_back(line.toStdString());
    }
    poem.seed = seed;
    poem.ok = true; // whatever it is
    return poem;
}

struct Setup {
    explicit Setup(ScriptedServer::Handler handler)
        : server(std::move(handler))
        , settings(folder.filePath(QStringLiteral("settings.ini")))
        , tokens(store)
        , servers(settings, tokens)
        , verse(QStringLiteral(LINNET_SOURCE_DIR "/resources"))
        , remote(servers, verse)
        , routed(local, remote, [this](const PoemQuery&) { return localFits; }) {
        profile = newProfile();
        profile.address = server.address();
        settings.set(setting::remoteProfiles, toSetting({profile}));
        settings.set(setting::remoteRouting, "remote");
    }
    void compose(int count = 1) {
        PoemQuery query;
        query.form = QStringLiteral("wujue");
        query.theme = QStringLiteral("登楼");
        query.count = count;
        query.seed = 7;
        compose(query);
    }
    void compose(const PoemQuery& query) {
        poems.clear();
        failures.clear();
        finished = 0;
        QObject::disconnect(&routed, nullptr, &context, nullptr);
        QObject::connect(
            &routed, &PoemSource::poemReady, &context,
            [this](quint64, int version, const PoemReply& poem) { poems.insert(version, poem); });
        QObject::connect(
            &routed, &PoemSource::failed, &context,
            [this](quint64, const PoemFailure& failure) { failures.append(failure.message); });
        QObject::connect(&routed, &PoemSource::finished, &context,
                         [this](quint64, const QVector<int>&) { ++finished; });
        routed.compose(query);
    }

    QTemporaryDir folder;
    ScriptedServer server;
    Settings settings;
    FakeSecretStore store;
    TokenKeeper tokens;
    RemoteServers servers;
    LocalVerseSource verse;
    FakePoemSource local;
    RemotePoemSource remote;
    bool localFits = true;
    RoutedPoemSource routed;
    RemoteProfile profile;
    QObject context;
    QMap<int, PoemReply> poems;
    QStringList failures;
    int finished = 0;
};

HttpAnswer modelsOf(const char* capabilities) {
    return HttpAnswer::json(200, QByteArray("{\"data\":[{\"id\":\"zh-verse\",\"capabilities\":[") +
                                     capabilities + "]}]}");
}

} // namespace

class TestRemotePoems : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void askedInWords();
    void askedAgainUntilTheFormIsKept();
    void neverTakesWhatBreaksTheForm();
    void wishesAreChecked();
    void rhymesAreChecked_data();
    void rhymesAreChecked();
    void formsWithoutRhymeAreRefused();
    void composedByOurServer();
    void ourServerIsCheckedToo();
    void failuresFallBack();
    void localOnlyAsksNobody();
    void answersAsTheyCome_data();
    void answersAsTheyCome();
};

void TestRemotePoems::askedInWords() {
    Setup setup([](const HttpRequest& request) {
        return request.path == "/v1/models" ? modelsOf("")
                                            : HttpAnswer::json(200, chatAnswer(good));
    });
    setup.compose(2);
    QTRY_COMPARE(setup.finished, 1);
    QCOMPARE(setup.poems.size(), 2);
    QCOMPARE(setup.poems[0].lines.size(), 4);
    QVERIFY(setup.poems[0].lines[1].text.startsWith(QString::fromUtf8("黄河入海流")));
    QVERIFY(setup.failures.isEmpty());
    QCOMPARE(setup.local.queries.size(), 0);
    QCOMPARE(setup.server.requests.size(), 3); // models once
    QVERIFY(setup.server.requests[1].body.contains("登楼"));
    // Another poem does not ask for the models again.
    setup.compose();
    QTRY_COMPARE(setup.finished, 1);
    QCOMPARE(setup.server.requests.size(), 4);
}

void TestRemotePoems::askedAgainUntilTheFormIsKept() {
    int times = 0;
    Setup setup([&](const HttpRequest& request) {
        if (request.path == "/v1/models") {
            return modelsOf("");
        }
        return HttpAnswer::json(200, chatAnswer(++times < 3 ? bad : good));
    });
    setup.compose();
    QTRY_COMPARE(setup.finished, 1);
    QCOMPARE(setup.poems.size(), 1);
    QCOMPARE(times, 3);
    // It was told what was wrong.
    QVERIFY(setup.server.requests.back().body.contains("不合要求"));
}

void TestRemotePoems::neverTakesWhatBreaksTheForm() {
    Setup setup([&](const HttpRequest& request) {
        return request.path == "/v1/models" ? modelsOf("") : HttpAnswer::json(200, chatAnswer(bad));
    });
    setup.localFits = false;
    setup.compose();
    QTRY_COMPARE(setup.finished, 1);
    QVERIFY(setup.poems.isEmpty());
    QCOMPARE(setup.failures.size(), 1);
    QCOMPARE(setup.server.requests.size(), 5); // models, and four chances
}

void TestRemotePoems::wishesAreChecked() {
    Setup setup([&](const HttpRequest& request) {
        return request.path == "/v1/models" ? modelsOf("")
                                            : HttpAnswer::json(200, chatAnswer(good));
    });
    setup.localFits = false;
    PoemQuery query;
    query.form = QStringLiteral("wujue");
    query.acrostic = QString::fromUtf8("白黄欲更");
    setup.compose(query);
    QTRY_COMPARE(setup.finished, 1);
    QCOMPARE(setup.poems.size(), 1);
    query.acrostic = QString::fromUtf8("春夏秋冬");
    setup.compose(query);
    QTRY_COMPARE(setup.finished, 1);
    QVERIFY(setup.poems.isEmpty());
}

void TestRemotePoems::rhymesAreChecked_data() {
    QTest::addColumn<QString>("form");
    QTest::addColumn<QString>("rhyme");
    QTest::addColumn<QString>("answer");
    QTest::addColumn<bool>("kept");
    const auto row = [](const char* name, const char* form, const char* rhyme,
                        const QByteArray& answer, bool kept) {
        QTest::newRow(name) << QString::fromLatin1(form) << QString::fromUtf8(rhyme)
                            << QString::fromUtf8(answer) << kept;
    };
    row("its group", "wujue", "十一尤", good, true);
    row("another group", "wujue", "一东", good, false);
    row("a character at a rhyme", "wujue", "楼", good, true);
    row("one that is no rhyme of it", "wujue", "目", good, false);
    const QByteArray couplet = "So long as men can breathe or eyes can see,\n"
                               "So long lives this, and this gives life to thee.";
    row("a word at a rhyme", "heroic-couplet", "see", couplet, true);
    row("whatever its case", "heroic-couplet", "Thee", couplet, true);
    row("a word within", "heroic-couplet", "breathe", couplet, false);
}

// The words that the writer wants rhymed stand at rhymes, and then those rhyme.
void TestRemotePoems::rhymesAreChecked() {
    QFETCH(const QString, form);
    QFETCH(const QString, rhyme);
    QFETCH(const QString, answer);
    QFETCH(const bool, kept);
    Setup setup([&](const HttpRequest& request) {
        return request.path == "/v1/models" ? modelsOf("")
                                            : HttpAnswer::json(200, chatAnswer(answer.toUtf8()));
    });
    setup.localFits = false;
    PoemQuery query;
    query.form = form;
    query.rhyme = rhyme;
    setup.compose(query);
    QTRY_COMPARE(setup.finished, 1);
    QVERIFY(setup.server.requests[1].body.contains(rhyme.toUtf8()));
    QVERIFY2(setup.poems.size() == (kept ? 1 : 0), qPrintable(setup.failures.join(u' ')));
    QVERIFY(kept || setup.failures.constFirst().contains(rhyme));
}

void TestRemotePoems::formsWithoutRhymeAreRefused() {
    Setup setup([&](const HttpRequest&) { return modelsOf(""); });
    setup.localFits = false;
    PoemQuery query;
    query.form = QStringLiteral("haiku");
    query.rhyme = QStringLiteral("night");
    setup.compose(query);
    QTRY_COMPARE(setup.finished, 1);
    QCOMPARE(setup.failures.size(), 1);
    QCOMPARE(setup.server.requests.size(), 1);          // for the models only
    QVERIFY(setup.servers.status().troubled.isEmpty()); // the server is not to blame
}

void TestRemotePoems::composedByOurServer() {
    Setup setup([](const HttpRequest& request) {
        if (request.path == "/v1/models") {
            return modelsOf("\"poems\"");
        }
        protocol::PoemLineEvent line;
        line.text = "白日依山尽";
        protocol::PoemResponse answer;
        answer.poems = {written(good, 8), written(good, 7)};
        return HttpAnswer::events({"data: " + QByteArray::fromStdString(toJson(line)) + "\n\n",
                                   "data: " + QByteArray::fromStdString(toJson(answer)) + "\n\n",
                                   "data: [DONE]\n\n"});
    });
    QSignalSpy lines(&setup.routed, &PoemSource::lineReady);
    setup.compose(2);
    QTRY_COMPARE(setup.finished, 1);
    QCOMPARE(setup.poems.size(), 2);
    QCOMPARE(lines.count(), 1);
    QCOMPARE(setup.server.requests[1].path, QByteArray("/v1/poems"));
    QVERIFY(setup.server.requests[1].body.contains("\"seed\":7"));
}

// "Checked" is not what a server says of itself.
void TestRemotePoems::ourServerIsCheckedToo() {
    Setup setup([](const HttpRequest& request) {
        if (request.path == "/v1/models") {
            return modelsOf("\"poems\"");
        }
        protocol::PoemResponse answer;
        answer.poems = {written(bad, 7)};
        return HttpAnswer::events(
            {"data: " + QByteArray::fromStdString(toJson(answer)) + "\n\n", "data: [DONE]\n\n"});
    });
    setup.localFits = false;
    setup.compose();
    QTRY_COMPARE(setup.finished, 1);
    QVERIFY(setup.poems.isEmpty());
    QCOMPARE(setup.failures.size(), 1);
}

void TestRemotePoems::failuresFallBack() {
    for (const int status : {401, 404, 500}) {
        Setup setup([&](const HttpRequest&) { return HttpAnswer::json(status, "{}"); });
        setup.compose();
        QTRY_COMPARE(setup.local.queries.size(), 1);
        QCOMPARE(setup.local.queries[0].theme, QStringLiteral("登楼"));
        Q_EMIT setup.local.finished(setup.local.lastId, {});
        QCOMPARE(setup.finished, 1);
        QVERIFY(setup.failures.isEmpty());
        QVERIFY(!setup.servers.status().troubled.isEmpty());
    }
}

void TestRemotePoems::localOnlyAsksNobody() {
    Setup setup([](const HttpRequest&) { return HttpAnswer::json(200, "{}"); });
    setup.settings.set(setting::remoteRouting, "local");
    setup.compose();
    QCOMPARE(setup.local.queries.size(), 1);
    QCoreApplication::processEvents();
    QVERIFY(!setup.servers.hasNetwork());
}

void TestRemotePoems::answersAsTheyCome_data() {
    QTest::addColumn<QString>("form");
    QTest::addColumn<QString>("answer");
    QTest::addColumn<QStringList>("lines");
    const QStringList haiku{QStringLiteral("An old silent pond"),
                            QStringLiteral("A frog jumps into the pond"),
                            QStringLiteral("Splash! Silence again")};
    QTest::newRow("plain") << QStringLiteral("haiku") << haiku.join(u'\n') << haiku;
    QTest::newRow("talk and fences")
        << QStringLiteral("haiku")
        << QStringLiteral("<think>five\nseven</think>Here is your haiku:\n\n```\n") +
               haiku.join(u'\n') + QStringLiteral("\n```\n")
        << haiku;
    QTest::newRow("numbers and a title")
        << QStringLiteral("haiku")
        << QStringLiteral("# The pond\n1. %1\n2. %2\n3. %3").arg(haiku[0], haiku[1], haiku[2])
        << haiku;
    QTest::newRow("Chinese in rows") << QStringLiteral("wujue")
                                     << QString::fromUtf8("《登鹳雀楼》\n白日依山尽，黄河入海流。\n"
                                                          "欲穷千里目，更上一层楼。")
                                     << QString::fromUtf8("白日依山尽， 黄河入海流。 欲穷千里目， "
                                                          "更上一层楼。")
                                            .split(u' ');
}

void TestRemotePoems::answersAsTheyCome() {
    QFETCH(QString, form);
    QFETCH(QString, answer);
    QFETCH(QStringList, lines);
    const LocalVerseSource verse(QStringLiteral(LINNET_SOURCE_DIR "/resources"));
    const PoemReply poem = poemFromWords(answer, *verse.findForm(form));
    QStringList found;
    for (const PoemReplyLine& line : poem.lines) {
        found.append(line.text);
    }
    QCOMPARE(found, lines);
}

QTEST_GUILESS_MAIN(TestRemotePoems)
#include "test_remote_poems.moc"
