// engine::Worker: latest wins, nothing after a cancel, every report exactly once. Plain checks
// without a test framework, so that the thread sanitizer sees all of the process.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <map>
#include <stdexcept>

#include "engine/api/worker.h"
#include "fake_generator.h"
#include "support/fake_captioner.h"

namespace {

using namespace linnet::engine;
using linnet::tests::FakeGenerator;
using linnet::tests::Gate;
using Outcome = Worker::Outcome;

void check(bool condition, const char* text, int line) {
    if (!condition) {
        std::fprintf(stderr, "FAIL line %d: %s\n", line, text);
        std::exit(1);
    }
}
#define CHECK(condition) check((condition), #condition, __LINE__)

// Collects reports and lets the test wait for a number of them.
class Reports {
public:
    struct Report {
        RequestId id = 0;
        Outcome outcome = Outcome::Failed;
        ErrorCode code = ErrorCode::Internal;
        std::string message;
        std::thread::id thread;
    };

    Worker::DoneSink sink() {
        return [this](RequestId id, Outcome outcome, const Error* error) {
            const std::lock_guard lock(m_mutex);
            m_reports.push_back({id, outcome, error != nullptr ? error->code : ErrorCode::Internal,
                                 error != nullptr ? error->message : std::string(),
                                 std::this_thread::get_id()});
            m_changed.notify_all();
        };
    }

    std::vector<Report> waitFor(std::size_t count) {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_reports.size() >= count; });
        return m_reports;
    }

    std::vector<Report> all() {
        const std::lock_guard lock(m_mutex);
        return m_reports;
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<Report> m_reports;
};

Worker::Loader fakeLoader(std::string name, std::shared_ptr<Gate> gate = {},
                          std::shared_ptr<std::atomic<int>> alive = {}) {
    return [=](std::stop_token) -> Result<std::unique_ptr<Generator>> {
        return std::unique_ptr<Generator>(std::make_unique<FakeGenerator>(name, gate, alive));
    };
}

// Loads and waits until the model is there.
void loadNow(Worker& worker, Worker::Loader loader) {
    std::promise<bool> loaded;
    worker.load(std::move(loader),
                [&](const ModelInfo* info, const Error*) { loaded.set_value(info != nullptr); });
    CHECK(loaded.get_future().get());
}

// A task that runs until it is stopped.
void waitForStop(std::stop_token stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any wait;
    wait.wait(lock, stop, [] { return false; });
}

Worker::Task generate(int tokens, std::atomic<int>& chunks) {
    return [tokens, &chunks](Generator& model, std::stop_token stop) {
        CompletionRequest request;
        request.maxTokens = tokens;
        (void)model.complete(
            request,
            [&](std::string_view) {
                ++chunks;
                return Flow::Continue;
            },
            std::move(stop));
    };
}

void finishesAndReportsOnWorkerThread() {
    Worker worker;
    Reports reports;
    std::atomic<int> chunks = 0;
    loadNow(worker, fakeLoader("a"));
    const RequestId id = worker.submit(generate(3, chunks), reports.sink());
    const auto seen = reports.waitFor(1);
    CHECK(seen[0].id == id && id != 0);
    CHECK(seen[0].outcome == Outcome::Finished);
    CHECK(seen[0].thread != std::this_thread::get_id());
    CHECK(chunks == 3);
}

void failsWithoutModel() {
    Worker worker;
    Reports reports;
    worker.submit([](Generator&, std::stop_token) { CHECK(false); }, reports.sink());
    CHECK(reports.waitFor(1)[0].outcome == Outcome::Failed);
    CHECK(reports.all()[0].code == ErrorCode::NotFound);
}

