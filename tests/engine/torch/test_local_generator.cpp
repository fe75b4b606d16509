// What LocalGenerator does around a network, with a network that is a hash of what it was shown.

#include <QTest>

#include <algorithm>
#include <cmath>

#include "byte_tokenizer.h"
#include "engine/torch/local_generator.h"
#include "fake_backend.h"

using namespace linnet::engine;
using linnet::tests::ByteTokenizer;
using linnet::tests::FakeBackend;

namespace {

constexpr int vocabulary = ByteTokenizer::vocabulary;

std::vector<TokenId> numbers(int count) {
    std::vector<TokenId> tokens;
    for (int i = 0; i < count; ++i) {
        tokens.push_back((i * 7 + 3) % 256);
    }
    return tokens;
}

// log-softmax, the plain way.
std::vector<double> logProbsAfter(const std::vector<TokenId>& seen) {
    const auto logits = FakeBackend::logitsAfter(seen, vocabulary);
    double sum = 0;
    for (const float logit : logits) {
        sum += std::exp(static_cast<double>(logit));
    }
    std::vector<double> result;
    for (const float logit : logits) {
        result.push_back(static_cast<double>(logit) - std::log(sum));
    }
    return result;
}

bool same(std::span<const float> got, const std::vector<double>& expected) {
    if (got.size() != expected.size()) {
        return false;
    }
    for (std::size_t i = 0; i < got.size(); ++i) {
        if (std::abs(static_cast<double>(got[i]) - expected[i]) > 1e-5) {
            return false;
        }
    }
    return true;
}

// A generator and the backend inside it.
struct Setup {
    explicit Setup(int window = 64, bool addsBegin = false, std::int64_t parameters = 1) {
        auto owned = std::make_unique<FakeBackend>(vocabulary, window);
        backend = owned.get();
        ModelInfo info;
        info.name = "fake";
        info.parameters = parameters;
        generator = std::make_unique<LocalGenerator>(
            std::move(info), std::make_shared<ByteTokenizer>(addsBegin), std::move(owned));
    }
    FakeBackend* backend = nullptr;
    std::unique_ptr<LocalGenerator> generator;
};

CompletionRequest requestFor(std::string prompt, int maxTokens, double temperature = 0) {
    CompletionRequest request;
    request.prompt = std::move(prompt);
    request.maxTokens = maxTokens;
    request.sampling.temperature = temperature;
    request.ignoreEndOfText = true;
    return request;
}

} // namespace

