#include <CLI/CLI.hpp>

#include <map>
#include <memory>

#include "caption_commands.h"
#include "commands.h"
#include "console.h"
#include "training/captions/caption_export.h"
#include "training/model_export.h"

namespace linnet::train {

#ifdef LINNET_TRAINING_TEXT
void Commands::addExportCaptioner(CLI::App& app) {
    auto* command = app.add_subcommand(
        "export-captioner", "Write a run of captioner as a model folder. With --captions the card\n"
                            "has the figures of its captions in every language.");
    auto options = std::make_shared<training::CaptionExportOptions>();
    auto inputs = std::make_shared<CaptionMeasureInputs>();
    command->add_option("--run", options->run, "Output folder of the run")->required();
    command->add_option("--weights", options->weights, "best or latest")
        ->check(CLI::IsMember({"best", "latest"}))
        ->capture_default_str();
    command
        ->add_option("--mean", options->mean,
                     "Weights that a run wrote, to export the mean of them and --weights")
        ->check(CLI::ExistingFile);
    command->add_option("--subjects", options->subjects, "Table of the classes' nouns")->required();
    command->add_option("--out", options->output, "Model folder to write")->required();
    command
        ->add_option(
            "--subject-threshold", options->subjectThreshold,
            "Probability above which a subject is named, where people are as likely as not")
        ->capture_default_str();
    command
        ->add_option("--people-step", options->peopleStep,
                     "How much more it takes for each unit of the log-odds of people")
        ->capture_default_str();
    command
        ->add_option("--temperature", options->temperature,
                     "Divides the decoder's logits: over 1 it is less sure")
        ->check(CLI::Range(0.1, 10.0))
        ->capture_default_str();
    addCaptionInputs(*command, *inputs);
    auto& card = options->card;
    command->add_option("--title", card.title, "Card: what to call the model");
    command->add_option("--description", card.description, "Card: what it is for");
    command->add_option("--licence", card.licence, "Card: licence of the weights");
    command->add_option("--data", card.data, "Card: what it was trained on, and its licences");
    command->callback([this, options, inputs] {
        if (!inputs->data.empty()) {
            options->measure = [inputs](const std::filesystem::path& folder)
                -> engine::Result<std::map<std::string, training::CaptionScores>> {
                const auto measured = measureLanguages(folder, *inputs);
                if (!measured) {
                    return measured.error();
                }
                std::map<std::string, training::CaptionScores> figures;
                for (const auto& [language, scores] : *measured) {
                    figures[language + ", " + inputs->split + " split, beam " +
                            std::to_string(inputs->options.beams)] = scores;
                }
                return figures;
            };
        }
        if (const auto done = training::exportCaptioner(*options); !done) {
            fail(done.error().message);
            return;
        }
        StatusLine().note("wrote " + options->output.string());
    });
}
#endif

void Commands::addExport(CLI::App& app) {
    auto* command = app.add_subcommand(
        "export", "Write a checkpoint as a model folder: config.json, model.safetensors,\n"
                  "tokenizer.json and card.json. The folder is exchanged as a whole.");
    auto options = std::make_shared<training::ExportOptions>();
    auto format = std::make_shared<std::string>("int8");
    command->add_option("--checkpoint", options->checkpoint, "Checkpoint of a run")->required();
    command->add_option("--tokenizer", options->tokenizer, "Folder of its tokenizer.json")
        ->required();
    command->add_option("--out", options->output, "Model folder to write")->required();
    command->add_option("--format", *format, "int8, float16 or float32")
        ->check(CLI::IsMember({"int8", "float16", "float32"}))
        ->capture_default_str();
    auto& card = options->card;
    command->add_option("--title", card.title, "Card: what to call the model");
    command->add_option("--description", card.description, "Card: what it is for");
    command->add_option("--language", card.language, "Card: language code, such as en");
    command->add_option("--use", card.use, "Card: what for, if not for prose: verse")
        ->check(CLI::IsMember({"verse"}));
    command->add_option("--licence", card.licence, "Card: licence of the weights");
    command->add_option("--data", card.data, "Card: what it was trained on, and its licences");
    command->add_option("--commands", card.commands,
                        "Card: commands that came before training, one a line");
    command->add_option("--measure", options->measure.tokens,
                        "Token folder to measure the exported model on, for the card");
    command->add_option("--measured-on", options->measuredOn, "Card: what that text is");
    command->add_option("--measure-tokens", options->measure.maximumTokens,
                        "Tokens of each group to measure on, 0: all");
    command->callback([this, options, format] {
        const std::map<std::string, training::WeightFormat> formats = {
            {"int8", training::WeightFormat::Int8},
            {"float16", training::WeightFormat::Float16},
            {"float32", training::WeightFormat::Float32}};
        options->format = formats.at(*format);
        if (const auto done = training::exportModel(*options); !done) {
            fail(done.error().message);
            return;
        }
        StatusLine().note("wrote " + options->output.string());
    });
}

} // namespace linnet::train
