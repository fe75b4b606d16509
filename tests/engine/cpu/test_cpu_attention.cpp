#include <QtTest>

#include <cmath>
#include <random>
#include <vector>

#include "engine/torch/cpu/float16.h"
#include "engine/torch/cpu/kernels.h"
#include "engine/torch/cpu/kv_cache.h"
#include "engine/torch/cpu/rope_table.h"

using namespace linnet::engine;
using namespace linnet::engine::cpu;

namespace {

struct Case {
    int headDim;
    int positions;
    int queries;
};

// A cache of two layers and two heads; the last of each is attended to.
class Attention {
public:
    Attention(const Kernels& kernels, const Case& c)
        : m_case(c)
        , m_random(static_cast<unsigned>(c.headDim + c.positions + c.queries)) {
        ModelConfig config;
        config.layers = 2;
        config.kvHeads = 2;
        config.headDim = c.headDim;
        const KvLayout layout(config);
        m_sequence = std::make_unique<CpuSequence>(layout, KvPool::create(layout.chunkElements()));
        m_sequence->reserve(c.positions);
        for (int p = 0; p < c.positions; ++p) {
            m_keys.push_back(vector());
            m_values.push_back(vector());
            for (int layer = 0; layer < 2; ++layer) {
                for (int head = 0; head < 2; ++head) {
                    // The neighbours hold something else.
                    const bool ours = layer == 1 && head == 1;
                    const std::vector<float> other = vector();
                    kernels.storeKey((ours ? m_keys.back() : other).data(), c.headDim,
                                     m_sequence->keyBlock(layer, head, p));
                    kernels.storeValue((ours ? m_values.back() : other).data(), c.headDim,
                                       m_sequence->valueRow(layer, head, p));
                }
            }
        }
        m_sequence->commit(c.positions);
    }

    // The largest error of any element.
    double run(const Kernels& kernels) {
        const auto queries = static_cast<std::size_t>(m_case.queries);
        const auto headDim = static_cast<std::size_t>(m_case.headDim);
        std::vector<std::vector<float>> query;
        std::vector<std::vector<float>> out(queries, std::vector<float>(headDim + 1, 42.0F));
        AttentionTile tile;
        tile.cache = m_sequence->head(1, 1);
        tile.queries = m_case.queries;
        tile.scale = 0.3F;
        tile.scoreStride = static_cast<std::size_t>(m_case.positions + 15) / 16 * 16;
        std::vector<float> scores(queries * tile.scoreStride, NAN);
        tile.scores = scores.data();
        for (std::size_t q = 0; q < queries; ++q) {
            query.push_back(vector());
            // Two queries a position, as with grouped heads.
            tile.visible[q] = m_case.positions - (m_case.queries - 1 - static_cast<int>(q)) / 2;
        }
        for (std::size_t q = 0; q < queries; ++q) {
            tile.query[q] = query[q].data();
            tile.out[q] = out[q].data();
        }
        kernels.attend(tile);
        double worst = 0.0;
        for (std::size_t q = 0; q < queries; ++q) {
            const auto expected = reference(query[q], tile.visible[q]);
            for (std::size_t i = 0; i < headDim; ++i) {
                worst = std::max(worst, std::fabs(static_cast<double>(out[q][i]) - expected[i]));
            }
            if (out[q][headDim] != 42.0F) {
                return INFINITY; // written past the head
            }
        }
        return worst;
    }

private:
    // Values that float16 holds exactly.
    std::vector<float> vector() {
        std::normal_distribution<float> normal;
        std::vector<float> v(static_cast<std::size_t>(m_case.headDim));
        for (float& x : v) {
            x = halfToFloat(floatToHalf(normal(m_random)));
        }
        return v;
    }

    std::vector<double> reference(const std::vector<float>& query, int visible) const {
        std::vector<double> out(query.size());
        double sum = 0.0;
        for (int p = 0; p < visible; ++p) {
            const auto at = static_cast<std::size_t>(p);
            double score = 0.0;
            for (std::size_t i = 0; i < query.size(); ++i) {
                score += static_cast<double>(query[i]) * static_cast<double>(m_keys[at][i]);
            }
            const double weight = std::exp(score * static_cast<double>(0.3F));
            sum += weight;
            for (std::size_t i = 0; i < query.size(); ++i) {
                out[i] += weight * static_cast<double>(m_values[at][i]);
            }
        }
        for (double& x : out) {
            x /= sum;
        }
        return out;
    }

