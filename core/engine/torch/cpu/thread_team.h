#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <type_traits>
#include <vector>

namespace linnet::engine::cpu {

// A few threads that share short loops: a network's layer is four loops of some microseconds, and
// a token a hundred of them. The calling thread takes part.
//
// A loop of `count` chunks is split into one range per thread; a thread that has finished its own
// takes chunks of the others'. Nobody waits for a thread, only for chunks that were begun: when
// another program occupies a core, the thread there simply does less. Threads that wait spin for
// some microseconds, then sleep in the kernel, so an idle team uses no time.
class ThreadTeam {
public:
    static constexpr int maxChunks = 65535;

    // `threads` includes the caller's; at least 1.
    explicit ThreadTeam(int threads);
    ~ThreadTeam();
    ThreadTeam(const ThreadTeam&) = delete;
    ThreadTeam& operator=(const ThreadTeam&) = delete;

    int size() const { return m_size; }

    // Calls body(chunk, thread) for every chunk in [0, count), count <= maxChunks, on the threads
    // [0, size()); returns when all are done. `body` must not throw. One caller at a time.
    template <typename Body>
    void run(int count, Body&& body) {
        if (m_size == 1 || count <= 1) {
            for (int chunk = 0; chunk < count; ++chunk) {
                body(chunk, 0);
            }
            return;
        }
        using Plain = std::remove_reference_t<Body>;
        dispatch(
            count,
            [](void* context, int chunk, int thread) {
                (*static_cast<Plain*>(context))(chunk, thread);
            },
            const_cast<void*>(static_cast<const void*>(&body)));
    }

private:
    using Call = void (*)(void* context, int chunk, int thread);

    // A thread's cache line: all that a helper needs to begin and all that the caller needs to see
    // it end. `range`: chunks still to be taken and the loop they belong to, in one word, so that a
    // thread which comes late can never take a chunk of a loop it does not know:
    // loop number << 32 | end << 16 | next. `call` and `context` are written before the range opens
    // and read after taking a chunk of it. `done`: chunks that this thread has ever finished.
    struct alignas(128) Slot {
        std::atomic<std::uint64_t> range{0};
        Call call = nullptr;
        void* context = nullptr;
        std::atomic<std::uint32_t> done{0};
    };

    void dispatch(int count, Call call, void* context);
    void work(int thread);                         // one helper's life
    std::uint32_t takeFrom(int owner, int thread); // runs chunks of a range, returns how many
    void sleepUntilWork(int thread);
    void wakeSleepers();
    void report(int thread, std::uint32_t chunks);
    bool allDone() const;
    void waitForAll();
    Slot& slot(int thread) { return m_slots[static_cast<std::size_t>(thread)]; }

    int m_size;
    std::unique_ptr<Slot[]> m_slots;
    // The caller's own; a helper reading what lies beside them would lose time at every write.
    alignas(128) std::uint32_t m_loop = 0;
    std::uint32_t m_started = 0; // chunks of all loops so far; equals the sum of done in the end
    std::uint32_t m_own = 0;     // of which the caller has done
    // Who sleeps, and what they wait for to change.
    alignas(128) std::atomic<int> m_sleepers{0};
    std::atomic<std::uint32_t> m_wake{0};
    std::atomic<bool> m_quit{false};
    alignas(128) std::atomic<int> m_callerSleeps{0};
    std::atomic<std::uint32_t> m_finished{0};
    std::vector<std::thread> m_threads;
};

} // namespace linnet::engine::cpu
