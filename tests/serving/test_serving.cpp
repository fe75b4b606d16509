// What a server keeps beside its models: answers, counts and keys.

#include <QFile>
#include <QMap>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <thread>

#include "serving/api_keys.h"
#include "serving/channel.h"
#include "serving/metrics.h"
#include "serving/result_cache.h"

using namespace linnet::serving;
using namespace std::chrono_literals;
using linnet::engine::ErrorCode;

namespace {

const std::string key = "0123456789abcdef";
const std::string other = "fedcba9876543210-and-more";

// A sample of Prometheus's text format, as its description has it.
struct Sample {
    QMap<QString, QString> labels;
    double value = 0;
};

// Reads the text strictly by the format's grammar; what is wrong with it in `problem`.
QMultiMap<QString, Sample> parseMetrics(const std::string& text, QString& problem) {
    static const QRegularExpression head(
        QStringLiteral("^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$"));
    static const QRegularExpression sample(
        QStringLiteral("^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)\\})? (\\S+)$"));
    static const QRegularExpression label(
        QStringLiteral("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\[\"\\\\n])*)\"(?:,|$)"));
    QMultiMap<QString, Sample> samples;
    QMap<QString, QString> types;
    const QString all = QString::fromStdString(text);
    if (!all.endsWith(u'\n')) {
        problem = QStringLiteral("no line feed at the end");
    }
    QString family;
    for (const QString& line : all.split(u'\n', Qt::SkipEmptyParts)) {
        if (const auto found = head.match(line); found.hasMatch()) {
            if (found.captured(1) == QLatin1String("TYPE")) {
                family = found.captured(2);
                if (types.contains(family)) {
                    problem = QStringLiteral("two TYPE lines: ") + family;
                }
                types.insert(family, found.captured(3));
            }
            continue;
        }
        const auto found = sample.match(line);
        bool isNumber = false;
        const double value = found.captured(3).toDouble(&isNumber);
        const QString suffix = found.captured(1).mid(family.size());
        const bool histogram = types.value(family) == QLatin1String("histogram");
        static const QStringList parts{QStringLiteral("_bucket"), QStringLiteral("_sum"),
                                       QStringLiteral("_count")};
        if (!found.hasMatch() || !isNumber || !found.captured(1).startsWith(family) ||
            (histogram ? !parts.contains(suffix) : !suffix.isEmpty())) {
            problem = line;
            continue;
        }
        Sample one;
        one.value = value;
        QString rest = found.captured(2);
        while (!rest.isEmpty()) {
            const auto pair = label.match(rest, 0, QRegularExpression::NormalMatch,
                                          QRegularExpression::AnchorAtOffsetMatchOption);
            if (!pair.hasMatch()) {
                problem = line;
                break;
            }
            one.labels.insert(pair.captured(1), pair.captured(2));
            rest.remove(0, pair.capturedLength(0));
        }
        samples.insert(found.captured(1), one);
    }
    return samples;
}

double valueOf(const QMultiMap<QString, Sample>& samples, const char* name,
               const QMap<QString, QString>& labels = {}) {
    for (const Sample& sample : samples.values(QString::fromLatin1(name))) {
        if (sample.labels == labels) {
            return sample.value;
        }
    }
    return -1;
}

} // namespace

