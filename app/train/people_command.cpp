#include <CLI/CLI.hpp>

#include <memory>

#include "commands.h"
#include "console.h"
#include "engine/torch/files/caption/caption_checkpoint.h"
#include "training/captions/caption_corpus.h"
#include "training/captions/people_fit.h"
#include "training/file_io.h"

namespace linnet::train {

#ifdef LINNET_TRAINING_TEXT
namespace {

struct PeopleInputs {
    std::filesystem::path model;
    std::filesystem::path data;
    std::filesystem::path photos;
    std::size_t outside = 43;
    training::PeopleFitOptions fit;
};

engine::Result<std::string> fitted(const PeopleInputs& inputs) {
    const auto checkpoint = engine::CaptionCheckpoint::open(inputs.model);
    if (!checkpoint) {
        return checkpoint.error();
    }
    const auto photos =
        training::PhotoFile::open(inputs.photos, checkpoint->config().vision.imageSize);
    if (!photos) {
        return photos.error();
    }
    const auto corpus = training::readCaptionCorpus(inputs.data, photos->names(), inputs.outside);
    if (!corpus) {
        return corpus.error();
    }
    return training::fitPeople(*checkpoint, *photos, corpus->train, inputs.fit);
}

} // namespace

void Commands::addPeople(CLI::App& app) {
    auto* command = app.add_subcommand(
        "people", "Learn from captions which classes of a captioner's encoder go with people, for\n"
                  "whom it has no class, and write that into the table of words for people.");
    auto inputs = std::make_shared<PeopleInputs>();
    command->add_option("--model", inputs->model, "Model folder")->required();
    command->add_option("--people", inputs->fit.table, "Table to write; its words are kept")
        ->required();
    command->add_option("--data", inputs->data, "Folder of captions and lists of photos")
        ->required();
    command
        ->add_option("--photos", inputs->photos, "Folder of decoded photos (linnet-train photos)")
        ->required();
    command->add_option("--outside", inputs->outside, "Photos of other kinds that are held out")
        ->capture_default_str();
    command->add_option("--ridge", inputs->fit.ridge, "Keeps the weights small")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->callback([this, inputs] {
        StatusLine status;
        inputs->fit.progress = [&status](std::size_t done, std::size_t total) {
            constexpr std::size_t often = 50;
            if (done % often == 0) {
                status.show(std::to_string(done) + " of " + std::to_string(total) + " photos");
            }
        };
        const auto text = fitted(*inputs);
        if (!text) {
            fail(text.error().message);
            return;
        }
        if (const auto done = training::writeFileAtomically(inputs->fit.table, *text); !done) {
            fail(done.error().message);
            return;
        }
        status.note("wrote " + inputs->fit.table.string());
    });
}
#endif

} // namespace linnet::train
