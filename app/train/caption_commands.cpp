#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "caption/picture_decoder.h"
#include "caption_commands.h"
#include "console.h"
#include "engine/api/engine_library.h"
#include "training/captions/photo_packer.h"

namespace linnet::train {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

Result<training::CaptionMeasurement> measureCaptions(const std::filesystem::path& model,
                                                     const CaptionMeasureInputs& inputs) {
    auto library = engine::openEngine();
    if (!library) {
        return library.error();
    }
    engine::LoadOptions load;
    load.device = engine::Device::Cpu;
    load.precision = engine::Precision::Float32;
    auto captioner = (*library)->loadCaptioner(model, load, {});
    if (!captioner) {
        return captioner.error();
    }
    const auto photos = training::PhotoFile::open(inputs.photos, (*captioner)->pixelFormat().width);
    if (!photos) {
        return photos.error();
    }
    const auto corpus = training::readCaptionCorpus(inputs.data, photos->names(), inputs.outside);
    if (!corpus) {
        return corpus.error();
    }
    const auto* split = training::splitOf(*corpus, inputs.split);
    if (split == nullptr) {
        return Error{ErrorCode::InvalidArgument, "there is no split " + inputs.split};
    }
    std::vector<training::CaptionedPhoto> part = *split;
    if (inputs.limit > 0) {
        part.resize(std::min(inputs.limit, part.size()));
    }
    return training::measureCaptioner(**captioner, *photos, part, inputs.options);
}

Result<std::map<std::string, training::CaptionScores>>
measureLanguages(const std::filesystem::path& model, CaptionMeasureInputs inputs) {
    std::map<std::string, training::CaptionScores> scores;
    for (const char* language : {"en", "zh"}) {
        inputs.options.language = language;
        const auto measured = measureCaptions(model, inputs);
        if (!measured) {
            return measured.error();
        }
        scores[language] = measured->scores;
    }
    return scores;
}

void addCaptionInputs(CLI::App& command, CaptionMeasureInputs& inputs) {
    command.add_option("--captions", inputs.data, "Folder of captions to measure captions on");
    command.add_option("--photos", inputs.photos, "Folder of the decoded photos");
    command.add_option("--split", inputs.split, "train, valid, test or outside")
        ->capture_default_str();
    command.add_option("--caption-language", inputs.options.language, "Of the captions")
        ->capture_default_str();
    command.add_option("--beams", inputs.options.beams, "Captions the search keeps")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
}

void addPhotosCommand(CLI::App& app, const std::function<void(const std::string&)>& fail) {
    auto* command = app.add_subcommand(
        "photos", "Decode archives of photos once for all: captioner then needs no OpenCV.");
    auto options = std::make_shared<training::PhotoPackerOptions>();
    command->add_option("archives", options->archives, "Plain tar files of photos")->required();
    command->add_option("--out", options->output, "Folder for photos.u8 and photos.txt")
        ->required();
    command->callback([fail, options] {
        auto decoder = caption::openPictureDecoder();
        if (!decoder) {
            fail(decoder.error().message);
            return;
        }
        options->decode =
            [&](std::span<const std::uint8_t> bytes) -> Result<std::vector<std::uint8_t>> {
            auto picture = (*decoder)->decode(bytes, {}, {});
            if (!picture) {
                return picture.error();
            }
            if (picture->width != options->imageSize || picture->height != options->imageSize) {
                return std::vector<std::uint8_t>();
            }
            return std::move(picture->rgb);
        };
        StatusLine status;
        options->progress = [&](std::uint64_t done) {
            status.show(std::to_string(done) + " photos");
        };
        const auto count = training::packPhotos(*options);
        if (!count) {
            fail(count.error().message);
            return;
        }
        status.note(std::to_string(*count) + " photos in " + options->output.string());
    });
}

} // namespace linnet::train
