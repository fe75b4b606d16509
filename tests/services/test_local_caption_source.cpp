// Captions across the threads: what arrives, in which order, and what does not arrive any more.

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <mutex>
#include <thread>

#include "services/local_caption_source.h"
#include "support/fake_captioner.h"

using namespace linnet;
using namespace linnet::services;
using engine::Error;
using engine::ErrorCode;
using engine::Result;
using tests::FakeCaptioner;

namespace {

// What the fakes are told, and what they saw.
struct Script {
    std::mutex mutex;
    QStringList loads;              // guarded
    std::string loadError;          // guarded
    std::atomic<bool> hold = false; // each picture, until stopped
    std::atomic<int> holding = 0;
    std::atomic<int> models = 0; // alive
    std::atomic<int> largestBatch = 0;
};

// Counts itself.
class CountedCaptioner : public FakeCaptioner {
public:
    CountedCaptioner(FakeCaptioner&& fake, Script& script)
        : FakeCaptioner(std::move(fake))
        , m_script(script) {
        ++m_script.models;
    }
    ~CountedCaptioner() override { --m_script.models; }

private:
    Script& m_script;
};

class FakeEngine : public engine::Engine {
public:
    explicit FakeEngine(Script& script)
        : m_script(script) {}
    Result<std::unique_ptr<engine::Generator>>
    load(const std::filesystem::path&, const engine::LoadOptions&, std::stop_token) override {
        return Error{ErrorCode::UnsupportedFormat, "not here"};
    }
    Result<std::unique_ptr<engine::Captioner>> loadCaptioner(const std::filesystem::path& folder,
                                                             const engine::LoadOptions&,
                                                             std::stop_token) override {
        const std::lock_guard lock(m_script.mutex);
        m_script.loads << QString::fromStdString(folder.string());
        if (!m_script.loadError.empty()) {
            return Error{ErrorCode::CorruptFile, m_script.loadError};
        }
        auto fake = FakeCaptioner::saying({{"en", {"a dog", "a cat"}}, {"zh", {"一只狗"}}});
        fake->onEncode = [script = &m_script](const std::stop_token& stop) {
            ++script->holding;
            while (script->hold && !stop.stop_requested()) {
                std::this_thread::yield();
            }
        };
        return std::unique_ptr<engine::Captioner>(
            std::make_unique<CountedCaptioner>(std::move(*fake), m_script));
    }
    bool cudaAvailable() const override { return false; }

private:
    Script& m_script;
};

// A picture of 4 x 4 for whatever is a PNG by its first bytes.
class FakeDecoder : public caption::PictureDecoder {
public:
    Result<caption::Picture> decode(std::span<const std::uint8_t>, const caption::DecodeOptions&,
                                    const std::stop_token&) override {
        return caption::Picture{400, 200, std::vector<std::uint8_t>(400 * 200 * 3, 77)};
    }
};

LocalCaptionOptions optionsFor(Script& script) {
    LocalCaptionOptions options;
    options.model = "/models/caption";
    options.openEngine = [&script]() -> Result<std::unique_ptr<engine::Engine>> {
        return std::unique_ptr<engine::Engine>(std::make_unique<FakeEngine>(script));
    };
    options.openDecoder = []() -> Result<std::unique_ptr<caption::PictureDecoder>> {
        return std::unique_ptr<caption::PictureDecoder>(std::make_unique<FakeDecoder>());
    };
    return options;
}

PictureQuery pixels() {
    PictureQuery query;
    query.pixels = {2, 2, QByteArray(12, 'x')};
    query.languages = {QStringLiteral("en")};
    return query;
}

// The header of a PNG of 2 x 2; the fake decoder needs no more.
QByteArray pngHeader() {
    return QByteArray::fromHex("89504e470d0a1a0a0000000d494844520000000200000002080200000000000000"
                               "0000000049444154");
}

struct Spies {
    explicit Spies(LocalCaptionSource& source)
        : started(&source, &CaptionSource::started)
        , thumbnails(&source, &CaptionSource::thumbnailReady)
        , captioned(&source, &CaptionSource::captioned)
        , failed(&source, &CaptionSource::failed)
        , found(&source, &CaptionSource::found) {}
    QSignalSpy started;
    QSignalSpy thumbnails;
    QSignalSpy captioned;
    QSignalSpy failed;
    QSignalSpy found;

    CaptionFailure failure(int i) const { return failed.at(i).at(1).value<CaptionFailure>(); }
};

QVector<quint64> idsOf(const QSignalSpy& spy) {
    QVector<quint64> ids;
    for (const QList<QVariant>& call : spy) {
        ids.append(call.at(0).toULongLong());
    }
    return ids;
}

} // namespace

