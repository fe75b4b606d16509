// The page for servers, with servers that the test scripts, and the mark in the status bar.

#include <QCheckBox>
#include <QComboBox>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>

#include "services/model_library.h"
#include "services/remote_servers.h"
#include "support/fake_secret_store.h"
#include "support/scripted_server.h"
#include "ui/desk.h"
#include "ui/dialogs/remote_page.h"
#include "ui/dialogs/settings_dialog.h"
#include "ui/english_plurals.h"
#include "ui/remote_words.h"
#include "ui/status_strip.h"

using namespace linnet;
using namespace linnet::ui;
using linnet::tests::Desk;
using linnet::tests::FakeSecretStore;
using linnet::tests::HttpAnswer;
using linnet::tests::HttpRequest;
using linnet::tests::ScriptedServer;
using services::RemoteErrorKind;
using services::SecretOutcome;
using services::TokenState;
namespace setting = linnet::services::setting;

namespace {

const QString token = QStringLiteral("sk-page-7731");

// The page in its dialog, as the writer meets it.
struct Page {
    Page()
        : tokens(store)
        , servers(desk.settings, tokens)
        , library(desk.paths)
        , dialog({desk.settings, library, desk.dialogs, nullptr, nullptr, &servers, &tokens}) {
        dialog.show();
        dialog.showPage(SettingsPage::Remote);
    }
    template <typename T>
    T* child(const char* name) {
        return dialog.findChild<T*>(QString::fromLatin1(name));
    }
    void click(const char* name) { child<QPushButton>(name)->click(); }
    void write(const char* name, const QString& text) {
        auto* field = child<QLineEdit>(name);
        field->setFocus();
        field->selectAll();
        QTest::keyClick(field, Qt::Key_Delete);
        QTest::keyClicks(field, text);
        QTest::keyClick(field, Qt::Key_Return);
    }
    QString text(const char* name) { return child<QLabel>(name)->text(); }
    const services::RemoteProfile& profile() { return servers.profiles().front(); }
    void add(const QString& address) {
        click("remoteAdd");
        write("remoteAddress", address);
    }

    Desk desk;
    FakeSecretStore store;
    services::TokenKeeper tokens;
    services::RemoteServers servers;
    services::ModelLibrary library;
    SettingsDialog dialog;
};

// Lists its models to anyone, as many servers do.
HttpAnswer models(const HttpRequest& request) {
    if (request.method == "GET") {
        return HttpAnswer::json(200, "{\"data\":[{\"id\":\"prose-7b\"},{\"id\":\"verse\"}]}");
    }
    return HttpAnswer::json(200, "{\"choices\":[{\"index\":0,\"text\":\" time\"}]}");
}

} // namespace

class TestRemotePage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QCoreApplication::installTranslator(new EnglishPlurals(this)); }
    void addsEditsAndRemoves();
    void routingIsAChoice();
    void testListsModels();
    void testAsksForAWord_data();
    void testAsksForAWord();
    void testOfACaptioner();
    void testExplainsFailures_data();
    void testExplainsFailures();
    void tokensGoToTheKeychainOnly();
    void withoutAKeychain();
    void addressesAreChecked();
    void extrasAreChecked();
    void everythingHasAName();
    void everyFailureIsExplained();
    void theMarkOfTheStatusBar();
};

void TestRemotePage::addsEditsAndRemoves() {
    Page page;
    QVERIFY(!page.child<QWidget>("remoteForm")->isVisible());
    page.add(QStringLiteral("http://localhost:8642"));
    QVERIFY(page.child<QWidget>("remoteForm")->isVisible());
    page.write("remoteName", QStringLiteral("Studio"));
    page.child<QCheckBox>("remotePoems")->click();
    QCOMPARE(page.servers.profiles().size(), 1);
    QCOMPARE(page.profile().name, QStringLiteral("Studio"));
    QCOMPARE(page.profile().address, QStringLiteral("http://localhost:8642"));
    QVERIFY(!page.profile().uses.testFlag(services::RemoteUse::Poems));
    QCOMPARE(page.child<QListWidget>("remoteServers")->item(0)->text(), QStringLiteral("Studio"));

    page.add(QStringLiteral("https://other.example"));
    QCOMPARE(page.servers.profiles().size(), 2);
    QCOMPARE(page.child<QListWidget>("remoteServers")->currentRow(), 1);
    page.click("remoteUp");
    QCOMPARE(page.profile().address, QStringLiteral("https://other.example"));

    page.store.secrets.insert(tokenKey(page.profile()), token);
    page.desk.dialogs.yes = false;
    page.click("remoteRemove");
    QCOMPARE(page.servers.profiles().size(), 2);
    page.desk.dialogs.yes = true;
    page.click("remoteRemove");
    QCOMPARE(page.servers.profiles().size(), 1);
    QCOMPARE(page.profile().name, QStringLiteral("Studio"));
    QTRY_VERIFY(page.store.secrets.isEmpty());
}

