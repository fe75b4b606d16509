#include <QtTest>

#include <array>
#include <cmath>
#include <csignal>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <sys/stat.h>

#include "engine/torch/files/safetensors.h"
#include "engine/torch/files/safetensors_writer.h"
#include "file_fixture.h"

using namespace linnet::engine;
using linnet::test::FileFixture;
using linnet::test::readFile;
using linnet::test::safetensorsFile;

namespace {

const char* const twoTensors = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                               R"("b":{"dtype":"I8","shape":[2,2],"data_offsets":[8,12]}})";

std::string nested(std::size_t depth) {
    return R"({"a":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

} // namespace

class TestSafetensors : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsTensors();
    void refusesDamagedFiles_data();
    void refusesDamagedFiles();
    void refusesEveryTruncation();
    void refusesHugeHeaderWithoutAllocating();
    void refusesPickles_data();
    void refusesPickles();
    void refusesWhatIsNoFile();
    void readsWhatItWrote();
    void writerKeepsOldFileOnError();
    void writerRefusesBadTensors();
    void readsShards();
    void refusesDamagedIndex_data();
    void refusesDamagedIndex();
    void convertsHalfPrecision();
    void narrowsToNearestEven();
};

void TestSafetensors::readsTensors() {
    const FileFixture folder;
    std::string data("\0\0\x80\x3f\0\0\0\xc0\x01\xff\x7f\x80", 12);
    const auto path = folder.write("m.safetensors", safetensorsFile(twoTensors, data));
    const auto file = Safetensors::open(path);
    QVERIFY2(file.ok(), file.ok() ? "" : file.error().message.c_str());
    QCOMPARE(file->tensors().size(), std::size_t(2));
    const TensorView* const a = file->find("a");
    QVERIFY(a != nullptr);
    QVERIFY(a->dtype == DataType::F32);
    QCOMPARE(a->elements(), std::int64_t(2));
    std::array<float, 2> values{};
    std::memcpy(values.data(), a->bytes.data(), a->bytes.size());
    QCOMPARE(values[0], 1.0F);
    QCOMPARE(values[1], -2.0F);
    const TensorView* const b = file->find("b");
    QVERIFY(b != nullptr);
    QCOMPARE(shapeToString(b->shape), std::string("[2, 2]"));
    QCOMPARE(std::to_integer<int>(b->bytes[3]), 0x80);
    QVERIFY(file->find("c") == nullptr);
    QVERIFY(file->find("") == nullptr);
}

void TestSafetensors::refusesDamagedFiles_data() {
    QTest::addColumn<std::string>("header");
    QTest::addColumn<int>("code");
    QTest::addColumn<std::string>("says");
    const auto row = [](const char* name, const std::string& header, const char* says,
                        ErrorCode code = ErrorCode::CorruptFile) {
        QTest::newRow(name) << header << static_cast<int>(code) << std::string(says);
    };
    const auto tensor = [](const std::string& dtype, const std::string& shape,
                           const std::string& offsets) {
        return R"({"weight":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" +
               offsets + "}}";
    };
    row("not an object", "[1, 2]", "not a JSON object");
    row("a number", "12345", "not a JSON object");
    row("broken JSON", R"({"a":)", "not valid JSON");
    row("trailing text", std::string(twoTensors) + "x", "not valid JSON");
    row("two documents", std::string(twoTensors) + twoTensors, "not valid JSON");
    row("invalid UTF-8", "{\"\xff\":{}}", "not valid JSON");
    row("deep", nested(100000), "in the wrong place");
    row("deep value", R"({"a":{"shape":[[1]]}})", "in the wrong place");
    row("tensor is a list", R"({"weight":[]})", "in the wrong place");
    row("unknown dtype", tensor("Q4", "[2]", "[0,2]"), "'weight': unknown dtype 'Q4'",
        ErrorCode::UnsupportedFormat);
    row("wrong size", tensor("F32", "[4]", "[0,12]"), "'weight': its shape needs 16 bytes");
    row("ends before begin", tensor("F32", "[1]", "[8,4]"), "'weight': it ends before");
    row("beyond the end", tensor("F32", "[4]", "[0,16]"), "ends at byte 16 of 12");
    row("far beyond the end", tensor("U8", "[18446744073709551615]", "[0,18446744073709551615]"),
        "'weight'");
    row("overflowing shape", tensor("F32", "[4294967296,4294967296,4294967296]", "[0,0]"),
        "'weight': the shape overflows");
    row("overflow to zero", tensor("F64", "[2305843009213693952]", "[0,0]"),
        "'weight': the shape overflows");
    row("overflow beside zero", tensor("F64", "[9223372036854775807,16,0]", "[0,0]"),
        "'weight': the shape overflows");
    row("number beyond 64 bits", tensor("F32", "[99999999999999999999]", "[0,4]"),
        "not an integer of 64 bits");
    row("negative dimension", tensor("F32", "[-1]", "[0,4]"), "negative");
    row("fractional dimension", tensor("F32", "[1.5]", "[0,4]"), "not an integer");
    row("nine dimensions", tensor("F32", "[1,1,1,1,1,1,1,1,1]", "[0,4]"), "more than 8 dimensions");
    row("one offset", tensor("F32", "[1]", "[0]"), "needs two numbers");
    row("three offsets", tensor("F32", "[1]", "[0,4,8]"), "in the wrong place");
    row("missing shape", R"({"weight":{"dtype":"F32","data_offsets":[0,4]}})", "is missing");
    row("unknown key", R"({"weight":{"dtype":"F32","color":"red"}})", "unknown key 'color'");
    row("key twice", R"({"weight":{"dtype":"F32","dtype":"F32"}})", "duplicate key 'dtype'");
    row("tensor twice",
        R"({"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
        R"("w":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
        "tensor 'w' is given twice");
    row("overlap",
        R"({"one":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},)"
        R"("two":{"dtype":"U8","shape":[8],"data_offsets":[4,12]}})",
        "tensors 'one' and 'two' overlap");
    row("same place",
        R"({"one":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},)"
        R"("two":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}})",
        "overlap");
    row("metadata of numbers", R"({"__metadata__":{"a":1}})", "in the wrong place");
    row("metadata twice", R"({"__metadata__":{},"__metadata__":{}})", "given twice");
}

