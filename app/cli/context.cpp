#include "context.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <system_error>
#include <utility>

#include "app/files/program_files.h"

namespace linnet::cli {

namespace {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;

bool isModelFolder(const fs::path& folder) {
    std::error_code error;
    return fs::is_regular_file(folder / "config.json", error);
}

int exitCodeFor(ErrorCode code) {
    return code == ErrorCode::InvalidArgument ? exitUsage : exitFailed;
}

Result<void> runGuarded(const Context::Run& run) {
    try {
        return run();
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "not enough memory"};
    } catch (const std::exception& e) {
        return Error{ErrorCode::Internal, e.what()};
    }
}

} // namespace

void Context::addCommonOptions(CLI::App& app) {
    const std::map<std::string, engine::Device> devices{{"auto", engine::Device::Auto},
                                                        {"cpu", engine::Device::Cpu},
                                                        {"cuda", engine::Device::Cuda}};
    const std::map<std::string, engine::Precision> precisions{
        {"auto", engine::Precision::Auto},         {"float32", engine::Precision::Float32},
        {"bfloat16", engine::Precision::BFloat16}, {"float16", engine::Precision::Float16},
        {"int8", engine::Precision::Int8},
    };
    CLI::CheckedTransformer deviceNames(devices);
    CLI::CheckedTransformer precisionNames(precisions);
    deviceNames.description(""); // in the help the names alone, not their numbers
    precisionNames.description("");
    app.add_flag("--json", m_json, "One JSON object a line on standard output");
    app.add_option("--models", m_models, "Folder with the models")->type_name("DIR");
    app.add_option("--device", m_loadOptions.device, "auto, cpu or cuda")
        ->transform(deviceNames)
        ->type_name("NAME");
    app.add_option("--threads", m_loadOptions.threads, "Threads (default: all cores but one)")
        ->check(CLI::Range(1, 1024).description(""))
        ->type_name("N");
    app.add_option("--precision", m_loadOptions.precision,
                   "auto, float32, bfloat16, float16 or int8")
        ->transform(precisionNames)
        ->type_name("NAME");
}

CLI::App& Context::addCommand(CLI::App& parent, const std::string& name,
                              const std::string& description, Run run) {
    CLI::App* command = parent.add_subcommand(name, description);
    command->fallthrough();
    command->final_callback([this, run = std::move(run)] {
        const Result<void> result = runGuarded(run);
        if (!result) {
            note("linnet-cli: " + result.error().message);
            m_exitCode = exitCodeFor(result.error().code);
        }
    });
    return *command;
}

CLI::App& Context::group(CLI::App& app, const std::string& name, const std::string& description) {
    const auto same =
        app.get_subcommands([&](CLI::App* candidate) { return candidate->get_name() == name; });
    CLI::App* found = same.empty() ? nullptr : same.front();
    if (found == nullptr) {
        found = app.add_subcommand(name, description);
        found->fallthrough();
        found->require_subcommand(1);
    }
    return *found;
}

std::string toJsonText(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void Context::print(std::string_view line) const {
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
}

void Context::write(std::string_view text) const {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

void Context::note(std::string_view line) const {
    std::fwrite(line.data(), 1, line.size(), stderr);
    std::fputc('\n', stderr);
}

std::vector<fs::path> Context::modelFolders() const {
    if (!m_models.empty()) {
        return {m_models};
    }
    return files::modelFolders();
}

std::vector<InstalledModel> Context::installedModels() const {
    std::vector<InstalledModel> models;
    for (const fs::path& folder : modelFolders()) {
        std::error_code error;
        std::vector<fs::path> entries;
        for (fs::directory_iterator i(folder, error), end; !error && i != end; i.increment(error)) {
            entries.push_back(i->path());
        }
        std::sort(entries.begin(), entries.end());
        for (const fs::path& entry : entries) {
            const std::string name = entry.filename().string();
            const bool known = std::any_of(models.begin(), models.end(),
                                           [&](const auto& model) { return model.name == name; });
            if (!known && isModelFolder(entry)) {
                models.push_back({name, entry});
            }
        }
    }
    return models;
}

Result<fs::path> Context::findModel(const std::string& nameOrPath) const {
    const bool isName = nameOrPath.find('/') == std::string::npos;
    std::string names;
    if (isName) {
        for (const InstalledModel& model : installedModels()) {
            if (model.name == nameOrPath) {
                return model.folder;
            }
            names += (names.empty() ? "" : ", ") + model.name;
        }
    }
    std::error_code error;
    if (!nameOrPath.empty() && fs::is_directory(nameOrPath, error)) {
        return fs::path(nameOrPath);
    }
    std::string message = isName ? "there is no model named \"" + nameOrPath + "\""
                                 : "there is no model folder " + nameOrPath;
    if (isName) {
        message += names.empty() ? "; no models are installed" : "; installed: " + names;
    }
    return Error{ErrorCode::NotFound, message};
}

Result<const verse::VerseData*> Context::verse() {
    if (!m_verse) {
        auto opened = verse::VerseData::open(files::verseFolder());
        if (!opened) {
            return opened.error();
        }
        m_verse = std::make_unique<verse::VerseData>(std::move(opened).value());
    }
    return m_verse.get();
}

Result<engine::Engine*> Context::engine() {
    if (!m_engine) {
        auto opened = engine::openEngine();
        if (!opened) {
            return opened.error();
        }
        m_engine = std::move(opened).value();
    }
    return m_engine.get();
}

Result<std::unique_ptr<engine::Generator>> Context::loadModel(const std::string& nameOrPath,
                                                              int threads) {
    const auto folder = findModel(nameOrPath);
    if (!folder) {
        return folder.error();
    }
    const auto opened = engine();
    if (!opened) {
        return opened.error();
    }
    engine::LoadOptions options = m_loadOptions;
    options.threads = threads > 0 ? threads : options.threads;
    auto model = (*opened)->load(*folder, options, {});
    if (model && *model && !(*model)->info().notice.empty()) {
        note("linnet-cli: " + (*model)->info().notice);
    }
    return model;
}

Result<void> Context::answerLines(const Answer& answer, const ParseBare& parseBare) const {
    bool failed = false;
    std::string line;
    while (std::getline(std::cin, line)) {
        nlohmann::json request = nlohmann::json::parse(line, nullptr, false);
        if (!request.is_object() && parseBare) {
            request = parseBare(line);
        }
        Result<nlohmann::json> reply =
            Error{ErrorCode::InvalidArgument, "a request is a JSON object on one line"};
        if (request.is_object()) {
            try {
                reply = answer(request);
            } catch (const nlohmann::json::exception& e) {
                reply = Error{ErrorCode::InvalidArgument, e.what()};
            }
        }
        if (reply) {
            print(*reply);
        } else {
            print(nlohmann::json{{"error", reply.error().message}});
            failed = true;
        }
    }
    if (failed) {
        return Error{ErrorCode::Io, "some requests failed"};
    }
    return {};
}

Result<std::string> readInput(const std::string& path) {
    if (path == "-") {
        return std::string(std::istreambuf_iterator<char>(std::cin), {});
    }
    std::error_code error;
    if (!fs::exists(path, error)) {
        return Error{ErrorCode::NotFound, "there is no file " + path};
    }
    std::ifstream file(path, std::ios::binary);
    if (!file || fs::is_directory(path, error)) {
        return Error{ErrorCode::Io, "cannot read " + path};
    }
    std::string text(std::istreambuf_iterator<char>(file), {});
    if (file.bad()) {
        return Error{ErrorCode::Io, "cannot read " + path};
    }
    return text;
}

} // namespace linnet::cli
