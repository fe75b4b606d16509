// Suggestions from a server and from here together, as the writer has them routed.

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "services/routed_suggestion_source.h"
#include "support/fake_secret_store.h"
#include "support/scripted_server.h"
#include "ui/fake_suggestion_source.h"

using namespace linnet::services;
using namespace std::chrono_literals;
using linnet::tests::FakeSecretStore;
using linnet::tests::FakeSuggestionSource;
using linnet::tests::HttpAnswer;
using linnet::tests::HttpRequest;
using linnet::tests::ScriptedServer;

namespace {

QByteArray chunk(const QByteArray& text, const QByteArray& more = {}) {
    return "data: {\"choices\":[{\"index\":0,\"text\":\"" + text + "\"" + more + "}]}\n\n";
}

const QByteArray done = "data: [DONE]\n\n";

RemoteSuggestionOptions quick() {
    RemoteSuggestionOptions options;
    options.leastDelay = 1ms;
    options.mostDelay = 2ms;
    options.deadline = 30s; // what is to come comes, however busy the machine is
    return options;
}

// A writer's set-up: settings, a keychain, a server, both sources and the routing.
struct Setup {
    explicit Setup(ScriptedServer::Handler handler, RemoteSuggestionOptions options = quick())
        : server(std::move(handler))
        , settings(folder.filePath(QStringLiteral("settings.ini")))
        , tokens(store)
        , servers(settings, tokens)
        , remote(servers, options)
        , routed(local, remote, [this](const SuggestionQuery&) { return fit; }) {
        profile = newProfile();
        profile.name = QStringLiteral("Studio");
        profile.address = server.address();
        settings.set(setting::remoteProfiles, toSetting({profile}));
        route("remote");
        QObject::connect(&routed, &SuggestionSource::ready, &routed,
                         [this](quint64 id, const SuggestionReply& reply) {
                             if (id == asked) {
                                 replies.append(reply);
                             }
                         });
        QObject::connect(&routed, &SuggestionSource::finished, &routed,
                         [this](quint64 id) { finished += id == asked ? 1 : 0; });
    }
    void route(const char* routing) { settings.set(setting::remoteRouting, routing); }
    void ask(const char* before) {
        replies.clear();
        finished = 0;
        SuggestionQuery query;
        query.before = QString::fromUtf8(before);
        asked = routed.request(query);
    }
    QString ghost() const { return replies.isEmpty() ? QString() : replies.back().ghost; }

    QTemporaryDir folder;
    ScriptedServer server;
    Settings settings;
    FakeSecretStore store;
    TokenKeeper tokens;
    RemoteServers servers;
    FakeSuggestionSource local;
    RemoteSuggestionSource remote;
    LocalFit fit = LocalFit::Fits;
    RoutedSuggestionSource routed;
    RemoteProfile profile;
    quint64 asked = 0;
    QVector<SuggestionReply> replies;
    int finished = 0;
};

} // namespace

class TestRemoteSuggestions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void localOnlyAsksNobody();
    void wordsFromHereGhostFromThere();
    void probabilitiesDecide();
    void withoutProbabilitiesTwoModelsMustAgree();
    void failuresFallBackWithinTheSuggestion_data();
    void failuresFallBackWithinTheSuggestion();
    void lateAnswersAreDropped();
    void alwaysLateIsAFailure();
    void aFailingServerIsLeftAlone();
    void anotherServerTakesOver();
    void anotherTokenIsAnotherChance();
    void fallbackOnlyWhereNothingFits();
    void verseStaysHere();
    void cancelAborts();
    void typingOnSendsOneRequest();
    void theMarkSaysWhereTextGoes();
    void aSlowKeychainHoldsNothingUp();
};

void TestRemoteSuggestions::localOnlyAsksNobody() {
    RemoteSuggestionOptions options = quick();
    options.leastDelay = 0ms; // whatever would be sent is sent with the next events
    options.mostDelay = 0ms;
    Setup setup([](const HttpRequest&) { return HttpAnswer::events({done}); }, options);
    setup.route("local");
    setup.ask("The old man ");
    setup.local.answer(QStringLiteral("looked"), {QStringLiteral("looked")});
    setup.local.finish();
    QCOMPARE(setup.ghost(), QStringLiteral("looked"));
    QCOMPARE(setup.finished, 1);
    QCoreApplication::processEvents();
    QCOMPARE(setup.server.connections, 0);
    QVERIFY(!setup.servers.hasNetwork());
    QCOMPARE(setup.store.reads, 0);
    QVERIFY(setup.servers.status().isLocal());
}

