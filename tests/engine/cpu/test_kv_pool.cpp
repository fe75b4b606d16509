#include <QtTest>

#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

#include "engine/torch/cpu/kv_pool.h"

using namespace linnet::engine::cpu;

namespace {

constexpr std::size_t elements = 100'000; // not a whole page
constexpr std::size_t chunkBytes = elements * sizeof(std::uint16_t);

std::vector<KvPool::Chunk> takeSome(KvPool& pool, int count) {
    std::vector<KvPool::Chunk> chunks;
    for (int i = 0; i < count; ++i) {
        chunks.push_back(pool.take());
        std::fill_n(chunks.back().get(), elements, static_cast<std::uint16_t>(i + 1));
    }
    return chunks;
}

bool holdsItsNumber(const KvPool::Chunk& chunk, int number) {
    return std::all_of(chunk.get(), chunk.get() + elements,
                       [number](std::uint16_t x) { return x == number; });
}

} // namespace

class TestKvPool : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void chunksAreApart() {
        const auto pool = KvPool::create(elements);
        const auto chunks = takeSome(*pool, 30);
        for (std::size_t i = 0; i < chunks.size(); ++i) {
            QVERIFY(holdsItsNumber(chunks[i], static_cast<int>(i + 1)));
            QCOMPARE(reinterpret_cast<std::uintptr_t>(chunks[i].get()) % 64, std::uintptr_t{0});
        }
        QVERIFY(pool->bytes() >= 30 * chunkBytes);
        QVERIFY(pool->bytes() <= 60 * chunkBytes);
    }

    void givesAgainWhatCameBack() {
        const auto pool = KvPool::create(elements);
        auto chunks = takeSome(*pool, 12);
        const std::size_t bytes = pool->bytes();
        for (int round = 0; round < 5; ++round) {
            const auto* last = chunks[7].get();
            chunks[7].reset();
            chunks[7] = pool->take(); // the one that is in the cache
            QCOMPARE(chunks[7].get(), last);
        }
        chunks.clear();
        chunks = takeSome(*pool, 12);
        QCOMPARE(pool->bytes(), bytes);
    }

    void lettingGoFreesMostOfIt() {
        const auto pool = KvPool::create(elements);
        const auto one = pool->take();
        {
            const auto many = takeSome(*pool, 500);
            QVERIFY(pool->bytes() > 500 * chunkBytes);
        }
        QVERIFY(pool->bytes() <= std::size_t{70} << 20);
    }

    void aChunkOutlivesItsOwner() {
        auto pool = KvPool::create(elements);
        auto chunks = takeSome(*pool, 3);
        pool.reset();
        QVERIFY(holdsItsNumber(chunks[2], 3));
        chunks.clear();
    }

    void threadsShareIt() {
        const auto pool = KvPool::create(elements);
        std::vector<char> right(4, 0);
        {
            std::vector<std::jthread> threads;
            for (char& good : right) {
                threads.emplace_back([&pool, &good] {
                    good = 1;
                    for (int round = 0; round < 20; ++round) {
                        const auto chunks = takeSome(*pool, 5);
                        for (int i = 0; i < 5; ++i) {
                            good = good != 0 &&
                                   holdsItsNumber(chunks[static_cast<std::size_t>(i)], i + 1);
                        }
                    }
                });
            }
        }
        QCOMPARE(right, std::vector<char>(4, 1));
    }
};

QTEST_GUILESS_MAIN(TestKvPool)
#include "test_kv_pool.moc"
