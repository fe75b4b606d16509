// Captions from servers, and from here where a server fails.

#include <QImage>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "protocol/captions.h"
#include "services/remote_caption_source.h"
#include "support/fake_secret_store.h"
#include "support/scripted_server.h"

using namespace linnet;
using namespace linnet::services;
using linnet::tests::FakeSecretStore;
using linnet::tests::HttpAnswer;
using linnet::tests::HttpRequest;
using linnet::tests::ScriptedServer;

namespace {

// A source here that answers when the test says so.
class FakeCaptionSource : public CaptionSource {
public:
    quint64 add(const PictureQuery& query) override {
        queries.append(query);
        return ++lastId;
    }
    void cancel(const QVector<quint64>& ids) override { cancelled += ids; }
    quint64 find(const QStringList&) override { return ++lastId; }
    void cancelSearch(quint64) override {}

    QVector<PictureQuery> queries;
    QVector<quint64> cancelled;
    quint64 lastId = 0;
};

PicturePixels gradient(int width, int height) {
    PicturePixels pixels{width, height, {}};
    for (int i = 0; i < width * height; ++i) {
        pixels.rgb += static_cast<char>(i % 251);
        pixels.rgb += static_cast<char>(i / width % 251);
        pixels.rgb += static_cast<char>(7);
    }
    return pixels;
}

PictureQuery pictureOf(int width, int height) {
    PictureQuery query;
    query.pixels = gradient(width, height);
    query.languages = {QStringLiteral("en"), QStringLiteral("zh")};
    query.count = 2;
    return query;
}

HttpAnswer modelsOf(const char* capabilities) {
    return HttpAnswer::json(200, QByteArray("{\"data\":[{\"id\":\"eyes\",\"capabilities\":[") +
                                     capabilities + "]}]}");
}

HttpAnswer words(QByteArray text) {
    text.replace("\n", "\\n");
    return HttpAnswer::json(
        200, "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" +
                 text + "\"}}]}");
}

struct Setup {
    explicit Setup(ScriptedServer::Handler handler)
        : server(std::move(handler))
        , settings(folder.filePath(QStringLiteral("settings.ini")))
        , tokens(store)
        , servers(settings, tokens)
        , remote(servers, {},
                 []() -> engine::Result<std::unique_ptr<caption::PictureDecoder>> {
                     return engine::Error{engine::ErrorCode::NotFound, "no decoder in this test"};
                 })
        , routed(local, remote, [this] { return localFits; }) {
        profile = newProfile();
        profile.address = server.address();
        settings.set(setting::remoteProfiles, toSetting({profile}));
        settings.set(setting::remoteRouting, "remote");
        QObject::connect(
            &routed, &CaptionSource::captioned, &routed,
            [this](quint64 id, const QVector<CaptionReply>& found) { captions.insert(id, found); });
        QObject::connect(
            &routed, &CaptionSource::failed, &routed,
            [this](quint64 id, const CaptionFailure& why) { failures.insert(id, why); });
    }

    QTemporaryDir folder;
    ScriptedServer server;
    Settings settings;
    FakeSecretStore store;
    TokenKeeper tokens;
    RemoteServers servers;
    FakeCaptionSource local;
    RemoteCaptionSource remote;
    bool localFits = true;
    RoutedCaptionSource routed;
    RemoteProfile profile;
    QMap<quint64, QVector<CaptionReply>> captions;
    QMap<quint64, CaptionFailure> failures;
};

} // namespace

class TestRemoteCaptions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void writesPng_data();
    void writesPng();
    void askedInWords();
    void fromOurServer();
    void failuresFallBack();
    void badPicturesFail();
    void cancelled();
    void localOnlyAsksNobody();
};

void TestRemoteCaptions::writesPng_data() {
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    QTest::newRow("one pixel") << 1 << 1;
    QTest::newRow("wide") << 301 << 7;
    QTest::newRow("tall") << 3 << 200;
}

void TestRemoteCaptions::writesPng() {
    QFETCH(int, width);
    QFETCH(int, height);
    const PicturePixels pixels = gradient(width, height);
    const QImage image =
        QImage::fromData(encodePng(pixels), "PNG").convertToFormat(QImage::Format_RGB888);
    QCOMPARE(image.size(), QSize(width, height));
    for (int y = 0; y < height; ++y) {
        QCOMPARE(QByteArray(reinterpret_cast<const char*>(image.constScanLine(y)), width * 3),
                 pixels.rgb.mid(y * width * 3, width * 3));
    }
}

