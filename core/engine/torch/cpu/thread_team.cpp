#include "engine/torch/cpu/thread_team.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <system_error>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace linnet::engine::cpu {

namespace {

// Longer than the gap between two loops of a layer, shorter than anybody notices.
constexpr auto spinTime = std::chrono::microseconds(40);
constexpr int spinsPerClockReading = 64;

void pauseThread() {
#if defined(__x86_64__)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

// Spins until `ready` holds or spinTime has passed; returns ready's last value.
template <typename Ready>
bool spinUntil(const Ready& ready) {
    for (int i = 0; i < spinsPerClockReading; ++i) {
        if (ready()) {
            return true;
        }
        pauseThread();
    }
    const auto end = std::chrono::steady_clock::now() + spinTime;
    do {
        for (int i = 0; i < spinsPerClockReading; ++i) {
            if (ready()) {
                return true;
            }
            pauseThread();
        }
    } while (std::chrono::steady_clock::now() < end);
    return false;
}

constexpr std::uint64_t packRange(std::uint32_t loop, int next, int end) {
    return static_cast<std::uint64_t>(loop) << 32 | static_cast<std::uint64_t>(end) << 16 |
           static_cast<std::uint64_t>(next);
}

constexpr int nextOf(std::uint64_t word) {
    return static_cast<int>(word & 0xFFFF);
}

constexpr int endOf(std::uint64_t word) {
    return static_cast<int>(word >> 16 & 0xFFFF);
}

} // namespace

ThreadTeam::ThreadTeam(int threads)
    : m_size(std::max(1, threads))
    , m_ranges(std::make_unique<Range[]>(static_cast<std::size_t>(m_size))) {
    try {
        for (int i = 1; i < m_size; ++i) {
            m_threads.emplace_back([this, i] { work(i); });
        }
    } catch (const std::system_error&) {
        // Fewer threads than asked for still do all the work: ranges of missing ones are taken.
    }
}

ThreadTeam::~ThreadTeam() {
    m_quit.store(true, std::memory_order_seq_cst);
    m_wake.fetch_add(1, std::memory_order_seq_cst);
    m_wake.notify_all();
    for (std::thread& thread : m_threads) {
        thread.join();
    }
}

void ThreadTeam::dispatch(int count, Call call, void* context) {
    assert(count <= maxChunks);
    m_call = call;
    m_context = context;
    m_done.store(0, std::memory_order_relaxed);
    ++m_loop;
    // The helpers' ranges first: they start while the caller opens its own.
    for (int i = m_size - 1; i >= 0; --i) {
        const auto begin = static_cast<int>(static_cast<std::int64_t>(count) * i / m_size);
        const auto end = static_cast<int>(static_cast<std::int64_t>(count) * (i + 1) / m_size);
        m_ranges[static_cast<std::size_t>(i)].word.store(packRange(m_loop, begin, end),
                                                         std::memory_order_seq_cst);
    }
    if (m_sleepers.load(std::memory_order_seq_cst) > 0) {
        m_wake.fetch_add(1, std::memory_order_seq_cst);
        m_wake.notify_all();
    }
    const int mine = takeAll(0);
    if (m_done.fetch_add(mine, std::memory_order_acq_rel) + mine != count) {
        waitForAll(count);
    }
}

int ThreadTeam::takeFrom(int owner, int thread) {
    std::atomic<std::uint64_t>& word = m_ranges[static_cast<std::size_t>(owner)].word;
    int taken = 0;
    std::uint64_t seen = word.load(std::memory_order_acquire);
    while (nextOf(seen) < endOf(seen)) {
        if (word.compare_exchange_weak(seen, seen + 1, std::memory_order_acq_rel,
                                       std::memory_order_acquire)) {
            // The loop cannot end before this chunk is reported, so call and context are its own.
            m_call(m_context, nextOf(seen), thread);
            ++taken;
            seen = word.load(std::memory_order_acquire);
        }
    }
    return taken;
}

int ThreadTeam::takeAll(int thread) {
    int taken = takeFrom(thread, thread);
    for (int i = 1; i < m_size; ++i) {
        taken += takeFrom((thread + i) % m_size, thread);
    }
    return taken;
}

void ThreadTeam::finished(int chunks) {
    const int done = m_done.fetch_add(chunks, std::memory_order_seq_cst) + chunks;
    if (m_wanted.load(std::memory_order_seq_cst) == done) {
        m_done.notify_one();
    }
}

void ThreadTeam::waitForAll(int count) {
    const auto complete = [&] { return m_done.load(std::memory_order_acquire) == count; };
    if (spinUntil(complete)) {
        return;
    }
    m_wanted.store(count, std::memory_order_seq_cst);
    for (int done = m_done.load(std::memory_order_seq_cst); done != count;
         done = m_done.load(std::memory_order_seq_cst)) {
        m_done.wait(done, std::memory_order_seq_cst);
    }
    m_wanted.store(0, std::memory_order_relaxed);
}

void ThreadTeam::sleepUntilWork(int thread) {
    const std::atomic<std::uint64_t>& word = m_ranges[static_cast<std::size_t>(thread)].word;
    const auto open = [&] {
        const std::uint64_t seen = word.load(std::memory_order_seq_cst);
        return nextOf(seen) < endOf(seen) || m_quit.load(std::memory_order_relaxed);
    };
    if (spinUntil(open)) {
        return;
    }
    const std::uint32_t ticket = m_wake.load(std::memory_order_seq_cst);
    m_sleepers.fetch_add(1, std::memory_order_seq_cst);
    if (!open() && !m_quit.load(std::memory_order_seq_cst)) {
        m_wake.wait(ticket, std::memory_order_seq_cst);
    }
    m_sleepers.fetch_sub(1, std::memory_order_seq_cst);
}

void ThreadTeam::work(int thread) {
    while (!m_quit.load(std::memory_order_seq_cst)) {
        const int taken = takeAll(thread);
        if (taken > 0) {
            finished(taken);
        } else {
            sleepUntilWork(thread);
        }
    }
}

} // namespace linnet::engine::cpu
