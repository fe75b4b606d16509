#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <utility>

#include <QObject>

namespace linnet::services {

// Does pieces of work one after another on a thread of its own, and hands each result to the
// thread it lives on; for what may take longer than a key should wait.
class BackgroundWork : public QObject {
    Q_OBJECT
public:
    explicit BackgroundWork(QObject* parent = nullptr);
    // Waits for the piece that is being done; the others are dropped, and no result comes any more.
    ~BackgroundWork() override;

    // `work()` runs on the other thread, then `then(result)` here. A `work` that throws has no
    // result and `then` is not called: it is to catch what it expects.
    template <typename Work, typename Then>
    void run(Work work, Then then) {
        add([this, work = std::move(work), then = std::move(then)]() mutable {
            auto result = std::make_shared<std::invoke_result_t<Work>>(work());
            deliver([result, then = std::move(then)]() mutable { then(std::move(*result)); });
        });
    }

private:
    void add(std::function<void()> piece);
    void deliver(std::function<void()> result);
    void loop(const std::stop_token& stop);

    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::deque<std::function<void()>> m_queue;
    std::jthread m_thread; // starts with the first piece
};

} // namespace linnet::services
