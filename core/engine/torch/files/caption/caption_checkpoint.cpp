#include "engine/torch/files/caption/caption_checkpoint.h"

#include "engine/torch/files/caption/caption_config_reader.h"
#include "engine/torch/files/caption/caption_layout.h"
#include "engine/torch/files/checkpoint.h"

namespace linnet::engine {

Result<CaptionCheckpoint> CaptionCheckpoint::open(const std::filesystem::path& folder) {
    Result<CaptionConfig> config = readCaptionConfig(folder);
    if (!config) {
        return config.error();
    }
    Result<Safetensors> files = openSafetensorsOf(folder);
    if (!files) {
        return files.error();
    }
    CaptionCheckpoint checkpoint;
    checkpoint.m_config = std::move(*config);
    checkpoint.m_files = std::move(*files);
    if (checkpoint.m_files.find(captionHeadName) == nullptr) {
        // Files without an output matrix share the embedding, whatever their configuration says.
        checkpoint.m_config.text.tiedEmbeddings = true;
    }
    if (const CaptionConfig& read = checkpoint.m_config; !read.subjectsFile.empty()) {
        Result<SubjectTable> subjects =
            SubjectTable::open(folder / read.subjectsFile, read.vision.classes());
        if (!subjects) {
            return subjects.error();
        }
        if (!read.asidesFile.empty()) {
            if (auto marked = subjects->markAsides(folder / read.asidesFile); !marked) {
                return marked.error();
            }
        }
        if (!read.kindsFile.empty()) {
            if (auto added = subjects->addKinds(folder / read.kindsFile); !added) {
                return added.error();
            }
        }
        if (!read.peopleFile.empty()) {
            auto people = PeopleTable::open(folder / read.peopleFile, read.vision.classes());
            if (!people) {
                return people.error();
            }
            subjects->setPeople(std::move(*people));
        }
        checkpoint.m_subjects = std::move(*subjects);
    }
    const auto wrong = [&](const std::string& name, const std::string& reason) {
        return Error{ErrorCode::CorruptFile, folder.string() + ": tensor '" + name + "' " + reason};
    };
    for (const CaptionTensor& expected : captionTensors(checkpoint.m_config)) {
        const TensorView* tensor = checkpoint.m_files.find(expected.name);
        if (tensor == nullptr && !expected.otherName.empty()) {
            tensor = checkpoint.m_files.find(expected.otherName);
        }
        if (tensor == nullptr) {
            return wrong(expected.name,
                         "is missing, which " + checkpoint.m_config.architecture + " needs");
        }
        if (tensor->shape != expected.shape) {
            return wrong(tensor->name, "has the shape " + shapeToString(tensor->shape) +
                                           " where config.json asks for " +
                                           shapeToString(expected.shape));
        }
        if (!isFloating(tensor->dtype)) {
            return wrong(tensor->name, "has the dtype " + std::string(toString(tensor->dtype)) +
                                           " where F32, F16 or BF16 is needed");
        }
        checkpoint.m_tensors.emplace(expected.name, *tensor);
    }
    return checkpoint;
}

std::int64_t CaptionCheckpoint::parameters() const {
    std::int64_t count = 0;
    for (const auto& [name, tensor] : m_tensors) {
        count += tensor.elements();
    }
    return count;
}

} // namespace linnet::engine
