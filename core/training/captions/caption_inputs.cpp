#include "training/captions/caption_inputs.h"

#include <nlohmann/json.hpp>

#include "engine/torch/files/safetensors.h"
#include "training/captions/caption_shape.h"
#include "training/tensor_files.h"

namespace linnet::training {

using engine::Error;
using engine::ErrorCode;
using engine::Result;
using Json = nlohmann::ordered_json;

Result<CaptionInputs> readCaptionInputs(const CaptionSources& sources,
                                        const engine::MobileNetConfig& encoder) {
    auto photos = PhotoFile::open(sources.photos, encoder.imageSize);
    if (!photos) {
        return photos.error();
    }
    auto corpus = readCaptionCorpus(sources.data, photos->names(), sources.outside);
    if (!corpus) {
        return corpus.error();
    }
    auto subjects = engine::SubjectTable::open(sources.subjects, encoder.classes);
    if (!subjects) {
        return subjects.error();
    }
    return CaptionInputs{std::move(*photos), std::move(*subjects), std::move(*corpus)};
}

Result<CaptionRunFile> readCaptionRunFile(const std::filesystem::path& path) {
    auto tensors = readTensors(path);
    const auto file = engine::Safetensors::open(path);
    if (!tensors || !file) {
        return tensors ? file.error() : tensors.error();
    }
    CaptionRunFile run;
    const auto text = file->metadata().find("state");
    const Json state =
        text == file->metadata().end() ? Json() : Json::parse(text->second, nullptr, false);
    if (!state.is_object()) {
        return Error{ErrorCode::CorruptFile, path.string() + " is not of a captioner's run"};
    }
    run.state = text->second;
    auto shape = captionShapeFromJson(state.value("shape", Json()).dump(), path.string());
    if (!shape) {
        return shape.error();
    }
    run.shape = *shape;
    for (const auto& [name, size] : captionTensors(run.shape)) {
        const auto found = tensors->find(name);
        if (found == tensors->end() || found->second.sizes() != at::IntArrayRef(size)) {
            return Error{ErrorCode::CorruptFile,
                         path.string() + ": tensor " + name + " is missing or misshapen"};
        }
        run.parameters[name] = found->second;
        tensors->erase(found);
    }
    run.others = std::move(*tensors);
    return run;
}

} // namespace linnet::training