class TestServing : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // ---- answers that are kept

    void keepsTheLatest() {
        ResultCache cache(4000);
        QVERIFY(!cache.find("a"));
        cache.put("a", "1");
        QCOMPARE(*cache.find("a"), std::string("1"));
        cache.put("a", "2"); // the same request has the same answer
        QCOMPARE(*cache.find("a"), std::string("1"));
        QCOMPARE(cache.stats().hits, 2U);
        QCOMPARE(cache.stats().misses, 1U);
        for (int i = 0; i < 100; ++i) {
            cache.put("key " + std::to_string(i), "value");
            QVERIFY(cache.find("a")); // what is asked for again and again stays
            QVERIFY(cache.stats().bytes <= 4000);
        }
        QVERIFY(!cache.find("key 0"));
        QVERIFY(cache.find("key 99"));
        cache.clear();
        QVERIFY(!cache.find("a"));
        QCOMPARE(cache.stats().bytes, 0U);
        QCOMPARE(cache.stats().entries, 0U);
    }

    void keepsNothingTooLarge() {
        ResultCache cache(16'000);
        cache.put("a", std::string(1000, 'x')); // over a sixteenth, with the key
        QVERIFY(!cache.find("a"));
        cache.put("b", std::string(500, 'x'));
        QVERIFY(cache.find("b"));
        ResultCache none(0);
        none.put("a", "1");
        QVERIFY(!none.find("a"));
        QCOMPARE(none.stats().bytes, 0U);
    }

    // ---- counts

    void metricsKeepTheFormat() {
        Metrics metrics;
        metrics.request("/v1/completions", 200, 0.004);
        metrics.request("/v1/completions", 200, 0.3);
        metrics.request("/v1/completions", 499, 100);
        metrics.request("other", 404, 0);
        metrics.firstToken(0.01); // a bound belongs to its bucket
        metrics.tokens(7, 20);
        metrics.tokens(1, 2);
        std::string text;
        metrics.write(text);
        QString problem;
        const auto samples = parseMetrics(text, problem);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        const auto requests = [&](const char* route, const char* status) {
            return valueOf(samples, "linnet_requests_total",
                           {{QStringLiteral("route"), QLatin1String(route)},
                            {QStringLiteral("status"), QLatin1String(status)}});
        };
        QCOMPARE(requests("/v1/completions", "200"), 2.0);
        QCOMPARE(requests("/v1/completions", "499"), 1.0);
        QCOMPARE(requests("other", "404"), 1.0);
        const auto bucket = [&](const char* bound) {
            return valueOf(samples, "linnet_request_seconds_bucket",
                           {{QStringLiteral("route"), QStringLiteral("/v1/completions")},
                            {QStringLiteral("le"), QLatin1String(bound)}});
        };
        QCOMPARE(bucket("0.0025"), 0.0); // buckets count all below their bound
        QCOMPARE(bucket("0.005"), 1.0);
        QCOMPARE(bucket("0.5"), 2.0);
        QCOMPARE(bucket("60"), 2.0);
        QCOMPARE(bucket("+Inf"), 3.0);
        QCOMPARE(valueOf(samples, "linnet_request_seconds_count",
                         {{QStringLiteral("route"), QStringLiteral("/v1/completions")}}),
                 3.0);
        QCOMPARE(valueOf(samples, "linnet_request_seconds_sum",
                         {{QStringLiteral("route"), QStringLiteral("/v1/completions")}}),
                 100.304);
        QCOMPARE(valueOf(samples, "linnet_time_to_first_token_seconds_bucket",
                         {{QStringLiteral("le"), QStringLiteral("0.01")}}),
                 1.0);
        QCOMPARE(valueOf(samples, "linnet_prompt_tokens_total"), 8.0);
        QCOMPARE(valueOf(samples, "linnet_generated_tokens_total"), 22.0);
    }

    // The name of a folder may be anything.
    void labelsAreQuoted() {
        std::string text;
        writeHead(text, "x", "gauge", "Anything");
        writeSample(text, "x", label("model", "a\"b\\c\nd}"), 1);
        QString problem;
        const auto samples = parseMetrics(text, problem);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        QCOMPARE(samples.value(QStringLiteral("x")).labels.value(QStringLiteral("model")),
                 QStringLiteral("a\\\"b\\\\c d}"));
    }

    // ---- keys

    void readsTheFileOfKeys() {
        const auto keys = load("# who\n\n" + key + "\r\n" + other + "  \n#" + key + "x\n");
        QVERIFY2(keys, keys ? "" : keys.error().message.c_str());
        QVERIFY(keys->accepts(key));
        QVERIFY(keys->accepts(other));
        QVERIFY(!keys->accepts(key + "x")); // only in a comment
        QVERIFY(!keys->accepts(key + key)); // the same bytes again are not the same key
        QVERIFY(!keys->accepts(key.substr(0, 15)));
        QVERIFY(!keys->accepts(""));
        QVERIFY(!keys->accepts("# who"));
        QVERIFY(ApiKeys().empty() && !ApiKeys().accepts(""));
    }

    void readsTheHeader() {
        const ApiKeys keys({key});
        QVERIFY(keys.acceptsHeader("Bearer " + key));
        QVERIFY(keys.acceptsHeader("bearer " + key)); // RFC 9110: schemes have no case
        for (const std::string& header :
             {std::string(), key, "Basic " + key, "Bearer" + key, "Bearer  " + key,
              "Bearer " + key + " ", "Bearer " + key + "," + key, std::string("Bearer ")}) {
            QVERIFY2(!keys.acceptsHeader(header), header.c_str());
        }
    }

    // The server reads the file again on SIGHUP: what is in it then counts, old keys do not.
    void rotates() {
        QVERIFY(load(key + "\n")->accepts(key));
        const auto now = load(other + "\n");
        QVERIFY(now->accepts(other));
        QVERIFY(!now->accepts(key));
    }

    void refusesBadFiles_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("wanted"); // in the message
        QTest::newRow("empty") << QByteArray() << QStringLiteral("no key");
        QTest::newRow("comments only") << QByteArray("# a\n\n") << QStringLiteral("no key");
        QTest::newRow("short") << QByteArray("# a\nsecret\n") << QStringLiteral("line 2");
        QTest::newRow("long") << QByteArray(513, 'x') << QStringLiteral("line 1");
        QTest::newRow("space") << QByteArray("0123456789 abcdef\n") << QStringLiteral("line 1");
        QTest::newRow("tab in front")
            << QByteArray("\t0123456789abcdef\n") << QStringLiteral("line 1");
        QTest::newRow("no ASCII") << QByteArray("0123456789abcdef\xC3\xA9\n")
                                  << QStringLiteral("line 1");
        QTest::newRow("one of two")
            << QByteArray("0123456789abcdef\nsecret\n") << QStringLiteral("line 2");
    }

    void refusesBadFiles() {
        QFETCH(const QByteArray, content);
        QFETCH(const QString, wanted);
        const auto keys = load(content.toStdString());
        QVERIFY(!keys);
        QVERIFY(keys.error().code == ErrorCode::InvalidArgument);
        const QString message = QString::fromStdString(keys.error().message);
        QVERIFY2(message.contains(wanted) && message.contains(QLatin1String("keys.txt")),
                 qPrintable(message));
        QVERIFY(!message.contains(QLatin1String("secret"))); // never a key
    }

    void refusesWhatIsNoFile() {
        const auto none = ApiKeys::load(m_folder.filePath(QStringLiteral("none")).toStdString());
        QVERIFY(none.error().code == ErrorCode::NotFound);
        QVERIFY(!ApiKeys::load(m_folder.path().toStdString()));
    }

    // ---- from the models' threads to the connections'

    // While values gather only an urgent one wakes who waits for them.
    void gathers() {
        Channel<int> channel;
        channel.put(1, Urgency::CanWait);
        QCOMPARE(channel.take(1h), std::vector<int>({1})); // at once
        channel.put(2, Urgency::CanWait);
        channel.put(3, Urgency::Now);
        QCOMPARE(channel.take(1h, 1h), std::vector<int>({2, 3}));
        channel.put(4, Urgency::CanWait);
        QCOMPARE(channel.take(1h, 1us), std::vector<int>({4}));
        QVERIFY(channel.take(1ms).empty());
        std::thread maker([&] {
            for (int i = 0; i < 1000; ++i) {
                channel.put(i, i == 999 ? Urgency::Now : Urgency::CanWait);
            }
        });
        std::vector<int> all;
        while (all.size() < 1000) {
            const std::vector<int> some = channel.take(1h, 1h);
            all.insert(all.end(), some.begin(), some.end());
        }
        maker.join();
        for (int i = 0; i < 1000; ++i) {
            QCOMPARE(all[static_cast<std::size_t>(i)], i);
        }
    }

private:
    linnet::engine::Result<ApiKeys> load(const std::string& content) {
        const QString path = m_folder.filePath(QStringLiteral("keys.txt"));
        QFile file(path);
        if (file.open(QIODevice::WriteOnly)) {
            file.write(content.data(), static_cast<qint64>(content.size()));
        }
        file.close();
        return ApiKeys::load(path.toStdString());
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TestServing)
#include "test_serving.moc"
