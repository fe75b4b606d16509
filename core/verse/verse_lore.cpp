#include "verse/verse_lore.h"

#include <system_error>

namespace linnet::verse {

using engine::Result;

namespace fs = std::filesystem;

Result<VerseLore> VerseLore::open(const fs::path& folder, const engine::Tokenizer& tokenizer) {
    VerseLore lore;
    std::error_code none;
    if (const fs::path path = folder / "phrases.bin"; fs::exists(path, none)) {
        auto phrases = PhraseModel::load(path, tokenizer);
        if (!phrases) {
            return phrases.error();
        }
        lore.phrases = std::move(phrases).value();
    }
    if (const fs::path path = folder / "associations.bin"; fs::exists(path, none)) {
        auto associations = Associations::load(path, tokenizer);
        if (!associations) {
            return associations.error();
        }
        lore.associations = std::move(associations).value();
    }
    if (const fs::path path = folder / "sentences.bin"; fs::exists(path, none)) {
        auto sentences = SentenceModel::load(path, tokenizer);
        if (!sentences) {
            return sentences.error();
        }
        lore.sentences = std::move(sentences).value();
    }
    return lore;
}

std::vector<float> VerseLore::nearTo(const std::vector<std::string>& words,
                                     std::size_t size) const {
    std::vector<float> near(size, 0.0F);
    for (const std::string& word : associations ? words : std::vector<std::string>()) {
        for (const Associate& associate : associations->of(word)) {
            float& strength = near[static_cast<std::size_t>(associate.token)];
            strength = 1 - (1 - strength) * (1 - associate.strength);
        }
    }
    return near;
}

} // namespace linnet::verse
