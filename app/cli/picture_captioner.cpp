#include "picture_captioner.h"

#include <cmath>
#include <utility>

#include "engine/api/model_kind.h"

namespace linnet::cli {

namespace {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;
using nlohmann::json;

bool writesCaptions(const fs::path& folder) {
    const auto text = readInput((folder / "config.json").string());
    if (!text) {
        return false;
    }
    const json config = json::parse(*text, nullptr, false);
    const auto type = config.is_object() ? config.find("model_type") : config.end();
    return config.is_object() && type != config.end() && type->is_string() &&
           engine::modelKindOf(type->get<std::string>()) == engine::ModelKind::Caption;
}

std::vector<std::string> languagesOf(const std::string& list) {
    std::vector<std::string> languages;
    std::string one;
    for (const char c : list + ",") {
        if (c != ',') {
            one += c;
        } else if (!one.empty()) {
            languages.push_back(std::exchange(one, {}));
        }
    }
    return languages;
}

caption::PictureLimits limitsOf(const CaptionArguments& arguments) {
    constexpr std::uint64_t million = 1'000'000;
    caption::PictureLimits limits;
    limits.bytes = million * static_cast<std::uint64_t>(arguments.megabytes);
    limits.pixels = million * static_cast<std::uint64_t>(arguments.megapixels);
    return limits;
}

} // namespace

void addCaptionOptions(CLI::App& command, CaptionArguments& arguments) {
    command
        .add_option("--model", arguments.model,
                    "Name of an installed model that writes captions, or its folder")
        ->type_name("M");
    command.add_option("--language", arguments.language, "en, zh, or both as en,zh");
    command.add_option("--beams", arguments.beams, "Width of the search (default: the model's)")
        ->check(CLI::Range(1, 64));
    command.add_option("--max-mb", arguments.megabytes, "Refuse larger files")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    command.add_option("--max-megapixels", arguments.megapixels, "Refuse larger pictures")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
}

Result<fs::path> findCaptioner(const Context& context, const std::string& nameOrPath) {
    if (!nameOrPath.empty()) {
        return context.findModel(nameOrPath);
    }
    for (const InstalledModel& model : context.installedModels()) {
        if (writesCaptions(model.folder)) {
            return model.folder;
        }
    }
    return Error{ErrorCode::NotFound,
                 "no model that writes captions is installed; name a folder with --model"};
}

Result<engine::Captioner*> PictureCaptioner::model() {
    if (m_model) {
        return m_model.get();
    }
    const auto folder = findCaptioner(m_context, m_arguments.model);
    if (!folder) {
        return folder.error();
    }
    const auto engine = m_context.engine();
    if (!engine) {
        return engine.error();
    }
    auto loaded = (*engine)->loadCaptioner(*folder, m_context.loadOptions(), {});
    if (!loaded) {
        return loaded.error();
    }
    m_model = std::move(loaded).value();
    if (!m_model->info().notice.empty()) {
        m_context.note("linnet-cli: " + m_model->info().notice);
    }
    return m_model.get();
}

int PictureCaptioner::beams(const CaptionArguments& arguments) const {
    return arguments.beams > 0 || !m_model ? arguments.beams : m_model->search().beams;
}

Result<CaptionedPicture> PictureCaptioner::caption(const fs::path& file,
                                                   const CaptionArguments& arguments) {
    if (const auto ready = model(); !ready) {
        return ready.error();
    }
    const Stopwatch watch;
    const auto bytes = caption::readPictureFile(file, limitsOf(arguments));
    if (!bytes) {
        return bytes.error();
    }
    auto captioned = caption(*bytes, arguments);
    if (captioned) {
        captioned->milliseconds = watch.milliseconds();
    }
    return captioned;
}

Result<CaptionedPicture> PictureCaptioner::caption(std::span<const std::uint8_t> bytes,
                                                   const CaptionArguments& arguments) {
    const auto captioner = model();
    if (!captioner) {
        return captioner.error();
    }
    const Stopwatch watch;
    const auto picture =
        m_desk.read(bytes, (*captioner)->pixelFormat(), 0, limitsOf(arguments), {});
    if (!picture) {
        return picture.error();
    }
    caption::CaptionOptions options;
    options.languages = languagesOf(arguments.language);
    options.count = arguments.count;
    options.beams = arguments.beams;
    auto captions = caption::CaptionDesk::write(**captioner, *picture, options, {});
    if (!captions) {
        return captions.error();
    }
    return CaptionedPicture{std::move(captions).value(), watch.milliseconds()};
}

json toJson(const std::vector<caption::Caption>& captions) {
    json all = json::array();
    for (const caption::Caption& one : captions) {
        all.push_back({{"text", one.text}, {"p", one.probability}, {"language", one.language}});
    }
    return all;
}

} // namespace linnet::cli