void TestSafetensors::refusesDamagedFiles() {
    QFETCH(std::string, header);
    QFETCH(int, code);
    QFETCH(std::string, says);
    const FileFixture folder;
    const auto path = folder.write("m.safetensors", safetensorsFile(header, std::string(12, '\0')));
    const auto file = Safetensors::open(path);
    QVERIFY(!file.ok());
    QCOMPARE(static_cast<int>(file.error().code), code);
    QVERIFY2(file.error().message.find(says) != std::string::npos, file.error().message.c_str());
    QVERIFY2(file.error().message.find("m.safetensors") != std::string::npos,
             file.error().message.c_str());
}

void TestSafetensors::refusesEveryTruncation() {
    const FileFixture folder;
    const std::string whole = safetensorsFile(twoTensors, std::string(12, 'x'));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto path = folder.write("m.safetensors", whole.substr(0, size));
        const auto file = Safetensors::open(path);
        QVERIFY2(!file.ok(), std::to_string(size).c_str());
        QVERIFY(file.error().code == ErrorCode::CorruptFile);
    }
    QVERIFY(Safetensors::open(folder.write("m.safetensors", whole)).ok());
}

void TestSafetensors::refusesHugeHeaderWithoutAllocating() {
    const FileFixture folder;
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const long kilobytes = usage.ru_maxrss;
    for (const std::uint64_t length :
         {std::uint64_t(99'999'999), std::uint64_t(100'000'001), std::uint64_t(1) << 62U,
          ~std::uint64_t(0), ~std::uint64_t(0) - 7}) {
        std::string bytes(reinterpret_cast<const char*>(&length), sizeof length);
        const auto path = folder.write("m.safetensors", bytes + std::string(64, '{'));
        const auto file = Safetensors::open(path);
        QVERIFY(!file.ok());
        QVERIFY(file.error().code == ErrorCode::CorruptFile);
    }
    getrusage(RUSAGE_SELF, &usage);
    QVERIFY(usage.ru_maxrss - kilobytes < 8192);
}

void TestSafetensors::refusesPickles_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    const QByteArray safe = QByteArray::fromStdString(safetensorsFile("{}", ""));
    QTest::newRow("by name .bin") << "pytorch_model.bin" << safe;
    QTest::newRow("by name .pt") << "model.pt" << safe;
    QTest::newRow("zip") << "m.safetensors" << QByteArray("PK\x03\x04\x14\0\0\0\x08\0archive", 17);
    QTest::newRow("bare pickle") << "m.safetensors"
                                 << QByteArray("\x80\x02}q\0(X\x05\0\0\0modelq\x01", 18);
    QTest::newRow("short pickle") << "m.safetensors" << QByteArray("\x80\x04N.", 4);
}

void TestSafetensors::refusesPickles() {
    QFETCH(QString, name);
    QFETCH(QByteArray, content);
    const FileFixture folder;
    const auto file = Safetensors::open(folder.write(name.toStdString(), content.toStdString()));
    QVERIFY(!file.ok());
    QVERIFY2(file.error().code == ErrorCode::UnsafeFormat, file.error().message.c_str());
    QVERIFY(file.error().message.find("pickle") != std::string::npos);
}

