// The real linnet-cli: shapes of its answers, exit codes, what it says of bad input.

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>

#include "cli/cli_run.h"

namespace {

QJsonObject expectedOf(const QString& model) {
    QFile file(QStringLiteral(LINNET_TEST_DATA "/models/%1/expected.json").arg(model));
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object()
                                          : QJsonObject();
}

const QStringList common{QStringLiteral("--json"), QStringLiteral("--device"),
                         QStringLiteral("cpu")};

} // namespace

class TestCli : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void help() {
        const Run all = run({QStringLiteral("--help")});
        QCOMPARE(all.code, 0);
        for (const char* name : {"complete", "score", "tokenize", "models", "bench", "eval",
                                 "--json", "--precision"}) {
            QVERIFY2(all.out.contains(name), name);
        }
        QVERIFY(!all.out.contains("auto->0"));
        QCOMPARE(run(words("complete --help")).code, 0);
        QCOMPARE(run(words("bench decode --help")).code, 0);
        QVERIFY(run({QStringLiteral("--version")}).out.startsWith("0."));
    }

    void wrongUsage_data() {
        QTest::addColumn<QString>("line");
        for (const char* line :
             {"", "nonsense", "complete", "complete --model llama-int8",
              "complete --model llama-int8 --prompt x --max-tokens many", "score --threads 0",
              "tokenize --precision int4 --model x --file y", "bench", "bench decode",
              "bench decode --shape nonsense",
              "complete --model llama-int8 --prompt x --max-tokens 2 --top-p 0",
              "complete --model llama-int8 --prompt x --temperature -1"}) {
            QTest::addRow("%s", line) << QString::fromLatin1(line);
        }
    }
    void wrongUsage() {
        QFETCH(QString, line);
        const Run result = run(line.isEmpty() ? QStringList() : line.split(QLatin1Char(' ')));
        QCOMPARE(result.code, 2);
        QVERIFY(!result.err.isEmpty());
        QVERIFY2(result.out.isEmpty(), result.out.constData());
    }

    void complete() {
        const auto arguments =
            words("complete --model llama-int8 --prompt The --max-tokens 12 --temperature 0") +
            common;
        const Run result = run(arguments);
        QCOMPARE(result.code, 0);
        QVERIFY2(result.err.isEmpty(), result.err.constData());
        const QJsonObject object = result.object();
        QCOMPARE(object.keys(), QStringList({QStringLiteral("finish"), QStringLiteral("logprobs"),
                                             QStringLiteral("ms"), QStringLiteral("text"),
                                             QStringLiteral("tokens")}));
        const QJsonArray tokens = object.value(QStringLiteral("tokens")).toArray();
        QCOMPARE(tokens.size(), object.value(QStringLiteral("logprobs")).toArray().size());
        const QString finish = object.value(QStringLiteral("finish")).toString();
        QVERIFY(finish == QStringLiteral("length") ? tokens.size() == 12
                                                   : finish == QStringLiteral("stop"));
        QVERIFY(object.value(QStringLiteral("ms")).toDouble() > 0);
        // Common options may come first as well; the answer is the same.
        const auto again = run(common + words("complete --model llama-int8 --prompt The "
                                              "--max-tokens 12 --temperature 0"));
        QCOMPARE(again.object().value(QStringLiteral("tokens")), QJsonValue(tokens));
        // For people: the text alone.
        const Run plain = run(words("complete --model llama-int8 --prompt The --max-tokens 12"));
        QCOMPARE(plain.code, 0);
        QCOMPARE(plain.out, object.value(QStringLiteral("text")).toString().toUtf8() + '\n');
    }

    void completeWithSeeds() {
        const auto line = words("complete --model llama-int8 --prompt The --max-tokens 16 "
                                "--temperature 1 --top-p 0.9 --seed");
        const auto text = [&](const char* seed) {
            return run(line + QStringList{QString::fromLatin1(seed)} + common)
                .object()
                .value(QStringLiteral("tokens"));
        };
        QVERIFY(text("3").isArray());
        QCOMPARE(text("3"), text("3"));
        QVERIFY(text("3") != text("4"));
        const Run batch =
            run(line +
                QStringList{QStringLiteral("3"), QStringLiteral("--count"), QStringLiteral("2")} +
                common);
        const auto objects = batch.objects();
        QCOMPARE(objects.size(), 2);
        QCOMPARE(objects[0].value(QStringLiteral("tokens")), text("3"));
        QCOMPARE(objects[1].value(QStringLiteral("tokens")), text("4"));
    }

    void scoreAndPerplexity() {
        const QTemporaryDir folder;
        const QJsonObject expected = expectedOf(QStringLiteral("qwen2-bfloat16"));
        const QByteArray text = expected.value(QStringLiteral("text")).toString().toUtf8();
        const QString file = writeFile(folder, "text.txt", text);
#ifdef LINNET_HAVE_TORCH
        const char* precision = "float32";
        const double bound = 1e-3;
#else
        const char* precision = "int8";
        const double bound = 0.3;
#endif
        const QStringList arguments =
            words("score --model qwen2-bfloat16 --precision") +
            QStringList{QString::fromLatin1(precision), QStringLiteral("--file"), file} + common;
        const Run result = run(arguments);
        QVERIFY2(result.code == 0, result.err.constData());
        const QJsonObject object = result.object();
        QCOMPARE(object.keys(),
                 QStringList({QStringLiteral("bits_per_byte"), QStringLiteral("logprobs"),
                              QStringLiteral("perplexity"), QStringLiteral("tokens")}));
        QCOMPARE(object.value(QStringLiteral("tokens")), expected.value(QStringLiteral("tokens")));
        const QJsonArray got = object.value(QStringLiteral("logprobs")).toArray();
        const QJsonArray want = expected.value(QStringLiteral("logprobs")).toArray();
        QVERIFY(got.at(0).isNull());
        double sum = 0;
        for (qsizetype i = 1; i < got.size(); ++i) {
            QVERIFY(std::abs(got.at(i).toDouble() - want.at(i).toDouble()) < bound);
            sum += got.at(i).toDouble();
        }
        const double perplexity = std::exp(-sum / static_cast<double>(got.size() - 1));
        QVERIFY(std::abs(object.value(QStringLiteral("perplexity")).toDouble() / perplexity - 1) <
                1e-6);
        const double bits = -sum / std::log(2.0) / static_cast<double>(text.size());
        QVERIFY(std::abs(object.value(QStringLiteral("bits_per_byte")).toDouble() / bits - 1) <
                1e-6);
        const Run eval = run(words("eval perplexity --model qwen2-bfloat16 --precision") +
                                 QStringList{QString::fromLatin1(precision),
                                             QStringLiteral("--file"), QStringLiteral("-")} +
                                 common,
                             text);
        QCOMPARE(eval.object().value(QStringLiteral("perplexity")),
                 object.value(QStringLiteral("perplexity")));
    }

    void scoreOfNothing() {
        const Run result = run(words("score --model llama-int8 --file -") + common, {});
        QCOMPARE(result.code, 0);
        QVERIFY(result.object().value(QStringLiteral("perplexity")).isNull());
        QCOMPARE(result.object().value(QStringLiteral("tokens")).toArray().size(), 0);
    }

    void tokenize() {
        const QJsonObject expected = expectedOf(QStringLiteral("gpt2-float32"));
        const Run result = run(words("tokenize --model gpt2-float32 --file -") + common,
                               expected.value(QStringLiteral("text")).toString().toUtf8());
        QCOMPARE(result.code, 0);
        QCOMPARE(result.object().keys(), QStringList{QStringLiteral("ids")});
        QCOMPARE(result.object().value(QStringLiteral("ids")),
                 expected.value(QStringLiteral("tokens")));
    }

    // Bytes that are no UTF-8 come in by a file and by the command line; the answer is JSON.
    void invalidUtf8() {
        const Run tokens =
            run(words("tokenize --model llama-int8 --file -") + common, "a\xFF\xC3(\xE5\xB1");
        QCOMPARE(tokens.code, 0);
        QVERIFY(!tokens.object().isEmpty());
        const Run plain = run(words("tokenize --model llama-int8 --file -"), "a\xFF\xC3(\xE5\xB1");
        QCOMPARE(plain.code, 0);
    }

    void listsModels() {
        const Run result = run(words("models --json"));
        QCOMPARE(result.code, 0);
        const auto objects = result.objects();
        QVERIFY(objects.size() >= 5);
        QStringList names;
        for (const QJsonObject& object : objects) {
            names << object.value(QStringLiteral("name")).toString();
            QVERIFY(object.value(QStringLiteral("bytes")).toDouble() > 1000);
            QVERIFY(object.contains(QStringLiteral("licence")));
        }
        QVERIFY(names.contains(QStringLiteral("gpt2-float32")));
        const QTemporaryDir empty;
        const Run none = run({QStringLiteral("models"), QStringLiteral("--models"), empty.path()});
        QCOMPARE(none.code, 0);
        QVERIFY(none.out.isEmpty());
        QVERIFY(none.err.contains(empty.path().toUtf8()));
    }

    // A name that is not there names those that are; a path works from anywhere.
    void findsModels() {
        const Run unknown = run(words("tokenize --model nonsense --file -") + common, "a");
        QCOMPARE(unknown.code, 1);
        QVERIFY(unknown.err.contains("nonsense") && unknown.err.contains("llama-int8"));
        QVERIFY(unknown.out.isEmpty());
        const Run path = run({QStringLiteral("tokenize"), QStringLiteral("--model"),
                              QStringLiteral(LINNET_TEST_DATA "/models/llama-int8"),
                              QStringLiteral("--file"), QStringLiteral("-")},
                             "a");
        QCOMPARE(path.code, 0);
        const Run missing = run(words("score --model llama-int8 --file /nonexistent/file"));
        QCOMPARE(missing.code, 1);
        QVERIFY(missing.err.contains("/nonexistent/file"));
    }

    void badModels_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to"); // empty: the file is cut in half
        QTest::addColumn<QByteArray>("message");
        QTest::newRow("truncated") << QStringLiteral("model.safetensors") << QByteArray()
                                   << QByteArray() << QByteArray("model.safetensors");
        QTest::newRow("missing tensor")
            << QStringLiteral("model.safetensors")
            << QByteArray("layers.0.self_attn.q_proj.weight\"")
            << QByteArray("layers.0.self_attn.z_proj.weight\"") << QByteArray("q_proj.weight");
        QTest::newRow("unknown architecture")
            << QStringLiteral("config.json") << QByteArray("\"llama\"") << QByteArray("\"rwkv\"")
            << QByteArray("rwkv");
        QTest::newRow("config of another kind")
            << QStringLiteral("config.json") << QByteArray("{\"arch") << QByteArray("[\"arch")
            << QByteArray("config.json");
        QTest::newRow("tokenizer") << QStringLiteral("tokenizer.json") << QByteArray()
                                   << QByteArray() << QByteArray("tokenizer.json");
    }
    void badModels() {
        QFETCH(QString, file);
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QByteArray, message);
        const QTemporaryDir folder;
        const QDir source(QStringLiteral(LINNET_TEST_DATA "/models/llama-float32"));
        for (const QString& name : source.entryList(QDir::Files)) {
            QFile in(source.filePath(name));
            QVERIFY(in.open(QIODevice::ReadOnly));
            QByteArray bytes = in.readAll();
            if (name == file) {
                const QByteArray before = bytes;
                if (from.isEmpty()) {
                    bytes.truncate(bytes.size() / 2);
                } else {
                    bytes.replace(from, to);
                }
                QVERIFY(bytes != before);
            }
            QVERIFY(!writeFile(folder, qPrintable(name), bytes).isEmpty());
        }
        const Run result =
            run(QStringList{QStringLiteral("complete"), QStringLiteral("--model"), folder.path(),
                            QStringLiteral("--prompt"), QStringLiteral("x")} +
                common);
        QCOMPARE(result.code, 1);
        QVERIFY2(result.out.isEmpty(), result.out.constData());
        QVERIFY2(result.err.contains(message), result.err.constData());
        QVERIFY2(result.milliseconds < 5000, qPrintable(QString::number(result.milliseconds)));
    }

    void pickleIsRefused() {
        const QTemporaryDir folder;
        const QDir source(QStringLiteral(LINNET_TEST_DATA "/models/llama-float32"));
        for (const char* name : {"config.json", "tokenizer.json"}) {
            QVERIFY(QFile::copy(source.filePath(QString::fromLatin1(name)),
                                folder.filePath(QString::fromLatin1(name))));
        }
        writeFile(folder, "pytorch_model.bin", "\x80\x02}q\x01.");
        const Run result = run({QStringLiteral("complete"), QStringLiteral("--model"),
                                folder.path(), QStringLiteral("--prompt"), QStringLiteral("x")});
        QCOMPARE(result.code, 1);
        QVERIFY2(result.err.contains("safetensors"), result.err.constData());
    }

    void benches() {
        const Run decode =
            run(words("bench decode --model llama-int8 --tokens 32 --repeats 2") + common);
        QVERIFY2(decode.code == 0, decode.err.constData());
        const QJsonObject object = decode.object();
        for (const char* key :
             {"tokens_per_second", "tokens_per_second_median", "weight_bytes_per_token",
              "memory_bandwidth", "memory_bandwidth_share"}) {
            QVERIFY2(object.value(QLatin1String(key)).toDouble() > 0, key);
        }
        const Run prefill =
            run(words("bench prefill --model llama-int8 --tokens 64 --repeats 2") + common);
        QVERIFY(prefill.object().value(QStringLiteral("tokens_per_second")).toDouble() > 0);
        const Run load = run(words("bench load --model llama-int8 --repeats 2") + common);
        QVERIFY(load.object().value(QStringLiteral("ready_ms")).toDouble() > 0);
        QCOMPARE(run(words("bench decode --shape 15m --model llama-int8")).code, 2);
    }

    void cudaThatIsNotThere() {
        if (QFile::exists(QStringLiteral("/dev/nvidiactl"))) {
            QSKIP("there may be a CUDA device");
        }
        const Run result =
            run(words("complete --model llama-float32 --prompt x --device cuda --json"));
        QCOMPARE(result.code, 1);
        QVERIFY(result.err.contains("CUDA") || result.err.contains("libtorch"));
    }
};

QTEST_GUILESS_MAIN(TestCli)
#include "test_cli.moc"
