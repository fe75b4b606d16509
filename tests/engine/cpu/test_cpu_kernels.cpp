#include <QtTest>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "engine/torch/cpu/float16.h"
#include "engine/torch/cpu/kernels.h"

using namespace linnet::engine::cpu;

Q_DECLARE_METATYPE(CpuLevel)

namespace {

// A panel, columns and the products that they must give.
struct Problem {
    int groups;
    int columns;
    std::vector<std::byte> storage;
    std::byte* panel; // 64-byte aligned, as in the arena
    std::vector<std::int8_t> values;
    std::vector<float> scales;
    std::vector<std::int32_t> corrections;
    std::vector<double> expected; // [column][32]
    std::vector<double> size;     // sums of magnitudes: what rounding is relative to

    // With `extreme` all weights and inputs are at the ends of their range.
    Problem(int groupCount, int columnCount, bool extreme, unsigned seed)
        : groups(groupCount)
        , columns(columnCount)
        , storage(static_cast<std::size_t>(groupCount) * groupBytes + 64)
        , panel(storage.data()) {
        panel += (64 - reinterpret_cast<std::uintptr_t>(panel) % 64) % 64;
        std::mt19937 random(seed);
        const auto pick = [&](int low, int high) {
            if (extreme) {
                return (random() & 1U) != 0 ? low : high;
            }
            return std::uniform_int_distribution<int>(low, high)(random);
        };
        std::uniform_real_distribution<float> scale(0.0001F, 0.02F);
        const auto total = static_cast<std::size_t>(columns * groups);
        values.resize(total * groupInputs);
        for (std::int8_t& value : values) {
            value = static_cast<std::int8_t>(pick(-127, 127));
        }
        for (std::size_t g = 0; g < total; ++g) {
            scales.push_back(scale(random));
            int sum = 0;
            for (std::size_t i = 0; i < groupInputs; ++i) {
                sum += values[g * groupInputs + i];
            }
            corrections.push_back(-128 * sum);
        }
        expected.resize(static_cast<std::size_t>(columns) * panelRows);
        size.resize(expected.size());
        for (int g = 0; g < groups; ++g) {
            std::byte* group = panel + static_cast<std::size_t>(g) * groupBytes;
            for (int r = 0; r < panelRows; ++r) {
                const std::uint16_t half = floatToHalf(scale(random));
                std::memcpy(group + 2 * r, &half, 2);
                for (int k = 0; k < groupInputs; ++k) {
                    const int weight = pick(-128, 127);
                    group[groupScaleBytes +
                          static_cast<std::size_t>(k / 4 * 4 * panelRows + r * 4 + k % 4)] =
                        static_cast<std::byte>(weight + 128);
                    add(g, r, k, weight * static_cast<double>(halfToFloat(half)));
                }
            }
        }
    }

    QuantisedColumns inputs() { return {values.data(), scales.data(), corrections.data(), groups}; }

private:
    void add(int g, int r, int k, double weight) {
        for (int c = 0; c < columns; ++c) {
            const auto group = static_cast<std::size_t>(c * groups + g);
            const double x = values[group * groupInputs + static_cast<std::size_t>(k)] *
                             static_cast<double>(scales[group]);
            const auto at = static_cast<std::size_t>(c * panelRows + r);
            expected[at] += weight * x;
            size[at] += std::fabs(weight * x);
        }
    }
};

std::vector<float> normalFloats(std::size_t count, unsigned seed, float deviation = 1.0F) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0.2F, deviation);
    std::vector<float> floats(count);
    for (float& value : floats) {
        value = normal(random);
    }
    return floats;
}

double silu(double x) {
    return x / (1.0 + std::exp(-x));
}

double gelu(double x) {
    return 0.5 * x * (1.0 + std::tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)));
}

bool close(float actual, double expected, double tolerance = 1e-5) {
    return std::fabs(static_cast<double>(actual) - expected) <=
           tolerance * std::max(1.0, std::fabs(expected));
}

} // namespace

class TestCpuKernels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void levelNames();
    void panelProduct_data() { levels(); }
    void panelProduct();
    void panelProductAtTheEnds_data() { levels(); }
    void panelProductAtTheEnds();
    void quantise_data() { levels(); }
    void quantise();
    void norms_data() { levels(); }
    void norms();
    void rotate_data() { levels(); }
    void rotate();
    void finishTile_data() { levels(); }
    void finishTile();
    void extremeActivations_data() { levels(); }
    void extremeActivations();

private:
    static void levels() {
        QTest::addColumn<CpuLevel>("level");
        for (const CpuLevel level : supportedLevels()) {
            QTest::addRow("%s", std::string(toString(level)).c_str()) << level;
        }
    }
};

