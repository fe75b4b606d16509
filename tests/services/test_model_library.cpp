#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "services/load_marker.h"
#include "services/model_library.h"

using namespace linnet::services;

class TestModelLibrary : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void findsModels();
    void verseModelsAreNotForProse();
    void earlierPlacesWin();
    void saysWhatIsWrong_data();
    void saysWhatIsWrong();
    void markerTellsOfADeadLoad();

private:
    void write(const QString& file, const QByteArray& bytes) const {
        const QString path = m_dir->filePath(file);
        QVERIFY(QDir().mkpath(QFileInfo(path).absolutePath()));
        QFile out(path);
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(bytes);
    }
    void makeModel(const QString& folder, const QByteArray& card) const {
        write(folder + QStringLiteral("/config.json"), R"({"model_type":"llama"})");
        write(folder + QStringLiteral("/model.safetensors"), QByteArray(100, 'x'));
        write(folder + QStringLiteral("/tokenizer.json"), "{}");
        write(folder + QStringLiteral("/card.json"), card);
    }
    std::unique_ptr<QTemporaryDir> m_dir;
    AppPaths m_paths;
};

void TestModelLibrary::init() {
    m_dir = std::make_unique<QTemporaryDir>();
    m_paths = AppPaths::under(m_dir->path());
    qunsetenv("LINNET_MODELS");
}

void TestModelLibrary::verseModelsAreNotForProse() {
    makeModel(QStringLiteral("models/a-verse"), R"({"language":"en","use":"verse"})");
    QVERIFY(!ModelLibrary(m_paths).bestFor(QStringLiteral("en")).has_value());
    makeModel(QStringLiteral("models/b-prose"), R"({"language":"en"})");
    const ModelLibrary library(m_paths);
    QCOMPARE(library.bestFor(QStringLiteral("en"))->name, QStringLiteral("b-prose"));
    QCOMPARE(library.find(QStringLiteral("a-verse"))->use, QStringLiteral("verse"));
}

void TestModelLibrary::findsModels() {
    makeModel(
        QStringLiteral("models/en-prose"),
        R"({"title":"English prose","licence":"CC0","language":"en","description":"Prose."})");
    makeModel(QStringLiteral("data/models/zh-verse"),
              R"({"license":"MIT","languages":["zh","en"]})");
    write(QStringLiteral("models/notes.txt"), "not a model");
    write(QStringLiteral("models/empty/readme"), "not a model");
    const ModelLibrary library(m_paths);
    QCOMPARE(library.models().size(), 2);
    const auto english = library.find(QStringLiteral("en-prose"));
    QVERIFY(english.has_value());
    QVERIFY2(english->usable(), qPrintable(english->problem));
    QCOMPARE(english->title, QStringLiteral("English prose"));
    QCOMPARE(english->licence, QStringLiteral("CC0"));
    QCOMPARE(english->architecture, QStringLiteral("llama"));
    QCOMPARE(english->origin, ModelOrigin::Bundled);
    QVERIFY(english->sizeBytes > 120);
    const auto chinese = library.bestFor(QStringLiteral("zh"));
    QVERIFY(chinese.has_value());
    QCOMPARE(chinese->name, QStringLiteral("zh-verse"));
    QCOMPARE(chinese->title, QStringLiteral("zh-verse"));
    QCOMPARE(chinese->licence, QStringLiteral("MIT"));
    QVERIFY(library.find(m_dir->filePath(QStringLiteral("models/en-prose"))).has_value());
    QVERIFY(!library.find(QStringLiteral("none")).has_value());
    QVERIFY(!library.find(QString()).has_value());
}

void TestModelLibrary::earlierPlacesWin() {
    makeModel(QStringLiteral("models/en-prose"), R"({"title":"bundled"})");
    makeModel(QStringLiteral("data/models/en-prose"), R"({"title":"mine"})");
    ModelLibrary library(m_paths);
    QCOMPARE(library.models().size(), 1);
    QCOMPARE(library.models()[0].title, QStringLiteral("mine"));
    makeModel(QStringLiteral("elsewhere/en-prose"), R"({"title":"environment"})");
    qputenv("LINNET_MODELS",
            QFile::encodeName(m_dir->filePath(QStringLiteral("elsewhere/en-prose"))));
    library = ModelLibrary(m_paths);
    QCOMPARE(library.models()[0].title, QStringLiteral("environment"));
    QCOMPARE(library.models()[0].origin, ModelOrigin::Environment);
    makeModel(QStringLiteral("data/models/later"), "{}");
    QVERIFY(!library.find(QStringLiteral("later")).has_value());
    library.scan();
    QVERIFY(library.find(QStringLiteral("later")).has_value());
}

void TestModelLibrary::saysWhatIsWrong_data() {
    QTest::addColumn<QString>("remove");
    QTest::addColumn<QString>("add");
    QTest::addColumn<QString>("problem");
    QTest::newRow("weights") << "model.safetensors"
                             << ""
                             << "model.safetensors";
    QTest::newRow("pickle") << "model.safetensors"
                            << "pytorch_model.bin"
                            << "run code";
    QTest::newRow("tokenizer") << "tokenizer.json"
                               << ""
                               << "tokenizer.json";
    QTest::newRow("config") << "config.json"
                            << "config.json"
                            << "config.json";
}

void TestModelLibrary::saysWhatIsWrong() {
    QFETCH(QString, remove);
    QFETCH(QString, add);
    QFETCH(QString, problem);
    makeModel(QStringLiteral("models/broken"), "{}");
    QVERIFY(QFile::remove(m_dir->filePath(QStringLiteral("models/broken/") + remove)));
    if (!add.isEmpty()) {
        write(QStringLiteral("models/broken/") + add, "[1,");
    }
    const ModelLibrary library(m_paths);
    QCOMPARE(library.models().size(), 1);
    QVERIFY2(library.models()[0].problem.contains(problem),
             qPrintable(library.models()[0].problem));
    QVERIFY(!library.bestFor(QStringLiteral("en")).has_value());
}

void TestModelLibrary::markerTellsOfADeadLoad() {
    const QString state = m_dir->filePath(QStringLiteral("state"));
    LoadMarker marker(state);
    QVERIFY(!marker.unfinished().has_value());
    QVERIFY(marker.begin(QStringLiteral("/models/a")).ok());
    // Held by a living process: that load is only not over yet.
    QVERIFY(!LoadMarker(state).unfinished().has_value());
    QVERIFY(!LoadMarker(state).begin(QStringLiteral("/models/b")).ok());
    marker.end();
    QVERIFY(!marker.unfinished().has_value());
    // What a killed process leaves: the file without the lock.
    write(QStringLiteral("state/loading-model"), "/models/诗");
    QCOMPARE(marker.unfinished().value_or(QString()), QStringLiteral("/models/诗"));
    QVERIFY(marker.begin(QStringLiteral("/models/c")).ok());
    marker.end();
    QVERIFY(!marker.unfinished().has_value());
}

QTEST_GUILESS_MAIN(TestModelLibrary)
#include "test_model_library.moc"
