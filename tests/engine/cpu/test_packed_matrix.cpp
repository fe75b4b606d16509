#include <QtTest>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "engine/torch/cpu/float16.h"
#include "engine/torch/cpu/huge_arena.h"
#include "engine/torch/cpu/packed_matrix.h"

using namespace linnet::engine;
using namespace linnet::engine::cpu;

namespace {

// A matrix with memory of its own.
struct Packed {
    HugeArena arena;
    PackedMatrix matrix;

    Packed(int rows, int inputs, Terms terms = Terms::One)
        : matrix(PackedMatrix::sized(rows, inputs, terms)) {
        arena = std::move(*HugeArena::allocate(matrix.bytes()));
        matrix.data = arena.data();
    }

    std::vector<float> row(int index) const {
        std::vector<float> floats(static_cast<std::size_t>(matrix.inputGroups()) * groupInputs);
        matrix.readRow(index, floats.data());
        return floats;
    }
};

std::vector<float> normalFloats(int count, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0.0F, 0.02F);
    std::vector<float> floats(static_cast<std::size_t>(count));
    for (float& value : floats) {
        value = normal(random);
    }
    return floats;
}

MatrixPart floatPart(const std::vector<float>& values, int rows, int columns) {
    MatrixPart part{"w", {}, {}};
    part.weight.rows = rows;
    part.weight.columns = columns;
    part.weight.bytes = std::as_bytes(std::span(values));
    return part;
}

bool pack(Packed& packed, const std::vector<MatrixPart>& parts, const std::vector<RowRef>& rows) {
    ThreadTeam team(2);
    return packMatrix(packed.matrix, parts, rows, team).ok();
}

} // namespace

class TestPackedMatrix : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void roundingIsBounded();
    void twoTermsKeepWhatOneLeaves();
    void transposedSlices();
    void int8IsKept_data();
    void int8IsKept();
    void otherGroupSizesAreRequantised();
    void rowsAreInterleaved();
    void biasFollowsItsRows();
    void weightsMustBeFinite();
    void arenaIsZeroedAndAligned();
};

void TestPackedMatrix::roundingIsBounded() {
    constexpr int rows = 45;
    constexpr int inputs = 75;
    std::vector<float> values = normalFloats(rows * inputs, 1);
    std::fill_n(values.begin() + 3 * inputs, 32, 0.0F);
    const std::vector<MatrixPart> parts = {floatPart(values, rows, inputs)};
    Packed packed(rows, inputs);
    QVERIFY(pack(packed, parts, stackedRows(parts)));
    for (int r = 0; r < rows; ++r) {
        const auto row = packed.row(r);
        for (std::size_t begin = 0; begin < row.size(); begin += groupInputs) {
            float largest = 0.0F;
            for (std::size_t i = begin; i < begin + groupInputs && i < inputs; ++i) {
                largest = std::max(largest, std::fabs(values[std::size_t(r * inputs) + i]));
            }
            // Half a step, and what float16 takes off the step at the ends of the range.
            const float bound = largest / 127.0F * (0.5F + 127.0F / 2048.0F);
            for (std::size_t i = begin; i < begin + groupInputs; ++i) {
                const float expected = i < inputs ? values[std::size_t(r * inputs) + i] : 0.0F;
                QVERIFY(std::fabs(row[i] - expected) <= bound);
            }
        }
    }
}

void TestPackedMatrix::twoTermsKeepWhatOneLeaves() {
    constexpr int rows = 40;
    constexpr int inputs = 75;
    std::vector<float> values = normalFloats(rows * inputs, 9);
    std::fill_n(values.begin() + 3 * inputs, inputs, 0.0F);
    const std::vector<MatrixPart> parts = {floatPart(values, rows, inputs)};
    Packed packed(rows, inputs, Terms::Two);
    QCOMPARE(packed.matrix.groups, 3 * packed.matrix.inputGroups());
    QVERIFY(pack(packed, parts, stackedRows(parts)));
    for (int r = 0; r < rows; ++r) {
        const auto row = packed.row(r);
        for (std::size_t i = 0; i < row.size(); ++i) {
            const float expected = i < inputs ? values[std::size_t(r * inputs) + i] : 0.0F;
            QVERIFY(std::fabs(row[i] - expected) < 0.08F / 127.0F / 100.0F);
        }
    }
    // The first term is there twice.
    const std::byte* panel = packed.matrix.panel(0);
    const std::size_t part = packed.matrix.panelBytes() / pairedParts;
    QVERIFY(std::equal(panel, panel + part, panel + part));
}