void TestRemoteCaptions::askedInWords() {
    Setup setup([](const HttpRequest& request) {
        if (request.path == "/v1/models") {
            return modelsOf("");
        }
        return request.body.contains("Describe")
                   ? words("1. A harbour at dusk.\n2. Boats in a harbour.\n3. More.")
                   : words("暮色中的港口。");
    });
    QSignalSpy thumbnails(&setup.routed, &CaptionSource::thumbnailReady);
    const quint64 id = setup.routed.add(pictureOf(1000, 500));
    QTRY_VERIFY(setup.captions.contains(id));
    QCOMPARE(thumbnails.count(), 1);
    const QVector<CaptionReply> captions = setup.captions[id];
    QCOMPARE(captions.size(), 3);
    QCOMPARE(captions[0].text, QStringLiteral("A harbour at dusk."));
    QCOMPARE(captions[1].text, QStringLiteral("Boats in a harbour."));
    QCOMPARE(captions[2].language, QStringLiteral("zh"));
    QCOMPARE(setup.local.queries.size(), 0);
    // The picture went along as a data URI, in a size that suffices.
    const QJsonObject body = QJsonDocument::fromJson(setup.server.requests[1].body).object();
    const QString url = body[QLatin1String("messages")][0][QLatin1String("content")][1]
                            [QLatin1String("image_url")][QLatin1String("url")]
                                .toString();
    const QString front = QStringLiteral("data:image/png;base64,");
    QVERIFY(url.startsWith(front));
    const QImage sent = QImage::fromData(QByteArray::fromBase64(url.mid(front.size()).toLatin1()));
    QCOMPARE(sent.size(), QSize(768, 384));
}

void TestRemoteCaptions::fromOurServer() {
    Setup setup([](const HttpRequest& request) {
        if (request.path == "/v1/models") {
            return modelsOf("\"captions\"");
        }
        protocol::CaptionResponse answer;
        answer.files = {{"picture.png", {{"A harbour.", "en", 0.4}, {"港口。", "zh", 0.3}}, ""}};
        return HttpAnswer::json(200, QByteArray::fromStdString(toJson(answer)));
    });
    const quint64 id = setup.routed.add(pictureOf(20, 10));
    QTRY_VERIFY(setup.captions.contains(id));
    QCOMPARE(setup.captions[id].size(), 2);
    QCOMPARE(setup.captions[id][1].text, QStringLiteral("港口。"));
    QCOMPARE(setup.captions[id][0].probability, 0.4);
    QCOMPARE(setup.server.requests[1].path, QByteArray("/v1/captions"));
    QVERIFY(setup.server.requests[1].body.contains("en,zh"));
}

void TestRemoteCaptions::failuresFallBack() {
    Setup setup([](const HttpRequest&) { return HttpAnswer::json(401, "{}"); });
    const quint64 id = setup.routed.add(pictureOf(20, 10));
    const quint64 second = setup.routed.add(pictureOf(20, 10));
    QTRY_COMPARE(setup.local.queries.size(), 2);
    QCOMPARE(setup.server.requests.size(), 1); // the second did not ask it again
    Q_EMIT setup.local.captioned(1, {{QStringLiteral("A harbour."), QStringLiteral("en"), 0.2}});
    Q_EMIT setup.local.failed(2, {engine::ErrorCode::Internal, true, QStringLiteral("no")});
    QVERIFY(setup.captions.contains(id));
    QVERIFY(setup.failures.contains(second));
}

// A file that is no picture is no reason to ask anybody else.
void TestRemoteCaptions::badPicturesFail() {
    Setup setup([](const HttpRequest&) { return HttpAnswer::json(200, "{}"); });
    PictureQuery query;
    query.file = setup.folder.filePath(QStringLiteral("missing.png"));
    const quint64 id = setup.routed.add(query);
    QTRY_VERIFY(setup.failures.contains(id));
    QVERIFY(setup.failures[id].code == engine::ErrorCode::NotFound);
    QCOMPARE(setup.server.connections, 0);
    QCOMPARE(setup.local.queries.size(), 0);
}

void TestRemoteCaptions::cancelled() {
    Setup setup([](const HttpRequest&) { return HttpAnswer{{}, false, {}}; });
    const quint64 first = setup.routed.add(pictureOf(20, 10));
    const quint64 second = setup.routed.add(pictureOf(20, 10));
    QTRY_COMPARE(setup.server.requests.size(), 1);
    setup.routed.cancel({first, second});
    QTRY_COMPARE(setup.server.open, 0);
    QCoreApplication::processEvents();
    QVERIFY(setup.captions.isEmpty() && setup.failures.isEmpty());
    QCOMPARE(setup.server.requests.size(), 1);
}

void TestRemoteCaptions::localOnlyAsksNobody() {
    Setup setup([](const HttpRequest&) { return HttpAnswer::json(200, "{}"); });
    setup.settings.set(setting::remoteRouting, "local");
    const quint64 id = setup.routed.add(pictureOf(20, 10));
    QCOMPARE(setup.local.queries.size(), 1);
    Q_EMIT setup.local.captioned(1, {{QStringLiteral("A."), QStringLiteral("en"), 0.2}});
    QVERIFY(setup.captions.contains(id));
    QVERIFY(!setup.servers.hasNetwork());
}

QTEST_GUILESS_MAIN(TestRemoteCaptions)
#include "test_remote_captions.moc"
