// Many requests at once must give what each gives alone, whoever joins, leaves or runs out of
// memory beside it. The network is a hash of what it was shown.

#include <QTest>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <random>
#include <stdexcept>
#include <thread>

#include "byte_tokenizer.h"
#include "engine/torch/local_batch_generator.h"
#include "engine/torch/local_generator.h"
#include "fake_backend.h"

using namespace linnet::engine;
using linnet::tests::ByteTokenizer;
using linnet::tests::FakeBackend;

namespace {

constexpr int vocabulary = ByteTokenizer::vocabulary;

ModelInfo fakeInfo(std::int64_t parameters) {
    ModelInfo info;
    info.name = "fake";
    info.parameters = parameters;
    return info;
}

// What became of a request, as its sinks saw it.
class Answer {
public:
    BatchGenerator::DeltaSink deltaSink() {
        return [this](const BatchDelta& delta) {
            const std::lock_guard lock(m_mutex);
            m_text += delta.text;
            for (const TokenReport& token : delta.tokens) {
                m_tokens.push_back(token.id);
            }
            m_changed.notify_all();
            return static_cast<int>(m_tokens.size()) >= stopAfter ? Flow::Stop : Flow::Continue;
        };
    }
    BatchGenerator::DoneSink doneSink() {
        return [this](Result<BatchCompletion> completion) {
            const std::lock_guard lock(m_mutex);
            ++m_calls;
            m_completion.emplace(std::move(completion));
            m_changed.notify_all();
        };
    }
    const Result<BatchCompletion>& wait() {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_completion.has_value(); });
        return *m_completion;
    }
    void waitForTokens(std::size_t count) {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_tokens.size() >= count || m_completion; });
    }
    std::string streamed() {
        const std::lock_guard lock(m_mutex);
        return m_text;
    }
    std::vector<TokenId> streamedTokens() {
        const std::lock_guard lock(m_mutex);
        return m_tokens;
    }
    int calls() {
        const std::lock_guard lock(m_mutex);
        return m_calls;
    }

    int stopAfter = 1 << 30;

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::string m_text;
    std::vector<TokenId> m_tokens;
    std::optional<Result<BatchCompletion>> m_completion;
    int m_calls = 0;
};

// Holds the generator's thread before each pass until it is let through.
class Gate {
public:
    Result<void> pass() {
        std::unique_lock lock(m_mutex);
        ++m_arrived;
        m_changed.notify_all();
        m_changed.wait(lock, [this] { return m_open || m_allowed > 0; });
        m_allowed = std::max(0, m_allowed - 1);
        return {};
    }
    // Lets `count` passes through and waits until the thread stands before the next.
    void allow(int count) {
        std::unique_lock lock(m_mutex);
        const int expected = m_arrived + count;
        m_allowed = count;
        m_changed.notify_all();
        m_changed.wait(lock, [&] { return m_arrived >= expected; });
    }
    void waitForFirst() {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_arrived > 0; });
    }
    void open() {
        const std::lock_guard lock(m_mutex);
        m_open = true;
        m_changed.notify_all();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    int m_arrived = 0;
    int m_allowed = 0;
    bool m_open = false;
};

struct Setup {
    explicit Setup(BatchOptions options = {}, int window = 64, bool addsBegin = false,
                   std::int64_t parameters = 1,
                   const std::function<void(FakeBackend&)>& prepare = {},
                   SequenceRunner::Fallback fallback = {}) {
        auto owned = std::make_unique<FakeBackend>(vocabulary, window);
        backend = owned.get();
        if (prepare) {
            prepare(*owned);
        }
        generator = std::make_unique<LocalBatchGenerator>(
            fakeInfo(parameters), std::make_shared<ByteTokenizer>(addsBegin), std::move(owned),
            options, std::move(fallback));
    }
    void submit(const BatchRequest& request, Answer& answer) const {
        const auto submitted = generator->submit(request, answer.deltaSink(), answer.doneSink());
        QVERIFY(submitted.ok());
        QCOMPARE(*submitted, BatchGenerator::Submission::Accepted);
    }
    FakeBackend* backend = nullptr;
    std::unique_ptr<LocalBatchGenerator> generator;
};

