#include "training/captions/caption_corpus.h"

#include <array>

#include "training/captions/caption_text.h"

namespace linnet::training {

using engine::Error;
using engine::ErrorCode;
using engine::Result;
namespace fs = std::filesystem;

namespace {

using Captions = std::map<std::string, std::vector<std::string>>;
constexpr std::array<const char*, 2> kLanguages = {"en", "zh"};

/// Looks photos up by their names.
struct PhotoFinder {
    std::map<std::string, std::int64_t> indexOf;
    std::map<std::string, Captions> captions; // by language

    [[nodiscard]] Result<CaptionedPhoto> find(const std::string& name, const fs::path& list) const {
        const auto index = indexOf.find(name);
        if (index == indexOf.end()) {
            return Error{ErrorCode::NotFound,
                         list.string() + " names " + name + ", which is not among the photos"};
        }
        CaptionedPhoto photo{name, index->second, {}};
        for (const auto& [language, all] : captions) {
            if (const auto found = all.find(name); found != all.end()) {
                photo.captions[language] = found->second;
            }
        }
        if (photo.captions.find("en") == photo.captions.end()) {
            return Error{ErrorCode::CorruptFile, name + " has no English caption"};
        }
        return photo;
    }
};

Result<void> addListed(const fs::path& list, const PhotoFinder& finder,
                       std::vector<CaptionedPhoto>& photos) {
    const auto names = readLines(list);
    if (!names) {
        return names.error();
    }
    for (const std::string& name : *names) {
        auto photo = finder.find(name, list);
        if (!photo) {
            return photo.error();
        }
        photos.push_back(std::move(*photo));
    }
    return {};
}

Result<void> addOthers(const fs::path& folder, PhotoFinder finder, std::size_t outsideCount,
                       CaptionCorpus& corpus) {
    const fs::path path = folder / "coco.captions.en.tsv";
    auto captions = readCaptions(path, "en");
    if (!captions) {
        return captions.error();
    }
    finder.captions = {{"en", std::move(*captions)}};
    std::vector<CaptionedPhoto> photos;
    for (const auto& [name, all] : finder.captions.at("en")) {
        auto photo = finder.find(name, path);
        if (!photo) {
            return photo.error();
        }
        photos.push_back(std::move(*photo));
    }
    const std::size_t trained = photos.size() - std::min(outsideCount, photos.size());
    for (std::size_t i = 0; i < photos.size(); ++i) {
        (i < trained ? corpus.train : corpus.outside).push_back(std::move(photos[i]));
    }
    return {};
}

} // namespace

Result<CaptionCorpus> readCaptionCorpus(const fs::path& folder,
                                        const std::vector<std::string>& photos,
                                        std::size_t outsideCount) {
    PhotoFinder finder;
    for (std::size_t i = 0; i < photos.size(); ++i) {
        finder.indexOf[photos[i]] = static_cast<std::int64_t>(i);
    }
    for (const char* language : kLanguages) {
        auto captions = readCaptions(
            folder / (std::string("flickr8k.captions.") + language + ".tsv"), language);
        if (!captions) {
            return captions.error();
        }
        finder.captions[language] = std::move(*captions);
    }
    CaptionCorpus corpus;
    const std::array<std::pair<const char*, std::vector<CaptionedPhoto>*>, 4> lists = {
        {{"train", &corpus.train},
         {"extra", &corpus.train},
         {"valid", &corpus.valid},
         {"test", &corpus.test}}};
    for (const auto& [name, target] : lists) {
        if (auto added =
                addListed(folder / (std::string("flickr8k.") + name + ".txt"), finder, *target);
            !added) {
            return added.error();
        }
    }
    if (auto added = addOthers(folder, finder, outsideCount, corpus); !added) {
        return added.error();
    }
    const auto texts = readCaptions(folder / "coco.val2017.captions-only.en.tsv", "en");
    if (!texts) {
        return texts.error();
    }
    for (const auto& [image, captions] : *texts) {
        corpus.texts.insert(corpus.texts.end(), captions.begin(), captions.end());
    }
    return corpus;
}

} // namespace linnet::training
