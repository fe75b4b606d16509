// "Only on this computer" opens no socket to anywhere: the whole program writes, composes and shows
// its settings while every call of socket() and connect() in the process is counted here.

#include <dlfcn.h>
#include <sys/socket.h>

#include <atomic>
#include <memory>

#include <QListWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include "desktop/application.h"
#include "support/fake_secret_store.h"
#include "support/scripted_server.h"
#include "ui/editor/editor.h"
#include "ui/editor/suggestion_controller.h"
#include "ui/panels/poem_panel.h"
#include "ui/verse_desk.h"

namespace {

std::atomic<int> inetSockets = 0; // of any kind that could leave the machine
std::atomic<int> inetConnects = 0;
std::atomic<int> allSockets = 0;

bool isNetwork(int domain) {
    return domain != AF_UNIX && domain != AF_NETLINK;
}

} // namespace

// An executable's own symbols come before those of the C library, for every library in the process.
extern "C" int socket(int domain, int type, int protocol) noexcept {
    using Function = int (*)(int, int, int);
    static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "socket"));
    ++allSockets;
    inetSockets += isNetwork(domain) ? 1 : 0;
    return real(domain, type, protocol);
}

extern "C" int connect(int descriptor, const sockaddr* address, socklen_t length) {
    using Function = int (*)(int, const sockaddr*, socklen_t);
    static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "connect"));
    inetConnects += address != nullptr && isNetwork(address->sa_family) ? 1 : 0;
    return real(descriptor, address, length);
}

using namespace linnet;
using linnet::tests::FakeSecretStore;
using linnet::tests::HttpAnswer;
using linnet::tests::HttpRequest;
using linnet::tests::ScriptedServer;
namespace setting = linnet::services::setting;

namespace {

services::AppPaths pathsUnder(const QString& folder) {
    services::AppPaths paths = services::AppPaths::under(folder);
    paths.resources = QStringLiteral(LINNET_SOURCE_DIR "/resources");
    paths.bundledModels = {QStringLiteral(LINNET_SOURCE_DIR "/models")};
    return paths;
}

ui::MainWindow* windowOf() {
    for (QWidget* widget : QApplication::topLevelWidgets()) {
        if (auto* window = qobject_cast<ui::MainWindow*>(widget)) {
            return window;
        }
    }
    return nullptr;
}

// A server is set up, whatever the routing says.
void setUp(const services::AppPaths& paths, const QString& address, const char* routing) {
    services::Settings settings(paths.config + QStringLiteral("/settings.ini"));
    services::RemoteProfile profile = services::newProfile();
    profile.name = QStringLiteral("Studio");
    profile.address = address;
    settings.set(setting::remoteProfiles, services::toSetting({profile}));
    settings.set(setting::remoteRouting, routing);
    settings.sync();
}

} // namespace

class TestOffline : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void localOnlyOpensNoSocket();
    void theCountersCount();
};

void TestOffline::localOnlyOpensNoSocket() {
    const QTemporaryDir folder;
    const services::AppPaths paths = pathsUnder(folder.path());
    setUp(paths, QStringLiteral("http://127.0.0.1:9"), "local");
    auto store = std::make_unique<FakeSecretStore>();
    const FakeSecretStore& secrets = *store;
    desktop::Application application(paths, {}, std::move(store));
    application.start();
    ui::MainWindow* window = windowOf();
    QVERIFY(window != nullptr);
    QTRY_VERIFY(window->editor().hasFocus());
    int shown = 0;
    connect(&window->suggestions(), &ui::SuggestionController::wordsChanged, this,
            [&shown](const QStringList& words) { shown += words.isEmpty() ? 0 : 1; });
    // With the bundled model, words and ghost text: the program is busy suggesting. Keys that come
    // before the model is loaded bring no words, so the typing goes on until some are shown.
    const auto typed = [&](const char* text) {
        QTest::keyClicks(&window->editor(), QString::fromLatin1(text));
        return shown > 0;
    };
    QTRY_VERIFY_WITH_TIMEOUT(typed("The old man looked at the "), 60000);
    window->editor().insertPlainText(QString::fromUtf8("床前明月光"));
    window->verse()->showPanel(true);
    window->verse()->panel().compose();
    QTRY_VERIFY_WITH_TIMEOUT(!window->verse()->panel().isComposing(), 60000);
    auto* mark = window->findChild<QToolButton*>(QStringLiteral("statusWhere"));
    QCOMPARE(mark->text(), QStringLiteral("local"));
    mark->click(); // the page for servers
    QTRY_VERIFY(window->findChild<QListWidget*>(QStringLiteral("remoteServers")) != nullptr);
    QCoreApplication::processEvents();

    QCOMPARE(inetSockets.load(), 0);
    QCOMPARE(inetConnects.load(), 0);
    QCOMPARE(secrets.reads, 0); // nor is the keychain asked for anything
}

// The same program and the same keys with a server: what was counted above would have been seen.
void TestOffline::theCountersCount() {
    ScriptedServer server([](const HttpRequest&) {
        return HttpAnswer::events(
            {"data: {\"choices\":[{\"index\":0,\"text\":\" sea\"}]}\n\n", "data: [DONE]\n\n"});
    });
    inetSockets = 0;
    inetConnects = 0;
    const QTemporaryDir folder;
    const services::AppPaths paths = pathsUnder(folder.path());
    setUp(paths, server.address(), "remote");
    desktop::Application application(paths, {}, std::make_unique<FakeSecretStore>());
    application.start();
    ui::MainWindow* window = windowOf();
    QVERIFY(window != nullptr);
    QTRY_VERIFY(window->editor().hasFocus());
    auto* mark = window->findChild<QToolButton*>(QStringLiteral("statusWhere"));
    QCOMPARE(mark->text(), QStringLiteral("Studio"));
    QTest::keyClicks(&window->editor(), QStringLiteral("The old man looked at the "));
    QTRY_VERIFY(server.requests.size() >= 1);
    QVERIFY(inetSockets.load() >= 1);
    QVERIFY(inetConnects.load() >= 1);
}

QTEST_MAIN(TestOffline)
#include "test_offline.moc"