void TestPackedMatrix::transposedSlices() {
    constexpr int rows = 20;
    constexpr int inputs = 40;
    constexpr int storedRows = 50;
    const std::vector<float> stored = normalFloats(storedRows * inputs, 2);
    MatrixPart part = floatPart(stored, rows, inputs);
    part.weight.transposed = true;
    part.weight.storedRows = storedRows;
    part.weight.firstRow = 27;
    Packed packed(rows, inputs);
    QVERIFY(pack(packed, {part}, stackedRows({part})));
    std::vector<float> plain;
    for (int r = 0; r < rows; ++r) {
        for (int k = 0; k < inputs; ++k) {
            plain.push_back(stored[static_cast<std::size_t>(k * storedRows + 27 + r)]);
        }
    }
    const std::vector<MatrixPart> parts = {floatPart(plain, rows, inputs)};
    Packed expected(rows, inputs);
    QVERIFY(pack(expected, parts, stackedRows(parts)));
    for (int r = 0; r < rows; ++r) {
        QCOMPARE(packed.row(r), expected.row(r));
    }
    QCOMPARE(readFloats(part.weight), plain);
}

void TestPackedMatrix::int8IsKept_data() {
    QTest::addColumn<int>("groupSize");
    QTest::addRow("32") << 32;
    QTest::addRow("64") << 64;
    QTest::addRow("whole rows") << 96;
}

void TestPackedMatrix::int8IsKept() {
    QFETCH(int, groupSize);
    constexpr int rows = 33;
    constexpr int inputs = 90;
    const int groups = (inputs + groupSize - 1) / groupSize;
    std::mt19937 random(3);
    std::vector<std::int8_t> values(rows * inputs);
    for (std::int8_t& value : values) {
        value = static_cast<std::int8_t>(static_cast<int>(random() % 256) - 128);
    }
    std::vector<std::uint16_t> scales(static_cast<std::size_t>(rows * groups));
    for (std::uint16_t& scale : scales) {
        scale = floatToHalf(0.001F * static_cast<float>(1 + random() % 100));
    }
    MatrixPart part;
    part.weight.type = WeightType::Int8;
    part.weight.rows = rows - 3;
    part.weight.columns = inputs;
    part.weight.bytes = std::as_bytes(std::span(values));
    part.weight.storedRows = rows;
    part.weight.firstRow = 2;
    part.weight.groupSize = groupSize;
    part.weight.scales = std::as_bytes(std::span(scales));
    Packed packed(rows - 3, inputs);
    QVERIFY(pack(packed, {part}, stackedRows({part})));
    for (int r = 0; r < rows - 3; ++r) {
        const auto row = packed.row(r);
        for (int k = 0; k < inputs; ++k) {
            const auto scale = static_cast<std::size_t>((r + 2) * groups + k / groupSize);
            const auto value = static_cast<std::size_t>((r + 2) * inputs + k);
            QCOMPARE(row[static_cast<std::size_t>(k)],
                     halfToFloat(scales[scale]) * static_cast<float>(values[value]));
        }
    }
}

void TestPackedMatrix::otherGroupSizesAreRequantised() {
    constexpr int inputs = 64;
    std::vector<std::int8_t> values(inputs);
    for (int k = 0; k < inputs; ++k) {
        values[static_cast<std::size_t>(k)] = static_cast<std::int8_t>(k * 3 - 96);
    }
    const std::vector<std::uint16_t> scales = {floatToHalf(0.5F), floatToHalf(0.25F),
                                               floatToHalf(1.0F), floatToHalf(2.0F)};
    MatrixPart part;
    part.weight.type = WeightType::Int8;
    part.weight.rows = 1;
    part.weight.columns = inputs;
    part.weight.bytes = std::as_bytes(std::span(values));
    part.weight.groupSize = 16;
    part.weight.scales = std::as_bytes(std::span(scales));
    Packed packed(1, inputs);
    QVERIFY(pack(packed, {part}, stackedRows({part})));
    const auto row = packed.row(0);
    for (std::size_t k = 0; k < inputs; ++k) {
        const float expected = halfToFloat(scales[k / 16]) * static_cast<float>(values[k]);
        QVERIFY(std::fabs(row[k] - expected) <= 186.0F / 127.0F * 0.57F);
    }
}