class TestLocalGenerator : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reusesTheCommonPrefix() {
        Setup setup;
        const auto tokens = numbers(40);
        QVERIFY(same(*setup.generator->nextTokenLogProbs(tokens, {}), logProbsAfter(tokens)));
        QCOMPARE(setup.backend->tokensRun, 40);
        // Two letters back, one on: what differs runs, and nothing else.
        std::vector<TokenId> edited(tokens.begin(), tokens.begin() + 38);
        edited.push_back(200);
        QVERIFY(same(*setup.generator->nextTokenLogProbs(edited, {}), logProbsAfter(edited)));
        QCOMPARE(setup.backend->tokensRun, 41);
        // A prefix of what is held: its last token runs again, for its logits.
        const std::vector<TokenId> prefix(tokens.begin(), tokens.begin() + 20);
        QVERIFY(same(*setup.generator->nextTokenLogProbs(prefix, {}), logProbsAfter(prefix)));
        QCOMPARE(setup.backend->tokensRun, 42);
        // The same question again costs nothing.
        QVERIFY(same(*setup.generator->nextTokenLogProbs(prefix, {}), logProbsAfter(prefix)));
        QCOMPARE(setup.backend->tokensRun, 42);
        setup.generator->clearCache();
        QVERIFY(same(*setup.generator->nextTokenLogProbs(prefix, {}), logProbsAfter(prefix)));
        QCOMPARE(setup.backend->tokensRun, 62);
    }

    void beginsTextsAsTheModelWants() {
        Setup begins(64, true);
        QVERIFY(same(*begins.generator->nextTokenLogProbs({}, {}),
                     logProbsAfter({ByteTokenizer::begin})));
        const std::vector<TokenId> one{5};
        QVERIFY(same(*begins.generator->nextTokenLogProbs(one, {}),
                     logProbsAfter({ByteTokenizer::begin, 5})));
        const std::vector<TokenId> already{ByteTokenizer::begin, 5};
        QVERIFY(same(*begins.generator->nextTokenLogProbs(already, {}),
                     logProbsAfter({ByteTokenizer::begin, 5})));
        Setup plain;
        QVERIFY(
            same(*plain.generator->nextTokenLogProbs({}, {}), logProbsAfter({ByteTokenizer::end})));
        QVERIFY(same(*plain.generator->nextTokenLogProbs(one, {}), logProbsAfter({5})));
    }

    // Half the window goes at once, then tokens are added to what stayed; the result depends on
    // the context alone.
    void fullWindowLosesItsOldestHalfOnce() {
        Setup setup(64);
        const auto tokens = numbers(200);
        int fullRuns = 0;
        for (std::size_t length = 1; length <= tokens.size(); ++length) {
            const std::vector<TokenId> context(
                tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(length));
            const int before = setup.backend->tokensRun;
            const auto got = setup.generator->nextTokenLogProbs(context, {});
            QVERIFY(got);
            fullRuns += setup.backend->tokensRun - before > 1 ? 1 : 0;
            const std::vector<float> warm(got->begin(), got->end());
            // What was seen is an end of the context, at least half a window less the reserve.
            bool found = false;
            for (std::size_t start = 0; start < length && !found; ++start) {
                const std::vector<TokenId> seen(
                    context.begin() + static_cast<std::ptrdiff_t>(start), context.end());
                found = seen.size() <= 64 && same(warm, logProbsAfter(seen));
                QVERIFY(!found || start == 0 || seen.size() >= 24);
            }
            QVERIFY(found);
            Setup cold(64);
            const auto fresh = cold.generator->nextTokenLogProbs(context, {});
            QVERIFY(std::equal(warm.begin(), warm.end(), fresh->begin(), fresh->end()));
        }
        QVERIFY2(fullRuns >= 3 && fullRuns <= 6, qPrintable(QString::number(fullRuns)));
        QVERIFY(setup.backend->longestSequence <= 64);
    }

    void branchesAreContinuations_data() {
        QTest::addColumn<bool>("canFork");
        QTest::newRow("forks") << true;
        QTest::newRow("no forks") << false;
    }

    void branchesAreContinuations() {
        QFETCH(bool, canFork);
        Setup setup(256);
        setup.backend->canFork = canFork;
        const auto context = numbers(30);
        const std::vector<std::vector<TokenId>> branches{{1}, {2, 3}, {1, 9, 8}, {250}};
        QVERIFY(setup.generator->nextTokenLogProbs(context, {}));
        const int before = setup.backend->tokensRun;
        const int callsBefore = setup.backend->calls;
        const auto got = setup.generator->branchLogProbs(context, branches, {});
        QVERIFY(got);
        QCOMPARE(got->size(), branches.size());
        for (std::size_t i = 0; i < branches.size(); ++i) {
            std::vector<TokenId> seen = context;
            seen.insert(seen.end(), branches[i].begin(), branches[i].end());
            QVERIFY(same((*got)[i], logProbsAfter(seen)));
        }
        // The context never runs again; forked branches share one pass.
        QVERIFY(setup.backend->tokensRun - before <= 7);
        if (canFork) {
            QCOMPARE(setup.backend->calls - callsBefore, 1);
        }
        QVERIFY(same(*setup.generator->nextTokenLogProbs(context, {}), logProbsAfter(context)));
        QVERIFY(setup.backend->tokensRun - before <= 8);
        const auto withEmpty = setup.generator->branchLogProbs(
            context, std::vector<std::vector<TokenId>>{{}, {4}}, {});
        QVERIFY(same((*withEmpty)[0], logProbsAfter(context)));
    }

    void greedyFollowsTheNetwork() {
        Setup setup;
        std::vector<TokenId> tokens = ByteTokenizer(false).encode("Hello", false);
        std::vector<TokenId> expected;
        for (int i = 0; i < 10; ++i) {
            const auto logProbs = logProbsAfter(tokens);
            const auto best = std::max_element(logProbs.begin(), logProbs.end());
            expected.push_back(static_cast<TokenId>(best - logProbs.begin()));
            tokens.push_back(expected.back());
        }
        const auto completion = setup.generator->complete(requestFor("Hello", 10), {}, {});
        QVERIFY(completion);
        QCOMPARE(completion->tokens, expected);
        QCOMPARE(completion->promptTokens, 5);
        QCOMPARE(completion->reusedTokens, 0);
        QVERIFY(completion->finish == FinishReason::Length);
        const auto again = setup.generator->complete(requestFor("Hello", 10), {}, {});
        QCOMPARE(again->tokens, expected);
        QCOMPARE(again->reusedTokens, 4);
    }

    void logProbsAreOfTheUnfilteredDistribution() {
        Setup setup;
        auto request = requestFor("Hi", 20, 0.7);
        request.sampling.topK = 5;
        request.sampling.seed = 4;
        const auto completion = setup.generator->complete(request, {}, {});
        QVERIFY(completion);
        std::vector<TokenId> tokens{'H', 'i'};
        for (std::size_t i = 0; i < completion->tokens.size(); ++i) {
            const auto expected = logProbsAfter(tokens);
            const TokenId id = completion->tokens[i];
            QVERIFY(std::abs(static_cast<double>(completion->logProbs[i]) -
                             expected[static_cast<std::size_t>(id)]) < 1e-5);
            // Among the five best.
            QVERIFY(std::count_if(expected.begin(), expected.end(), [&](double p) {
                        return p > expected[static_cast<std::size_t>(id)];
                    }) < 5);
            tokens.push_back(id);
        }
    }

    void batchEqualsSingles_data() {
        QTest::addColumn<bool>("canFork");
        QTest::addColumn<int>("window");
        QTest::newRow("forks") << true << 64;
        QTest::newRow("no forks") << false << 64;
        QTest::newRow("over the window's end") << true << 16;
    }

    void batchEqualsSingles() {
        QFETCH(bool, canFork);
        QFETCH(int, window);
        Setup setup(window);
        setup.backend->canFork = canFork;
        auto request = requestFor("Once", 25, 1.2);
        request.sampling.seed = 100;
        request.ignoreEndOfText = false;
        request.stop = {"q", "\x7F"};
        const auto batch = setup.generator->completeBatch(request, 6, {});
        QVERIFY(batch);
        QCOMPARE(batch->size(), std::size_t(6));
        for (std::uint64_t i = 0; i < 6; ++i) {
            Setup single(window);
            auto one = request;
            one.sampling.seed = 100 + i;
            const auto expected = single.generator->complete(one, {}, {});
            QCOMPARE((*batch)[i].tokens, expected->tokens);
            QCOMPARE((*batch)[i].logProbs, expected->logProbs);
            QCOMPARE((*batch)[i].text, expected->text);
            QVERIFY((*batch)[i].finish == expected->finish);
        }
        QVERIFY((*batch)[0].tokens != (*batch)[1].tokens);
    }

    void endOfTextEnds() {
        Setup setup;
        auto request = requestFor("The", 2000, 1.0);
        request.ignoreEndOfText = false;
        const auto completion = setup.generator->complete(request, {}, {});
        QVERIFY(completion);
        QVERIFY(completion->finish == FinishReason::Stop);
        QVERIFY(completion->tokens.size() < 2000);
        const auto& tokens = completion->tokens;
        QVERIFY(std::find(tokens.begin(), tokens.end(), ByteTokenizer::end) == tokens.end());
    }

    void sinkSeesTheTextAndCanStop() {
        Setup setup;
        std::string seen;
        const auto all = setup.generator->complete(requestFor("Hello", 40, 1.0),
                                                   [&](std::string_view text) {
                                                       seen += text;
                                                       return Flow::Continue;
                                                   },
                                                   {});
        QCOMPARE(seen, all->text);
        int calls = 0;
        const auto stopped = setup.generator->complete(
            requestFor("Hello", 40, 1.0),
            [&](std::string_view) { return ++calls == 3 ? Flow::Stop : Flow::Continue; }, {});
        QCOMPARE(calls, 3);
        QVERIFY(stopped->finish == FinishReason::Stop);
        QVERIFY(stopped->tokens.size() < 40);
    }

    // A stop string's beginning is held back; it comes out at the end, but not once the sink or a
    // cancel has ended the text.
    void heldTextIsForThoseWhoWait() {
        Setup setup;
        auto request = requestFor("Sea", 1);
        const auto all = setup.generator->complete(request, {}, {});
        QCOMPARE(all->text.size(), std::size_t(1));
        request.stop = {all->text + "never"};
        int calls = 0;
        std::string seen;
        const TextSink sink = [&](std::string_view text) {
            ++calls;
            seen += text;
            return Flow::Continue;
        };
        const auto held = setup.generator->complete(request, sink, {});
        QCOMPARE(held->text, all->text);
        QCOMPARE(seen, all->text);
        QCOMPARE(calls, 1);

        std::stop_source stop;
        request.maxTokens = 2;
        setup.generator->clearCache();
        setup.backend->beforeForward = [&](int tokens) -> Result<void> {
            if (tokens == 3) {
                stop.request_stop(); // while the prompt runs; seen before the second token
            }
            return {};
        };
        calls = 0;
        const auto cancelled = setup.generator->complete(request, sink, stop.get_token());
        QVERIFY(cancelled->finish == FinishReason::Cancelled);
        QCOMPARE(cancelled->tokens.size(), std::size_t(1));
        QCOMPARE(calls, 0);
        QVERIFY(cancelled->text.empty());
    }

    void cancelEndsWithinOneStep() {
        Setup setup;
        std::stop_source stop;
        int steps = 0;
        setup.backend->beforeForward = [&](int) -> Result<void> {
            if (++steps == 4) {
                stop.request_stop();
            }
            return {};
        };
        const auto completion =
            setup.generator->complete(requestFor("Hello", 40), {}, stop.get_token());
        QVERIFY(completion);
        QVERIFY(completion->finish == FinishReason::Cancelled);
        QCOMPARE(steps, 4);
        QCOMPARE(completion->tokens.size(), std::size_t(4));
        QVERIFY(setup.generator->nextTokenLogProbs(numbers(9), stop.get_token())->empty());
        QVERIFY(setup.generator->score(numbers(9), stop.get_token())->tokens.empty());
        const auto batch = setup.generator->completeBatch(requestFor("x", 5), 2, stop.get_token());
        QVERIFY((*batch)[1].finish == FinishReason::Cancelled);
        QCOMPARE(steps, 4);
        // What was computed before the stop serves the next request.
        const auto next = setup.generator->complete(requestFor("Hello", 1), {}, {});
        QCOMPARE(next->reusedTokens, 4);
    }

    // A long prompt comes in chunks; a stop is noticed between them, and what is done is kept.
    void cancelWithinAPrompt() {
        Setup setup(4096, false, 100'000'000);
        std::stop_source stop;
        setup.backend->beforeForward = [&](int) -> Result<void> {
            if (setup.backend->calls == 3) {
                stop.request_stop();
            }
            return {};
        };
        const auto tokens = numbers(2000);
        QVERIFY(setup.generator->nextTokenLogProbs(tokens, stop.get_token())->empty());
        QCOMPARE(setup.backend->calls, 3);
        QVERIFY(setup.backend->longestCall <= 16);
        const int before = setup.backend->tokensRun;
        QVERIFY(same(*setup.generator->nextTokenLogProbs(tokens, {}), logProbsAfter(tokens)));
        QCOMPARE(setup.backend->tokensRun, 2000);
        QVERIFY(before > 0);
    }

    // A backend that gives up within a pass has done nothing of it.
    void cancelWithinAPass() {
        for (const int last : {1, 3}) {
            Setup setup(4096, false, 100'000'000);
            setup.backend->givesUp = true;
            std::stop_source stop;
            setup.backend->beforeForward = [&](int) -> Result<void> {
                if (setup.backend->calls == last) {
                    stop.request_stop();
                }
                return {};
            };
            const auto tokens = numbers(100);
            QVERIFY(setup.generator->nextTokenLogProbs(tokens, stop.get_token())->empty());
            QCOMPARE(setup.backend->calls, last);
            setup.backend->givesUp = false;
            QVERIFY(same(*setup.generator->nextTokenLogProbs(tokens, {}), logProbsAfter(tokens)));
            QCOMPARE(setup.backend->tokensRun, 100);
        }
    }

    void scoresEveryToken() {
        for (const bool addsBegin : {false, true}) {
            Setup setup(64, addsBegin);
            const auto tokens = numbers(50);
            const auto scored = setup.generator->score(tokens, {});
            QVERIFY(scored);
            QCOMPARE(scored->tokens, tokens);
            QCOMPARE(scored->logProbs[0].has_value(), addsBegin);
            std::vector<TokenId> seen;
            if (addsBegin) {
                seen.push_back(ByteTokenizer::begin);
            }
            for (std::size_t i = 0; i < tokens.size(); ++i) {
                if (!seen.empty()) {
                    const auto expected = logProbsAfter(seen);
                    QVERIFY(std::abs(static_cast<double>(*scored->logProbs[i]) -
                                     expected[static_cast<std::size_t>(tokens[i])]) < 1e-5);
                }
                seen.push_back(tokens[i]);
            }
        }
    }

    // Beyond the window every token is scored once, with at least half a window before it.
    void scoresWithAStride() {
        Setup setup(32);
        const auto tokens = numbers(150);
        const auto scored = setup.generator->score(tokens, {});
        QVERIFY(scored);
        for (std::size_t i = 1; i < tokens.size(); ++i) {
            bool found = false;
            for (std::size_t context = 1; context <= std::min<std::size_t>(i, 32); ++context) {
                const auto begin = tokens.begin() + static_cast<std::ptrdiff_t>(i - context);
                const auto expected =
                    logProbsAfter({begin, begin + static_cast<std::ptrdiff_t>(context)});
                const double difference = std::abs(static_cast<double>(*scored->logProbs[i]) -
                                                   expected[static_cast<std::size_t>(tokens[i])]);
                if (difference < 1e-5 && (context == i || context >= 16)) {
                    found = true;
                }
            }
            QVERIFY2(found, qPrintable(QString::number(i)));
        }
        QVERIFY(setup.generator->score({}, {})->tokens.empty());
        QVERIFY(!setup.generator->score(std::vector<TokenId>{7}, {})->logProbs[0]);
    }

    void badRequestsAreRefused() {
        Setup setup;
        QVERIFY(setup.generator->complete(requestFor("a", -1), {}, {}).error().code ==
                ErrorCode::InvalidArgument);
        auto request = requestFor("a", 1);
        request.sampling.topP = 0;
        QVERIFY(setup.generator->complete(request, {}, {}).error().code ==
                ErrorCode::InvalidArgument);
        QVERIFY(setup.generator->completeBatch(requestFor("a", 1), 0, {}).error().code ==
                ErrorCode::InvalidArgument);
        for (const TokenId id : {-1, vocabulary}) {
            const std::vector<TokenId> bad{1, id};
            QVERIFY(setup.generator->nextTokenLogProbs(bad, {}).error().code ==
                    ErrorCode::InvalidArgument);
            QVERIFY(!setup.generator->score(bad, {}));
            QVERIFY(!setup.generator->branchLogProbs(bad, {}, {}));
        }
        QCOMPARE(setup.generator->complete(requestFor("a", 0), {}, {})->tokens.size(),
                 std::size_t(0));
    }

    // The device's memory is full: smaller chunks, then the CPU; the result is the same.
    void movesToTheCpuWhenMemoryIsFull() {
        auto owned = std::make_unique<FakeBackend>(vocabulary, 256, "cuda:0");
        int smallest = 1 << 20;
        owned->beforeForward = [&](int tokens) -> Result<void> {
            smallest = std::min(smallest, tokens);
            return Error{ErrorCode::OutOfMemory, "full"};
        };
        int moves = 0;
        ModelInfo info;
        info.parameters = 1;
        LocalGenerator generator(info, std::make_shared<ByteTokenizer>(false), std::move(owned),
                                 [&]() -> Result<std::unique_ptr<DecoderBackend>> {
                                     ++moves;
                                     return std::unique_ptr<DecoderBackend>(
                                         std::make_unique<FakeBackend>(vocabulary, 256));
                                 });
        QCOMPARE(generator.info().device, std::string("cuda:0"));
        QVERIFY(generator.info().notice.empty());
        const auto tokens = numbers(200);
        QVERIFY(same(*generator.nextTokenLogProbs(tokens, {}), logProbsAfter(tokens)));
        QCOMPARE(moves, 1);
        QCOMPARE(smallest, 8);
        QCOMPARE(generator.info().device, std::string("cpu"));
        QVERIFY(generator.info().notice.find("CPU") != std::string::npos);
    }

    // In a batch the memory ends in mid-way: the samples come one by one, the same ones.
    void batchTooLargeForMemory() {
        Setup setup;
        setup.backend->beforeForward = [&](int) -> Result<void> { return {}; };
        auto request = requestFor("Once", 12, 1.0);
        const auto expected = setup.generator->completeBatch(request, 3, {});
        Setup small;
        small.backend->beforeForward = [&](int tokens) -> Result<void> {
            if (tokens == 3) {
                return Error{ErrorCode::OutOfMemory, "full"};
            }
            return {};
        };
        const auto got = small.generator->completeBatch(request, 3, {});
        QVERIFY(got);
        for (std::size_t i = 0; i < 3; ++i) {
            QCOMPARE((*got)[i].tokens, (*expected)[i].tokens);
        }
    }

    void withoutMemoryAnywhereThereIsAnError() {
        Setup setup;
        setup.backend->beforeForward = [](int) -> Result<void> {
            return Error{ErrorCode::OutOfMemory, "full"};
        };
        QVERIFY(setup.generator->complete(requestFor("a", 3), {}, {}).error().code ==
                ErrorCode::OutOfMemory);
        setup.backend->beforeForward = {};
        QVERIFY(setup.generator->complete(requestFor("a", 3), {}, {}));
    }
};

QTEST_APPLESS_MAIN(TestLocalGenerator)
#include "test_local_generator.moc"
