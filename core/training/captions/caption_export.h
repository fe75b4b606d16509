#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/api/captioner.h"
#include "engine/api/result.h"
#include "training/captions/caption_network.h"
#include "training/scores/caption_scores.h"

namespace linnet::training {

/// What a person should know about a captioner; becomes card.json.
struct CaptionCard {
    std::string title;
    std::string description;
    std::string licence;
    std::string data; // what it was trained on, and under which terms
};

struct CaptionExportOptions {
    std::filesystem::path run;    // output folder of a training run
    std::string weights = "best"; // or "latest"
    /// Weights of other moments, or of other runs from the same start, in files as a run writes
    /// them: the model is the mean of all. Late weights each err in their own way.
    std::vector<std::filesystem::path> mean;
    std::filesystem::path subjects; // table of the classes' nouns
    std::filesystem::path output;   // model folder
    /// Of engine::Captioner: when a subject is named rather than people. Found on photos of all
    /// kinds that nothing was trained on.
    double subjectThreshold = 0.4;
    double peopleStep = 0.25;
    /// Divides the decoder's logits, found on the validation split: rewards make a decoder surer of
    /// itself than is good for the search, and than the probabilities it shows should be.
    double temperature = 1.0;
    /// How captions are to be searched for: found on the validation split.
    engine::CaptionSearch search = {3, 0.8, 3, 2.0, true};
    CaptionCard card;
    /// Measures the model in a folder: figures by a name for the card. Empty: the card has none.
    std::function<engine::Result<std::map<std::string, CaptionScores>>(
        const std::filesystem::path& folder)>
        measure;
};

/// Writes a model folder of Hugging Face's vision-encoder-decoder layout in float16: config.json,
/// model.safetensors, tokenizer.json, preprocessor_config.json, subjects.tsv and card.json, and
/// asides.txt, kinds.tsv and people.tsv if they are beside the table of nouns. The folder appears
/// whole; other files that a former version of it held are kept. What Hugging Face has no key for
/// is below "linnet_captions" in config.json. Errors: NotFound, CorruptFile, Io.
engine::Result<void> exportCaptioner(const CaptionExportOptions& options);

} // namespace linnet::training
