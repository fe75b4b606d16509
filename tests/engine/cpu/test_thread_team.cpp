#include <QtTest>

#include <atomic>
#include <numeric>
#include <vector>

#include "engine/torch/cpu/thread_team.h"

using linnet::engine::cpu::ThreadTeam;

class TestThreadTeam : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void runsEveryChunkOnce_data();
    void runsEveryChunkOnce();
    void shortLoopsFollowEachOther();
    void seesWhatTheLastLoopWrote();
    void startsAndStops();
    void wakesAfterSleep();
    void slowChunkHoldsTheLoop();
};

void TestThreadTeam::runsEveryChunkOnce_data() {
    QTest::addColumn<int>("threads");
    QTest::addColumn<int>("chunks");
    for (const int threads : {-1, 1, 2, 3, 7}) {
        for (const int chunks : {0, 1, 2, 3, 100, ThreadTeam::maxChunks}) {
            QTest::addRow("%d threads, %d chunks", threads, chunks) << threads << chunks;
        }
    }
}

void TestThreadTeam::runsEveryChunkOnce() {
    QFETCH(int, threads);
    QFETCH(int, chunks);
    ThreadTeam team(threads);
    QCOMPARE(team.size(), std::max(1, threads));
    std::vector<std::atomic<int>> runs(static_cast<std::size_t>(chunks));
    std::atomic<bool> threadInRange{true};
    team.run(chunks, [&](int chunk, int thread) {
        runs[static_cast<std::size_t>(chunk)].fetch_add(1);
        if (thread < 0 || thread >= team.size()) {
            threadInRange = false;
        }
    });
    for (const auto& count : runs) {
        QCOMPARE(count.load(), 1);
    }
    QVERIFY(threadInRange);
}

void TestThreadTeam::shortLoopsFollowEachOther() {
    ThreadTeam team(3);
    std::atomic<int> total{0};
    int expected = 0;
    for (int loop = 0; loop < 30'000; ++loop) {
        const int chunks = loop % 11;
        // On this frame: a chunk that ran late would use what is gone.
        int done[11] = {};
        team.run(chunks, [&](int chunk, int) {
            done[chunk] = 1;
            total.fetch_add(1, std::memory_order_relaxed);
        });
        QCOMPARE(std::accumulate(done, done + 11, 0), chunks);
        expected += chunks;
    }
    QCOMPARE(total.load(), expected);
}

void TestThreadTeam::seesWhatTheLastLoopWrote() {
    ThreadTeam team(2);
    std::vector<int> values(64, 0);
    for (int loop = 1; loop <= 2'000; ++loop) {
        // Every chunk reads what another one wrote in the loop before.
        std::vector<int> next(values.size());
        team.run(static_cast<int>(values.size()), [&](int chunk, int) {
            const auto i = static_cast<std::size_t>(chunk);
            next[i] = values[values.size() - 1 - i] + 1;
        });
        values.swap(next);
        QCOMPARE(values, std::vector<int>(values.size(), loop));
    }
}

void TestThreadTeam::startsAndStops() {
    for (int i = 0; i < 200; ++i) {
        ThreadTeam team(1 + i % 4);
        std::atomic<int> total{0};
        if (i % 3 != 0) {
            team.run(8, [&](int, int) { total.fetch_add(1); });
            QCOMPARE(total.load(), 8);
        }
    }
}

void TestThreadTeam::wakesAfterSleep() {
    ThreadTeam team(2);
    // Waiting for the other thread's chunk shows that it wakes, not only that the work is done.
    for (int i = 0; i < 20; ++i) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(1);
        while (std::chrono::steady_clock::now() < until) {
            std::this_thread::yield();
        }
        std::atomic<bool> arrived{false};
        std::atomic<int> helpers{0};
        team.run(2, [&](int, int thread) {
            if (thread == 1) {
                helpers.fetch_add(1);
                arrived = true;
                arrived.notify_all();
            } else {
                arrived.wait(false);
            }
        });
        QVERIFY(helpers.load() >= 1);
    }
}

void TestThreadTeam::slowChunkHoldsTheLoop() {
    ThreadTeam team(2);
    for (int i = 0; i < 5; ++i) {
        std::atomic<int> done{0};
        team.run(2, [&](int chunk, int) {
            // Longer than threads spin, so that the waiting one goes to sleep.
            const auto until = std::chrono::steady_clock::now() +
                               std::chrono::microseconds(chunk == 1 ? 2'000 : 0);
            while (std::chrono::steady_clock::now() < until) {
            }
            done.fetch_add(1);
        });
        QCOMPARE(done.load(), 2);
    }
}

QTEST_APPLESS_MAIN(TestThreadTeam)
#include "test_thread_team.moc"
