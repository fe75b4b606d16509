#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>

#include "services/app_paths.h"
#include "services/local_caption_source.h"
#include "services/local_poem_source.h"
#include "services/local_suggestion_source.h"
#include "services/local_verse_source.h"
#include "services/model_library.h"
#include "services/settings.h"

namespace linnet::desktop {

// Which models of this machine do what, and how they are loaded: what the settings say, or else
// the best there is. Asks afresh at each call. What it is made from must outlive it.
class LocalModels {
public:
    LocalModels(const services::Settings& settings, const services::ModelLibrary& library,
                const services::AppPaths& paths)
        : m_settings(settings)
        , m_library(library)
        , m_paths(paths) {}

    using VerseFolders = std::map<verse::Language, std::filesystem::path>;

    std::filesystem::path prose() const;     // empty: none
    std::filesystem::path captioner() const; // empty: none
    VerseFolders verse() const;
    VerseFolders suggestingVerse() const; // none where the writer does not want that
    engine::LoadOptions load() const;
    caption::PictureLimits pictureLimits() const;

    services::LocalSuggestionOptions
    forSuggestions(std::shared_ptr<services::ProjectMemory> memory) const;
    services::LocalPoemOptions forPoems() const;
    services::RhymeOrderOptions forRhymes() const;
    services::LocalCaptionOptions forCaptions() const;

private:
    std::chrono::minutes idleUnload() const;

    const services::Settings& m_settings;
    const services::ModelLibrary& m_library;
    const services::AppPaths& m_paths;
};

} // namespace linnet::desktop