void latestWins() {
    Worker worker;
    Reports reports;
    std::atomic<int> first = 0;
    std::atomic<int> third = 0;
    auto gate = std::make_shared<Gate>();
    loadNow(worker, fakeLoader("a", gate));
    worker.submit(generate(1000, first), reports.sink());
    gate->stepReached.acquire(); // the first is in its first step
    worker.submit([](Generator&, std::stop_token) { CHECK(false); }, reports.sink());
    worker.submit(generate(2, third), reports.sink());
    gate->stepGranted.release(3);
    const auto seen = reports.waitFor(3);
    std::map<RequestId, Outcome> outcomes;
    for (const auto& report : seen) {
        outcomes[report.id] = report.outcome;
    }
    CHECK(seen.size() == 3 && outcomes.size() == 3);
    CHECK(outcomes[1] == Outcome::Cancelled);
    CHECK(outcomes[2] == Outcome::Cancelled);
    CHECK(outcomes[3] == Outcome::Finished);
    CHECK(first == 0 && third == 2);
}

void noTextAfterCancel() {
    Worker worker;
    Reports reports;
    std::atomic<int> chunks = 0;
    auto gate = std::make_shared<Gate>();
    loadNow(worker, fakeLoader("a", gate));
    const RequestId id = worker.submit(generate(1000, chunks), reports.sink());
    gate->stepReached.acquire();
    gate->stepGranted.release();
    gate->stepReached.acquire(); // one chunk is out, the second step waits
    worker.cancel(id);
    const int before = chunks;
    gate->stepGranted.release();
    CHECK(reports.waitFor(1)[0].outcome == Outcome::Cancelled);
    CHECK(chunks == before && before == 1);
    worker.cancel(id); // gone: no effect
    worker.cancel(id + 1);
    std::atomic<int> next = 0;
    gate->stepGranted.release(1);
    worker.submit(generate(1, next), reports.sink());
    CHECK(reports.waitFor(2)[1].outcome == Outcome::Finished);
}

// cancel() at every moment around the start: one report, and never Finished for a task that could
// see the stop.
void cancelRacesStart() {
    Worker worker;
    loadNow(worker, fakeLoader("a"));
    int cancelledCount = 0;
    for (int i = 0; i < 2000; ++i) {
        std::atomic<int> reported = 0;
        bool sawStop = false;
        std::promise<Outcome> done;
        auto future = done.get_future();
        const RequestId id = worker.submit(
            [&](Generator&, std::stop_token stop) { sawStop = stop.stop_requested(); },
            [&](RequestId, Outcome outcome, const Error*) {
                ++reported;
                done.set_value(outcome);
            });
        for (int spin = 0; spin < i % 8; ++spin) {
            std::this_thread::yield();
        }
        worker.cancel(id);
        const Outcome outcome = future.get();
        CHECK(outcome == Outcome::Cancelled || (outcome == Outcome::Finished && !sawStop));
        CHECK(reported == 1);
        cancelledCount += outcome == Outcome::Cancelled ? 1 : 0;
    }
    CHECK(cancelledCount > 0);
}

// A request that was cancelled while it ran is Cancelled, even if its task never looked.
void cancelOfDeafTask() {
    Worker worker;
    Reports reports;
    loadNow(worker, fakeLoader("a"));
    std::binary_semaphore begun(0);
    std::binary_semaphore end(0);
    const RequestId id = worker.submit(
        [&](Generator&, std::stop_token) {
            begun.release();
            end.acquire();
        },
        reports.sink());
    begun.acquire();
    worker.cancel(id);
    end.release();
    CHECK(reports.waitFor(1)[0].outcome == Outcome::Cancelled);
}

void destroyWhileRunning() {
    for (int i = 0; i < 50; ++i) {
        Reports reports;
        auto alive = std::make_shared<std::atomic<int>>(0);
        {
            Worker worker;
            loadNow(worker, fakeLoader("a", {}, alive));
            CHECK(*alive == 1);
            std::binary_semaphore begun(0);
            worker.submit(
                [&](Generator&, std::stop_token stop) {
                    begun.release();
                    waitForStop(stop);
                },
                reports.sink());
            begun.acquire();
            worker.submit([](Generator&, std::stop_token stop) { waitForStop(stop); },
                          reports.sink());
        }
        CHECK(*alive == 0);
        const auto seen = reports.all();
        CHECK(seen.size() == 2);
        CHECK(seen[0].outcome == Outcome::Cancelled);
        CHECK(seen[1].outcome == Outcome::Cancelled);
    }
}

