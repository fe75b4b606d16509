#include <atomic>
#include <mutex>
#include <semaphore>
#include <stdexcept>
#include <thread>

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "engine/api/fake_generator.h"
#include "services/local_suggestion_source.h"
#include "services/suggestion_mailbox.h"

using namespace linnet;
using namespace linnet::services;
using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

// What the fakes on the other threads are to do, and what they saw.
struct Script {
    std::mutex mutex;
    QStringList documents;
    QStringList past;    // the first word that came with each
    QStringList folders; // of computers
    QStringList loads;   // of networks
    bool markerSeen = false;
    std::string stateFolder;

    std::counting_semaphore<> mayLoad{0};
    bool gateLoads = false;
    std::counting_semaphore<> preparing{0};
    std::counting_semaphore<> mayPrepare{0};
    bool gatePreparing = false;
    std::atomic<int> prepared = 0;
    std::string loadError;
    bool loadThrows = false;
    bool wordsFail = false;
    bool networkFails = false;
    std::atomic<bool> holdSuggestions = false; // until they are stopped
    std::atomic<int> computed = 0;
    std::atomic<int> holding = 0;
    std::shared_ptr<std::atomic<int>> networks = std::make_shared<std::atomic<int>>(0);
};

class FakeEngine : public engine::Engine {
public:
    explicit FakeEngine(Script& script)
        : m_script(script) {}

    Result<std::unique_ptr<engine::Generator>> load(const std::filesystem::path& folder,
                                                    const engine::LoadOptions&,
                                                    std::stop_token stop) override {
        const auto marker = std::filesystem::path(m_script.stateFolder) / "loading-model";
        {
            const std::lock_guard lock(m_script.mutex);
            m_script.loads << QString::fromStdString(folder.string());
            m_script.markerSeen = std::filesystem::exists(marker);
        }
        if (m_script.gateLoads) {
            while (!m_script.mayLoad.try_acquire_for(std::chrono::milliseconds(1))) {
                if (stop.stop_requested()) {
                    return std::unique_ptr<engine::Generator>();
                }
            }
        }
        if (m_script.loadThrows) {
            throw std::runtime_error("library gone mad");
        }
        if (!m_script.loadError.empty()) {
            return Error{ErrorCode::CorruptFile, m_script.loadError};
        }
        return std::unique_ptr<engine::Generator>(std::make_unique<tests::FakeGenerator>(
            folder.filename().string(), nullptr, m_script.networks));
    }
    bool cudaAvailable() const override { return false; }

private:
    Script& m_script;
};

class FakeComputer : public SuggestionComputer {
public:
    explicit FakeComputer(Script& script)
        : m_script(script) {}

    Result<suggest::Suggestions> suggest(engine::Generator* network, std::string_view before,
                                         std::string_view, const suggest::SuggestOptions& options,
                                         std::stop_token stop) override {
        ++m_script.computed;
        suggest::Suggestions suggestions;
        if (m_script.holdSuggestions) {
            ++m_script.holding;
            while (!stop.stop_requested()) {
                std::this_thread::yield();
            }
            suggestions.cancelled = true;
            return suggestions;
        }
        if (network != nullptr && m_script.networkFails) {
            return Error{ErrorCode::OutOfMemory, "no memory left"};
        }
        const std::string source = network != nullptr ? "network" : "counted";
        suggestions.words = {{source, 0.5}, {std::string(before), 0.25}};
        suggestions.words.resize(static_cast<size_t>(std::min(options.count, 2)));
        if (options.ghost) {
            suggestions.ghost = suggest::GhostText{" ghost", 0.75};
        }
        return suggestions;
    }

    void prepare(engine::Generator&, std::stop_token stop) override {
        if (m_script.gatePreparing) {
            m_script.preparing.release();
            while (!m_script.mayPrepare.try_acquire_for(std::chrono::milliseconds(1)) &&
                   !stop.stop_requested()) {
            }
        }
        ++m_script.prepared;
    }

