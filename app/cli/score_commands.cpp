#include <cmath>
#include <memory>
#include <numbers>
#include <string>

#include "commands.h"
#include "context.h"

namespace linnet::cli {

namespace {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

struct ScoreOptions {
    std::string model;
    std::string file;
};

// How well a model predicts a text.
struct Score {
    engine::ScoredTokens tokens;
    std::size_t scored = 0; // tokens that have a log-probability
    std::size_t words = 0;  // runs of bytes other than white space
    double nats = 0;        // minus their sum
    std::size_t bytes = 0;  // of the text

    double perplexity() const { return std::exp(nats / static_cast<double>(scored)); }
    double bitsPerByte() const { return nats / std::numbers::ln2 / static_cast<double>(bytes); }
    double wordPerplexity() const { return std::exp(nats / static_cast<double>(words)); }
};

std::size_t countWords(const std::string& text) {
    std::size_t words = 0;
    bool inWord = false;
    for (const char c : text) {
        const bool space = c == ' ' || (c >= '\t' && c <= '\r');
        words += !space && !inWord ? 1 : 0;
        inWord = !space;
    }
    return words;
}

Result<Score> scoreText(engine::Generator& model, const std::string& text) {
    Score score;
    score.bytes = text.size();
    score.words = countWords(text);
    auto tokens = model.score(model.tokenizer().encode(text), {});
    if (!tokens) {
        return tokens.error();
    }
    score.tokens = std::move(tokens).value();
    for (const auto& logProb : score.tokens.logProbs) {
        if (logProb) {
            ++score.scored;
            score.nats -= static_cast<double>(*logProb);
        }
    }
    return score;
}

// Null where there is nothing to divide by.
nlohmann::json numberOrNull(double value) {
    return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json(nullptr);
}

Result<Score> scoreFile(const ScoreOptions& options, Context& context) {
    const auto text = readInput(options.file);
    if (!text) {
        return text.error();
    }
    const auto model = context.loadModel(options.model);
    if (!model) {
        return model.error();
    }
    return scoreText(**model, *text);
}

std::string format(const char* name, double value) {
    char line[64];
    std::snprintf(line, sizeof line, "%-18s %.4f", name, value);
    return line;
}

void printSummary(const Score& score, const Context& context) {
    context.print("tokens             " + std::to_string(score.tokens.tokens.size()));
    context.print(format("perplexity", score.perplexity()));
    context.print(format("word perplexity", score.wordPerplexity()));
    context.print(format("bits per byte", score.bitsPerByte()));
}

Result<void> runScore(const ScoreOptions& options, Context& context) {
    const auto score = scoreFile(options, context);
    if (!score) {
        return score.error();
    }
    if (!context.json()) {
        printSummary(*score, context);
        return {};
    }
    nlohmann::json logProbs = nlohmann::json::array();
    for (const auto& logProb : score->tokens.logProbs) {
        logProbs.push_back(logProb ? nlohmann::json(*logProb) : nlohmann::json(nullptr));
    }
    context.print(nlohmann::json{{"tokens", score->tokens.tokens},
                                 {"logprobs", std::move(logProbs)},
                                 {"perplexity", numberOrNull(score->perplexity())},
                                 {"bits_per_byte", numberOrNull(score->bitsPerByte())}});
    return {};
}

Result<void> runEvalPerplexity(const ScoreOptions& options, Context& context) {
    const Stopwatch watch;
    const auto score = scoreFile(options, context);
    if (!score) {
        return score.error();
    }
    if (!context.json()) {
        printSummary(*score, context);
        return {};
    }
    context.print(nlohmann::json{{"file", options.file},
                                 {"bytes", score->bytes},
                                 {"words", score->words},
                                 {"tokens", score->tokens.tokens.size()},
                                 {"perplexity", numberOrNull(score->perplexity())},
                                 {"word_perplexity", numberOrNull(score->wordPerplexity())},
                                 {"bits_per_byte", numberOrNull(score->bitsPerByte())},
                                 {"ms", watch.milliseconds()}});
    return {};
}

void addOptions(CLI::App& command, ScoreOptions& options) {
    command.add_option("--model", options.model, "Name of an installed model, or a folder")
        ->required()
        ->type_name("M");
    command.add_option("--file", options.file, "Text in UTF-8; - is standard input")
        ->required()
        ->type_name("F");
}

} // namespace

void addScoreCommands(CLI::App& app, Context& context) {
    auto options = std::make_shared<ScoreOptions>();
    addOptions(context.addCommand(app, "score",
                                  "Log-probability of each token of a text, and its perplexity",
                                  [options, &context] { return runScore(*options, context); }),
               *options);
    CLI::App& eval = context.group(app, "eval", "Measure the quality of models");
    auto evalOptions = std::make_shared<ScoreOptions>();
    addOptions(context.addCommand(
                   eval, "perplexity", "Perplexity and bits per byte of a text",
                   [evalOptions, &context] { return runEvalPerplexity(*evalOptions, context); }),
               *evalOptions);
}

} // namespace linnet::cli
