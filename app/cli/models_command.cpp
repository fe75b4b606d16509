#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "commands.h"
#include "context.h"

namespace linnet::cli {

namespace {

namespace fs = std::filesystem;
using engine::Result;

nlohmann::json readJson(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return file ? nlohmann::json::parse(file, nullptr, false) : nlohmann::json();
}

// A text field of `object`, or empty.
std::string textOf(const nlohmann::json& object, const char* key) {
    if (!object.is_object()) {
        return {};
    }
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// All regular files of the folder.
std::uintmax_t bytesOf(const fs::path& folder) {
    std::uintmax_t bytes = 0;
    std::error_code error;
    for (fs::directory_iterator i(folder, error), end; !error && i != end; i.increment(error)) {
        std::error_code sizeError;
        if (i->is_regular_file(sizeError)) {
            const auto size = i->file_size(sizeError);
            bytes += sizeError ? 0 : size;
        }
    }
    return bytes;
}

Result<void> runModels(Context& context) {
    const auto models = context.installedModels();
    if (models.empty() && !context.json()) {
        std::string folders;
        for (const fs::path& folder : context.modelFolders()) {
            folders += "\n  " + folder.string();
        }
        context.note("No models are installed. These folders were searched:" + folders);
    }
    for (const InstalledModel& model : models) {
        const nlohmann::json config = readJson(model.folder / "config.json");
        const nlohmann::json card = readJson(model.folder / "card.json");
        const std::string kind = textOf(config, "model_type");
        const std::string licence =
            textOf(card, "licence").empty() ? textOf(card, "license") : textOf(card, "licence");
        if (context.json()) {
            context.print(nlohmann::json{{"name", model.name},
                                         {"path", model.folder.string()},
                                         {"architecture", kind},
                                         {"bytes", bytesOf(model.folder)},
                                         {"licence", licence},
                                         {"card", card.is_object() ? card : nlohmann::json()}});
            continue;
        }
        const double megabytes = static_cast<double>(bytesOf(model.folder)) / 1e6;
        char size[32];
        std::snprintf(size, sizeof size, "%.1f MB", megabytes);
        context.print(model.name + "\t" + (kind.empty() ? "?" : kind) + "\t" + size + "\t" +
                      (licence.empty() ? "licence unknown" : licence) + "\t" +
                      model.folder.string());
        if (const std::string description = textOf(card, "description"); !description.empty()) {
            context.print("    " + description);
        }
    }
    return {};
}

} // namespace

void addModelsCommand(CLI::App& app, Context& context) {
    context.addCommand(app, "models", "The installed models, from where, and their licences",
                       [&context] { return runModels(context); });
}

} // namespace linnet::cli
