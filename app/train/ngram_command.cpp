#include "ngram_command.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "training/ngram/ngram_builder.h"

namespace linnet::train {

namespace {

struct NgramArguments {
    training::CorpusOptions corpus;
    training::NgramBuildOptions build;
    std::vector<std::string> rules;
};

/// Empty, or what went wrong.
std::string runNgram(NgramArguments& arguments) {
    for (const std::string& text : arguments.rules) {
        auto rule = training::WeightRule::parse(text);
        if (!rule) {
            return rule.error().message;
        }
        arguments.corpus.rules.push_back(std::move(*rule));
    }
    const auto say = [](const std::string& what) { std::fprintf(stderr, "%s\n", what.c_str()); };
    say("reading");
    const auto documents = training::readCorpus(arguments.corpus);
    if (!documents) {
        return documents.error().message;
    }
    const auto report = training::buildNgram(*documents, arguments.build, say);
    if (!report) {
        return report.error().message;
    }
    std::printf("%zu words, %zu more for completion, %zu separators\n", report->words,
                report->tailWords, report->separators);
    for (std::size_t order = 0; order < 4; ++order) {
        std::printf("order %zu: %zu n-grams of %zu\n", order + 1, report->stored[order],
                    report->counted[order]);
    }
    std::printf("%.2f MB\n", static_cast<double>(report->bytes) / 1e6);
    return {};
}

} // namespace

void addNgramCommand(CLI::App& app, std::function<void(const std::string&)> fail) {
    auto arguments = std::make_shared<NgramArguments>();
    auto* command = app.add_subcommand(
        "ngram", "Count a corpus into ngram.bin: the lexicon and n-grams of the word bar.\n"
                 "One thread, minutes, and about 50 bytes of memory for each word of the corpus.");
    command
        ->add_option("files", arguments->corpus.files, "Text files, <|endofdoc|> between documents")
        ->required();
    command->add_option("--out", arguments->build.output, "File to write")->required();
    command->add_option("--documents", arguments->corpus.table,
                        "Tab-separated table of the documents, for --weight");
    command->add_option("--weight", arguments->rules,
                        "How often documents count: source:NAME=FACTOR, era:NAME=FACTOR");
    command
        ->add_option("--words", arguments->build.lexicon.words, "Words that take part in n-grams")
        ->check(CLI::Range(1, 65000))
        ->capture_default_str();
    command->add_option("--tail", arguments->build.lexicon.tail, "Rarer words, for completion only")
        ->check(CLI::Range(0, 1000000))
        ->capture_default_str();
    command
        ->add_option("--separators", arguments->build.lexicon.separators,
                     "What may stand between two words and is told apart")
        ->check(CLI::Range(1, 500))
        ->capture_default_str();
    command
        ->add_option("--threshold", arguments->build.threshold,
                     "What an n-gram must be worth to be kept, in occurrences times nats")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command->add_option("--hold-out-source", arguments->corpus.holdOutSource,
                        "Leave out documents of this source for measuring ...");
    command->add_option("--hold-out-every", arguments->corpus.holdOutEvery, "... one in so many")
        ->check(CLI::NonNegativeNumber);
    command->callback([arguments, fail = std::move(fail)] {
        const std::string message = runNgram(*arguments);
        if (!message.empty()) {
            fail(message);
        }
    });
}

} // namespace linnet::train