void TestRemotePage::routingIsAChoice() {
    Page page;
    auto* box = page.child<QComboBox>(setting::remoteRouting.key);
    QCOMPARE(box->currentData().toString(), QStringLiteral("local"));
    box->setFocus();
    QTest::keyClick(box, Qt::Key_Down);
    QTest::keyClick(box, Qt::Key_Down);
    QCOMPARE(page.servers.routing(), services::RemoteRouting::PreferRemote);
    QVERIFY(!page.text("suggestionsWhere").contains(QStringLiteral("nothing you write leaves")));
}

void TestRemotePage::testListsModels() {
    ScriptedServer server(models);
    Page page;
    page.add(server.address());
    QVERIFY(!page.servers.hasNetwork());
    page.click("remoteTest");
    QTRY_VERIFY(page.text("remoteResult").contains(QStringLiteral("2 models")));
    QVERIFY(page.text("remoteResult").contains(QStringLiteral(" ms")));
    QCOMPARE(page.child<QComboBox>("remoteModel")->count(), 2);
    QCOMPARE(page.profile().model, QStringLiteral("prose-7b")); // there was no choice yet

    auto* model = page.child<QComboBox>("remoteModel");
    model->setEditText(QStringLiteral("gone"));
    QTest::keyClick(model->lineEdit(), Qt::Key_Return);
    QCOMPARE(page.profile().model, QStringLiteral("gone"));
    page.click("remoteTest");
    QTRY_VERIFY(page.text("remoteResult").contains(QStringLiteral("“gone”")));
    QCOMPARE(page.profile().model, QStringLiteral("gone")); // the writer's choice stays
}

void TestRemotePage::testAsksForAWord_data() {
    QTest::addColumn<int>("status");
    QTest::addColumn<bool>("hasToken");
    QTest::addColumn<QString>("word");
    QTest::newRow("all is well") << 200 << true << QStringLiteral("2 models");
    QTest::newRow("a wrong token") << 401 << true << QStringLiteral("does not accept this token");
    QTest::newRow("no token") << 401 << false << QStringLiteral("only for those with a token");
    QTest::newRow("not allowed") << 403 << true << QStringLiteral("allow");
    QTest::newRow("refused") << 400 << true << QStringLiteral("tea");
    QTest::newRow("busy") << 503 << true << QStringLiteral("busy");
}

void TestRemotePage::testAsksForAWord() {
    QFETCH(int, status);
    QFETCH(bool, hasToken);
    QFETCH(QString, word);
    ScriptedServer server([&](const HttpRequest& request) {
        return request.method == "GET" || status == 200
                   ? models(request)
                   : HttpAnswer::json(status, "{\"error\":{\"message\":\"only tea\"}}");
    });
    Page page;
    page.add(server.address());
    if (hasToken) {
        page.write("remoteToken", token);
        QTRY_COMPARE(page.tokens.state(tokenKey(page.profile())), TokenState::Kept);
    }
    page.click("remoteTest");
    QTRY_VERIFY2(page.text("remoteResult").contains(word), qPrintable(page.text("remoteResult")));
    QCOMPARE(server.requests.size(), 2);
    QCOMPARE(server.requests[1].path, QByteArray("/v1/completions"));
    const auto body = QJsonDocument::fromJson(server.requests[1].body).object();
    QCOMPARE(body.value(QStringLiteral("model")).toString(), QStringLiteral("prose-7b"));
    QCOMPARE(body.value(QStringLiteral("max_tokens")).toInt(), 1);
    QCOMPARE(server.requests[1].headers.value("authorization"),
             hasToken ? "Bearer " + token.toUtf8() : QByteArray());
}