void TestSafetensors::refusesWhatIsNoFile() {
    const FileFixture folder;
    QVERIFY(Safetensors::open(folder.path("missing.safetensors")).error().code ==
            ErrorCode::NotFound);
    QVERIFY(Safetensors::open(folder.path()).error().code == ErrorCode::Io);
    QVERIFY(Safetensors::open(folder.write("empty.safetensors", "")).error().code ==
            ErrorCode::CorruptFile);
    QVERIFY(Safetensors::open("/dev/zero").error().code == ErrorCode::Io);
    QCOMPARE(::mkfifo(folder.path("pipe.safetensors").c_str(), 0600), 0);
    QVERIFY(Safetensors::open(folder.path("pipe.safetensors")).error().code == ErrorCode::Io);
    const auto gguf = Safetensors::open(folder.write("m.gguf", "GGUF\x03\0\0\0\0\0\0\0\0\0\0\0"));
    QVERIFY(!gguf.ok());
}

void TestSafetensors::readsWhatItWrote() {
    const FileFixture folder;
    const std::array<float, 6> floats = {1, 2, 3, 4, 5, 6};
    const std::array<std::int8_t, 3> bytes = {-128, 0, 127};
    const std::vector<TensorView> tensors = {
        {"z.weight", DataType::F32, {2, 3}, std::as_bytes(std::span(floats))},
        {"a \"quoted\" é", DataType::I8, {3}, std::as_bytes(std::span(bytes))},
        {"empty", DataType::F16, {0, 7}, {}},
        {"scalar", DataType::F32, {}, std::as_bytes(std::span(floats).first(1))}};
    const auto path = folder.path("out.safetensors");
    const auto written = writeSafetensors(path, tensors, {{"format", "pt"}, {"made by", "test"}});
    QVERIFY2(written.ok(), written.ok() ? "" : written.error().message.c_str());
    const std::string content = readFile(path);
    std::uint64_t headerLength = 0;
    std::memcpy(&headerLength, content.data(), 8);
    QCOMPARE(headerLength % 8, std::uint64_t(0));
    const auto file = Safetensors::open(path);
    QVERIFY2(file.ok(), file.ok() ? "" : file.error().message.c_str());
    QCOMPARE(file->metadata().at("made by"), std::string("test"));
    QCOMPARE(file->tensors().size(), tensors.size());
    for (const TensorView& tensor : tensors) {
        const TensorView* const read = file->find(tensor.name);
        QVERIFY(read != nullptr);
        QVERIFY(read->dtype == tensor.dtype && read->shape == tensor.shape);
        QVERIFY(std::equal(read->bytes.begin(), read->bytes.end(), tensor.bytes.begin(),
                           tensor.bytes.end()));
    }
    QCOMPARE(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

void TestSafetensors::writerKeepsOldFileOnError() {
    const FileFixture folder;
    QVERIFY(!writeSafetensors(folder.path("no/such/folder.safetensors"), {}).ok());
    // A limit on file sizes stands for a full disk.
    const auto path = folder.write("m.safetensors", "the old one");
    const std::vector<std::byte> data(4096);
    const std::vector<TensorView> tensors = {{"a", DataType::U8, {4096}, data}};
    rlimit before{};
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small = {1024, before.rlim_max};
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto written = writeSafetensors(path, tensors);
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    QVERIFY(!written.ok());
    QVERIFY(written.error().code == ErrorCode::Io);
    QCOMPARE(readFile(path), std::string("the old one"));
    QCOMPARE(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

void TestSafetensors::writerRefusesBadTensors() {
    const FileFixture folder;
    const std::array<std::byte, 8> data{};
    const auto attempt = [&](const std::vector<TensorView>& tensors) {
        return writeSafetensors(folder.path("m.safetensors"), tensors);
    };
    const TensorView good = {"a", DataType::F32, {2}, data};
    QVERIFY(attempt({good, good}).error().code == ErrorCode::InvalidArgument);
    QVERIFY(attempt({{"__metadata__", DataType::F32, {2}, data}}).error().code ==
            ErrorCode::InvalidArgument);
    QVERIFY(attempt({{"a", DataType::F32, {3}, data}}).error().code == ErrorCode::InvalidArgument);
    QVERIFY(attempt({{"a", DataType::F32, {-2}, data}}).error().code == ErrorCode::InvalidArgument);
    QVERIFY(attempt({{"a\xff", DataType::F32, {2}, data}}).error().code ==
            ErrorCode::InvalidArgument);
    QVERIFY(!std::filesystem::exists(folder.path("m.safetensors")));
}

void TestSafetensors::readsShards() {
    const auto folder = linnet::test::testData("models/llama-sharded");
    const auto files = Safetensors::openIndex(folder / "model.safetensors.index.json");
    QVERIFY2(files.ok(), files.ok() ? "" : files.error().message.c_str());
    QVERIFY(files->find("model.embed_tokens.weight") != nullptr);
    QVERIFY(files->find("lm_head.weight") != nullptr);
    QCOMPARE(files->tensors().size(), std::size_t(21));
}

void TestSafetensors::refusesDamagedIndex_data() {
    QTest::addColumn<std::string>("index");
    QTest::addColumn<std::string>("says");
    const auto row = [](const char* name, const std::string& index, const char* says) {
        QTest::newRow(name) << index << std::string(says);
    };
    row("no map", "{}", "'weight_map'");
    row("empty map", R"({"weight_map":{}})", "empty");
    row("map of numbers", R"({"weight_map":{"a":1}})", "'a'");
    row("parent folder", R"({"weight_map":{"a":"../one.safetensors"}})", "outside the folder");
    row("absolute path", R"({"weight_map":{"a":"/etc/passwd"}})", "outside the folder");
    row("backslash", R"({"weight_map":{"a":"..\\one.safetensors"}})", "outside the folder");
    row("dots", R"({"weight_map":{"a":".."}})", "outside the folder");
    row("zero byte", "{\"weight_map\":{\"a\":\"one.safetensors\\u0000.bin\"}}",
        "outside the folder");
    row("missing file", R"({"weight_map":{"a":"two.safetensors"}})", "two.safetensors");
    row("pickle shard", R"({"weight_map":{"a":"one.bin"}})", "pickle");
    row("tensor not in file", R"({"weight_map":{"c":"one.safetensors"}})", "'c' is missing");
    row("tensor twice", R"({"weight_map":{"a":"one.safetensors","a":"one.safetensors"}})",
        "duplicate");
}

void TestSafetensors::refusesDamagedIndex() {
    QFETCH(std::string, index);
    QFETCH(std::string, says);
    const FileFixture folder;
    folder.write("one.safetensors", safetensorsFile(twoTensors, std::string(12, '\0')));
    const auto path = folder.write("model.safetensors.index.json", index);
    const auto files = Safetensors::openIndex(path);
    QVERIFY(!files.ok());
    QVERIFY2(files.error().message.find(says) != std::string::npos, files.error().message.c_str());
}

void TestSafetensors::convertsHalfPrecision() {
    // Every finite float16 is m * 2^e, worked out here in double; all must survive both ways.
    for (unsigned bits = 0; bits < 0x10000U; ++bits) {
        const unsigned exponent = bits >> 10U & 31U;
        const unsigned mantissa = bits & 1023U;
        const float value = floatFromHalf(static_cast<std::uint16_t>(bits));
        if (exponent == 31U) {
            QCOMPARE(std::isinf(value), mantissa == 0);
            QCOMPARE(std::isnan(value), mantissa != 0);
            continue;
        }
        const double magnitude = exponent == 0 ? std::ldexp(mantissa, -24)
                                               : std::ldexp(1024 + mantissa, int(exponent) - 25);
        QCOMPARE(double(value), (bits & 0x8000U) != 0 ? -magnitude : magnitude);
        QCOMPARE(unsigned(halfFromFloat(value)), bits);
    }
    QCOMPARE(floatFromBfloat16(0x3FC0), 1.5F);
}

void TestSafetensors::narrowsToNearestEven() {
    // Between two neighbours a tie goes to the even one, anything else to the nearer.
    for (unsigned bits = 0; bits < 0x7BFFU; ++bits) {
        const double low = floatFromHalf(static_cast<std::uint16_t>(bits));
        const double high = floatFromHalf(static_cast<std::uint16_t>(bits + 1));
        const auto middle = static_cast<float>((low + high) / 2);
        QCOMPARE(unsigned(halfFromFloat(middle)), bits + (bits & 1U));
        QCOMPARE(unsigned(halfFromFloat(std::nextafter(middle, 0.0F))), bits);
        QCOMPARE(unsigned(halfFromFloat(std::nextafter(middle, 1e6F))), bits + 1);
    }
    QCOMPARE(unsigned(halfFromFloat(65520.0F)), 0x7C00U); // halfway to the next: infinity
    QCOMPARE(unsigned(halfFromFloat(65519.9F)), 0x7BFFU);
    QCOMPARE(unsigned(halfFromFloat(-1e-9F)), 0x8000U);
    QCOMPARE(unsigned(bfloat16FromFloat(1.00390625F)), 0x3F80U); // a tie, to even
    QCOMPARE(unsigned(bfloat16FromFloat(1.01171875F)), 0x3F82U); // a tie, to even
    QVERIFY(std::isnan(floatFromBfloat16(bfloat16FromFloat(std::nanf("")))));
    QVERIFY(std::isnan(floatFromHalf(halfFromFloat(std::nanf("")))));
}

QTEST_GUILESS_MAIN(TestSafetensors)
#include "test_safetensors.moc"