void TestCpuKernels::levelNames() {
    QVERIFY(!supportedLevels().empty());
    for (const CpuLevel level : supportedLevels()) {
        QVERIFY(parseCpuLevel(toString(level)) == level);
        QVERIFY(kernelsFor(level).level == level);
    }
    QVERIFY(!parseCpuLevel("sse9"));
    qputenv("LINNET_CPU", "scalar");
    QVERIFY(defaultLevel() == CpuLevel::Scalar);
    qputenv("LINNET_CPU", "nonsense");
    QVERIFY(defaultLevel() == supportedLevels().back());
    qunsetenv("LINNET_CPU");
}

void TestCpuKernels::panelProduct() {
    QFETCH(CpuLevel, level);
    for (const int groups : {1, 2, 9, 24}) {
        for (int columns = 1; columns <= maxTileColumns; ++columns) {
            // One column before those that are asked for shows that `first` counts.
            Problem problem(groups, columns + 1, false, 1U + unsigned(groups * 10 + columns));
            std::vector<float> tile(static_cast<std::size_t>(columns) * panelRows, 1e9F);
            kernelsFor(level).panelProduct(problem.panel, problem.inputs(), 1, columns,
                                           tile.data());
            for (std::size_t i = 0; i < tile.size(); ++i) {
                const std::size_t at = i + panelRows;
                const double error = std::fabs(static_cast<double>(tile[i]) - problem.expected[at]);
                QVERIFY2(error <= 1e-6 * problem.size[at],
                         qPrintable(QString("%1 groups, %2 columns, element %3: %4 not %5")
                                        .arg(groups)
                                        .arg(columns)
                                        .arg(i)
                                        .arg(static_cast<double>(tile[i]))
                                        .arg(problem.expected[at])));
            }
        }
    }
}

void TestCpuKernels::panelProductAtTheEnds() {
    QFETCH(CpuLevel, level);
    // -128 and 127 against -127 and 127: where 16-bit partial sums would saturate.
    Problem problem(3, 2, true, 99);
    float tile[2 * panelRows];
    kernelsFor(level).panelProduct(problem.panel, problem.inputs(), 0, 2, tile);
    for (std::size_t i = 0; i < 2 * panelRows; ++i) {
        QVERIFY(std::fabs(static_cast<double>(tile[i]) - problem.expected[i]) <=
                1e-6 * problem.size[i]);
    }
}

void TestCpuKernels::quantise() {
    QFETCH(CpuLevel, level);
    constexpr int groups = 5;
    std::vector<float> x = normalFloats(groups * groupInputs, 3, 4.0F);
    std::fill_n(x.begin() + 32, 32, 0.0F); // a silent group
    x[64] = -1000.0F;                      // an outlier
    std::fill_n(x.begin() + 96, 32, 1e-30F);
    std::vector<std::int8_t> values(2 * x.size());
    std::vector<float> scales(2 * groups);
    std::vector<std::int32_t> corrections(2 * groups);
    kernelsFor(level).quantise(x.data(), {values.data(), scales.data(), corrections.data(), groups},
                               1);
    for (std::size_t g = 0; g < groups; ++g) {
        const float scale = scales[groups + g];
        float largest = 0.0F;
        int sum = 0;
        for (std::size_t i = 0; i < groupInputs; ++i) {
            const float original = x[g * groupInputs + i];
            const int value = values[x.size() + g * groupInputs + i];
            largest = std::max(largest, std::fabs(original));
            sum += value;
            QVERIFY(std::abs(value) <= 127);
            QVERIFY(std::fabs(original - scale * static_cast<float>(value)) <= 0.5001F * scale);
        }
        QVERIFY(close(scale * 127.0F / std::max(largest, 1e-35F), largest > 0.0F ? 1.0 : 0.0));
        QCOMPARE(corrections[groups + g], -128 * sum);
    }
    QVERIFY(values[0] == 0 && scales[0] == 0.0F); // column 0 was not touched
}

void TestCpuKernels::norms() {
    QFETCH(CpuLevel, level);
    for (const int size : {1, 31, 72, 288}) {
        const int padded = (size + 31) / 32 * 32;
        const auto count = static_cast<std::size_t>(padded);
        std::vector<float> x = normalFloats(count, 4, 3.0F);
        std::vector<float> weight = normalFloats(count, 5);
        std::vector<float> bias = normalFloats(count, 6);
        for (std::vector<float>* v : {&x, &weight, &bias}) {
            std::fill(v->begin() + size, v->end(), 0.0F);
        }
        double mean = 0.0;
        double square = 0.0;
        for (int i = 0; i < size; ++i) {
            mean += static_cast<double>(x[static_cast<std::size_t>(i)]) / size;
            square += std::pow(static_cast<double>(x[static_cast<std::size_t>(i)]), 2) / size;
        }
        double variance = 0.0;
        for (int i = 0; i < size; ++i) {
            variance +=
                std::pow(static_cast<double>(x[static_cast<std::size_t>(i)]) - mean, 2) / size;
        }
        const double epsilon = 1e-5;
        std::vector<float> rms(count, 7.0F);
        std::vector<float> layer(count, 7.0F);
        kernelsFor(level).rmsNorm(x.data(), weight.data(), 1e-5F, size, padded, rms.data());
        kernelsFor(level).layerNorm(x.data(), weight.data(), bias.data(), 1e-5F, size, padded,
                                    layer.data());
        for (std::size_t i = 0; i < count; ++i) {
            const auto v = static_cast<double>(x[i]);
            const auto w = static_cast<double>(weight[i]);
            QVERIFY(close(rms[i], v / std::sqrt(square + epsilon) * w));
            const double centred = (v - mean) / std::sqrt(variance + epsilon);
            QVERIFY(close(layer[i], centred * w + static_cast<double>(bias[i])));
        }
    }
}