    Case m_case;
    std::mt19937 m_random;
    std::unique_ptr<CpuSequence> m_sequence;
    std::vector<std::vector<float>> m_keys;
    std::vector<std::vector<float>> m_values;
};

std::vector<float> ropeRow(const RopeConfig& config, int headDim, int maxPositions, int position) {
    RopeTable table(config, headDim, maxPositions);
    table.reserve(position + 1);
    return {table.row(position), table.row(position) + headDim};
}

bool nearly(double actual, double expected) {
    return std::fabs(actual - expected) <= 2e-6 * std::fabs(expected) + 1e-9;
}

} // namespace

class TestCpuAttention : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void attendMatchesReference_data();
    void attendMatchesReference();
    void float16IsExact();
    void plainRope();
    void scaledRope();
    void dynamicRopeDependsOnLength();
};

void TestCpuAttention::attendMatchesReference_data() {
    QTest::addColumn<int>("level");
    for (const CpuLevel level : supportedLevels()) {
        QTest::addRow("%s", std::string(toString(level)).c_str()) << static_cast<int>(level);
    }
}

void TestCpuAttention::attendMatchesReference() {
    QFETCH(int, level);
    const Kernels& kernels = kernelsFor(static_cast<CpuLevel>(level));
    QVERIFY(kernels.attentionQueries >= 1 && kernels.attentionQueries <= maxQueries);
    for (const int headDim : {7, 16, 20, 64, 80, 128}) {
        for (const int positions : {1, 5, 16, 17, 63, 64, 65, 150}) {
            for (int queries = 1; queries <= maxQueries; ++queries) {
                if ((queries - 1) / 2 >= positions) {
                    continue;
                }
                Attention attention(kernels, {headDim, positions, queries});
                const double error = attention.run(kernels);
                QVERIFY2(error < 1e-5, qPrintable(QString("head %1, %2 positions, %3 queries: %4")
                                                      .arg(headDim)
                                                      .arg(positions)
                                                      .arg(queries)
                                                      .arg(error)));
            }
        }
    }
}

void TestCpuAttention::float16IsExact() {
    for (unsigned bits = 0; bits <= 0xFFFF; ++bits) {
        const auto half = static_cast<std::uint16_t>(bits);
        const float value = halfToFloat(half);
        if ((bits & 0x7C00U) == 0x7C00U) {
            QCOMPARE(std::isnan(value), (bits & 0x3FFU) != 0);
            QVERIFY(std::isnan(value) || std::isinf(value));
            continue;
        }
        const double magnitude =
            (bits & 0x7C00U) == 0
                ? std::ldexp(bits & 0x3FFU, -24)
                : std::ldexp(1024.0 + (bits & 0x3FFU), static_cast<int>(bits >> 10 & 0x1FU) - 25);
        QCOMPARE(static_cast<double>(value), (bits & 0x8000U) != 0 ? -magnitude : magnitude);
        QCOMPARE(floatToHalf(value), half);
        // Halfway to the next value goes to the even one; a little more goes up.
        if ((bits & 0x7FFFU) < 0x7BFFU) {
            const float next = halfToFloat(static_cast<std::uint16_t>(bits + 1));
            const float middle = (value + next) / 2.0F;
            QCOMPARE(floatToHalf(middle), static_cast<std::uint16_t>(bits + (bits & 1U)));
            QCOMPARE(floatToHalf(std::nextafter(middle, next * 2.0F)),
                     static_cast<std::uint16_t>(bits + 1));
        }
    }
    QCOMPARE(floatToHalf(65519.0F), std::uint16_t{0x7BFF});
    QCOMPARE(floatToHalf(65520.0F), std::uint16_t{0x7C00});
    QCOMPARE(floatToHalf(-INFINITY), std::uint16_t{0xFC00});
    QVERIFY(std::isnan(halfToFloat(floatToHalf(NAN))));
    QCOMPARE(bfloatToFloat(0x3FC0), 1.5F);
}