    void setDocument(std::string_view text,
                     std::shared_ptr<const suggest::PastCounts> past) override {
        const std::lock_guard lock(m_script.mutex);
        m_script.past << (past && !past->empty() ? QString::fromStdString(past->words[0].text)
                                                 : QString());
        m_script.documents << QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
    }

    // The text as one word.
    suggest::PastCounts countsOf(std::string_view text) const override {
        suggest::PastCounts counts;
        counts.words.push_back({std::string(text), 2});
        return counts;
    }

private:
    Script& m_script;
};

} // namespace

class TestLocalSuggestionSource : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void countedWordsComeBeforeTheNetwork();
    void preparedBeforeReady();
    void wordsFirstThenGhostText();
    void latestWins();
    void cancelSilences();
    void answersInTheQueueGoStale();
    void requestsReturnWhileTheModelIsBusy();
    void offMeansIdle();
    void idleModelsAreUnloaded();
    void failedLoadsAreTold_data();
    void failedLoadsAreTold();
    void deadLoadIsNotRepeated();
    void networkFailureFallsBackToWords();
    void missingWordsAreTold();
    void noModel();
    void anotherModel();
    void learnsOnlyWhenAsked();
    void destroyedWhileBusy();
    void mailboxWakesOnce();

private:
    LocalSuggestionOptions options();
    void makeReady(LocalSuggestionSource& source);
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<Script> m_script;
};

void TestLocalSuggestionSource::initTestCase() {
    qRegisterMetaType<ModelStatus>();
    qRegisterMetaType<SuggestionReply>();
}

void TestLocalSuggestionSource::init() {
    m_dir = std::make_unique<QTemporaryDir>();
    m_script = std::make_unique<Script>();
    m_script->stateFolder = m_dir->path().toStdString();
}

void TestLocalSuggestionSource::cleanup() {
    // However a test ended: no model outlives its source, and no marker stays.
    QCOMPARE(m_script->networks->load(), 0);
}

LocalSuggestionOptions TestLocalSuggestionSource::options() {
    LocalSuggestionOptions options;
    options.modelFolder = "/models/en-prose";
    options.stateFolder = m_dir->path().toStdString();
    options.openEngine = [this]() -> Result<std::unique_ptr<engine::Engine>> {
        return std::unique_ptr<engine::Engine>(std::make_unique<FakeEngine>(*m_script));
    };
    options.makeComputer =
        [this](const std::filesystem::path& folder) -> Result<std::unique_ptr<SuggestionComputer>> {
        const std::lock_guard lock(m_script->mutex);
        m_script->folders << QString::fromStdString(folder.string());
        if (m_script->wordsFail) {
            return Error{ErrorCode::NotFound, "ngram.bin is missing"};
        }
        return std::unique_ptr<SuggestionComputer>(std::make_unique<FakeComputer>(*m_script));
    };
    return options;
}

void TestLocalSuggestionSource::makeReady(LocalSuggestionSource& source) {
    source.start();
    QTRY_COMPARE(source.status().state, ModelState::Ready);
}

void TestLocalSuggestionSource::countedWordsComeBeforeTheNetwork() {
    m_script->gateLoads = true;
    LocalSuggestionSource source(options());
    QSignalSpy ready(&source, &SuggestionSource::ready);
    QSignalSpy finished(&source, &SuggestionSource::finished);
    QSignalSpy status(&source, &LocalSuggestionSource::statusChanged);
    QCOMPARE(source.status().state, ModelState::Off);
    source.start();
    QCOMPARE(source.status().state, ModelState::Loading);
    const quint64 first = source.request({QStringLiteral("The"), {}, 5, false});
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(ready.size(), 1);
    QCOMPARE(ready[0][0].toULongLong(), first);
    QCOMPARE(ready[0][1].value<SuggestionReply>().words[0].word, QStringLiteral("counted"));
    QCOMPARE(source.status().state, ModelState::Loading);

    m_script->mayLoad.release();
    QTRY_COMPARE(source.status().state, ModelState::Ready);
    QCOMPARE(source.status().name, QStringLiteral("en-prose"));
    QVERIFY(m_script->markerSeen);
    QTRY_VERIFY(!QFile::exists(m_dir->filePath(QStringLiteral("loading-model"))));
    QCOMPARE(status.size(), 2);
    const quint64 second = source.request({QStringLiteral("The"), {}, 5, false});
    QVERIFY(second > first);
    QTRY_COMPARE(finished.size(), 2);
    QCOMPARE(ready.last()[1].value<SuggestionReply>().words[0].word, QStringLiteral("network"));
}