// Without a picture it has nothing to say, but it has looked at the token first.
void TestRemotePage::testOfACaptioner() {
    int status = 400;
    ScriptedServer server([&](const HttpRequest& request) {
        return request.method == "GET" ? models(request) : HttpAnswer::json(status, "{}");
    });
    Page page;
    page.add(server.address());
    for (const char* other : {"remoteSuggestions", "remotePoems"}) {
        page.child<QCheckBox>(other)->setChecked(false);
    }
    page.child<QCheckBox>("remoteCaptions")->setChecked(true);
    page.click("remoteTest");
    QTRY_VERIFY(page.text("remoteResult").contains(QStringLiteral("2 models")));
    QCOMPARE(server.requests.last().path, QByteArray("/v1/chat/completions"));
    status = 401;
    page.click("remoteTest");
    QTRY_VERIFY(page.text("remoteResult").contains(QStringLiteral("with a token")));
}

void TestRemotePage::testExplainsFailures_data() {
    QTest::addColumn<HttpAnswer>("answer");
    QTest::addColumn<QString>("word");
    QTest::newRow("401") << HttpAnswer::json(401, "{}") << QStringLiteral("token");
    QTest::newRow("403") << HttpAnswer::json(403, "{}") << QStringLiteral("allow");
    QTest::newRow("404") << HttpAnswer::json(404, "{}") << QStringLiteral("address");
    QTest::newRow("503") << HttpAnswer::json(503, "{}") << QStringLiteral("busy");
    QTest::newRow("another program") << HttpAnswer::json(200, "hello") << QStringLiteral("API");
}

void TestRemotePage::testExplainsFailures() {
    QFETCH(HttpAnswer, answer);
    QFETCH(QString, word);
    ScriptedServer server([&](const HttpRequest&) { return answer; });
    Page page;
    page.add(server.address());
    page.click("remoteTest");
    QTRY_VERIFY2(page.text("remoteResult").contains(word), qPrintable(page.text("remoteResult")));
}

void TestRemotePage::tokensGoToTheKeychainOnly() {
    ScriptedServer server(models);
    Page page;
    page.add(server.address());
    auto* field = page.child<QLineEdit>("remoteToken");
    QCOMPARE(field->echoMode(), QLineEdit::Password);
    field->setFocus();
    QTest::keyClicks(field, token);
    page.click("remoteSaveToken");
    QVERIFY(field->text().isEmpty()); // write-only
    const QString key = tokenKey(page.profile());
    QTRY_COMPARE(page.tokens.state(key), TokenState::Kept);
    QCOMPARE(page.store.secrets.value(key), token);
    QVERIFY(page.text("remoteTokenState").contains(QStringLiteral("keychain and nowhere else")));
    page.click("remoteTest");
    QTRY_VERIFY(page.text("remoteResult").contains(QStringLiteral("2 models")));
    QCOMPARE(server.requests[0].headers.value("authorization"), "Bearer " + token.toUtf8());
    // Not in the settings, whatever they hold.
    QVERIFY(page.desk.settings.sync());
    QFile file(page.desk.settings.fileName());
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(!file.readAll().contains(token.toUtf8()));
    // Another server does not get it, and the keychain does not keep it for nobody.
    page.write("remoteAddress", QStringLiteral("https://other.example"));
    QVERIFY(page.text("remoteTokenState").contains(QStringLiteral("asked")));
    QVERIFY(page.text("remoteResult").contains(QStringLiteral("removed from the keychain")));
    QTRY_VERIFY(page.store.secrets.isEmpty());
    page.write("remoteToken", token);
    QTRY_COMPARE(page.store.secrets.size(), 1);
    page.write("remoteAddress", QStringLiteral("https://other.example/openai")); // the same server
    QCOMPARE(page.tokens.state(tokenKey(page.profile())), TokenState::Kept);
    page.click("remoteForgetToken");
    QTRY_VERIFY(page.store.secrets.isEmpty());
}

void TestRemotePage::withoutAKeychain() {
    Page page;
    page.store.trouble = SecretOutcome::Unavailable;
    page.add(QStringLiteral("http://localhost:8642"));
    page.write("remoteToken", token);
    QTRY_VERIFY(page.text("remoteTokenState").contains(QStringLiteral("in no file")));
    QVERIFY(page.child<QPushButton>("remoteAskKeychain")->isVisible());
    page.store.trouble = SecretOutcome::Done;
    page.click("remoteAskKeychain");
    QTRY_COMPARE(page.tokens.state(tokenKey(page.profile())), TokenState::Kept);
    QVERIFY(!page.child<QPushButton>("remoteAskKeychain")->isVisible());
}

