#include "serving/model_shelf.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "engine/api/model_kind.h"
#include "serving/caption_studio.h"
#include "serving/file_versions.h"
#include "serving/poem_desk.h"
#include "verse/open_composer.h"

namespace linnet::serving {

namespace {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;

std::vector<fs::path> modelFolders(const fs::path& folder) {
    std::vector<fs::path> folders;
    std::error_code error;
    for (fs::directory_iterator i(folder, error), end; !error && i != end; i.increment(error)) {
        std::error_code none;
        if (fs::is_regular_file(i->path() / "config.json", none)) {
            folders.push_back(i->path());
        }
    }
    std::sort(folders.begin(), folders.end());
    return folders;
}

engine::ModelKind kindOf(const fs::path& folder) {
    std::ifstream file(folder / "config.json", std::ios::binary);
    const auto config = nlohmann::json::parse(file, nullptr, false);
    const bool named =
        config.is_object() && config.contains("model_type") && config["model_type"].is_string();
    return named ? engine::modelKindOf(config["model_type"].get<std::string>())
                 : engine::ModelKind::Language; // the loader says what is wrong with it
}

std::optional<verse::Language> verseLanguage(const engine::Tokenizer& tokenizer) {
    for (const auto language : {verse::Language::Chinese, verse::Language::English}) {
        if (verse::speaksOfPoems(tokenizer, language)) {
            return language;
        }
    }
    return std::nullopt;
}

std::int64_t now() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

} // namespace

ModelShelf::ModelShelf(ShelfOptions options,
                       std::shared_ptr<const verse::ScriptConverter> converter)
    : m_options(std::move(options))
    , m_converter(std::move(converter)) {
}

Result<void> ModelShelf::open() {
    std::error_code none;
    if (!fs::is_directory(m_options.models, none)) {
        return Error{ErrorCode::NotFound,
                     "there is no folder of models " + m_options.models.string()};
    }
    if (!m_engine) {
        auto engine = engine::openEngine();
        if (!engine) {
            return engine.error();
        }
        m_engine = std::move(engine).value();
    }
    if (!m_verse) {
        auto data = verse::VerseData::open(m_options.verse);
        if (!data) {
            return data.error();
        }
        m_verse = std::make_unique<const verse::VerseData>(std::move(data).value());
        const std::lock_guard lock(m_mutex);
        m_openVerse = m_verse.get();
    }
    return {};
}

Result<void> ModelShelf::reload(const std::function<void(const ShelfNews&)>& news,
                                const std::stop_token& stop) {
    if (auto opened = open(); !opened) {
        return opened;
    }
    std::map<std::string, std::string> found; // fingerprints
    for (const fs::path& folder : modelFolders(m_options.models)) {
        const std::string name = folder.filename().string();
        const std::string fingerprint = fingerprintOf(folder);
        found[name] = fingerprint;
        if (stop.stop_requested()) {
            return {};
        }
        if (m_fingerprints[name] == fingerprint) {
            continue;
        }
        const auto begun = std::chrono::steady_clock::now();
        const auto version = versionOf(folder);
        const auto model =
            version ? load(folder, *version, stop) : Result<ModelRef>(version.error());
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
        if (!model) {
            news({name, {}, "failed", model.error().message, taken.count()});
            continue;
        }
        if (*model == nullptr) {
            return {}; // stopped
        }
        m_fingerprints[name] = fingerprint;
        news({name, *version, "loaded", {}, taken.count()});
        ModelRef old = *model; // let go of outside the lock: it waits for a thread
        const std::lock_guard lock(m_mutex);
        m_models[name].swap(old);
    }
    std::vector<ModelRef> gone;
    {
        const std::lock_guard lock(m_mutex);
        m_ready = true;
        for (auto entry = m_models.begin(); entry != m_models.end();) {
            const bool keep = found.contains(entry->first);
            if (!keep) {
                gone.push_back(entry->second);
                m_fingerprints.erase(entry->first);
            }
            entry = keep ? std::next(entry) : m_models.erase(entry);
        }
    }
    for (const ModelRef& model : gone) {
        news({model->name, {}, "removed", {}, 0});
    }
    return {};
}

Result<ModelRef> ModelShelf::load(const fs::path& folder, const std::string& version,
                                  const std::stop_token& stop) {
    auto model = std::make_shared<ServedModel>();
    model->name = folder.filename().string();
    model->version = version;
    model->folder = folder;
    model->loadedAt = now();
    try {
        if (const auto loaded = loadInto(*model, stop); !loaded) {
            return loaded.error();
        }
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, folder.string() + ": not enough memory"};
    } catch (const std::exception& e) {
        return Error{ErrorCode::Internal, folder.string() + ": " + e.what()};
    }
    return stop.stop_requested() ? ModelRef() : ModelRef(std::move(model));
}

// What the model is for decides what runs it. Models of verse are told by their tokens.
Result<void> ModelShelf::loadInto(ServedModel& model, const std::stop_token& stop) {
    if (kindOf(model.folder) == engine::ModelKind::Caption) {
        auto captioner = m_engine->loadCaptioner(model.folder, m_options.load, stop);
        if (!captioner) {
            return captioner.error();
        }
        if (*captioner) {
            model.captions = std::make_unique<CaptionStudio>(std::move(captioner).value(),
                                                             m_options.batch.maxWaiting);
        }
        return {};
    }
    auto text = m_engine->loadBatch(model.folder, m_options.load, m_options.batch, stop);
    if (!text) {
        return text.error();
    }
    if (*text == nullptr) {
        return {};
    }
    const auto language = verseLanguage((*text)->tokenizer());
    if (!language) {
        model.text = std::move(text).value();
        return {};
    }
    text = std::unique_ptr<engine::BatchGenerator>();
    auto poet = m_engine->load(model.folder, m_options.load, stop);
    if (!poet) {
        return poet.error();
    }
    if (*poet == nullptr) {
        return {};
    }
    auto composer =
        verse::openComposer(*language, *m_verse, (*poet)->tokenizer(), model.folder, m_converter);
    if (!composer) {
        return composer.error();
    }
    model.poems =
        std::make_unique<PoemDesk>(*language, std::move(poet).value(), std::move(composer).value(),
                                   *m_verse, m_options.batch.maxWaiting);
    return {};
}

ModelRef ModelShelf::find(const std::string& name) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_models.find(name);
    return found == m_models.end() ? nullptr : found->second;
}

ModelRef ModelShelf::poemsIn(verse::Language language) const {
    if (auto own = find(std::string(verse::verseModelName(language))); own && own->poems) {
        return own;
    }
    for (const ModelRef& model : all()) {
        if (model->poems && model->poems->language() == language) {
            return model;
        }
    }
    return nullptr;
}

ModelRef ModelShelf::captioner() const {
    for (const ModelRef& model : all()) {
        if (model->captions) {
            return model;
        }
    }
    return nullptr;
}

std::vector<ModelRef> ModelShelf::all() const {
    const std::lock_guard lock(m_mutex);
    std::vector<ModelRef> models;
    for (const auto& [name, model] : m_models) {
        models.push_back(model);
    }
    return models;
}

bool ModelShelf::ready() const {
    const std::lock_guard lock(m_mutex);
    return m_ready && !m_models.empty();
}

const verse::VerseData* ModelShelf::verseData() const {
    const std::lock_guard lock(m_mutex);
    return m_openVerse;
}

} // namespace linnet::serving
