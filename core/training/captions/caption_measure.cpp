#include "training/captions/caption_measure.h"

#include <torch/types.h>

#include "caption/caption_writer.h"

namespace linnet::training {

using engine::Error;
using engine::ErrorCode;
using engine::Result;
using torch::Tensor;

namespace {

/// A photo as the captioner wants its pixels; both have the same size.
Tensor formatted(const Tensor& pixels, const engine::PixelFormat& format) {
    const auto channels = [](const std::array<double, 3>& values) {
        return torch::tensor({values[0], values[1], values[2]}).to(torch::kFloat).view({3, 1, 1});
    };
    return (pixels * format.scale - channels(format.mean)) / channels(format.deviation);
}

} // namespace

Result<CaptionMeasurement> measureCaptioner(engine::Captioner& captioner, const PhotoFile& photos,
                                            const std::vector<CaptionedPhoto>& split,
                                            const CaptionMeasureOptions& options) {
    const engine::PixelFormat& format = captioner.pixelFormat();
    caption::CaptionOptions writing;
    writing.languages = {options.language};
    writing.count = 1;
    writing.beams = options.beams;
    writing.nameSubject = false;
    CaptionMeasurement measurement;
    std::vector<ScoredCaption> scored;
    std::size_t done = 0;
    for (const CaptionedPhoto& photo : split) {
        const auto references = photo.captions.find(options.language);
        ++done;
        if (references == photo.captions.end()) {
            continue;
        }
        const Tensor pixels = formatted(photos.pixels(photo.index), format).contiguous();
        if (pixels.size(1) != format.height || pixels.size(2) != format.width) {
            return Error{ErrorCode::InvalidArgument,
                         "the model wants pictures of " + std::to_string(format.width) + " by " +
                             std::to_string(format.height) + " pixels, other than the photos"};
        }
        const auto written = caption::writeCaptions(
            captioner, {pixels.data_ptr<float>(), static_cast<std::size_t>(pixels.numel())}, 1,
            writing, {});
        if (!written) {
            return written.error();
        }
        const bool none = written->empty() || written->front().empty();
        measurement.captions.push_back(none ? std::string() : written->front().front().text);
        ScoredCaption item{captionWords(measurement.captions.back(), options.language), {}};
        for (const std::string& reference : references->second) {
            item.references.push_back(captionWords(reference, options.language));
        }
        scored.push_back(std::move(item));
        if (options.progress) {
            options.progress(done, split.size());
        }
    }
    if (scored.empty()) {
        return Error{ErrorCode::InvalidArgument,
                     "no photo has a caption in the language " + options.language};
    }
    measurement.scores = scoreCaptions(scored);
    return measurement;
}

const std::vector<CaptionedPhoto>* splitOf(const CaptionCorpus& corpus, const std::string& name) {
    const std::map<std::string, const std::vector<CaptionedPhoto>*> splits = {
        {"train", &corpus.train},
        {"valid", &corpus.valid},
        {"test", &corpus.test},
        {"outside", &corpus.outside}};
    const auto found = splits.find(name);
    return found == splits.end() ? nullptr : found->second;
}

} // namespace linnet::training
