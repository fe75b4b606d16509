#include "verse/verse_lore.h"

#include <system_error>
#include <utility>

namespace linnet::verse {

using engine::Result;

namespace fs = std::filesystem;

namespace {

// Loads a part of the lore if its file is there.
template <typename Part>
Result<void> openOne(const fs::path& path, const engine::Tokenizer& tokenizer,
                     std::shared_ptr<const Part>& part) {
    std::error_code none;
    if (!fs::exists(path, none)) {
        return {};
    }
    auto loaded = Part::load(path, tokenizer);
    if (!loaded) {
        return loaded.error();
    }
    part = std::move(loaded).value();
    return {};
}

} // namespace

Result<VerseLore> VerseLore::open(const fs::path& folder, const engine::Tokenizer& tokenizer) {
    VerseLore lore;
    auto opened = openOne(folder / "phrases.bin", tokenizer, lore.phrases);
    if (opened) {
        opened = openOne(folder / "associations.bin", tokenizer, lore.associations);
    }
    if (opened) {
        opened = openOne(folder / "sentences.bin", tokenizer, lore.sentences);
    }
    if (opened) {
        opened = openOne(folder / "couplets.bin", tokenizer, lore.couplets);
    }
    if (!opened) {
        return opened.error();
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