// What the first request would wait for is done before the model counts as ready, and the counted
// words answer meanwhile.
void TestLocalSuggestionSource::preparedBeforeReady() {
    m_script->gateLoads = true;
    m_script->gatePreparing = true;
    LocalSuggestionSource source(options());
    QSignalSpy ready(&source, &SuggestionSource::ready);
    QSignalSpy finished(&source, &SuggestionSource::finished);
    source.start();
    source.request({QStringLiteral("a"), {}, 5, false});
    QTRY_COMPARE(finished.count(), 1); // the counted words are there
    m_script->mayLoad.release();
    m_script->preparing.acquire();
    QCOMPARE(source.status().state, ModelState::Loading);
    source.request({QStringLiteral("b"), {}, 5, false});
    QTRY_COMPARE(finished.count(), 2);
    QCOMPARE(ready.last().at(1).value<SuggestionReply>().words.at(0).word,
             QStringLiteral("counted"));
    QCOMPARE(m_script->prepared.load(), 0);
    m_script->mayPrepare.release();
    QTRY_COMPARE(source.status().state, ModelState::Ready);
    QCOMPARE(m_script->prepared.load(), 1);
}

void TestLocalSuggestionSource::wordsFirstThenGhostText() {
    LocalSuggestionSource source(options());
    makeReady(source);
    QSignalSpy ready(&source, &SuggestionSource::ready);
    QSignalSpy finished(&source, &SuggestionSource::finished);
    const QString before = QStringLiteral("Ünïcode 诗");
    const quint64 id = source.request({before, {}, 2, true});
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(finished[0][0].toULongLong(), id);
    QCOMPARE(ready.size(), 2);
    const auto words = ready[0][1].value<SuggestionReply>();
    QCOMPARE(words.words.size(), 2);
    QCOMPARE(words.words[1].word, before);
    QCOMPARE(words.words[1].probability, 0.25);
    QVERIFY(words.ghost.isEmpty());
    const auto ghost = ready[1][1].value<SuggestionReply>();
    QCOMPARE(ghost.ghost, QStringLiteral(" ghost"));
    QCOMPARE(ghost.ghostProbability, 0.75);
}

void TestLocalSuggestionSource::latestWins() {
    LocalSuggestionSource source(options());
    makeReady(source);
    QSignalSpy ready(&source, &SuggestionSource::ready);
    QSignalSpy finished(&source, &SuggestionSource::finished);
    quint64 last = 0;
    for (int i = 0; i < 1000; ++i) {
        last = source.request({QString::number(i), {}, 5, true});
    }
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(finished[0][0].toULongLong(), last);
    QCOMPARE(ready.size(), 2);
    for (const auto& reply : ready) {
        QCOMPARE(reply[0].toULongLong(), last);
    }
}

void TestLocalSuggestionSource::cancelSilences() {
    LocalSuggestionSource source(options());
    makeReady(source);
    QSignalSpy ready(&source, &SuggestionSource::ready);
    QSignalSpy finished(&source, &SuggestionSource::finished);
    m_script->holdSuggestions = true;
    source.request({QStringLiteral("a"), {}, 5, false});
    QTRY_COMPARE(m_script->holding.load(), 1);
    source.cancel();
    m_script->holdSuggestions = false;
    const quint64 second = source.request({QStringLiteral("b"), {}, 5, false});
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(finished[0][0].toULongLong(), second);
    QCOMPARE(ready.size(), 1);
}

