// Poems across the threads: what arrives, in which order, and what does not arrive any more.

#include <QSignalSpy>
#include <QTest>

#include <atomic>
#include <mutex>
#include <thread>

#include "engine/api/fake_generator.h"
#include "services/local_poem_source.h"

using namespace linnet;
using namespace linnet::services;
using engine::Error;
using engine::ErrorCode;
using engine::Flow;
using engine::Result;

namespace {

// What the fakes are told, and what they saw.
struct Script {
    std::mutex mutex;
    QStringList loads;              // guarded
    verse::PoemRequest lastRequest; // guarded
    std::string loadError;
    std::optional<verse::Refusal> refusal;
    bool modelFails = false;
    std::atomic<bool> hold = false; // after the first line, until stopped
    std::atomic<int> holding = 0;
    std::shared_ptr<std::atomic<int>> models = std::make_shared<std::atomic<int>>(0);
};

class FakeEngine : public engine::Engine {
public:
    explicit FakeEngine(Script& script)
        : m_script(script) {}
    Result<std::unique_ptr<engine::Generator>> load(const std::filesystem::path& folder,
                                                    const engine::LoadOptions&,
                                                    std::stop_token) override {
        const std::lock_guard lock(m_script.mutex);
        m_script.loads << QString::fromStdString(folder.string());
        if (!m_script.loadError.empty()) {
            return Error{ErrorCode::CorruptFile, m_script.loadError};
        }
        return std::unique_ptr<engine::Generator>(std::make_unique<tests::FakeGenerator>(
            folder.filename().string(), nullptr, m_script.models));
    }
    bool cudaAvailable() const override { return false; }

private:
    Script& m_script;
};

// Two lines a version; the last version is the best.
class FakeComposer : public verse::Composer {
public:
    explicit FakeComposer(Script& script)
        : m_script(script) {}

    std::optional<verse::Refusal> check(const verse::PoemRequest&) const override { return {}; }
    Result<verse::Composition> compose(engine::Generator&, const verse::PoemRequest& request,
                                       const verse::PoemSink& sink,
                                       std::stop_token stop) const override {
        {
            const std::lock_guard lock(m_script.mutex);
            m_script.lastRequest = request;
        }
        verse::Composition composition;
        composition.refusal = m_script.refusal;
        if (m_script.refusal) {
            return composition;
        }
        if (m_script.modelFails) {
            return Error{ErrorCode::OutOfMemory, "no memory left"};
        }
        for (int version = 0; version < request.count; ++version) {
            verse::Poem poem;
            poem.form = request.form;
            poem.seed = request.seed + static_cast<std::uint64_t>(version);
            for (int line = 0; line < 2; ++line) {
                poem.lines.push_back({request.theme + std::to_string(line), false, line == 1});
                (void)sink.line(version, line, poem.lines.back());
                if (m_script.hold) {
                    ++m_script.holding;
                    while (!stop.stop_requested()) {
                        std::this_thread::yield();
                    }
                    composition.cancelled = true;
                    return composition;
                }
            }
            (void)sink.poem(version, poem);
            composition.poems.insert(composition.poems.begin(), poem);
        }
        return composition;
    }

private:
    Script& m_script;
};

LocalPoemOptions optionsFor(Script& script) {
    LocalPoemOptions options;
    options.resources = LINNET_SOURCE_DIR "/resources";
    options.models = {{verse::Language::Chinese, "/models/zh-verse"},
                      {verse::Language::English, "/models/en-verse"}};
    options.openEngine = [&script]() -> Result<std::unique_ptr<engine::Engine>> {
        return std::unique_ptr<engine::Engine>(std::make_unique<FakeEngine>(script));
    };
    options.makeComposer =
        [&script](verse::Language, const engine::Generator&,
                  const std::filesystem::path&) -> Result<std::unique_ptr<verse::Composer>> {
        return std::unique_ptr<verse::Composer>(std::make_unique<FakeComposer>(script));
    };
    return options;
}

PoemQuery query(const char* form, const char* theme) {
    PoemQuery wanted;
    wanted.form = QString::fromLatin1(form);
    wanted.theme = QString::fromUtf8(theme);
    return wanted;
}

} // namespace