void TestCpuAttention::plainRope() {
    const auto row = ropeRow({}, 8, 4096, 700);
    for (int i = 0; i < 4; ++i) {
        const double angle = 700.0 * std::pow(10000.0, -2.0 * i / 8.0);
        QVERIFY(nearly(static_cast<double>(row[static_cast<std::size_t>(i)]), std::cos(angle)));
        QVERIFY(nearly(static_cast<double>(row[static_cast<std::size_t>(4 + i)]), std::sin(angle)));
    }
    RopeConfig linear;
    linear.scaling = RopeConfig::Scaling::Linear;
    linear.factor = 4.0;
    QCOMPARE(ropeRow(linear, 8, 4096, 400), ropeRow({}, 8, 4096, 100));
}

// Frequencies worked out by hand from the published formulas: Llama 3.2's and Qwen2.5's settings.
void TestCpuAttention::scaledRope() {
    RopeConfig llama3;
    llama3.theta = 500000.0;
    llama3.scaling = RopeConfig::Scaling::Llama3;
    llama3.factor = 32.0;
    llama3.lowFrequencyFactor = 1.0;
    llama3.highFrequencyFactor = 4.0;
    llama3.originalMaxPositions = 8192;
    const auto row = ropeRow(llama3, 64, 131072, 1);
    const std::vector<std::pair<std::size_t, double>> frequencies = {{0, 1.0},
                                                                     {10, 0.016560440080994446},
                                                                     {14, 0.003211445994752591},
                                                                     {15, 0.001290547928209264},
                                                                     {16, 0.00042955679655935816},
                                                                     {17, 9.70828780262767e-05},
                                                                     {31, 9.41830672543491e-08}};
    for (const auto& [i, frequency] : frequencies) {
        QVERIFY(nearly(static_cast<double>(row[32 + i]), std::sin(frequency)));
    }

    RopeConfig yarn;
    yarn.theta = 1e6;
    yarn.scaling = RopeConfig::Scaling::Yarn;
    yarn.factor = 4.0;
    yarn.originalMaxPositions = 32768;
    const auto stretched = ropeRow(yarn, 128, 131072, 1);
    const double magnitude = 1.138629436111989;
    const std::vector<std::pair<std::size_t, double>> blended = {{0, 1.0},
                                                                 {20, 0.01333521432163324},
                                                                 {30, 0.001064360981247002},
                                                                 {35, 0.0002462584069089387},
                                                                 {40, 4.445698525097307e-05},
                                                                 {63, 3.102344401879299e-07}};
    for (const auto& [i, frequency] : blended) {
        QVERIFY(nearly(static_cast<double>(stretched[64 + i]), magnitude * std::sin(frequency)));
        QVERIFY(nearly(static_cast<double>(stretched[i]), magnitude * std::cos(frequency)));
    }
    yarn.attentionFactor = 1.0;
    QVERIFY(nearly(static_cast<double>(ropeRow(yarn, 128, 131072, 1)[64]), std::sin(1.0)));
}

void TestCpuAttention::dynamicRopeDependsOnLength() {
    RopeConfig dynamic;
    dynamic.scaling = RopeConfig::Scaling::Dynamic;
    dynamic.factor = 2.0;
    dynamic.originalMaxPositions = 2048;
    RopeTable table(dynamic, 64, 8192);
    QVERIFY(!table.dependsOnLength(2048));
    QVERIFY(table.dependsOnLength(2049));
    std::vector<float> row(64);
    table.compute(1, 2048, row.data());
    QCOMPARE(row, ropeRow({}, 64, 8192, 1));
    table.compute(1, 3000, row.data());
    QVERIFY(nearly(static_cast<double>(row[32 + 5]), std::sin(0.21328175825180826)));
    QVERIFY(nearly(static_cast<double>(row[32 + 31]), std::sin(6.910556409591315e-05)));
}

QTEST_APPLESS_MAIN(TestCpuAttention)
#include "test_cpu_attention.moc"
