#include <memory>
#include <string>

#include "commands.h"
#include "context.h"
#include "engine/torch/files/tokenizer_loader.h"

namespace linnet::cli {

namespace {

using engine::Result;

struct TokenizeOptions {
    std::string model;
    std::string file;
    bool special = false;
};

Result<void> runTokenize(const TokenizeOptions& options, Context& context) {
    const auto text = readInput(options.file);
    if (!text) {
        return text.error();
    }
    const auto folder = context.findModel(options.model);
    if (!folder) {
        return folder.error();
    }
    const auto tokenizer = engine::loadTokenizer(*folder);
    if (!tokenizer) {
        return tokenizer.error();
    }
    const auto ids = (*tokenizer)->encode(*text, options.special);
    if (context.json()) {
        context.print(nlohmann::json{{"ids", ids}});
        return {};
    }
    for (const engine::TokenId id : ids) {
        context.print(std::to_string(id) + "\t" + toJsonText(std::string((*tokenizer)->bytes(id))));
    }
    return {};
}

} // namespace

void addTokenizeCommand(CLI::App& app, Context& context) {
    auto options = std::make_shared<TokenizeOptions>();
    CLI::App& command =
        context.addCommand(app, "tokenize", "Token ids of a text",
                           [options, &context] { return runTokenize(*options, context); });
    command.add_option("--model", options->model, "Name of an installed model, or a folder")
        ->required()
        ->type_name("M");
    command.add_option("--file", options->file, "Text in UTF-8; - is standard input")
        ->required()
        ->type_name("F");
    command.add_flag("--special", options->special, "Recognise special tokens in the text");
}

} // namespace linnet::cli