void TestCpuKernels::rotate() {
    QFETCH(CpuLevel, level);
    for (const int half : {1, 10, 16, 24, 64}) {
        const auto count = static_cast<std::size_t>(half);
        const std::vector<float> x = normalFloats(2 * count, 7);
        std::vector<float> cosine(count);
        std::vector<float> sine(count);
        for (std::size_t i = 0; i < count; ++i) {
            cosine[i] = std::cos(static_cast<float>(i) * 0.37F);
            sine[i] = std::sin(static_cast<float>(i) * 0.37F);
        }
        std::vector<float> y = x;
        kernelsFor(level).rotate(y.data(), cosine.data(), sine.data(), half);
        for (std::size_t i = 0; i < count; ++i) {
            const auto a = static_cast<double>(x[i]);
            const auto b = static_cast<double>(x[count + i]);
            const auto c = static_cast<double>(cosine[i]);
            const auto s = static_cast<double>(sine[i]);
            QVERIFY(close(y[i], a * c - b * s));
            QVERIFY(close(y[count + i], a * s + b * c));
        }
    }
}

void TestCpuKernels::finishTile() {
    QFETCH(CpuLevel, level);
    constexpr int columns = 3;
    constexpr std::size_t stride = 96;
    const std::vector<float> tile = normalFloats(columns * panelRows, 8, 2.0F);
    const std::vector<float> bias = normalFloats(2 * panelRows, 9);
    for (const Finish finish : {Finish::Store, Finish::Add, Finish::GeluTanh, Finish::SwiGlu}) {
        const bool swiGlu = finish == Finish::SwiGlu;
        const int width = swiGlu ? panelRows / 2 : panelRows;
        for (const bool biased : {false, true}) {
            for (const int rows : {2 * width, 2 * width - 5, width + 1}) {
                const std::vector<float> before = normalFloats(5 * stride, 10);
                std::vector<float> out = before;
                kernelsFor(level).finishTile(
                    {out.data(), stride, biased ? bias.data() : nullptr, rows, finish}, tile.data(),
                    1, 2, columns);
                for (std::size_t i = 0; i < out.size(); ++i) {
                    const int column = static_cast<int>(i / stride) - 2;
                    const int row = static_cast<int>(i % stride) - width;
                    auto expected = static_cast<double>(before[i]);
                    if (column >= 0 && row >= 0 && row < rows - width) {
                        const auto product = [&](int r) {
                            const auto at = static_cast<std::size_t>(r);
                            const float added = biased ? bias[panelRows + at] : 0.0F;
                            return static_cast<double>(
                                tile[static_cast<std::size_t>(column) * panelRows + at] + added);
                        };
                        const double v = product(row);
                        expected = finish == Finish::Add        ? expected + v
                                   : finish == Finish::GeluTanh ? gelu(v)
                                   : swiGlu                     ? silu(v) * product(row + 16)
                                                                : v;
                    }
                    QVERIFY(close(out[i], expected));
                }
            }
        }
    }
}

void TestCpuKernels::extremeActivations() {
    QFETCH(CpuLevel, level);
    std::vector<float> tile(panelRows);
    for (std::size_t i = 0; i < 16; ++i) {
        tile[i] =
            (i % 2 == 0 ? -1.0F : 1.0F) * std::pow(10.0F, static_cast<float>(i) / 2.0F - 2.0F);
        tile[16 + i] = 1.0F;
    }
    std::vector<float> out(panelRows);
    const auto run = [&](Finish finish, int rows) {
        kernelsFor(level).finishTile({out.data(), panelRows, nullptr, rows, finish}, tile.data(), 0,
                                     0, 1);
    };
    run(Finish::SwiGlu, 16);
    for (std::size_t i = 0; i < 16; ++i) {
        QVERIFY(close(out[i], silu(static_cast<double>(tile[i]))));
    }
    run(Finish::GeluTanh, 32);
    for (std::size_t i = 0; i < 32; ++i) {
        QVERIFY(close(out[i], gelu(static_cast<double>(tile[i]))));
    }
}

QTEST_APPLESS_MAIN(TestCpuKernels)
#include "test_cpu_kernels.moc"
