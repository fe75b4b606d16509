#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "engine/api/result.h"
#include "engine/torch/files/caption/mobilenet_layout.h"
#include "engine/torch/files/caption/subject_table.h"
#include "training/captions/caption_corpus.h"
#include "training/captions/caption_network.h"
#include "training/captions/photo_file.h"

namespace linnet::training {

/// Where the trainers of captioners read from.
struct CaptionSources {
    std::filesystem::path data;     // folder of captions: see readCaptionCorpus()
    std::filesystem::path photos;   // folder of a PhotoFile
    std::filesystem::path subjects; // table of the classes' nouns
    std::size_t outside = 43;       // photos of other kinds that are held out
};

struct CaptionInputs {
    PhotoFile photos;
    engine::SubjectTable subjects;
    CaptionCorpus corpus;
};

/// Errors: NotFound, Io, CorruptFile.
engine::Result<CaptionInputs> readCaptionInputs(const CaptionSources& sources,
                                                const engine::MobileNetConfig& encoder);

/// What a captioner's trainer has written: weights, what its optimizers hold, and where it stood.
struct CaptionRunFile {
    NamedTensors parameters; // those of captionTensors(shape)
    NamedTensors others;
    CaptionShape shape;
    std::string state; // an object in JSON; "shape" is in it, too
};

/// Errors: NotFound, Io, CorruptFile naming the file and what is wrong with it.
engine::Result<CaptionRunFile> readCaptionRunFile(const std::filesystem::path& path);

} // namespace linnet::training