class TestLocalCaptionSource : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void captionsInOrder();
    void loadsAtFirstUse();
    void readsFilesAndBytes();
    void failsEachPictureForItself();
    void cancelsWhatRunsAndWhatWaits();
    void failsWithoutModel();
    void failsWhenTheModelDoes();
    void changesTheModel();
    void unloadsWhenIdle();
    void idleTimeMayChange();
    void asksForKnownLanguages();
    void findsPictures();
    void goesWhileWorking();
};

void TestLocalCaptionSource::captionsInOrder() {
    Script script;
    LocalCaptionSource source(optionsFor(script));
    Spies spies(source);
    const QVector<quint64> ids = {source.add(pixels()), source.add(pixels()), source.add(pixels())};
    QTRY_COMPARE(spies.captioned.size(), 3);
    QCOMPARE(idsOf(spies.started), ids);
    QCOMPARE(idsOf(spies.thumbnails), ids);
    QCOMPARE(idsOf(spies.captioned), ids);
    const auto replies = spies.captioned.at(0).at(1).value<QVector<CaptionReply>>();
    QCOMPARE(replies.size(), 2);
    QCOMPARE(replies.at(0).text, QStringLiteral("A dog."));
    QCOMPARE(replies.at(0).language, QStringLiteral("en"));
    QVERIFY(replies.at(0).probability > replies.at(1).probability);
    const auto thumbnail = spies.thumbnails.at(0).at(1).value<PicturePixels>();
    QCOMPARE(thumbnail.width, 2);
    QCOMPARE(thumbnail.rgb, QByteArray(12, 'x'));
    QVERIFY(spies.failed.isEmpty());
}

void TestLocalCaptionSource::loadsAtFirstUse() {
    Script script;
    LocalCaptionSource source(optionsFor(script));
    Spies spies(source);
    QCOMPARE(source.status().state, ModelState::Off);
    source.add(pixels());
    source.add(pixels());
    QTRY_COMPARE(spies.captioned.size(), 2);
    QCOMPARE(source.status().state, ModelState::Ready);
    QCOMPARE(source.status().name, QStringLiteral("fake-caption"));
    const std::lock_guard lock(script.mutex);
    QCOMPARE(script.loads, QStringList{QStringLiteral("/models/caption")});
}