BatchRequest requestFor(std::string prompt, int maxTokens, double temperature = 0,
                        std::uint64_t seed = 0) {
    BatchRequest request;
    request.completion.prompt = std::move(prompt);
    request.completion.maxTokens = maxTokens;
    request.completion.sampling.temperature = temperature;
    request.completion.sampling.seed = seed;
    request.completion.ignoreEndOfText = true;
    return request;
}

// What the request gives alone, by the generator that serves one at a time.
Completion alone(const CompletionRequest& request, int window = 64, bool addsBegin = false) {
    LocalGenerator generator(fakeInfo(1), std::make_shared<ByteTokenizer>(addsBegin),
                             std::make_unique<FakeBackend>(vocabulary, window));
    return *generator.complete(request, {}, {});
}

std::vector<TokenId> idsOf(const std::vector<TokenReport>& reports) {
    std::vector<TokenId> ids;
    for (const TokenReport& report : reports) {
        ids.push_back(report.id);
    }
    return ids;
}

// A request of any kind, by the numbers of `random` alone.
BatchRequest randomRequest(std::mt19937& random) {
    const auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
    static const std::string beginnings[] = {"", "The old man and the sea ",
                                             "The old man and the boy sat ", "x"};
    std::string prompt = beginnings[below(4)];
    for (int i = below(90); i > 0; --i) {
        prompt += static_cast<char>('a' + below(26));
    }
    BatchRequest request = requestFor(prompt, below(30), below(3) * 0.6, random());
    request.completion.ignoreEndOfText = below(2) == 0;
    request.completion.sampling.topK = below(3) * 20;
    request.completion.sampling.topP = below(2) == 0 ? 1.0 : 0.8;
    request.completion.sampling.repetitionPenalty = below(2) == 0 ? 1.0 : 1.2;
    for (int i = below(3); i > 0; --i) {
        request.completion.stop.push_back(std::string(1, static_cast<char>(below(128))));
    }
    request.logProbs = below(2) == 0;
    request.alternatives = below(3);
    return request;
}

} // namespace

