#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "engine/api/result.h"
#include "training/model_measure.h"
#include "training/optimizer.h"

namespace linnet::training {

enum class WeightFormat { Int8, Float16, Float32 };

/// What a person should know about a model; becomes card.json.
struct CardText {
    std::string title;
    std::string description;
    std::string language; // "en"
    std::string use;      // "verse": not for prose; empty: prose
    std::string licence;
    std::string data;     // what it was trained on, and under which licences
    std::string commands; // commands before training, one a line: tokenizer, prepare
};

struct ExportOptions {
    std::filesystem::path checkpoint; // of a training run
    std::filesystem::path tokenizer;  // folder of the tokenizer.json it was trained with
    std::filesystem::path output;     // model folder
    WeightFormat format = WeightFormat::Int8;
    CardText card;
    MeasureOptions measure; // nothing in it: the card has no figures
    std::string measuredOn; // name of that text in the card
};

/// Writes a Hugging Face model folder: config.json, model.safetensors, tokenizer.json, card.json.
/// The folder appears whole; other files that a former version of it held are kept. Int8 is our own
/// weight-only layout: each matrix as I8 [out, in] with `_scale` F16 [out, in / 32], w = q * scale;
/// norms stay float32. Errors: NotFound, CorruptFile, InvalidArgument, Io.
engine::Result<void> exportModel(const ExportOptions& options);

/// A matrix [rows, columns] in the int8 layout: the values and the scales.
[[nodiscard]] std::pair<torch::Tensor, torch::Tensor> quantizedInt8(const torch::Tensor& matrix,
                                                                    std::int64_t groupSize);

} // namespace linnet::training