void TestLocalSuggestionSource::answersInTheQueueGoStale() {
    LocalSuggestionSource source(options());
    makeReady(source);
    QSignalSpy ready(&source, &SuggestionSource::ready);
    QSignalSpy finished(&source, &SuggestionSource::finished);
    const int before = m_script->computed;
    source.request({QStringLiteral("a"), {}, 5, true});
    // When the ghost text is being computed, the words have been posted; no event has been
    // processed on this thread since.
    while (m_script->computed < before + 2) {
        std::this_thread::yield();
    }
    source.cancel();
    QCoreApplication::processEvents();
    QCOMPARE(ready.size(), 0);
    QCOMPARE(finished.size(), 0);
    const quint64 second = source.request({QStringLiteral("b"), {}, 5, true});
    while (m_script->computed < before + 4) {
        std::this_thread::yield();
    }
    const quint64 third = source.request({QStringLiteral("c"), {}, 5, true});
    QVERIFY(third > second);
    QTRY_COMPARE(finished.size(), 1);
    for (const auto& reply : ready) {
        QCOMPARE(reply[0].toULongLong(), third);
    }
}

void TestLocalSuggestionSource::requestsReturnWhileTheModelIsBusy() {
    LocalSuggestionSource source(options());
    makeReady(source);
    m_script->holdSuggestions = true; // would hold this thread for ever, if it were waited for
    for (int i = 1; i <= 20; ++i) {
        source.request({QStringLiteral("a"), {}, 5, true});
        QTRY_VERIFY(m_script->holding >= i);
    }
    source.setDocument(QStringLiteral("text"));
    source.cancel();
}

void TestLocalSuggestionSource::offMeansIdle() {
    LocalSuggestionSource source(options());
    makeReady(source);
    QSignalSpy finished(&source, &SuggestionSource::finished);
    source.setEnabled(false);
    QCOMPARE(source.status().state, ModelState::Off);
    const int computed = m_script->computed;
    source.request({QStringLiteral("a"), {}, 5, true});
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(m_script->computed.load(), computed);
    // Still loaded, so it is back at once.
    source.setEnabled(true);
    QCOMPARE(source.status().state, ModelState::Ready);
    source.setEnabled(false);
    source.setIdleUnload(std::chrono::milliseconds(1));
    QTRY_COMPARE(m_script->networks->load(), 0);
    QCOMPARE(source.status().state, ModelState::Off);
    source.setIdleUnload(std::chrono::minutes(10));
    source.setEnabled(true);
    QTRY_COMPARE(source.status().state, ModelState::Ready);
    QCOMPARE(m_script->folders.size(), 1); // what it learned was kept
}

void TestLocalSuggestionSource::idleModelsAreUnloaded() {
    LocalSuggestionSource source(options());
    makeReady(source);
    QSignalSpy finished(&source, &SuggestionSource::finished);
    source.setIdleUnload(std::chrono::milliseconds(1));
    QTRY_COMPARE(m_script->networks->load(), 0);
    QTRY_COMPARE(source.status().state, ModelState::Off);
    QVERIFY(!source.status().notice.isEmpty());
    source.setIdleUnload(std::chrono::minutes(10));
    source.request({QStringLiteral("a"), {}, 5, false});
    QCOMPARE(source.status().state, ModelState::Loading);
    QTRY_COMPARE(source.status().state, ModelState::Ready);
    QTRY_COMPARE(finished.size(), 1);
}

void TestLocalSuggestionSource::failedLoadsAreTold_data() {
    QTest::addColumn<bool>("throws");
    QTest::newRow("error") << false;
    QTest::newRow("exception") << true;
}

