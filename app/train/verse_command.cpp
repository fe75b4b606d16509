#include <CLI/CLI.hpp>

#include <chrono>
#include <memory>

#include "commands.h"
#include "console.h"
#include "training/verse_prepare.h"

namespace linnet::train {

namespace {

constexpr std::size_t kCharacters = 6700; // 99.92 % of the characters of the poems
constexpr std::size_t kWords = 12000;     // 93.5 % of the words of the poems

void report(const training::VersePrepareReport& done, StatusLine& status) {
    status.note(std::to_string(done.vocabularySize) + " tokens in the vocabulary, " +
                std::to_string(done.lines) + " different lines; " + std::to_string(done.leftOut) +
                " records left out for their unknown words");
    for (const auto& [split, index] : done.splits) {
        for (const training::TokenGroup& group : index.groups) {
            status.note(split + " " + group.name + ": " + std::to_string(group.documents.size()) +
                        " records, " + std::to_string(group.tokens) + " tokens");
        }
    }
}

} // namespace

void Commands::addVerse(CLI::App& app) {
    auto* command = app.add_subcommand(
        "verse",
        "Make the tokenizer, the token files and the filter of known lines (lines.bin) of a\n"
        "verse model from a folder of poems.\n"
        "zh: train, valid, test and long-train, long-valid, long-test .tsv with the columns\n"
        "dynasty, title, simplified (lines joined by /). en: train, valid, test .txt with a\n"
        "line <|endofpoem|> after each poem, and poems.tsv with the columns file, position,\n"
        "title, form.");
    auto options = std::make_shared<training::VersePrepareOptions>();
    command->add_option("language", options->language, "zh or en")
        ->check(CLI::IsMember({"zh", "en"}))
        ->required();
    command->add_option("--corpus", options->corpus, "Folder of the poems")->required();
    command->add_option("--pronunciations", options->pronunciations,
                        "en: pronouncing dictionary in CMUdict's format");
    command->add_option("--out", options->output, "Folder for tokenizer.json, train, valid, test")
        ->required();
    command->add_option("--vocab", options->vocabulary,
                        "Characters (zh, default 6700) or dictionary words (en, default 12000)");
    command
        ->add_option("--other-words", options->leastOther,
                     "en: occurrences from which a word outside the dictionary has a token")
        ->capture_default_str();
    command->add_option("--seed", options->seed, "Of the prompts and the order of the poems")
        ->capture_default_str();
    command->callback([this, options] {
        if (options->language == "en" && options->pronunciations.empty()) {
            throw CLI::RequiredError("--pronunciations");
        }
        if (options->vocabulary == 0) {
            options->vocabulary = options->language == "zh" ? kCharacters : kWords;
        }
        StatusLine status;
        auto start = std::chrono::steady_clock::now();
        std::string file;
        options->progress = [&](const std::string& what, std::uint64_t read, std::uint64_t all) {
            if (what != file) {
                file = what;
                start = std::chrono::steady_clock::now();
            }
            const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
            status.show(what + "  " + progressBar(read, all, spent.count()));
        };
        const auto done = training::prepareVerse(*options);
        if (!done) {
            fail(done.error().message);
            return;
        }
        report(*done, status);
    });
}

} // namespace linnet::train