void TestLocalCaptionSource::readsFilesAndBytes() {
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("猫.png"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(pngHeader());
    file.close();
    Script script;
    LocalCaptionSource source(optionsFor(script));
    Spies spies(source);
    PictureQuery query = pixels();
    query.pixels = {};
    query.file = path;
    source.add(query);
    query.file.clear();
    query.bytes = pngHeader();
    source.add(query);
    QTRY_COMPARE(spies.captioned.size(), 2);
    const auto thumbnail = spies.thumbnails.at(0).at(1).value<PicturePixels>();
    QCOMPARE(thumbnail.width, 160); // of 400 x 200
    QCOMPARE(thumbnail.height, 80);
}

void TestLocalCaptionSource::failsEachPictureForItself() {
    Script script;
    LocalCaptionSource source(optionsFor(script));
    Spies spies(source);
    PictureQuery query = pixels();
    query.pixels = {};
    query.file = QStringLiteral("/no/such.png");
    source.add(query);
    query.file.clear();
    query.bytes = "no picture";
    source.add(query);
    const quint64 good = source.add(pixels());
    QTRY_COMPARE(spies.captioned.size(), 1);
    QCOMPARE(idsOf(spies.captioned), QVector<quint64>{good});
    QCOMPARE(spies.failed.size(), 2);
    QVERIFY(spies.failure(0).code == ErrorCode::NotFound);
    QVERIFY(!spies.failure(0).ofModel);
    QVERIFY(spies.failure(1).code == ErrorCode::UnsupportedFormat);
}

void TestLocalCaptionSource::cancelsWhatRunsAndWhatWaits() {
    Script script;
    script.hold = true;
    LocalCaptionSource source(optionsFor(script));
    Spies spies(source);
    QVector<quint64> ids;
    for (int i = 0; i < 500; ++i) {
        ids.append(source.add(pixels()));
    }
    QTRY_COMPARE(spies.started.size(), 1);
    QTRY_VERIFY(script.holding > 0);
    const quint64 last = ids.takeLast();
    script.hold = false;
    source.cancel(ids);
    QTRY_COMPARE(spies.captioned.size(), 1);
    QCOMPARE(idsOf(spies.captioned), QVector<quint64>{last});
    QVERIFY(spies.failed.isEmpty());
}

void TestLocalCaptionSource::failsWithoutModel() {
    Script script;
    LocalCaptionOptions options = optionsFor(script);
    options.model.clear();
    LocalCaptionSource source(options);
    Spies spies(source);
    source.add(pixels());
    source.add(pixels());
    QTRY_COMPARE(spies.failed.size(), 2);
    QVERIFY(spies.failure(0).ofModel);
    QVERIFY(spies.failure(0).code == ErrorCode::NotFound);
}

void TestLocalCaptionSource::failsWhenTheModelDoes() {
    Script script;
    script.loadError = "config.json is broken";
    LocalCaptionSource source(optionsFor(script));
    Spies spies(source);
    source.add(pixels());
    source.add(pixels());
    QTRY_COMPARE(spies.failed.size(), 2);
    QVERIFY(spies.failure(1).ofModel);
    QCOMPARE(spies.failure(1).message, QStringLiteral("config.json is broken"));
    QCOMPARE(source.status().state, ModelState::Failed);
    {
        const std::lock_guard lock(script.mutex);
        script.loadError.clear();
    }
    source.add(pixels()); // tries again
    QTRY_COMPARE(spies.captioned.size(), 1);
}

void TestLocalCaptionSource::changesTheModel() {
    Script script;
    script.hold = true;
    LocalCaptionSource source(optionsFor(script));
    Spies spies(source);
    const quint64 first = source.add(pixels());
    source.add(pixels());
    QTRY_VERIFY(script.holding > 0);
    script.hold = false;
    source.setModel("/models/other", {});
    QTRY_COMPARE(spies.captioned.size() + spies.failed.size(), 2);
    QCOMPARE(idsOf(spies.failed) + idsOf(spies.captioned), (QVector<quint64>{first, first + 1}));
    const std::lock_guard lock(script.mutex);
    QCOMPARE(script.loads.constLast(), QStringLiteral("/models/other"));
}

void TestLocalCaptionSource::unloadsWhenIdle() {
    Script script;
    LocalCaptionOptions options = optionsFor(script);
    options.idleUnload = std::chrono::milliseconds(1);
    LocalCaptionSource source(options);
    Spies spies(source);
    source.add(pixels());
    QTRY_COMPARE(spies.captioned.size(), 1);
    QTRY_COMPARE(source.status().state, ModelState::Off);
    QTRY_COMPARE(script.models.load(), 0);
    source.add(pixels());
    QTRY_COMPARE(spies.captioned.size(), 2);
}

void TestLocalCaptionSource::idleTimeMayChange() {
    Script script;
    LocalCaptionSource source(optionsFor(script));
    Spies spies(source);
    source.add(pixels());
    QTRY_COMPARE(spies.captioned.size(), 1);
    QCOMPARE(script.models.load(), 1);
    source.setIdleUnload(std::chrono::milliseconds(1));
    QTRY_COMPARE(script.models.load(), 0);
}

void TestLocalCaptionSource::asksForKnownLanguages() {
    Script script;
    LocalCaptionSource source(optionsFor(script));
    Spies spies(source);
    PictureQuery query = pixels();
    query.languages = {QStringLiteral("zh"), QStringLiteral("fr"), QStringLiteral("en")};
    source.add(query);
    QTRY_COMPARE(spies.captioned.size(), 1);
    const auto replies = spies.captioned.at(0).at(1).value<QVector<CaptionReply>>();
    QCOMPARE(replies.size(), 3);
    QCOMPARE(replies.at(0).text, QStringLiteral("一只狗。"));
    QCOMPARE(replies.at(1).text, QStringLiteral("A dog."));
}

void TestLocalCaptionSource::findsPictures() {
    const QTemporaryDir folder;
    for (const char* name : {"b10.png", "b9.png", "notes.txt"}) {
        QFile file(folder.filePath(QLatin1String(name)));
        QVERIFY(file.open(QIODevice::WriteOnly));
    }
    Script script;
    LocalCaptionSource source(optionsFor(script));
    Spies spies(source);
    const quint64 first = source.find({folder.path()});
    const quint64 stopped = source.find({folder.path()});
    source.cancelSearch(stopped);
    const quint64 third = source.find({folder.path()});
    QTRY_COMPARE(spies.found.size(), 2);
    const QVector<quint64> ids = idsOf(spies.found);
    QVERIFY(ids.contains(first) && ids.contains(third));
    QCOMPARE(spies.found.at(0).at(1).toStringList(),
             (QStringList{folder.filePath(QStringLiteral("b9.png")),
                          folder.filePath(QStringLiteral("b10.png"))}));
    QCOMPARE(spies.found.at(0).at(2).toBool(), false);
}

void TestLocalCaptionSource::goesWhileWorking() {
    Script script;
    script.hold = true;
    {
        LocalCaptionSource source(optionsFor(script));
        source.add(pixels());
        source.find({QStringLiteral("/usr/share")});
        QTRY_VERIFY(script.holding > 0);
    }
    QCOMPARE(script.models.load(), 0);
}

QTEST_GUILESS_MAIN(TestLocalCaptionSource)
#include "test_local_caption_source.moc"