void TestRemoteSuggestions::wordsFromHereGhostFromThere() {
    Setup setup([](const HttpRequest&) {
        return HttpAnswer::events({chunk(" looked"), chunk(" at the sea"), done});
    });
    setup.ask("The old man ");
    setup.local.answer(QStringLiteral("went"), {QStringLiteral("looked"), QStringLiteral("went")});
    // At once, while the server is still to be asked, and without the ghost text of this machine.
    QCOMPARE(setup.replies.size(), 1);
    QCOMPARE(setup.replies[0].words.size(), 2);
    QVERIFY(setup.replies[0].ghost.isEmpty());
    setup.local.finish();
    QTRY_COMPARE(setup.finished, 1);
    QCOMPARE(setup.ghost(), QStringLiteral("looked at the sea"));
    QCOMPARE(setup.replies.back().words.size(), 2);
    for (const SuggestionReply& reply : setup.replies) { // it only grows
        QVERIFY(setup.ghost().startsWith(reply.ghost));
    }
    QCOMPARE(setup.server.requests.size(), 1);
}

void TestRemoteSuggestions::probabilitiesDecide() {
    const auto logProbs = [](const char* token, double value) {
        return QByteArray(",\"logprobs\":{\"tokens\":[\"") + token + "\"],\"token_logprobs\":[" +
               QByteArray::number(value) + "],\"top_logprobs\":[{}],\"text_offset\":[0]}";
    };
    Setup setup([&](const HttpRequest&) {
        return HttpAnswer::events({chunk(" stared", logProbs(" stared", -0.1)),
                                   chunk(" out", logProbs(" out", -3.0)), done});
    });
    setup.profile.logProbs = true;
    setup.settings.set(setting::remoteProfiles, toSetting({setup.profile}));
    setup.ask("The old man ");
    setup.local.answer(QString(), {QStringLiteral("went")}); // does not agree, and need not
    setup.local.finish();
    QTRY_COMPARE(setup.finished, 1);
    QCOMPARE(setup.ghost(), QStringLiteral("stared"));
    QVERIFY(setup.server.requests[0].body.contains("\"logprobs\""));
}

void TestRemoteSuggestions::withoutProbabilitiesTwoModelsMustAgree() {
    Setup setup([](const HttpRequest&) {
        return HttpAnswer::events({chunk(" stared out"), done});
    });
    setup.ask("The old man ");
    setup.local.answer(QStringLiteral("went"), {QStringLiteral("went"), QStringLiteral("looked")});
    setup.local.finish();
    QTRY_COMPARE(setup.finished, 1);
    QCOMPARE(setup.ghost(), QStringLiteral("went"));
    QVERIFY(!setup.server.requests[0].body.contains("logprobs"));
    // A model that cannot judge is not asked.
    setup.fit = LocalFit::None;
    setup.ask("The old man ");
    setup.local.finish();
    QTRY_COMPARE(setup.finished, 1);
    QCOMPARE(setup.ghost(), QStringLiteral("stared out"));
}

void TestRemoteSuggestions::failuresFallBackWithinTheSuggestion_data() {
    QTest::addColumn<HttpAnswer>("answer");
    QTest::newRow("401") << HttpAnswer::json(401, "{}");
    QTest::newRow("503") << HttpAnswer::json(503, "{}");
    QTest::newRow("garbage") << HttpAnswer::events({"data: {{{\n\n"});
    QTest::newRow("closed") << HttpAnswer{{}, true, {}};
    QTest::newRow("error in mid-stream")
        << HttpAnswer::events({"data: {\"error\":{\"message\":\"out of memory\"}}\n\n"});
}

void TestRemoteSuggestions::failuresFallBackWithinTheSuggestion() {
    QFETCH(HttpAnswer, answer);
    Setup setup([&](const HttpRequest&) { return answer; });
    QSignalSpy troubled(&setup.servers, &RemoteServers::troubled);
    setup.ask("The old man ");
    setup.local.answer(QStringLiteral("looked at"), {QStringLiteral("looked")});
    QVERIFY(setup.ghost().isEmpty());
    setup.local.finish();
    QTRY_COMPARE(setup.finished, 1);
    QCOMPARE(setup.ghost(), QStringLiteral("looked at"));
    QCOMPARE(troubled.count(), 1);
    QCOMPARE(setup.servers.status().troubled, QStringLiteral("Studio"));
}

