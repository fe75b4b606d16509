#include <CLI/CLI.hpp>

#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "engine/torch/files/tokenizer_loader.h"
#include "training/phrases/association_builder.h"
#include "training/phrases/sentence_builder.h"
#include "training/token_files.h"
#include "verse/lexicon_file.h"
#include "verse/open_composer.h"

namespace linnet::train {

namespace {

using engine::Result;

struct PhrasesArguments {
    std::filesystem::path tokens;
    std::filesystem::path model; // folder with the tokenizer.json; gets the files
    std::vector<std::filesystem::path> prose;
    double threshold = 3.0;
    std::string header; // names sources and licences
    training::AssociationOptions associations;
    training::SentenceOptions sentences;
};

Result<std::vector<training::PoemTokens>> readPoems(const std::filesystem::path& folder,
                                                    const engine::Tokenizer& tokenizer) {
    const auto index = training::TokenIndex::read(folder);
    if (!index) {
        return index.error();
    }
    std::vector<training::PoemTokens> poems;
    for (const training::TokenGroup& group : index->groups) {
        const auto stream = training::TokenStream::open(folder, *index, group);
        if (!stream) {
            return stream.error();
        }
        std::vector<std::int64_t> tokens(stream->size());
        stream->copy(0, stream->size(), tokens.data());
        for (training::PoemTokens& poem : training::cutRecords(tokens, tokenizer)) {
            poems.push_back(std::move(poem));
        }
    }
    return poems;
}

// How sentences run, in English: the lines of Chinese verse are whole.
Result<void> writeSentences(const PhrasesArguments& arguments,
                            const std::vector<training::PoemTokens>& poems,
                            const engine::Tokenizer& tokenizer,
                            const std::function<void(const std::string&)>& say) {
    const auto counts = training::countSentences(poems, tokenizer, arguments.sentences, say);
    const verse::LexiconFile file{arguments.header,
                                  verse::SentenceModel::serialized(tokenizer, counts)};
    std::printf("%zu classes; sequences of two to five classes: %zu, %zu, %zu, %zu, %.2f MB\n",
                counts.roles.size(), counts.words[1].size(), counts.words[2].size(),
                counts.words[3].size(), counts.words[4].size(),
                static_cast<double>(file.payload.size()) / 1e6);
    return file.write(arguments.model / "sentences.bin", verse::LexiconKind::Sentences);
}

// Which kinds of characters face each other, in Chinese.
Result<void> writeCouplets(const PhrasesArguments& arguments,
                           const std::vector<training::Facing>& facing,
                           const engine::Tokenizer& tokenizer,
                           const std::function<void(const std::string&)>& say) {
    say("classifying " + std::to_string(facing.size()) + " pairs of facing characters");
    const auto classes = training::classifyCouplets(
        facing, static_cast<std::size_t>(tokenizer.size()), training::CoupletOptions());
    const verse::LexiconFile file{arguments.header,
                                  verse::CoupletModel::serialized(tokenizer, classes)};
    return file.write(arguments.model / "couplets.bin", verse::LexiconKind::Couplets);
}

Result<void> runPhrases(const PhrasesArguments& arguments) {
    const std::function<void(const std::string&)> say = [](const std::string& what) {
        std::fprintf(stderr, "%s\n", what.c_str());
    };
    const auto tokenizer = engine::loadTokenizer(arguments.model);
    if (!tokenizer) {
        return tokenizer.error();
    }
    say("reading");
    const auto poems = readPoems(arguments.tokens, **tokenizer);
    if (!poems) {
        return poems.error();
    }
    if (verse::speaksOfPoems(**tokenizer, verse::Language::English)) {
        if (const auto written = writeSentences(arguments, *poems, **tokenizer, say); !written) {
            return written;
        }
    }
    const auto orders = training::countPhrases(*poems, **tokenizer, arguments.threshold, say);
    verse::LexiconFile phrases{
        arguments.header,
        verse::PhraseModel::serialized(
            **tokenizer, orders,
            training::tokenShares(*poems, static_cast<std::size_t>((*tokenizer)->size())))};
    if (const auto written =
            phrases.write(arguments.model / "phrases.bin", verse::LexiconKind::Phrases);
        !written) {
        return written;
    }
    say("associating");
    auto words = training::associateVerse(*poems, **tokenizer, arguments.associations);
    if (const auto read =
            training::associateProse(arguments.prose, **tokenizer, arguments.associations, words);
        !read) {
        return read;
    }
    std::map<std::string, std::vector<verse::Associate>> couplets;
    if (verse::speaksOfPoems(**tokenizer, verse::Language::Chinese)) {
        const auto facing = training::facingCharacters(*poems, **tokenizer);
        couplets = training::associateCouplets(facing, **tokenizer, arguments.associations);
        if (const auto written = writeCouplets(arguments, facing, **tokenizer, say); !written) {
            return written;
        }
    }
    verse::LexiconFile associations{arguments.header,
                                    verse::Associations::serialized(**tokenizer, words, couplets)};
    std::printf("%zu poems; phrases of two, three, four tokens: %zu, %zu, %zu, %.2f MB; "
                "%zu words with associates, %zu with counterparts, %.2f MB\n",
                poems->size(), orders[0].size(), orders[1].size(), orders[2].size(),
                static_cast<double>(phrases.payload.size()) / 1e6, words.size(), couplets.size(),
                static_cast<double>(associations.payload.size()) / 1e6);
    return associations.write(arguments.model / "associations.bin",
                              verse::LexiconKind::Associations);
}

} // namespace

void Commands::addPhrases(CLI::App& app) {
    auto* command = app.add_subcommand(
        "phrases",
        "Count what stands beside a model of verse: phrases.bin (which words follow each other) "
        "and\n"
        "associations.bin (which words are near a theme, and in Chinese which\n"
        "characters face each other in a couplet); for English sentences.bin, too (how\n"
        "sentences run, over classes of words), for Chinese couplets.bin (which kinds of\n"
        "characters face each other). Depends on its tokenizer, not on its\n"
        "weights. One thread, a minute or two, about 200 bytes of memory for each token.");
    auto arguments = std::make_shared<PhrasesArguments>();
    command->add_option("--tokens", arguments->tokens, "Token folder of the verse: the train split")
        ->required();
    command->add_option("--model", arguments->model, "Folder of the model; gets the files")
        ->required();
    command->add_option("--prose", arguments->prose,
                        "English text files, for themes that verse does not speak of");
    command->add_option("--sources", arguments->header, "Sources and licences, put into the files");
    command
        ->add_option("--threshold", arguments->threshold,
                     "What a phrase must be worth to be kept, in occurrences times nats")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command->callback([this, arguments] {
        if (const auto done = runPhrases(*arguments); !done) {
            fail(done.error().message);
        }
    });
}

} // namespace linnet::train
