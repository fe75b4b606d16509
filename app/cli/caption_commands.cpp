#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "caption/picture_files.h"
#include "caption_commands.h"
#include "picture_captioner.h"
#include "quantile.h"
#include "remote_commands.h"
#include "tour_picture.h"

namespace linnet::cli {

namespace {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;
using nlohmann::json;

constexpr std::size_t mostPictures = 1'000'000;

struct Arguments {
    CaptionArguments caption;
    RemoteOptions remote;
    std::vector<std::string> pictures;
    bool fromStdin = false;
};

// The captions of a picture, by a model here or a server.
using CaptionFile =
    std::function<Result<CaptionedPicture>(const fs::path& file, const CaptionArguments&)>;

json answerOf(const std::string& file, const Result<CaptionedPicture>& captioned) {
    if (!captioned) {
        return {{"file", file}, {"error", captioned.error().message}};
    }
    return {
        {"file", file}, {"captions", toJson(captioned->captions)}, {"ms", captioned->milliseconds}};
}

void printForPeople(const std::string& file, const Result<CaptionedPicture>& captioned,
                    const Context& context) {
    if (!captioned) {
        context.note(file + ": " + captioned.error().message);
        return;
    }
    context.print(file);
    for (const caption::Caption& one : captioned->captions) {
        char p[16];
        std::snprintf(p, sizeof p, "%8.4f  ", one.probability);
        context.print(p + one.text);
    }
}

Result<void> captionFiles(const Arguments& arguments, const CaptionFile& captionFile,
                          const Context& context) {
    const std::vector<fs::path> paths(arguments.pictures.begin(), arguments.pictures.end());
    const std::vector<fs::path> files = caption::findPictures(paths, mostPictures);
    std::size_t failed = 0;
    for (const fs::path& file : files) {
        const auto captioned = captionFile(file, arguments.caption);
        failed += captioned ? 0 : 1;
        if (context.json()) {
            context.print(answerOf(file.string(), captioned));
        } else {
            printForPeople(file.string(), captioned, context);
        }
    }
    if (files.empty()) {
        return Error{ErrorCode::NotFound, "there are no pictures in these folders"};
    }
    if (failed > 0) {
        return Error{ErrorCode::Io, std::to_string(failed) + " of " + std::to_string(files.size()) +
                                        " pictures failed"};
    }
    return {};
}

// The options' names as keys, over those of the command line.
CaptionArguments readRequest(const json& request, CaptionArguments arguments) {
    arguments.language = request.value("language", arguments.language);
    if (request.contains("beams")) {
        arguments.beams = std::clamp(request.at("beams").get<int>(), 1, 64);
    }
    arguments.count = std::clamp(request.value("count", arguments.count), 1, 64);
    return arguments;
}

Result<void> captionLines(const Arguments& arguments, const CaptionFile& captionFile,
                          const Context& context) {
    std::size_t failed = 0;
    const auto answered = context.answerLines(
        [&](const json& request) -> Result<json> {
            const auto file = request.find("file");
            if (file == request.end() || !file->is_string()) {
                return Error{ErrorCode::InvalidArgument, "a request needs \"file\""};
            }
            const std::string path = file->get<std::string>();
            const auto captioned = captionFile(path, readRequest(request, arguments.caption));
            failed += captioned ? 0 : 1;
            return answerOf(path, captioned);
        },
        [](const std::string& line) {
            // A bare path, also in quotation marks.
            const json text = json::parse(line, nullptr, false);
            std::string path = text.is_string() ? text.get<std::string>() : line;
            while (!path.empty() && path.back() == '\r') {
                path.pop_back();
            }
            return json{{"file", path}};
        });
    if (!answered) {
        return answered;
    }
    if (failed > 0) {
        return Error{ErrorCode::Io, std::to_string(failed) + " pictures failed"};
    }
    return {};
}

Result<void> runCaption(const Arguments& arguments, Context& context) {
    if (arguments.fromStdin != arguments.pictures.empty()) {
        return Error{ErrorCode::InvalidArgument, "name pictures or folders, or give --stdin"};
    }
    const auto captionAll = [&](const CaptionFile& captionFile) {
        return arguments.fromStdin ? captionLines(arguments, captionFile, context)
                                   : captionFiles(arguments, captionFile, context);
    };
    if (arguments.remote.wanted()) {
        auto client = RemoteClient::open(arguments.remote);
        if (!client) {
            return client.error();
        }
        return captionAll([&](const fs::path& file, const CaptionArguments& options) {
            return captionRemotely(*client, file, options);
        });
    }
    PictureCaptioner captioner(context, arguments.caption);
    // A model that is not there is one error, not one for each picture.
    if (const auto ready = captioner.model(); !ready) {
        return ready.error();
    }
    return captionAll([&](const fs::path& file, const CaptionArguments& options) {
        return captioner.caption(file, options);
    });
}

struct BenchArguments {
    CaptionArguments caption;
    std::string picture;
    int repeats = 20;
};

// Milliseconds a picture takes, all included, once the model is loaded.
Result<void> runBench(const BenchArguments& arguments, Context& context) {
    PictureCaptioner captioner(context, arguments.caption);
    const Stopwatch loading;
    if (const auto ready = captioner.model(); !ready) {
        return ready.error();
    }
    const double loadMs = loading.milliseconds();
    std::vector<std::uint8_t> bytes;
    if (arguments.picture.empty()) {
        bytes = tourPicture();
    } else {
        auto read = caption::readPictureFile(arguments.picture, {});
        if (!read) {
            return Error{read.error().code, arguments.picture + ": " + read.error().message};
        }
        bytes = std::move(read).value();
    }
    std::vector<double> times;
    double first = 0;
    for (int i = 0; i <= arguments.repeats; ++i) {
        const auto captioned = captioner.caption(bytes, arguments.caption);
        if (!captioned) {
            return captioned.error();
        }
        // The first picture opens the decoder's library.
        i == 0 ? void(first = captioned->milliseconds) : times.push_back(captioned->milliseconds);
    }
    std::sort(times.begin(), times.end());
    const engine::ModelInfo& info = (*captioner.model())->info();
    if (context.json()) {
        context.print(json{{"bench", "caption"},
                           {"model", info.name},
                           {"device", info.device},
                           {"precision", info.precision},
                           {"beams", captioner.beams(arguments.caption)},
                           {"load_ms", loadMs},
                           {"first_ms", first},
                           {"ms_best", times.front()},
                           {"ms_p50", quantile(times, 0.5)},
                           {"ms_p95", quantile(times, 0.95)}});
        return {};
    }
    char text[200];
    std::snprintf(text, sizeof text,
                  "%s %s, %d beams: best %.1f, median %.1f, p95 %.1f ms a picture (model %.0f ms, "
                  "first picture %.0f ms)",
                  info.name.c_str(), info.precision.c_str(), captioner.beams(arguments.caption),
                  times.front(), quantile(times, 0.5), quantile(times, 0.95), loadMs, first);
    context.print(std::string_view(text));
    return {};
}

} // namespace

void addCaptionCommands(CLI::App& app, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App& command =
        context.addCommand(app, "caption", "Captions of pictures",
                           [arguments, &context] { return runCaption(*arguments, context); });
    command.add_option("pictures", arguments->pictures, "Pictures, and folders of pictures")
        ->type_name("IMAGE");
    addCaptionOptions(command, arguments->caption);
    command.add_option("--count", arguments->caption.count, "Captions in each language")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    addRemoteOptions(command, arguments->remote);
    command.add_flag("--stdin", arguments->fromStdin,
                     "Answer each line, a path or a JSON object with \"file\" and the options' "
                     "names as keys, with one line");

    auto bench = std::make_shared<BenchArguments>();
    CLI::App& measure = context.addCommand(context.group(app, "bench", "Measure speed"), "caption",
                                           "Time of a picture's captions",
                                           [bench, &context] { return runBench(*bench, context); });
    addCaptionOptions(measure, bench->caption);
    measure.add_option("--picture", bench->picture, "A picture; without one, a small drawing")
        ->type_name("IMAGE");
    measure.add_option("--repeats", bench->repeats, "Runs")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
}

} // namespace linnet::cli