void TestRemoteSuggestions::lateAnswersAreDropped() {
    RemoteSuggestionOptions options = quick();
    options.deadline = 60ms;
    Setup setup([](const HttpRequest&) { return HttpAnswer{{}, false, {}}; }, options);
    QSignalSpy troubled(&setup.servers, &RemoteServers::troubled);
    setup.ask("The old man ");
    setup.local.answer(QStringLiteral("looked at"), {QStringLiteral("looked")});
    setup.local.finish();
    QTRY_COMPARE(setup.finished, 1);
    QCOMPARE(setup.ghost(), QStringLiteral("looked at"));
    QTRY_COMPARE(setup.server.open, 0); // it need not go on computing
    QCOMPARE(troubled.count(), 0);      // once is nothing
}

void TestRemoteSuggestions::alwaysLateIsAFailure() {
    RemoteSuggestionOptions options = quick();
    options.deadline = 20ms;
    Setup setup([](const HttpRequest&) { return HttpAnswer{{}, false, {}}; }, options);
    QSignalSpy troubled(&setup.servers, &RemoteServers::troubled);
    for (int i = 0; i < 5; ++i) {
        setup.ask("The old man ");
        setup.local.finish();
        QTRY_COMPARE(setup.finished, 1);
    }
    QCOMPARE(troubled.count(), 1);
    QCOMPARE(troubled[0][1].value<RemoteError>().kind, RemoteErrorKind::Timeout);
}

void TestRemoteSuggestions::aFailingServerIsLeftAlone() {
    Setup setup([](const HttpRequest&) { return HttpAnswer::json(401, "{}"); });
    QSignalSpy troubled(&setup.servers, &RemoteServers::troubled);
    for (int i = 0; i < 3; ++i) {
        setup.ask("The old man ");
        setup.local.answer(QStringLiteral("looked"), {QStringLiteral("looked")});
        setup.local.finish();
        QTRY_COMPARE(setup.finished, 1);
        QCOMPARE(setup.ghost(), QStringLiteral("looked"));
    }
    QCOMPARE(setup.server.requests.size(), 1);
    QCOMPARE(troubled.count(), 1);
    QCOMPARE(setup.servers.status().error.kind, RemoteErrorKind::Unauthorized);
    setup.servers.forgive(setup.profile.id);
    setup.ask("The old man ");
    QTRY_COMPARE(setup.server.requests.size(), 2);
}

void TestRemoteSuggestions::anotherServerTakesOver() {
    Setup setup([](const HttpRequest&) { return HttpAnswer::json(503, "{}"); });
    ScriptedServer second([](const HttpRequest&) {
        return HttpAnswer::events({chunk(" looked"), done});
    });
    RemoteProfile other = newProfile();
    other.name = QStringLiteral("Other");
    other.address = second.address();
    setup.settings.set(setting::remoteProfiles, toSetting({setup.profile, other}));
    for (int i = 0; i < 2; ++i) {
        setup.ask("The old man ");
        setup.local.answer(QString(), {QStringLiteral("looked")});
        setup.local.finish();
        QTRY_COMPARE(setup.finished, 1);
    }
    QCOMPARE(setup.ghost(), QStringLiteral("looked"));
    QCOMPARE(setup.server.requests.size(), 1);
    QCOMPARE(second.requests.size(), 1);
    QCOMPARE(setup.servers.status().server, QStringLiteral("Other"));
}

void TestRemoteSuggestions::anotherTokenIsAnotherChance() {
    Setup setup([](const HttpRequest& request) {
        return request.headers.value("authorization") == "Bearer new"
                   ? HttpAnswer::events({chunk(" looked"), done})
                   : HttpAnswer::json(401, "{}");
    });
    setup.store.secrets.insert(tokenKey(setup.profile), QStringLiteral("old"));
    const auto write = [&setup] {
        setup.ask("The old man ");
        setup.local.answer(QString(), {QStringLiteral("looked")});
        setup.local.finish();
    };
    write();
    QTRY_COMPARE(setup.finished, 1);
    QVERIFY(setup.ghost().isEmpty());
    QVERIFY(setup.tokens.set(tokenKey(setup.profile), QStringLiteral("new")));
    write();
    QTRY_COMPARE(setup.finished, 1);
    QCOMPARE(setup.ghost(), QStringLiteral("looked"));
    QVERIFY(setup.servers.status().troubled.isEmpty());
}