class TestLocalPoemSource : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void linesAndPoemsArriveInOrder() {
        Script script;
        LocalPoemSource source(optionsFor(script));
        QStringList seen;
        connect(&source, &PoemSource::lineReady, this,
                [&](quint64, int version, int line, const PoemReplyLine& text) {
                    seen << QStringLiteral("line %1.%2 %3").arg(version).arg(line).arg(text.text);
                });
        connect(&source, &PoemSource::poemReady, this,
                [&](quint64, int version, const PoemReply& poem) {
                    seen << QStringLiteral("poem %1 of %2").arg(version).arg(poem.lines.size());
                    QVERIFY(poem.lines.last().fromCorpus);
                });
        QSignalSpy finished(&source, &PoemSource::finished);
        QSignalSpy failed(&source, &PoemSource::failed);
        PoemQuery wanted = query("qijue", "月");
        wanted.count = 2;
        wanted.seed = 40;
        wanted.fixed[1] = QStringLiteral("fixed");
        wanted.keywords << QStringLiteral("雪");
        const quint64 id = source.compose(wanted);
        QVERIFY(finished.wait());
        QCOMPARE(seen,
                 QStringList({QStringLiteral("line 0.0 月0"), QStringLiteral("line 0.1 月1"),
                              QStringLiteral("poem 0 of 2"), QStringLiteral("line 1.0 月0"),
                              QStringLiteral("line 1.1 月1"), QStringLiteral("poem 1 of 2")}));
        QCOMPARE(finished.first().at(0).toULongLong(), id);
        QCOMPARE(finished.first().at(1).value<QVector<int>>(), QVector<int>({1, 0}));
        QVERIFY(failed.isEmpty());
        QCOMPARE(script.lastRequest.fixed.at(1), std::string("fixed"));
        QCOMPARE(script.lastRequest.keywords.size(), std::size_t(1));
        QCOMPARE(source.status().state, ModelState::Ready);
    }

    void modelsAreLoadedOnceAndWhenNeeded() {
        Script script;
        LocalPoemSource source(optionsFor(script));
        QSignalSpy finished(&source, &PoemSource::finished);
        QVERIFY(script.loads.isEmpty());
        for (const char* form : {"sonnet", "ballad", "qijue", "haiku"}) {
            source.compose(query(form, "a"));
            QVERIFY(finished.wait());
        }
        QCOMPARE(script.loads, QStringList({QStringLiteral("/models/en-verse"),
                                            QStringLiteral("/models/zh-verse")}));
    }

    void latestWins() {
        Script script;
        LocalPoemSource source(optionsFor(script));
        QSignalSpy lines(&source, &PoemSource::lineReady);
        QSignalSpy finished(&source, &PoemSource::finished);
        script.hold = true;
        source.compose(query("sonnet", "old"));
        QTRY_COMPARE(script.holding.load(), 1);
        script.hold = false;
        const quint64 id = source.compose(query("sonnet", "new"));
        lines.clear(); // whatever the first one posted must not arrive any more
        QVERIFY(finished.wait());
        QCOMPARE(lines.size(), 2);
        QCOMPARE(finished.size(), 1);
        QCOMPARE(finished.first().first().toULongLong(), id);
        for (const auto& line : lines) {
            QCOMPARE(line.first().toULongLong(), id);
        }
    }

    void cancelledIsNeverFinished() {
        Script script;
        LocalPoemSource source(optionsFor(script));
        QSignalSpy finished(&source, &PoemSource::finished);
        QSignalSpy failed(&source, &PoemSource::failed);
        script.hold = true;
        source.compose(query("sonnet", "one"));
        QTRY_COMPARE(script.holding.load(), 1);
        source.cancel();
        script.hold = false;
        source.compose(query("sonnet", "two")); // comes after whatever the first one posted
        QVERIFY(finished.wait());
        QCOMPARE(finished.size(), 1);
        QVERIFY(failed.isEmpty());
    }

    void refusalsSayWhy() {
        Script script;
        script.refusal = verse::Refusal{verse::RefusalKind::Acrostic, 2, "q", "no line"};
        LocalPoemSource source(optionsFor(script));
        QSignalSpy finished(&source, &PoemSource::finished);
        QSignalSpy failed(&source, &PoemSource::failed);
        source.compose(query("sonnet", "x"));
        QVERIFY(finished.wait());
        QCOMPARE(failed.size(), 1);
        const auto failure = failed.first().at(1).value<PoemFailure>();
        QVERIFY(failure.kind == verse::RefusalKind::Acrostic);
        QCOMPARE(failure.line, 2);
        QCOMPARE(failure.subject, QStringLiteral("q"));
        QVERIFY(finished.first().at(1).value<QVector<int>>().isEmpty());
    }

    void unknownFormsAndMissingModels() {
        Script script;
        LocalPoemOptions options = optionsFor(script);
        options.models.erase(verse::Language::Chinese);
        LocalPoemSource source(std::move(options));
        QSignalSpy finished(&source, &PoemSource::finished);
        QSignalSpy failed(&source, &PoemSource::failed);
        source.compose(query("ghazal", "x"));
        QVERIFY(finished.wait());
        QVERIFY(failed.last().at(1).value<PoemFailure>().kind == verse::RefusalKind::UnknownForm);
        source.compose(query("qijue", "x"));
        QVERIFY(finished.wait());
        QVERIFY(!failed.last().at(1).value<PoemFailure>().kind);
        QVERIFY(!failed.last().at(1).value<PoemFailure>().message.isEmpty());
        QVERIFY(script.loads.isEmpty());
    }

    void failuresAreToldOnce() {
        Script script;
        script.loadError = "weights are damaged";
        LocalPoemSource source(optionsFor(script));
        QSignalSpy finished(&source, &PoemSource::finished);
        QSignalSpy failed(&source, &PoemSource::failed);
        source.compose(query("sonnet", "x"));
        QVERIFY(finished.wait());
        QCOMPARE(failed.size(), 1);
        QCOMPARE(failed.first().at(1).value<PoemFailure>().message,
                 QStringLiteral("weights are damaged"));
        QCOMPARE(source.status().state, ModelState::Failed);
        script.loadError.clear(); // it was repaired: the next poem loads again
        source.compose(query("sonnet", "x"));
        QVERIFY(finished.wait());
        QCOMPARE(failed.size(), 1);
        script.modelFails = true;
        source.compose(query("sonnet", "x"));
        QVERIFY(finished.wait());
        QCOMPARE(failed.last().at(1).value<PoemFailure>().message,
                 QStringLiteral("no memory left"));
    }

    void otherModelsReplaceTheFirst() {
        Script script;
        LocalPoemSource source(optionsFor(script));
        QSignalSpy finished(&source, &PoemSource::finished);
        source.compose(query("sonnet", "x"));
        QVERIFY(finished.wait());
        source.setModels({{verse::Language::English, "/models/mine"}}, {});
        QTRY_COMPARE(script.models->load(), 0);
        source.compose(query("sonnet", "x"));
        QVERIFY(finished.wait());
        QCOMPARE(script.loads.last(), QStringLiteral("/models/mine"));
    }

    void idleModelsAreUnloaded() {
        Script script;
        LocalPoemOptions options = optionsFor(script);
        options.idleUnload = std::chrono::milliseconds(1);
        LocalPoemSource source(std::move(options));
        QSignalSpy finished(&source, &PoemSource::finished);
        source.compose(query("sonnet", "x"));
        QVERIFY(finished.wait());
        QTRY_COMPARE(script.models->load(), 0);
    }

    void idleTimeMayChange() {
        Script script;
        LocalPoemSource source(optionsFor(script));
        QSignalSpy finished(&source, &PoemSource::finished);
        source.compose(query("sonnet", "x"));
        QVERIFY(finished.wait());
        QVERIFY(script.models->load() > 0);
        source.setIdleUnload(std::chrono::milliseconds(1));
        QTRY_COMPARE(script.models->load(), 0);
    }

    void destroyedWhileComposing() {
        Script script;
        script.hold = true;
        {
            LocalPoemSource source(optionsFor(script));
            source.compose(query("sonnet", "x"));
            QTRY_COMPARE(script.holding.load(), 1);
        }
        QCOMPARE(script.models->load(), 0);
    }
};

QTEST_GUILESS_MAIN(TestLocalPoemSource)
#include "test_local_poem_source.moc"
