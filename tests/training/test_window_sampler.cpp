#include <QtTest>

#include <algorithm>
#include <map>
#include <set>

#include "token_fixture.h"
#include "training/window_sampler.h"

using namespace linnet::training;

namespace {

constexpr std::int64_t kLength = 8;

std::vector<std::uint16_t> ascending(std::uint16_t first, std::size_t count) {
    std::vector<std::uint16_t> tokens(count);
    for (std::size_t i = 0; i < count; ++i) {
        tokens[i] = static_cast<std::uint16_t>(first + i);
    }
    return tokens;
}

} // namespace

class TestWindowSampler : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    std::vector<MixtureSource> sources(double firstWeight, double secondWeight) {
        const auto folder = test::pathOf(m_folder);
        const TokenIndex index = test::writeTokens(
            folder, "sha", 60000, {{"a", ascending(0, 100)}, {"b", ascending(1000, 1000)}});
        std::vector<MixtureSource> list;
        list.push_back({"a", *TokenStream::open(folder, index, index.groups[0]), firstWeight, {}});
        list.push_back({"b", *TokenStream::open(folder, index, index.groups[1]), secondWeight, {}});
        return list;
    }

private Q_SLOTS:
    void permutationIsOne() {
        for (const std::uint64_t size : {1U, 2U, 3U, 17U, 64U, 1000U}) {
            std::set<std::uint64_t> seen;
            for (std::uint64_t i = 0; i < size; ++i) {
                const std::uint64_t to = permuted(i, size, 42);
                QVERIFY(to < size);
                seen.insert(to);
            }
            QCOMPARE(seen.size(), std::size_t(size));
        }
        QVERIFY(permuted(1, 1000, 1) != permuted(1, 1000, 2));
    }

    void windowsAreRunsOfTheText() {
        WindowSampler sampler(sources(1.0, 1.0), kLength, 7);
        std::vector<std::int64_t> window(kLength + 1);
        for (int i = 0; i < 500; ++i) {
            sampler.next(window.data());
            for (std::size_t k = 1; k < window.size(); ++k) {
                QCOMPARE(window[k], window[k - 1] + 1);
            }
        }
    }

    void noWindowRepeatsInAnEpoch() {
        WindowSampler sampler(sources(1.0, 1e-9), kLength, 7);
        const std::uint64_t windows = 99 / kLength - 1;
        std::vector<std::int64_t> window(kLength + 1);
        std::set<std::int64_t> first;
        std::set<std::int64_t> second;
        for (std::uint64_t i = 0; i < windows; ++i) {
            sampler.next(window.data());
            first.insert(window[0]);
        }
        for (std::uint64_t i = 0; i < windows; ++i) {
            sampler.next(window.data());
            second.insert(window[0]);
        }
        QCOMPARE(first.size(), std::size_t(windows));
        QCOMPARE(second.size(), std::size_t(windows));
        QVERIFY(first != second); // other cut points
    }

    void windowsBeginAtStarts() {
        std::vector<MixtureSource> list = sources(1e-9, 1.0);
        list[1].starts = {0, 3, 6, 9, 12, 500}; // from 12 on no start is near, but at 500
        WindowSampler sampler(std::move(list), kLength, 7);
        std::vector<std::int64_t> window(kLength + 1);
        const std::set<std::int64_t> starts = {0, 3, 6, 9, 12, 500};
        int atStart = 0;
        for (int i = 0; i < 500; ++i) {
            sampler.next(window.data());
            const std::int64_t begin = window[0] - 1000;
            const bool known = starts.contains(begin);
            atStart += known ? 1 : 0;
            const bool near = begin < 12 + kLength / 2 || (begin >= 500 && begin <= 504);
            QVERIFY2(known || !near, qPrintable(QString::number(begin)));
        }
        QVERIFY2(atStart > 5, qPrintable(QString::number(atStart))); // about two an epoch
    }

    void sharesFollowTheWeights() {
        WindowSampler sampler(sources(3.0, 1.0), kLength, 7);
        std::vector<std::int64_t> window(kLength + 1);
        for (int i = 0; i < 400; ++i) {
            sampler.next(window.data());
        }
        QCOMPARE(sampler.drawn()[0], std::uint64_t(300));
        QCOMPARE(sampler.drawn()[1], std::uint64_t(100));
    }

    void sharesCountFromAChangeOfWeights() {
        WindowSampler sampler(sources(1.0, 1.0), kLength, 7);
        sampler.restore({100, 0}, {100, 0});
        std::vector<std::int64_t> window(kLength + 1);
        for (int i = 0; i < 10; ++i) {
            sampler.next(window.data());
        }
        QCOMPARE(sampler.drawn()[0], std::uint64_t(105));
        QCOMPARE(sampler.drawn()[1], std::uint64_t(5));
    }

    void restoredSamplerGoesOn() {
        WindowSampler sampler(sources(2.0, 1.0), kLength, 7);
        std::vector<std::int64_t> expected(kLength + 1);
        std::vector<std::int64_t> actual(kLength + 1);
        for (int i = 0; i < 37; ++i) {
            sampler.next(expected.data());
        }
        WindowSampler other(sources(2.0, 1.0), kLength, 7);
        other.restore(sampler.drawn(), sampler.drawnBefore());
        for (int i = 0; i < 50; ++i) {
            sampler.next(expected.data());
            other.next(actual.data());
            QCOMPARE(actual, expected);
        }
    }
};

QTEST_GUILESS_MAIN(TestWindowSampler)
#include "test_window_sampler.moc"