void TestLocalSuggestionSource::failedLoadsAreTold() {
    QFETCH(bool, throws);
    m_script->loadThrows = throws;
    m_script->loadError = "model.safetensors ends early";
    LocalSuggestionSource source(options());
    QSignalSpy ready(&source, &SuggestionSource::ready);
    QSignalSpy finished(&source, &SuggestionSource::finished);
    source.start();
    QTRY_COMPARE(source.status().state, ModelState::Failed);
    QVERIFY(source.status().notice.contains(throws ? QStringLiteral("mad")
                                                   : QStringLiteral("ends early")));
    source.request({QStringLiteral("a"), {}, 5, false});
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(ready[0][1].value<SuggestionReply>().words[0].word, QStringLiteral("counted"));
    QVERIFY(!QFile::exists(m_dir->filePath(QStringLiteral("loading-model"))));
    m_script->loadThrows = false;
    m_script->loadError.clear();
    source.retry();
    QTRY_COMPARE(source.status().state, ModelState::Ready);
}

void TestLocalSuggestionSource::deadLoadIsNotRepeated() {
    QFile marker(m_dir->filePath(QStringLiteral("loading-model")));
    QVERIFY(marker.open(QIODevice::WriteOnly));
    marker.write("/models/en-prose");
    marker.close();
    {
        LocalSuggestionSource source(options());
        source.start();
        QCOMPARE(source.status().state, ModelState::Failed);
        QVERIFY(source.status().notice.contains(QStringLiteral("Models")));
        QSignalSpy finished(&source, &SuggestionSource::finished);
        source.request({QStringLiteral("a"), {}, 5, false});
        QTRY_COMPARE(finished.size(), 1);
        QVERIFY(m_script->loads.isEmpty());
    }
    LocalSuggestionSource source(options());
    source.start();
    QCOMPARE(source.status().state, ModelState::Failed); // until the user decides
    source.retry();
    QTRY_COMPARE(source.status().state, ModelState::Ready);
    QTRY_VERIFY(!marker.exists());
}

void TestLocalSuggestionSource::networkFailureFallsBackToWords() {
    LocalSuggestionSource source(options());
    makeReady(source);
    m_script->networkFails = true;
    QSignalSpy ready(&source, &SuggestionSource::ready);
    QSignalSpy finished(&source, &SuggestionSource::finished);
    source.request({QStringLiteral("a"), {}, 5, true});
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(ready.last()[1].value<SuggestionReply>().words[0].word, QStringLiteral("counted"));
    QCOMPARE(source.status().state, ModelState::Ready);
    QVERIFY(source.status().notice.contains(QStringLiteral("no memory left")));
}

void TestLocalSuggestionSource::missingWordsAreTold() {
    m_script->wordsFail = true;
    LocalSuggestionSource source(options());
    source.start();
    QTRY_COMPARE(source.status().state, ModelState::Failed);
    QVERIFY(source.status().notice.contains(QStringLiteral("ngram.bin")));
    QSignalSpy finished(&source, &SuggestionSource::finished);
    source.request({QStringLiteral("a"), {}, 5, true});
    QTRY_COMPARE(finished.size(), 1);
    m_script->wordsFail = false;
    source.retry();
    QTRY_COMPARE(source.status().state, ModelState::Ready);
}

void TestLocalSuggestionSource::noModel() {
    LocalSuggestionOptions none = options();
    none.modelFolder.clear();
    LocalSuggestionSource source(none);
    QSignalSpy finished(&source, &SuggestionSource::finished);
    const quint64 early = source.request({QStringLiteral("a"), {}, 5, true});
    QVERIFY(early != 0);
    QTRY_COMPARE(finished.size(), 1);
    source.start();
    QCOMPARE(source.status().state, ModelState::Off);
    QVERIFY(!source.status().notice.isEmpty());
    source.request({QStringLiteral("a"), {}, 5, true});
    QTRY_COMPARE(finished.size(), 2);
}

