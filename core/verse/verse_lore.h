#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/api/result.h"
#include "engine/api/tokenizer.h"
#include "verse/associations.h"
#include "verse/couplet_model.h"
#include "verse/phrase_model.h"
#include "verse/sentence_model.h"

namespace linnet::verse {

// What is known about the verse of a language beside its model: counted, not learned. All may be
// missing; a composer then goes by the model alone.
struct VerseLore {
    std::shared_ptr<const PhraseModel> phrases;
    std::shared_ptr<const Associations> associations;
    std::shared_ptr<const SentenceModel> sentences; // English only
    std::shared_ptr<const CoupletModel> couplets;   // Chinese only

    // phrases.bin, associations.bin, sentences.bin and couplets.bin of a model's folder, where
    // they are. Errors: those of the files.
    static engine::Result<VerseLore> open(const std::filesystem::path& folder,
                                          const engine::Tokenizer& tokenizer);

    // How near each of `size` tokens is to any of the words, 0 to 1.
    std::vector<float> nearTo(const std::vector<std::string>& words, std::size_t size) const;
};

} // namespace linnet::verse
