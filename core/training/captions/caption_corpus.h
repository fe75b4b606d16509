#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/api/result.h"

namespace linnet::training {

/// A photo and what people wrote of it.
struct CaptionedPhoto {
    std::string name;
    std::int64_t index = 0;                                   // in the photo file
    std::map<std::string, std::vector<std::string>> captions; // by language
};

/// The photos of a caption corpus by the use that is made of them.
struct CaptionCorpus {
    std::vector<CaptionedPhoto> train;
    std::vector<CaptionedPhoto> valid;
    std::vector<CaptionedPhoto> test;
    std::vector<CaptionedPhoto> outside; // of other kinds than the rest, held out too
    std::vector<std::string> texts;      // English captions without photos
};

/// Reads a folder: flickr8k.{train,valid,test,extra}.txt, flickr8k.captions.{en,zh}.tsv,
/// coco.captions.en.tsv and coco.val2017.captions-only.en.tsv. `photos` are the names in the photo
/// file, in its order; every photo that a list names must be there. The extra photos and all but
/// the last `outsideCount` of COCO's join the training. Errors: NotFound, Io, CorruptFile.
engine::Result<CaptionCorpus> readCaptionCorpus(const std::filesystem::path& folder,
                                                const std::vector<std::string>& photos,
                                                std::size_t outsideCount);

} // namespace linnet::training