class TestBatchGenerator : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void givesWhatEachGivesAlone_data() {
        QTest::addColumn<bool>("addsBegin");
        QTest::addColumn<bool>("canFork");
        QTest::addColumn<int>("full");
        constexpr int all = 7;
        QTest::newRow("plain") << false << true << all;
        QTest::newRow("with a beginning-of-text token") << true << true << all;
        QTest::newRow("a backend that cannot fork") << false << false << all;
        QTest::newRow("in turns") << false << true << 3;
    }

    void givesWhatEachGivesAlone() {
        QFETCH(bool, addsBegin);
        QFETCH(bool, canFork);
        QFETCH(int, full);
        const Setup setup({.maxSequences = 7, .maxWaiting = 100}, 64, addsBegin, 1,
                          [&](FakeBackend& backend) {
                              backend.canFork = canFork;
                              backend.full = full;
                          });
        std::mt19937 random(5);
        std::vector<BatchRequest> requests;
        std::vector<Answer> answers(60);
        for (Answer& answer : answers) {
            requests.push_back(randomRequest(random));
            setup.submit(requests.back(), answer);
        }
        for (std::size_t i = 0; i < answers.size(); ++i) {
            const auto& got = answers[i].wait();
            QVERIFY(got.ok());
            const Completion expected = alone(requests[i].completion, 64, addsBegin);
            QCOMPARE(got->text, expected.text);
            QCOMPARE(idsOf(got->tokens), expected.tokens);
            QCOMPARE(static_cast<int>(got->finish), static_cast<int>(expected.finish));
            QCOMPARE(got->promptTokens, expected.promptTokens);
            QCOMPARE(answers[i].streamed(), expected.text);
            QCOMPARE(answers[i].streamedTokens(), expected.tokens);
            const bool scored = requests[i].logProbs || requests[i].alternatives > 0;
            for (std::size_t t = 0; t < got->tokens.size(); ++t) {
                QCOMPARE(got->tokens[t].logProb.has_value(), scored);
                QVERIFY(!scored || *got->tokens[t].logProb == expected.logProbs[t]);
            }
        }
        const BatchStats stats = setup.generator->stats();
        QCOMPARE(stats.running + stats.waiting, 0);
        QVERIFY(stats.cachedTokens <= 7 * 64);
    }

    void joinsAndLeavesBetweenPasses() {
        Gate gate;
        std::vector<int> passes;
        const Setup setup({}, 64, false, 1, [&](FakeBackend& backend) {
            backend.beforeForward = [&](int tokens) {
                passes.push_back(tokens);
                return gate.pass();
            };
        });
        Answer first;
        Answer second;
        setup.submit(requestFor("a", 6), first);
        gate.waitForFirst();
        gate.allow(2);
        setup.submit(requestFor("b", 2), second);
        gate.allow(1); // had been made up before the second came
        gate.open();
        (void)first.wait();
        (void)second.wait();
        QCOMPARE(passes, (std::vector<int>{1, 1, 1, 2, 2, 1}));
    }

    // Of three texts two make a full batch: the third waits, but not for its first token, and not
    // for longer than a turn.
    void textsTakeTurns() {
        Gate gate;
        std::vector<int> passes;
        const Setup setup({}, 256, false, 1, [&](FakeBackend& backend) {
            backend.full = 2;
            backend.beforeForward = [&](int tokens) {
                passes.push_back(tokens);
                return gate.pass();
            };
        });
        std::vector<Answer> answers(3);
        setup.submit(requestFor("a", 40), answers[0]);
        gate.waitForFirst(); // then the others come together
        setup.submit(requestFor("b", 40), answers[1]);
        setup.submit(requestFor("c", 40), answers[2]);
        std::vector<std::size_t> counts; // compared when nothing waits at the gate any more
        const auto count = [&] {
            for (Answer& answer : answers) {
                counts.push_back(answer.streamedTokens().size());
            }
        };
        gate.allow(2); // all have their first token
        count();
        gate.allow(14); // the rest of the first turn
        count();
        gate.allow(16);
        count();
        gate.open();
        for (Answer& answer : answers) {
            QCOMPARE(answer.wait()->tokens.size(), std::size_t{40});
        }
        QCOMPARE(counts, (std::vector<std::size_t>{2, 1, 1, 16, 15, 1, 32, 15, 17}));
        QCOMPARE(passes[1], 3);
        QVERIFY(std::all_of(passes.begin() + 2, passes.end(), [](int n) { return n <= 2; }));
    }

    void readsLongPromptsWithoutStallingOthers() {
        // Chunks of 8: the model is large.
        Gate gate;
        std::vector<int> passes;
        const Setup setup({}, 256, false, 1'000'000'000, [&](FakeBackend& backend) {
            backend.beforeForward = [&](int tokens) {
                passes.push_back(tokens);
                return gate.pass();
            };
        });
        Answer running;
        Answer reading;
        Answer waiting;
        setup.submit(requestFor("a", 9), running);
        gate.waitForFirst();
        setup.submit(requestFor(std::string(20, 'p'), 1), reading);
        setup.submit(requestFor(std::string(10, 'q'), 1), waiting);
        gate.open();
        (void)running.wait();
        (void)reading.wait();
        (void)waiting.wait();
        // One token of the running text in each pass, beside eight of the prompts, oldest first.
        QCOMPARE(passes, (std::vector<int>{1, 9, 9, 9, 7, 1, 1, 1, 1}));
    }

    void cancelFreesThePlaceWithinAPass() {
        Gate gate;
        std::vector<int> passes;
        const Setup setup({.maxSequences = 1, .maxWaiting = 1}, 64, false, 1,
                          [&](FakeBackend& backend) {
                              backend.beforeForward = [&](int tokens) {
                                  passes.push_back(tokens);
                                  return gate.pass();
                              };
                          });
        std::stop_source stop;
        BatchRequest request = requestFor("a", 1000);
        request.stop = stop.get_token();
        Answer first;
        Answer second;
        setup.submit(request, first);
        gate.waitForFirst();
        setup.submit(requestFor("bcd", 1), second);
        gate.allow(2);
        stop.request_stop();
        gate.allow(1); // this pass had begun; the next is the second's
        QCOMPARE(first.wait()->finish, FinishReason::Cancelled);
        QCOMPARE(first.wait()->tokens.size(), 3U);
        gate.open();
        QCOMPARE(second.wait()->finish, FinishReason::Length);
        QCOMPARE(passes, (std::vector<int>{1, 1, 1, 3}));
    }

    void endsAtTheSinksWish() {
        const Setup setup;
        Answer answer;
        answer.stopAfter = 3;
        setup.submit(requestFor("abc", 50), answer);
        QCOMPARE(answer.wait()->finish, FinishReason::Stop);
        QCOMPARE(answer.wait()->tokens.size(), answer.streamedTokens().size());
        QVERIFY(answer.streamedTokens().size() < 50);
    }

    void refusesWhatCannotWork() {
        const Setup setup;
        Answer answer;
        std::vector<BatchRequest> requests(5, requestFor("abc", 5));
        requests[0].completion.maxTokens = -1;
        requests[1].completion.sampling.topP = 0;
        requests[2].promptTokens = {{1, vocabulary}};
        requests[3].alternatives = -1;
        requests[4].completion.prompt = std::string(64, 'x');
        requests[4].scorePrompt = true;
        for (const BatchRequest& request : requests) {
            const auto submitted =
                setup.generator->submit(request, answer.deltaSink(), answer.doneSink());
            QVERIFY(!submitted.ok());
            QVERIFY(submitted.error().code == ErrorCode::InvalidArgument);
        }
        QCOMPARE(answer.calls(), 0);
    }

    void boundsTheQueue() {
        Gate gate;
        const Setup setup({.maxSequences = 2, .maxWaiting = 3}, 64, false, 1,
                          [&](FakeBackend& backend) {
                              backend.beforeForward = [&](int) { return gate.pass(); };
                          });
        std::vector<Answer> answers(6);
        setup.submit(requestFor("a", 2), answers[0]);
        gate.waitForFirst();
        for (std::size_t i = 1; i < 5; ++i) { // one more place, three that wait
            setup.submit(requestFor("a", 2), answers[i]);
        }
        const auto submitted = setup.generator->submit(requestFor("a", 2), answers[5].deltaSink(),
                                                       answers[5].doneSink());
        QCOMPARE(*submitted, BatchGenerator::Submission::QueueFull);
        gate.open();
        for (std::size_t i = 0; i < 5; ++i) {
            QVERIFY(answers[i].wait().ok());
        }
        QCOMPARE(answers[5].calls(), 0);
    }

    void sharesWhatBeginsAlike() {
        Gate gate;
        const Setup setup({}, 256, false, 1, [&](FakeBackend& backend) {
            backend.beforeForward = [&](int) { return gate.pass(); };
        });
        const std::string prompt(100, 'p');
        std::vector<Answer> answers(8);
        for (std::size_t i = 0; i < answers.size(); ++i) {
            setup.submit(requestFor(prompt, 4, 1.0, i), answers[i]);
        }
        gate.open();
        int reused = 0;
        for (std::size_t i = 0; i < answers.size(); ++i) {
            const auto& got = answers[i].wait();
            QCOMPARE(idsOf(got->tokens),
                     alone(requestFor(prompt, 4, 1.0, i).completion, 256).tokens);
            reused += got->reusedTokens;
        }
        QCOMPARE(reused, 7 * 99);
        // A later one continues a finished text.
        Answer later;
        setup.submit(requestFor(prompt + "and so on", 1), later);
        QCOMPARE(later.wait()->reusedTokens, 100);
        QCOMPARE(setup.backend->tokensRun, 100 + 7 + 8 * 3 + 9);
        // Unless it was to be forgotten.
        setup.generator->clearCache();
        Answer last;
        setup.submit(requestFor(prompt, 1), last);
        QCOMPARE(last.wait()->reusedTokens, 0);
    }

    void reportsAlternativesAndScoresPrompts_data() {
        QTest::addColumn<bool>("addsBegin");
        QTest::newRow("plain") << false;
        QTest::newRow("with a beginning-of-text token") << true;
    }

    void reportsAlternativesAndScoresPrompts() {
        QFETCH(bool, addsBegin);
        const Setup setup({}, 64, addsBegin, 1'000'000'000); // chunks of 8
        BatchRequest request = requestFor("a prompt of some length", 2);
        request.alternatives = 3;
        request.scorePrompt = true;
        Answer answer;
        setup.submit(request, answer);
        const auto& got = answer.wait();
        std::vector<TokenReport> all = got->prompt;
        QCOMPARE(all.size(), request.completion.prompt.size());
        QCOMPARE(got->tokens.size(), 2U);
        all.insert(all.end(), got->tokens.begin(), got->tokens.end());
        std::vector<TokenId> seen;
        if (addsBegin) {
            seen.push_back(ByteTokenizer::begin);
        }
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (i < request.completion.prompt.size()) {
                QCOMPARE(all[i].id, static_cast<TokenId>(request.completion.prompt[i]));
            }
            if (seen.empty()) {
                QVERIFY(!all[i].logProb && all[i].alternatives.empty());
            } else {
                checkReport(all[i], seen);
            }
            seen.push_back(all[i].id);
        }
        // No token wanted, only the prompt's numbers.
        request.completion.maxTokens = 0;
        Answer scores;
        setup.submit(request, scores);
        QCOMPARE(scores.wait()->tokens.size(), 0U);
        QCOMPARE(scores.wait()->prompt.size(), got->prompt.size());
        QVERIFY(scores.wait()->prompt.back().logProb == got->prompt.back().logProb);
    }

    void survivesALackOfMemory() {
        // Room for 90 tokens in all sequences together.
        const Setup setup({.maxSequences = 8, .maxWaiting = 100}, 64, false, 1,
                          [&](FakeBackend& backend) { backend.tokensInMemory = 90; });
        std::mt19937 random(9);
        std::vector<BatchRequest> requests;
        std::vector<Answer> answers(30);
        for (Answer& answer : answers) {
            requests.push_back(randomRequest(random));
            setup.submit(requests.back(), answer);
        }
        for (std::size_t i = 0; i < answers.size(); ++i) {
            QVERIFY(answers[i].wait().ok());
            QCOMPARE(idsOf(answers[i].wait()->tokens), alone(requests[i].completion).tokens);
            QCOMPARE(answers[i].streamed(), answers[i].wait()->text);
        }
        QVERIFY(setup.generator->stats().preemptions > 0);
    }

    void failsOnlyWhatDoesNotFitAlone() {
        const Setup setup({.maxSequences = 4, .maxWaiting = 100}, 64, false, 1,
                          [&](FakeBackend& backend) { backend.tokensInMemory = 30; });
        Answer large;
        Answer small;
        setup.submit(requestFor(std::string(50, 'x'), 2), large);
        setup.submit(requestFor("abc", 5), small);
        QVERIFY(small.wait().ok());
        QVERIFY(!large.wait().ok());
        QVERIFY(large.wait().error().code == ErrorCode::OutOfMemory);
    }

    void movesToTheCpu() {
        const auto prepare = [](FakeBackend& backend) { backend.tokensInMemory = 10; };
        const Setup setup({}, 64, false, 1, prepare, [] {
            return Result<std::unique_ptr<DecoderBackend>>(
                std::make_unique<FakeBackend>(vocabulary, 64));
        });
        std::vector<Answer> answers(3);
        for (Answer& answer : answers) {
            setup.submit(requestFor("abcdef", 12), answer);
        }
        for (Answer& answer : answers) {
            QCOMPARE(answer.wait()->text, alone(requestFor("abcdef", 12).completion).text);
        }
        QVERIFY(!setup.generator->info().notice.empty());
    }

    void reportsAFailureToAll() {
        const Setup setup({}, 64, false, 1, [](FakeBackend& backend) {
            backend.beforeForward = [](int) -> Result<void> {
                return Error{ErrorCode::Internal, "broken"};
            };
        });
        std::vector<Answer> answers(3);
        for (Answer& answer : answers) {
            setup.submit(requestFor("a", 2), answer);
            QCOMPARE(answer.wait().error().message, std::string("broken"));
        }
    }

    void aSinkThatThrowsHurtsNobodyElse() {
        const Setup setup;
        Answer good;
        Answer bad;
        QVERIFY(setup.generator
                    ->submit(
                        requestFor("x", 30),
                        [](const BatchDelta&) -> Flow { throw std::runtime_error("sink"); },
                        bad.doneSink())
                    .ok());
        setup.submit(requestFor("y", 30), good);
        QCOMPARE(good.wait()->text, alone(requestFor("y", 30).completion).text);
        QVERIFY(bad.wait()->tokens.size() < 30);
    }

    void endingCancelsAll() {
        Gate gate;
        std::vector<Answer> answers(5);
        {
            const Setup setup({.maxSequences = 2, .maxWaiting = 10}, 64, false, 1,
                              [&](FakeBackend& backend) {
                                  backend.beforeForward = [&](int) { return gate.pass(); };
                              });
            for (Answer& answer : answers) {
                setup.submit(requestFor("a", 1'000'000), answer);
            }
            gate.waitForFirst();
            gate.open();
        }
        for (Answer& answer : answers) {
            QCOMPARE(answer.calls(), 1);
            QCOMPARE(answer.wait()->finish, FinishReason::Cancelled);
        }
    }

    void twoHundredRequestsWithCancels() {
        std::vector<Answer> answers(200);
        std::vector<std::stop_source> stops(answers.size());
        std::vector<BatchRequest> requests;
        std::mt19937 random(21);
        for (std::stop_source& stop : stops) {
            requests.push_back(randomRequest(random));
            requests.back().stop = stop.get_token();
        }
        const Setup setup({.maxSequences = 8, .maxWaiting = 200}, 64);
        const auto client = [&](std::size_t from, unsigned seed) {
            std::mt19937 own(seed);
            for (std::size_t i = from; i < answers.size(); i += 4) {
                setup.submit(requests[i], answers[i]);
                if (own() % 3 == 0) {
                    answers[i].waitForTokens(own() % 4);
                    stops[i].request_stop();
                }
            }
        };
        std::vector<std::thread> clients;
        for (std::size_t i = 0; i < 4; ++i) {
            clients.emplace_back(client, i, static_cast<unsigned>(i));
        }
        for (std::thread& thread : clients) {
            thread.join();
        }
        int cancelled = 0;
        for (std::size_t i = 0; i < answers.size(); ++i) {
            const auto& got = answers[i].wait();
            QVERIFY(got.ok());
            const auto expected = alone(requests[i].completion).tokens;
            const auto ids = idsOf(got->tokens);
            if (got->finish == FinishReason::Cancelled) {
                ++cancelled;
                QVERIFY(ids.size() <= expected.size());
                QVERIFY(std::equal(ids.begin(), ids.end(), expected.begin()));
            } else {
                QCOMPARE(ids, expected);
            }
            QCOMPARE(answers[i].calls(), 1);
        }
        QVERIFY(cancelled > 0);
        const BatchStats stats = setup.generator->stats();
        QCOMPARE(stats.running + stats.waiting, 0);
    }

