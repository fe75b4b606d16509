#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "engine/api/result.h"
#include "engine/torch/files/caption/caption_config.h"
#include "engine/torch/files/caption/subject_table.h"
#include "engine/torch/files/safetensors.h"

namespace linnet::engine {

// The folder of a model that writes captions, opened and checked: its configuration, and every
// tensor that it needs, present, of the right shape and of a floating type. Nothing is copied; the
// tensors point into mapped files and are valid as long as some copy of the checkpoint lives.
class CaptionCheckpoint {
public:
    using Tensors = std::map<std::string, TensorView, std::less<>>;

    // Errors: NotFound, Io, CorruptFile, UnsupportedFormat, UnsafeFormat (pickle); messages name
    // the file and the tensor or key.
    static Result<CaptionCheckpoint> open(const std::filesystem::path& folder);

    const CaptionConfig& config() const { return m_config; }
    // The names of the classes; none: the model has no such.
    const std::optional<SubjectTable>& subjects() const { return m_subjects; }
    // By the first names of captionTensors(), whatever the file calls them.
    const Tensors& tensors() const { return m_tensors; }
    std::int64_t parameters() const; // elements of all tensors

    // Asks the system to read the files ahead of their use. Returns at once.
    void prefetch() const { m_files.prefetch(); }

private:
    CaptionConfig m_config;
    std::optional<SubjectTable> m_subjects;
    Safetensors m_files;
    Tensors m_tensors;
};

} // namespace linnet::engine