void TestLocalSuggestionSource::anotherModel() {
    LocalSuggestionSource source(options());
    source.setDocument(QStringLiteral("Ahab and the whale"));
    makeReady(source);
    source.setModel("/models/other", {});
    QTRY_COMPARE(source.status().state, ModelState::Ready);
    QCOMPARE(source.status().name, QStringLiteral("other"));
    QTRY_COMPARE(m_script->networks->load(), 1);
    const auto documents = [this] {
        const std::lock_guard lock(m_script->mutex);
        return m_script->documents.size();
    };
    QTRY_COMPARE(documents(), 2);
    QCOMPARE(m_script->documents[1], QStringLiteral("Ahab and the whale"));
    engine::LoadOptions load;
    load.threads = 1;
    source.setModel("/models/other", load);
    QCOMPARE(source.status().state, ModelState::Loading);
    QTRY_COMPARE(source.status().state, ModelState::Ready);
    QCOMPARE(m_script->folders.size(), 2);
    QCOMPARE(m_script->loads.size(), 3);
}

// What one document of a folder teaches is there for the next, and nothing is kept unasked.
void TestLocalSuggestionSource::learnsOnlyWhenAsked() {
    LocalSuggestionOptions with = options();
    const auto memory = std::make_shared<ProjectMemory>(AppPaths::under(m_dir->filePath("app")));
    with.memory = memory;
    LocalSuggestionSource source(with);
    makeReady(source);
    const auto told = [this] {
        const std::lock_guard lock(m_script->mutex);
        return m_script->past;
    };
    const QString one = m_dir->filePath(QStringLiteral("one.md"));
    const QString two = m_dir->filePath(QStringLiteral("two.md"));
    const auto open = [&](const QString& path, const char* text) {
        source.setDocumentPath(path);
        source.setDocument(QString::fromLatin1(text));
    };
    open(one, "Marlow");
    source.documentSaved(one, QStringLiteral("Marlow"));
    QTRY_COMPARE(told(), QStringList{QString()});
    QVERIFY(memory->projects().empty());
    source.setLearning(true);
    QTRY_COMPARE(memory->projects().size(), size_t(1));
    open(two, "Kurtz");
    QTRY_COMPARE(told(), (QStringList{QString(), QString(), QStringLiteral("Marlow")}));
    QTRY_COMPARE(memory->projects().front().documents, 2);
    source.documentSaved(one, QStringLiteral("Jim"));
    QTRY_COMPARE(memory->recall(two).words.at(0).text, std::string("Jim"));
    source.setLearning(false);
    QTRY_COMPARE(told().size(), 4);
    QCOMPARE(told().last(), QString());
}

void TestLocalSuggestionSource::destroyedWhileBusy() {
    for (int round = 0; round < 30; ++round) {
        m_script->gateLoads = round % 3 == 0;
        m_script->holdSuggestions = round % 3 == 1;
        LocalSuggestionSource source(options());
        source.start();
        source.setDocument(QStringLiteral("text"));
        if (round % 3 == 1) {
            QTRY_COMPARE(source.status().state, ModelState::Ready);
        }
        source.request({QStringLiteral("a"), {}, 5, true});
    }
}

void TestLocalSuggestionSource::mailboxWakesOnce() {
    int wakes = 0;
    SuggestionMailbox mailbox([&] { ++wakes; });
    for (quint64 i = 0; i < 100; ++i) {
        mailbox.post(FinishedEvent{i});
    }
    QCOMPARE(wakes, 1);
    QCOMPARE(mailbox.take().size(), size_t{100});
    QVERIFY(mailbox.take().empty());
    mailbox.post(FinishedEvent{1});
    QCOMPARE(wakes, 2);
}

QTEST_GUILESS_MAIN(TestLocalSuggestionSource)
#include "test_local_suggestion_source.moc"