private:
    // Against log-softmax and a full sort.
    static void checkReport(const TokenReport& report, const std::vector<TokenId>& seen) {
        const auto logits = FakeBackend::logitsAfter(seen, vocabulary);
        double sum = 0;
        std::vector<std::pair<double, TokenId>> order;
        for (int id = 0; id < vocabulary; ++id) {
            const auto logit = static_cast<double>(logits[static_cast<std::size_t>(id)]);
            sum += std::exp(logit);
            order.emplace_back(-logit, id);
        }
        std::sort(order.begin(), order.end());
        const auto logProb = [&](TokenId id) {
            return static_cast<double>(logits[static_cast<std::size_t>(id)]) - std::log(sum);
        };
        QVERIFY(report.logProb.has_value());
        QVERIFY(std::abs(static_cast<double>(*report.logProb) - logProb(report.id)) < 1e-5);
        QCOMPARE(report.alternatives.size(), 3U);
        for (std::size_t i = 0; i < 3; ++i) {
            QCOMPARE(report.alternatives[i].id, order[i].second);
            QVERIFY(std::abs(static_cast<double>(report.alternatives[i].logProb) -
                             logProb(order[i].second)) < 1e-5);
        }
    }
};

QTEST_GUILESS_MAIN(TestBatchGenerator)
#include "test_batch_generator.moc"