void TestRemotePage::addressesAreChecked() {
    Page page;
    page.add(QStringLiteral("my server"));
    QVERIFY(!page.child<QPushButton>("remoteTest")->isEnabled());
    QVERIFY(page.child<QLabel>("remoteAddressNote")->isVisible());
    page.write("remoteAddress", QStringLiteral("http://studio.example"));
    QVERIFY(page.text("remoteAddressNote").contains(QStringLiteral("not encrypted")));
    page.write("remoteAddress", QStringLiteral("https://studio.example"));
    QVERIFY(!page.child<QLabel>("remoteAddressNote")->isVisible());
    QVERIFY(page.child<QPushButton>("remoteTest")->isEnabled());
}

void TestRemotePage::extrasAreChecked() {
    Page page;
    page.add(QStringLiteral("https://studio.example"));
    page.write("remoteExtras", QStringLiteral("{\"top_k\": 40}"));
    QCOMPARE(page.profile().extras.value(QLatin1String("top_k")).toInt(), 40);
    page.write("remoteExtras", QStringLiteral("{\"prompt\": 1}"));
    QVERIFY(page.text("remoteExtrasNote").contains(QStringLiteral("prompt")));
    QCOMPARE(page.profile().extras.value(QLatin1String("top_k")).toInt(), 40);
}

// Reached by Tab, and told by a screen reader.
void TestRemotePage::everythingHasAName() {
    Page page;
    page.add(QStringLiteral("https://studio.example"));
    auto* form = page.child<QWidget>("remoteForm");
    int fields = 0;
    for (auto* widget : form->findChildren<QWidget*>()) {
        const bool isField = qobject_cast<QLineEdit*>(widget) != nullptr &&
                             qobject_cast<QComboBox*>(widget->parentWidget()) == nullptr;
        if (isField || qobject_cast<QComboBox*>(widget) != nullptr) {
            QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(widget->objectName()));
            QVERIFY2((widget->focusPolicy() & Qt::TabFocus) != 0, qPrintable(widget->objectName()));
            ++fields;
        }
    }
    QVERIFY(fields >= 6);
}

void TestRemotePage::everyFailureIsExplained() {
    QSet<QString> texts;
    for (int kind = 0; kind <= static_cast<int>(RemoteErrorKind::BadAnswer); ++kind) {
        services::RemoteError error;
        error.kind = static_cast<RemoteErrorKind>(kind);
        error.detail = QStringLiteral("some detail");
        const QString text = explainRemoteError(error, QStringLiteral("Studio"));
        QVERIFY2(text.contains(QStringLiteral("“Studio”")), qPrintable(text));
        QVERIFY2(!text.contains(u'%'), qPrintable(text));
        texts.insert(text);
    }
    QCOMPARE(static_cast<int>(texts.size()), static_cast<int>(RemoteErrorKind::BadAnswer) + 1);
}

void TestRemotePage::theMarkOfTheStatusBar() {
    StatusStrip strip;
    auto* mark = strip.findChild<QToolButton*>(QStringLiteral("statusWhere"));
    strip.setTheme(darkTheme());
    QCOMPARE(mark->text(), QStringLiteral("local"));
    QCOMPARE(mark->palette().color(QPalette::ButtonText), darkTheme().muted);
    services::RemoteStatus status;
    status.server = QStringLiteral("Studio");
    strip.setRemote(status);
    QCOMPARE(mark->text(), QStringLiteral("Studio"));
    QCOMPARE(mark->palette().color(QPalette::ButtonText), darkTheme().accent);
    strip.setTheme(lightTheme());
    QCOMPARE(mark->palette().color(QPalette::ButtonText), lightTheme().accent);
    status.server.clear();
    status.troubled = QStringLiteral("Studio");
    status.error.kind = RemoteErrorKind::Unauthorized;
    strip.setRemote(status);
    QCOMPARE(mark->text(), QStringLiteral("local"));
    QVERIFY(mark->toolTip().contains(QStringLiteral("401")));
}

QTEST_MAIN(TestRemotePage)
#include "test_remote_page.moc"