void TestRemoteSuggestions::fallbackOnlyWhereNothingFits() {
    Setup setup([](const HttpRequest&) { return HttpAnswer::events({chunk("明月光"), done}); });
    setup.route("fallback");
    setup.ask("The old man ");
    setup.local.answer(QStringLiteral("looked"), {QStringLiteral("looked")});
    setup.local.finish();
    QCOMPARE(setup.finished, 1);
    QVERIFY(!setup.servers.hasNetwork());
    setup.fit = LocalFit::None;
    setup.ask("床前");
    setup.local.finish();
    QTRY_COMPARE(setup.finished, 1);
    QCOMPARE(setup.ghost(), QStringLiteral("明月光"));
}

// A server asked how a sentence goes on knows nothing of the form.
void TestRemoteSuggestions::verseStaysHere() {
    Setup setup([](const HttpRequest&) { return HttpAnswer::events({chunk("明月光"), done}); });
    setup.fit = LocalFit::Alone;
    setup.ask("白日依山尽，黄河入海");
    setup.local.answer(QStringLiteral("流"), {});
    setup.local.finish();
    QCOMPARE(setup.finished, 1);
    QCOMPARE(setup.ghost(), QStringLiteral("流"));
    QVERIFY(!setup.servers.hasNetwork());
}

void TestRemoteSuggestions::cancelAborts() {
    Setup setup(
        [](const HttpRequest&) { return HttpAnswer::events({chunk(" looked at")}, false); });
    setup.ask("The old man ");
    setup.local.answer(QString(), {QStringLiteral("looked")});
    QTRY_COMPARE(setup.ghost(), QStringLiteral("looked"));
    setup.routed.cancel();
    QTRY_COMPARE(setup.server.open, 0);
    QCOMPARE(setup.finished, 0);
    QCOMPARE(setup.local.cancels, 1);
}

void TestRemoteSuggestions::typingOnSendsOneRequest() {
    RemoteSuggestionOptions options = quick();
    options.leastDelay = 60ms;
    options.mostDelay = 100ms;
    Setup setup(
        [](const HttpRequest&) {
            return HttpAnswer::events({chunk(" looked"), done});
        },
        options);
    for (const char* text : {"The old m", "The old ma", "The old man", "The old man "}) {
        setup.ask(text);
    }
    setup.local.finish();
    QTRY_COMPARE(setup.finished, 1);
    QCOMPARE(setup.server.requests.size(), 1);
    QVERIFY(setup.remote.delay() >= 60ms && setup.remote.delay() <= 100ms);
}

void TestRemoteSuggestions::theMarkSaysWhereTextGoes() {
    Setup setup([](const HttpRequest&) { return HttpAnswer::json(401, "{}"); });
    QSignalSpy changed(&setup.servers, &RemoteServers::statusChanged);
    QCOMPARE(setup.servers.status().server, QStringLiteral("Studio")); // with the next key
    setup.servers.setSuggesting(false);
    QVERIFY(setup.servers.status().isLocal());
    setup.servers.begin(setup.profile); // a poem
    QCOMPARE(setup.servers.status().server, QStringLiteral("Studio"));
    setup.servers.end(setup.profile);
    setup.route("local");
    setup.servers.setSuggesting(true);
    setup.route("fallback");
    QVERIFY(changed.count() >= 2);
    setup.route("remote");
    setup.ask("The old man ");
    setup.local.finish();
    QTRY_COMPARE(setup.finished, 1);
    QTRY_VERIFY(setup.servers.status().isLocal()); // it is left alone
}

// The keychain asks the writer for its password: the suggestion comes from here meanwhile.
void TestRemoteSuggestions::aSlowKeychainHoldsNothingUp() {
    RemoteSuggestionOptions options = quick();
    options.deadline = 30ms;
    Setup setup(
        [](const HttpRequest&) {
            return HttpAnswer::events({chunk(" looked"), done});
        },
        options);
    setup.store.holds = true;
    setup.ask("The old man ");
    setup.local.answer(QStringLiteral("looked at"), {QStringLiteral("looked")});
    setup.local.finish();
    QTRY_COMPARE(setup.finished, 1);
    QCOMPARE(setup.ghost(), QStringLiteral("looked at"));
    QCOMPARE(setup.server.connections, 0);
    QCOMPARE(setup.tokens.state(tokenKey(setup.profile)), TokenState::Asking);
}

QTEST_GUILESS_MAIN(TestRemoteSuggestions)
#include "test_remote_suggestions.moc"
