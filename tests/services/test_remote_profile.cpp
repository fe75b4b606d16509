#include <QTemporaryDir>
#include <QTest>

#include "services/remote_profile.h"
#include "services/settings.h"

using namespace linnet::services;

class TestRemoteProfile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void addresses_data();
    void addresses();
    void badAddresses_data();
    void badAddresses();
    void encryption_data();
    void encryption();
    void tokensBelongToAServer();
    void extras_data();
    void extras();
    void survivesInTheSettings();
    void damagedEntriesAreLeftOut();
};

void TestRemoteProfile::addresses_data() {
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("api");
    const auto row = [](const char* address, const char* api) {
        QTest::newRow(address) << QString::fromUtf8(address) << QString::fromUtf8(api);
    };
    row("http://localhost:8080", "http://localhost:8080/v1");
    row("http://localhost:8080/", "http://localhost:8080/v1");
    row("http://localhost:8080/v1", "http://localhost:8080/v1");
    row("http://localhost:8080/v1//", "http://localhost:8080/v1");
    row("https://kserve.example/openai", "https://kserve.example/openai/v1");
    row("https://a.example/api/v3", "https://a.example/api/v3");
    row("https://a.example/v1/chat/completions", "https://a.example/v1");
    row("https://a.example/v1/completions", "https://a.example/v1");
    row("https://a.example/v1/models/", "https://a.example/v1");
    row("localhost:8642", "http://localhost:8642/v1");
    row("192.168.1.7:8000/v1", "http://192.168.1.7:8000/v1");
    row("[::1]:8642", "http://[::1]:8642/v1");
    row("studio.example", "https://studio.example/v1");
    row("  https://a.example  ", "https://a.example/v1");
}

void TestRemoteProfile::addresses() {
    QFETCH(QString, address);
    QFETCH(QString, api);
    QCOMPARE(checkAddress(address), AddressProblem::None);
    const auto url = apiUrl(address);
    QVERIFY(url);
    QCOMPARE(url->toString(), api);
}

void TestRemoteProfile::badAddresses_data() {
    QTest::addColumn<QString>("address");
    QTest::addColumn<AddressProblem>("problem");
    QTest::newRow("empty") << QStringLiteral(" ") << AddressProblem::Empty;
    QTest::newRow("no host") << QStringLiteral("http:///v1") << AddressProblem::NotAnAddress;
    QTest::newRow("words") << QStringLiteral("my server") << AddressProblem::NotAnAddress;
    QTest::newRow("file") << QStringLiteral("ftp://host/x") << AddressProblem::Scheme;
    QTest::newRow("password") << QStringLiteral("https://me:pw@host") << AddressProblem::Secret;
    QTest::newRow("query") << QStringLiteral("https://host/?key=1") << AddressProblem::Query;
    QTest::newRow("fragment") << QStringLiteral("https://host/#a") << AddressProblem::Query;
}

void TestRemoteProfile::badAddresses() {
    QFETCH(QString, address);
    QFETCH(AddressProblem, problem);
    QCOMPARE(checkAddress(address), problem);
    QVERIFY(!apiUrl(address));
}

void TestRemoteProfile::encryption_data() {
    QTest::addColumn<QString>("address");
    QTest::addColumn<bool>("open");
    QTest::newRow("https") << QStringLiteral("https://studio.example") << false;
    QTest::newRow("http") << QStringLiteral("http://studio.example") << true;
    QTest::newRow("a neighbour") << QStringLiteral("http://192.168.1.7:8000") << true;
    QTest::newRow("this machine") << QStringLiteral("http://127.0.0.1:8642") << false;
    QTest::newRow("by name") << QStringLiteral("http://LOCALHOST") << false;
    QTest::newRow("a trap") << QStringLiteral("http://localhost.example") << true;
}

void TestRemoteProfile::encryption() {
    QFETCH(QString, address);
    QFETCH(bool, open);
    QCOMPARE(isUnencrypted(*apiUrl(address)), open);
}

void TestRemoteProfile::tokensBelongToAServer() {
    RemoteProfile profile = newProfile();
    profile.address = QStringLiteral("https://studio.example/openai");
    const QString key = tokenKey(profile);
    QVERIFY(!key.isEmpty());
    profile.address = QStringLiteral("https://STUDIO.example:443/v1");
    profile.name = QStringLiteral("other name");
    QCOMPARE(tokenKey(profile), key);
    for (const char* elsewhere : {"https://other.example/openai", "http://studio.example/openai",
                                  "https://studio.example:8443/openai"}) {
        profile.address = QString::fromUtf8(elsewhere);
        QVERIFY2(tokenKey(profile) != key, elsewhere);
    }
    profile.address = QStringLiteral("nonsense here");
    QVERIFY(tokenKey(profile).isEmpty());
    QVERIFY(newProfile().id != newProfile().id);
}

void TestRemoteProfile::extras_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("good");
    QTest::addColumn<int>("fields");
    QTest::newRow("none") << QStringLiteral("  ") << true << 0;
    QTest::newRow("two") << QStringLiteral("{\"top_k\": 40, \"min_p\": 0.05}") << true << 2;
    QTest::newRow("a list") << QStringLiteral("[1]") << false << 0;
    QTest::newRow("no JSON") << QStringLiteral("top_k = 40") << false << 0;
    QTest::newRow("ours") << QStringLiteral("{\"prompt\": \"x\"}") << false << 0;
    QTest::newRow("long") << QStringLiteral("{\"a\": \"%1\"}").arg(QString(5000, u'x')) << false
                          << 0;
}

void TestRemoteProfile::extras() {
    QFETCH(QString, text);
    QFETCH(bool, good);
    QFETCH(int, fields);
    QString problem;
    const auto parsed = parseExtras(text, &problem);
    QCOMPARE(parsed.has_value(), good);
    QCOMPARE(problem.isEmpty(), good);
    if (parsed) {
        QCOMPARE(static_cast<int>(parsed->size()), fields);
    }
}

void TestRemoteProfile::survivesInTheSettings() {
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("settings.ini"));
    RemoteProfile one = newProfile();
    one.name = QStringLiteral("Studio, the \"big\" 一");
    one.address = QStringLiteral("https://studio.example/openai");
    one.model = QStringLiteral("prose;v2");
    one.uses = RemoteUse::Poems | RemoteUse::Captions;
    one.logProbs = true;
    one.extras = *parseExtras(QStringLiteral("{\"top_k\": 40, \"nested\": {\"a\": [1, \"b,c\"]}}"));
    one.caFile = QStringLiteral("/etc/ssl/studio, ours.pem");
    for (const QVector<RemoteProfile>& profiles :
         {QVector<RemoteProfile>{one}, QVector<RemoteProfile>{one, newProfile()}}) {
        {
            Settings settings(file);
            QVERIFY(settings.set(setting::remoteProfiles, toSetting(profiles)));
            QVERIFY(settings.sync());
        }
        const Settings settings(file);
        QVERIFY(profilesFrom(settings.value(setting::remoteProfiles)) == profiles);
    }
}

void TestRemoteProfile::damagedEntriesAreLeftOut() {
    const RemoteProfile good = newProfile();
    QStringList list = toSetting({good});
    list << QStringLiteral("{\"name\": \"no id\"}") << QStringLiteral("not JSON") << list.front();
    QCOMPARE(profilesFrom(list).size(), 1);
}

QTEST_APPLESS_MAIN(TestRemoteProfile)
#include "test_remote_profile.moc"