void TestPackedMatrix::rowsAreInterleaved() {
    const std::vector<float> gates = normalFloats(20, 4);
    const std::vector<float> ups = normalFloats(20, 5);
    const std::vector<MatrixPart> parts = {floatPart(gates, 20, 1), floatPart(ups, 20, 1)};
    const auto rows = interleavedRows(parts);
    QCOMPARE(rows.size(), std::size_t{64});
    const auto is = [&](std::size_t at, int part, int row) {
        return rows[at].part == part && (part < 0 || rows[at].row == row);
    };
    QVERIFY(is(0, 0, 0) && is(15, 0, 15) && is(16, 1, 0) && is(31, 1, 15));
    QVERIFY(is(32, 0, 16) && is(35, 0, 19) && is(36, -1, 0) && is(48, 1, 16) && is(52, -1, 0));
    Packed packed(64, 1);
    QVERIFY(pack(packed, parts, rows));
    QVERIFY(std::fabs(packed.row(35)[0] - gates[19]) < 1e-4F);
    QVERIFY(std::fabs(packed.row(48)[0] - ups[16]) < 1e-4F);
    QCOMPARE(packed.row(36)[0], 0.0F);
}

void TestPackedMatrix::biasFollowsItsRows() {
    const std::vector<float> values = normalFloats(40, 6);
    const std::vector<float> bias = normalFloats(40, 7);
    std::vector<MatrixPart> parts = {floatPart(values, 40, 1), floatPart(values, 10, 1)};
    parts[0].bias = floatPart(bias, 40, 1).weight;
    Packed packed(50, 1);
    QVERIFY(pack(packed, parts, stackedRows(parts)));
    QCOMPARE(packed.matrix.bias.size(), std::size_t{64});
    for (std::size_t r = 0; r < 64; ++r) {
        QCOMPARE(packed.matrix.bias[r], r < 40 ? bias[r] : 0.0F);
    }
}

void TestPackedMatrix::weightsMustBeFinite() {
    for (const float bad : {INFINITY, -INFINITY, NAN, 1e30F}) {
        std::vector<float> values = normalFloats(64, 8);
        values[50] = bad;
        const std::vector<MatrixPart> parts = {floatPart(values, 2, 32)};
        Packed packed(2, 32);
        QVERIFY(!pack(packed, parts, stackedRows(parts)));
    }
    std::vector<std::int8_t> values(32, 1);
    const std::vector<std::uint16_t> infinite = {0x7C00};
    MatrixPart part;
    part.weight.type = WeightType::Int8;
    part.weight.rows = 1;
    part.weight.columns = 32;
    part.weight.bytes = std::as_bytes(std::span(values));
    part.weight.groupSize = 32;
    part.weight.scales = std::as_bytes(std::span(infinite));
    Packed packed(1, 32);
    QVERIFY(!pack(packed, {part}, stackedRows({part})));
}

void TestPackedMatrix::arenaIsZeroedAndAligned() {
    auto arena = HugeArena::allocate(5'000'000);
    QVERIFY(arena.has_value());
    QCOMPARE(reinterpret_cast<std::uintptr_t>(arena->data()) % (std::size_t{2} << 20),
             std::uintptr_t{0});
    QCOMPARE(arena->size(), std::size_t{5'000'000});
    QVERIFY(std::all_of(arena->data(), arena->data() + arena->size(),
                        [](std::byte b) { return b == std::byte{0}; }));
    HugeArena moved = std::move(*arena);
    QVERIFY(arena->data() == nullptr);
    moved.data()[4'999'999] = std::byte{1};
    moved = HugeArena();
    QVERIFY(moved.data() == nullptr);
    QVERIFY(!HugeArena::allocate(~std::size_t{0}).has_value());
    QVERIFY(!HugeArena::allocate(std::size_t{1} << 60).has_value());
}

QTEST_APPLESS_MAIN(TestPackedMatrix)
#include "test_packed_matrix.moc"
