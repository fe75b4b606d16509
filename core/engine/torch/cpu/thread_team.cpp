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
    , m_slots(std::make_unique<Slot[]>(static_cast<std::size_t>(m_size))) {
    try {
        for (int i = 1; i < m_size; ++i) {
            m_threads.emplace_back([this, i] { work(i); });
        }
    } catch (const std::system_error&) {
        // Fewer threads than asked for still do all the work: ranges of missing ones are taken.
    }
}

ThreadTeam::~ThreadTeam() {
    m_quit.store(true, std::memory_order_release);
    wakeSleepers();
    for (std::thread& thread : m_threads) {
        thread.join();
    }
}

void ThreadTeam::dispatch(int count, Call call, void* context) {
    assert(count <= maxChunks);
    m_started += static_cast<std::uint32_t>(count);
    ++m_loop;
    const auto begin = [&](int thread) {
        return static_cast<int>((static_cast<std::int64_t>(count) * thread + m_size - 1) / m_size);
    };
    const auto open = [&](int thread, int first) {
        slot(thread).call = call;
        slot(thread).context = context;
        slot(thread).range.store(packRange(m_loop, first, begin(thread + 1)),
                                 std::memory_order_release);
    };
    for (int i = m_size - 1; i > 0; --i) {
        open(i, begin(i));
    }
    // The caller's first chunk is never offered to others: it begins without an atomic exchange,
    // which would wait until the helpers' lines above have been fetched and written.
    open(0, 1);
    if (m_sleepers.load(std::memory_order_relaxed) > 0) {
        wakeSleepers();
    }
    call(context, 0, 0);
    ++m_own;
    // A helper that was about to sleep: its announcement and this exchange see each other.
    if (m_sleepers.fetch_add(0, std::memory_order_acq_rel) > 0) {
        wakeSleepers();
    }
    for (int i = 0; i < m_size; ++i) {
        m_own += takeFrom(i, 0);
    }
    if (!allDone()) {
        waitForAll();
    }
}

void ThreadTeam::wakeSleepers() {
    m_wake.fetch_add(1, std::memory_order_acq_rel);
    m_wake.notify_all();
}

std::uint32_t ThreadTeam::takeFrom(int owner, int thread) {
    Slot& source = slot(owner);
    std::atomic<std::uint64_t>& range = source.range;
    std::uint32_t taken = 0;
    std::uint64_t seen = range.load(std::memory_order_acquire);
    while (nextOf(seen) < endOf(seen)) {
        if (range.compare_exchange_weak(seen, seen + 1, std::memory_order_acq_rel,
                                        std::memory_order_acquire)) {
            // The loop cannot end before this chunk is reported, so call and context are its own.
            source.call(source.context, nextOf(seen), thread);
            ++taken;
            seen = range.load(std::memory_order_acquire);
        }
    }
    return taken;
}

void ThreadTeam::report(int thread, std::uint32_t chunks) {
    std::atomic<std::uint32_t>& done = slot(thread).done;
    done.store(done.load(std::memory_order_relaxed) + chunks, std::memory_order_release);
    // As in dispatch(): either this sees that the caller sleeps, or the caller sees the report.
    if (m_callerSleeps.fetch_add(0, std::memory_order_acq_rel) > 0) {
        m_finished.fetch_add(1, std::memory_order_acq_rel);
        m_finished.notify_one();
    }
}

bool ThreadTeam::allDone() const {
    std::uint32_t done = m_own;
    for (int i = 1; i < m_size; ++i) {
        done += m_slots[static_cast<std::size_t>(i)].done.load(std::memory_order_acquire);
    }
    return done == m_started;
}

void ThreadTeam::waitForAll() {
    if (spinUntil([this] { return allDone(); })) {
        return;
    }
    m_callerSleeps.fetch_add(1, std::memory_order_acq_rel);
    while (true) {
        const std::uint32_t ticket = m_finished.load(std::memory_order_acquire);
        if (allDone()) {
            break;
        }
        m_finished.wait(ticket, std::memory_order_acquire);
    }
    m_callerSleeps.fetch_sub(1, std::memory_order_acq_rel);
}

void ThreadTeam::sleepUntilWork(int thread) {
    const std::atomic<std::uint64_t>& range = slot(thread).range;
    const auto open = [&] {
        const std::uint64_t seen = range.load(std::memory_order_acquire);
        return nextOf(seen) < endOf(seen) || m_quit.load(std::memory_order_acquire);
    };
    if (spinUntil(open)) {
        return;
    }
    const std::uint32_t ticket = m_wake.load(std::memory_order_acquire);
    m_sleepers.fetch_add(1, std::memory_order_acq_rel);
    if (!open()) {
        m_wake.wait(ticket, std::memory_order_acquire);
    }
    m_sleepers.fetch_sub(1, std::memory_order_acq_rel);
}

void ThreadTeam::work(int thread) {
    while (!m_quit.load(std::memory_order_acquire)) {
        bool idle = true;
        // What is done is reported before looking for more: the caller may be waiting for it.
        for (int i = 0; i < m_size; ++i) {
            const std::uint32_t taken = takeFrom((thread + i) % m_size, thread);
            if (taken > 0) {
                report(thread, taken);
                idle = false;
            }
        }
        if (idle) {
            sleepUntilWork(thread);
        }
    }
}

} // namespace linnet::engine::cpu