void destroyWhileLoading() {
    std::binary_semaphore begun(0);
    int reported = 0;
    bool stopped = false;
    {
        Worker worker;
        worker.load(
            [&](std::stop_token stop) -> Result<std::unique_ptr<Generator>> {
                begun.release();
                waitForStop(stop);
                return std::unique_ptr<Generator>();
            },
            [&](const ModelInfo* info, const Error* error) {
                ++reported;
                stopped = info == nullptr && error == nullptr;
            });
        begun.acquire();
    }
    CHECK(reported == 1 && stopped);
}

void loadReplacedWhileLoading() {
    Worker worker;
    std::binary_semaphore begun(0);
    std::binary_semaphore go(0);
    auto alive = std::make_shared<std::atomic<int>>(0);
    std::promise<bool> firstStopped;
    std::promise<bool> secondStopped;
    std::promise<std::string> name;
    // A loader that does not look at its token still must not win.
    worker.load(
        [&](std::stop_token) -> Result<std::unique_ptr<Generator>> {
            begun.release();
            go.acquire();
            return std::unique_ptr<Generator>(
                std::make_unique<FakeGenerator>("old", nullptr, alive));
        },
        [&](const ModelInfo* info, const Error* error) {
            firstStopped.set_value(info == nullptr && error == nullptr);
        });
    begun.acquire();
    worker.load(fakeLoader("dropped", {}, alive), [&](const ModelInfo* info, const Error* error) {
        secondStopped.set_value(info == nullptr && error == nullptr);
    });
    worker.load(fakeLoader("new", {}, alive), [&](const ModelInfo* info, const Error*) {
        name.set_value(info != nullptr ? info->name : "");
    });
    go.release();
    CHECK(firstStopped.get_future().get());
    CHECK(secondStopped.get_future().get());
    CHECK(name.get_future().get() == "new");
    CHECK(*alive == 1);
}

void loadGoesBeforeRequest() {
    Worker worker;
    Reports reports;
    std::binary_semaphore begun(0);
    std::binary_semaphore go(0);
    loadNow(worker, fakeLoader("old"));
    worker.submit(
        [&](Generator&, std::stop_token) {
            begun.release();
            go.acquire();
        },
        reports.sink());
    begun.acquire();
    std::string seen;
    worker.submit([&](Generator& model, std::stop_token) { seen = model.info().name; },
                  reports.sink());
    worker.load(fakeLoader("new"), {});
    go.release();
    const auto all = reports.waitFor(2);
    CHECK(all[0].outcome == Outcome::Cancelled);
    CHECK(all[1].outcome == Outcome::Finished);
    CHECK(seen == "new");
    worker.unload();
    worker.submit([](Generator&, std::stop_token) { CHECK(false); }, reports.sink());
    CHECK(reports.waitFor(3)[2].outcome == Outcome::Failed);
}

void throwingTasksAndLoaders() {
    Worker worker;
    Reports reports;
    loadNow(worker, fakeLoader("a"));
    worker.submit([](Generator&, std::stop_token) { throw std::runtime_error("broken"); },
                  reports.sink());
    CHECK(reports.waitFor(1)[0].outcome == Outcome::Failed);
    CHECK(reports.all()[0].message == "broken");
    worker.submit([](Generator&, std::stop_token) { throw 7; }, reports.sink());
    CHECK(reports.waitFor(2)[1].outcome == Outcome::Failed);
    worker.submit([](Generator&, std::stop_token) { throw std::bad_alloc(); }, reports.sink());
    CHECK(reports.waitFor(3)[2].code == ErrorCode::OutOfMemory);
    worker.submit([](Generator&, std::stop_token) {},
                  [](RequestId, Outcome, const Error*) { throw 7; });

    std::promise<std::string> message;
    worker.load(
        [](std::stop_token) -> Result<std::unique_ptr<Generator>> {
            throw std::runtime_error("no such file");
        },
        [&](const ModelInfo* info, const Error* error) {
            message.set_value(info == nullptr && error != nullptr ? error->message : "");
        });
    CHECK(message.get_future().get() == "no such file");
    std::promise<ErrorCode> code;
    worker.load(
        [](std::stop_token) -> Result<std::unique_ptr<Generator>> {
            return Error{ErrorCode::CorruptFile, "bad"};
        },
        [&](const ModelInfo*, const Error* error) { code.set_value(error->code); });
    CHECK(code.get_future().get() == ErrorCode::CorruptFile);
    loadNow(worker, fakeLoader("b")); // the thread lives on
}

