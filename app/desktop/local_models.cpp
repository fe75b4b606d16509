#include "desktop/local_models.h"

#include <chrono>
#include <utility>

#include "verse/open_composer.h"

namespace linnet::desktop {

namespace setting = services::setting;

engine::LoadOptions LocalModels::load() const {
    engine::LoadOptions options;
    const QString device = m_settings.value(setting::device);
    if (device == QLatin1String("cpu")) {
        options.device = engine::Device::Cpu;
    } else if (device == QLatin1String("cuda")) {
        options.device = engine::Device::Cuda;
    }
    const QString precision = m_settings.value(setting::precision);
    if (precision == QLatin1String("float32")) {
        options.precision = engine::Precision::Float32;
    } else if (precision == QLatin1String("bfloat16")) {
        options.precision = engine::Precision::BFloat16;
    } else if (precision == QLatin1String("float16")) {
        options.precision = engine::Precision::Float16;
    } else if (precision == QLatin1String("int8")) {
        options.precision = engine::Precision::Int8;
    }
    options.threads = m_settings.value(setting::threads);
    return options;
}

std::filesystem::path LocalModels::prose() const {
    const QString chosen = m_settings.value(setting::proseModel);
    const auto entry =
        chosen.isEmpty() ? m_library.bestFor(QStringLiteral("en")) : m_library.find(chosen);
    return entry ? entry->path() : std::filesystem::path();
}

LocalModels::VerseFolders LocalModels::verse() const {
    VerseFolders folders;
    for (const auto language : {verse::Language::English, verse::Language::Chinese}) {
        const auto name = verse::verseModelName(language);
        const auto entry = m_library.find(QString::fromUtf8(name.data(), qsizetype(name.size())));
        if (entry && entry->usable()) {
            folders.emplace(language, entry->path());
        }
    }
    return folders;
}

LocalModels::VerseFolders LocalModels::suggestingVerse() const {
    return m_settings.value(setting::verseSuggestions) ? verse() : VerseFolders();
}

std::filesystem::path LocalModels::captioner() const {
    const QString chosen = m_settings.value(setting::captionModel);
    auto entry = chosen.isEmpty() ? std::nullopt : m_library.find(chosen);
    if (!entry || !entry->usable()) {
        entry = m_library.bestForCaptions();
    }
    return entry ? entry->path() : std::filesystem::path();
}

caption::PictureLimits LocalModels::pictureLimits() const {
    constexpr std::uint64_t million = 1'000'000;
    caption::PictureLimits limits;
    limits.bytes =
        million * static_cast<std::uint64_t>(m_settings.value(setting::pictureMegabytes));
    limits.pixels =
        million * static_cast<std::uint64_t>(m_settings.value(setting::pictureMegapixels));
    return limits;
}

std::chrono::minutes LocalModels::idleUnload() const {
    return std::chrono::minutes(m_settings.value(setting::idleUnload));
}

services::LocalSuggestionOptions
LocalModels::forSuggestions(std::shared_ptr<services::ProjectMemory> memory) const {
    services::LocalSuggestionOptions options;
    options.modelFolder = prose();
    options.stateFolder = m_paths.state.toStdU16String();
    options.load = load();
    options.ghostThreshold = m_settings.value(setting::ghostThreshold);
    options.ghostWords = m_settings.value(setting::ghostWords);
    options.idleUnload = idleUnload();
    options.resources = m_paths.resources.toStdU16String();
    options.verseModels = suggestingVerse();
    options.learn = m_settings.value(setting::learnFromDocuments);
    options.memory = std::move(memory);
    return options;
}

services::LocalPoemOptions LocalModels::forPoems() const {
    services::LocalPoemOptions options;
    options.resources = m_paths.resources.toStdU16String();
    options.models = verse();
    options.load = load();
    options.idleUnload = idleUnload();
    return options;
}

services::RhymeOrderOptions LocalModels::forRhymes() const {
    services::RhymeOrderOptions options;
    options.verseModels = verse();
    options.proseModel = prose();
    options.load = load();
    options.idleUnload = idleUnload();
    return options;
}

services::LocalCaptionOptions LocalModels::forCaptions() const {
    services::LocalCaptionOptions options;
    options.model = captioner();
    options.load = load();
    options.limits = pictureLimits();
    options.idleUnload = idleUnload();
    return options;
}

} // namespace linnet::desktop
