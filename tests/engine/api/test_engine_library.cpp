#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>

#include "engine/api/engine_library.h"

using linnet::engine::ErrorCode;
using linnet::engine::openEngine;

class TestEngineLibrary : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void missingFileNamesIt() {
        const auto engine = openEngine("/nonexistent/engine.so");
        QVERIFY(!engine);
        QVERIFY(engine.error().code == ErrorCode::NotFound);
        QVERIFY(engine.error().message.find("/nonexistent/engine.so") != std::string::npos);
    }

    void fileOfAnotherKindIsRefused() {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("engine.so").toStdString();
        std::ofstream(path) << "not a library";
        const auto engine = openEngine(path);
        QVERIFY(!engine);
        QVERIFY(engine.error().message.find("cannot load the engine") != std::string::npos);
    }

    void anotherLibraryIsRefused() {
        // A shared library that every glibc system has, and which exports no engine.
        const std::filesystem::path path = "/lib/x86_64-linux-gnu/libm.so.6";
        if (!std::filesystem::exists(path)) {
            QSKIP("no libm at its usual place");
        }
        const auto engine = openEngine(path);
        QVERIFY(!engine);
        QVERIFY(engine.error().code == ErrorCode::UnsupportedFormat);
        QVERIFY(engine.error().message.find("linnetCreateEngine") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestEngineLibrary)
#include "test_engine_library.moc"
