#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>
#include <memory>

#include "commands.h"
#include "console.h"
#include "training/prepare.h"
#include "training/tokenizer_training.h"

namespace linnet::train {

namespace {

/// A progress function that keeps a bar up to date.
training::ByteProgress barOn(StatusLine& status) {
    const auto start = std::chrono::steady_clock::now();
    return [&status, start](std::uint64_t done, std::uint64_t total) {
        const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
        status.show(progressBar(done, total, spent.count()));
    };
}

struct PrepareArguments {
    training::PrepareOptions options;
    std::string table;
    std::string groupBy;
    std::vector<std::string> rules;
};

engine::Result<training::DocumentGroups> groupsOf(const PrepareArguments& arguments) {
    std::vector<training::DocumentGroups::Rule> rules;
    for (const std::string& text : arguments.rules) {
        auto rule = training::DocumentGroups::parseRule(text);
        if (!rule) {
            return rule.error();
        }
        rules.push_back(std::move(*rule));
    }
    if (arguments.table.empty()) {
        return training::DocumentGroups();
    }
    return training::DocumentGroups::load(arguments.table, rules, arguments.groupBy);
}

} // namespace

void Commands::addTokenizer(CLI::App& app) {
    auto* command = app.add_subcommand(
        "tokenizer", "Train a byte-level BPE tokenizer on text files, or standard input (-)");
    auto options = std::make_shared<training::TokenizerOptions>();
    command->add_option("inputs", options->inputs, "Text files")->required();
    command->add_option("--out", options->output, "The tokenizer.json to write")->required();
    command->add_option("--vocab", options->vocabularySize, "Entries, special tokens included")
        ->check(CLI::Range(257, 1 << 20))
        ->capture_default_str();
    command->add_option("--separator", options->separator, "Line that ends a document")
        ->capture_default_str();
    command->add_option("--pattern", options->pattern,
                        "Regular expression of the pieces inside which bytes may be merged");
    command->callback([this, options] {
        StatusLine status;
        options->progress = barOn(status);
        const auto report = training::trainTokenizer(*options);
        if (!report) {
            fail(report.error().message);
            return;
        }
        status.note(std::to_string(report->vocabularySize) + " entries from " +
                    std::to_string(report->distinctPieces) + " distinct pieces of " +
                    std::to_string(report->bytes / 1000000) + " MB");
    });
}

void Commands::addPrepare(CLI::App& app) {
    auto* command = app.add_subcommand(
        "prepare",
        "Encode text files, or standard input (-), into token files. Started again after\n"
        "a break, it goes on where it stopped.");
    auto arguments = std::make_shared<PrepareArguments>();
    auto& options = arguments->options;
    command->add_option("inputs", options.inputs, "Text files")->required();
    command->add_option("--tokenizer", options.tokenizer, "Folder with a tokenizer.json")
        ->required();
    command->add_option("--out", options.output, "Folder for the token files")->required();
    command->add_option("--separator", options.separator, "Line that ends a document")
        ->capture_default_str();
    auto* table =
        command->add_option("--documents", arguments->table,
                            "Table of the documents: tab-separated with a header and the\n"
                            "columns file and position; gives them groups");
    command->add_option("--group-by", arguments->groupBy, "Column that names a document's group")
        ->needs(table);
    command
        ->add_option("--group", arguments->rules,
                     "NAME=COLUMN:REGEX: documents whose column matches are of this group;\n"
                     "the first rule that matches counts, before --group-by")
        ->needs(table);
    command->callback([this, arguments] {
        auto groups = groupsOf(*arguments);
        if (!groups) {
            fail(groups.error().message);
            return;
        }
        arguments->options.groups = std::move(*groups);
        StatusLine status;
        arguments->options.progress = barOn(status);
        const auto index = training::prepareTokens(arguments->options);
        if (!index) {
            fail(index.error().message);
            return;
        }
        for (const training::TokenGroup& group : index->groups) {
            status.note(group.name + ": " + std::to_string(group.documents.size()) +
                        " documents, " + std::to_string(group.words) + " words, " +
                        std::to_string(group.tokens) + " tokens");
        }
    });
}

} // namespace linnet::train