void thousandRapidSubmits() {
    Worker worker;
    Reports reports;
    std::atomic<int> chunks = 0;
    auto gate = std::make_shared<Gate>();
    loadNow(worker, fakeLoader("a", gate));
    // The first holds the worker at its gate, so that the other 999 meet a busy worker.
    worker.submit(generate(1, chunks), reports.sink());
    gate->stepReached.acquire();
    RequestId last = 0;
    for (int i = 1; i < 1000; ++i) {
        last = worker.submit(generate(1, chunks), reports.sink());
    }
    gate->stepGranted.release(2);
    const auto seen = reports.waitFor(1000);
    CHECK(seen.size() == 1000);
    CHECK(std::count_if(seen.begin(), seen.end(), [](const auto& report) {
              return report.outcome == Outcome::Finished;
          }) == 1);
    CHECK(seen.back().id == last && seen.back().outcome == Outcome::Finished);
    CHECK(chunks == 1);
}

void submitsFromManyThreadsAndSinks() {
    Reports reports;
    std::atomic<int> submitted = 0;
    {
        Worker worker;
        loadNow(worker, fakeLoader("a"));
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < 200; ++i) {
                    ++submitted;
                    const RequestId id =
                        worker.submit([](Generator&, std::stop_token) {}, reports.sink());
                    if (i % 3 == 0) {
                        worker.cancel(id);
                    } else if (i % 7 == 0) {
                        worker.cancelAll();
                    }
                }
            });
        }
        threads.clear();
        // A sink may ask for more work.
        ++submitted;
        worker.submit(
            [](Generator&, std::stop_token) {},
            [&, sink = reports.sink()](RequestId id, Outcome outcome, const Error* error) {
                if (worker.submit([](Generator&, std::stop_token) {}, reports.sink())) {
                    ++submitted;
                }
                sink(id, outcome, error);
            });
    }
    const auto seen = reports.all();
    CHECK(static_cast<int>(seen.size()) == submitted);
    std::map<RequestId, int> count;
    for (const auto& report : seen) {
        CHECK(++count[report.id] == 1);
    }
}

// The same worker, another kind of model.
void servesACaptioner() {
    CaptionWorker worker;
    std::promise<std::string> name;
    worker.load(
        [](std::stop_token) -> Result<std::unique_ptr<Captioner>> {
            return std::unique_ptr<Captioner>(
                linnet::tests::FakeCaptioner::saying({{"en", {"a dog"}}}));
        },
        [&](const ModelInfo* info, const Error*) { name.set_value(info ? info->name : ""); });
    CHECK(name.get_future().get() == "fake-caption");
    std::promise<int> rows;
    Reports reports;
    worker.submit(
        [&](Captioner& model, const std::stop_token& stop) {
            (void)model.encode({}, 2, stop);
            rows.set_value(model.begin("en", stop)->rows);
        },
        reports.sink());
    CHECK(rows.get_future().get() == 2);
    CHECK(reports.waitFor(1).front().outcome == WorkerOutcome::Finished);
}

} // namespace

int main() {
    finishesAndReportsOnWorkerThread();
    failsWithoutModel();
    latestWins();
    noTextAfterCancel();
    cancelRacesStart();
    cancelOfDeafTask();
    destroyWhileRunning();
    destroyWhileLoading();
    loadReplacedWhileLoading();
    loadGoesBeforeRequest();
    throwingTasksAndLoaders();
    thousandRapidSubmits();
    submitsFromManyThreadsAndSinks();
    servesACaptioner();
    std::puts("worker: all passed");
    return 0;
}
