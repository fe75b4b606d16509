#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/api/engine_library.h"
#include "serving/served_model.h"
#include "verse/composer.h"
#include "verse/script_converter.h"
#include "verse/verse_data.h"

namespace linnet::serving {

struct ShelfOptions {
    std::filesystem::path models; // a folder of model folders
    std::filesystem::path verse;  // the folder of lexicons/ and forms/
    engine::LoadOptions load;
    engine::BatchOptions batch; // of each model; maxWaiting bounds poems and pictures too
};

// What became of a model in a reload, for the log.
struct ShelfNews {
    std::string model;
    std::string version; // of the loaded one; empty if it failed or is gone
    std::string what;    // "loaded", "removed", "failed"
    std::string error;
    double seconds = 0;
};

// The models of a folder, loaded. Requests take them off it and keep them as long as they need.
class ModelShelf {
public:
    ModelShelf(ShelfOptions options, std::shared_ptr<const verse::ScriptConverter> converter);

    // Reads the folder again: loads models that are new or changed, lets go of those that are gone.
    // A model that cannot be loaded leaves the one of that name as it was. Takes as long as the
    // loading; requests are served meanwhile. One thread at a time. Errors: no engine, no folder,
    // no lexicons; of single models `news` tells.
    engine::Result<void> reload(const std::function<void(const ShelfNews&)>& news,
                                const std::stop_token& stop);

    // Any thread. Null: there is none.
    ModelRef find(const std::string& name) const;
    ModelRef poemsIn(verse::Language language) const; // its own first, then by name
    ModelRef captioner() const;                       // the first by name
    std::vector<ModelRef> all() const;                // by name

    // Whether the first reload is over and left a model.
    bool ready() const;

    // The lexicons and forms, once a reload has opened them; null before that.
    const verse::VerseData* verseData() const;

private:
    engine::Result<void> open();
    engine::Result<ModelRef> load(const std::filesystem::path& folder, const std::string& version,
                                  const std::stop_token& stop);
    engine::Result<void> loadInto(ServedModel& model, const std::stop_token& stop);

    ShelfOptions m_options;
    std::shared_ptr<const verse::ScriptConverter> m_converter;
    std::unique_ptr<engine::Engine> m_engine;
    std::unique_ptr<const verse::VerseData> m_verse;
    std::map<std::string, std::string> m_fingerprints; // of the files that were loaded

    mutable std::mutex m_mutex; // of what follows
    std::map<std::string, ModelRef> m_models;
    bool m_ready = false;
    const verse::VerseData* m_openVerse = nullptr;
};

} // namespace linnet::serving
