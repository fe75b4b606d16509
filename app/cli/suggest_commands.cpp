#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <optional>
#include <utility>

#include "commands.h"
#include "context.h"
#include "quantile.h"
#include "remote_commands.h"
#include "suggest/calibration.h"
#include "suggest/simulator.h"
#include "suggest/suggest_model.h"
#include "suggest/suggester.h"
#include "verse_suggestions.h"

namespace linnet::cli {

using engine::Error;
using engine::ErrorCode;
using engine::Result;
using nlohmann::json;
using suggest::SuggestModel;

namespace {

constexpr const char* defaultModel = "en-prose";

// What every command here can be told about the model.
struct ModelChoice {
    std::string model = defaultModel;
    bool noNetwork = false;
    std::vector<std::string> constants; // name=value, over those of suggest.json
};

void addModelOptions(CLI::App& command, ModelChoice& choice) {
    command.add_option("--model", choice.model, "Name of an installed model, or its folder")
        ->capture_default_str();
    command.add_flag("--no-network", choice.noNetwork, "Counted words and the document only");
    command.add_option("--set", choice.constants, "Constants over suggest.json, NAME=VALUE");
}

// A model folder ready to suggest from.
struct Desk {
    std::filesystem::path folder;
    std::shared_ptr<const SuggestModel> model;
    std::unique_ptr<engine::Generator> network; // null: none wanted, or none in the folder
    std::unique_ptr<suggest::Suggester> suggester;
    std::unique_ptr<continuation::VerseContinuation> verse;
};

Result<std::shared_ptr<const SuggestModel>>
withConstants(std::shared_ptr<const SuggestModel> model,
              const std::vector<std::string>& constants) {
    suggest::Tuning tuning = model->tuning();
    for (const std::string& constant : constants) {
        const std::size_t equals = constant.find('=');
        const std::string value = equals == std::string::npos ? "" : constant.substr(equals + 1);
        char* end = nullptr;
        const double number = std::strtod(value.c_str(), &end);
        if (value.empty() || *end != '\0' ||
            !suggest::setTuning(tuning, constant.substr(0, equals), number)) {
            return Error{ErrorCode::InvalidArgument,
                         "--set " + constant + ": no such constant, or out of range"};
        }
    }
    return model->withTuning(tuning);
}

Result<Desk> openDesk(Context& context, const ModelChoice& choice) {
    Desk desk;
    const auto folder = context.findModel(choice.model);
    if (!folder) {
        return folder.error();
    }
    desk.folder = *folder;
    auto model = suggest::loadSuggestModel(desk.folder);
    if (model) {
        model = withConstants(*model, choice.constants);
    }
    if (!model) {
        return model.error();
    }
    desk.model = *model;
    if (!choice.noNetwork && std::filesystem::exists(desk.folder / "config.json")) {
        // One thread: a step of this size gains nothing from a second one.
        auto network =
            context.loadModel(desk.folder.string(), context.threads() > 0 ? context.threads() : 1);
        if (!network) {
            return network.error();
        }
        desk.network = std::move(*network);
    }
    desk.suggester = std::make_unique<suggest::Suggester>(desk.model);
    return desk;
}

json toJson(const suggest::Suggestions& found, double milliseconds) {
    json words = json::array();
    for (const suggest::WordSuggestion& word : found.words) {
        words.push_back({{"word", word.word}, {"p", std::round(word.p * 1e5) / 1e5}});
    }
    json ghost;
    if (found.ghost) {
        ghost = {{"text", found.ghost->text}, {"p", std::round(found.ghost->p * 1e5) / 1e5}};
    }
    return {{"words", std::move(words)},
            {"ghost", std::move(ghost)},
            {"ms", std::round(milliseconds * 1e3) / 1e3}};
}

struct SuggestRequest {
    std::string text;
    std::string after;
    int count = 5;
    continuation::VerseMode verse;
};

Result<suggest::Suggestions> suggestAt(Desk& desk, const SuggestRequest& request,
                                       const suggest::SuggestOptions& options) {
    const auto prose = [&](const suggest::SuggestOptions& how) {
        return desk.suggester->suggest(desk.network.get(), request.text, request.after, how, {});
    };
    const continuation::CaretText caret{request.text, request.after};
    const auto language = desk.verse->languageAt(caret, request.verse);
    return language ? desk.verse->suggest(*language, caret, request.verse, options, prose, {}, {})
                    : prose(options);
}

Result<json> answer(Desk& desk, const SuggestRequest& request) {
    if (request.count < 0 || request.count > 100) {
        return Error{ErrorCode::InvalidArgument, "count must be 0 to 100"};
    }
    suggest::SuggestOptions options;
    options.count = request.count;
    const Stopwatch watch;
    const auto found = suggestAt(desk, request, options);
    if (!found) {
        return found.error();
    }
    return toJson(*found, watch.milliseconds());
}

struct SuggestArguments {
    ModelChoice model;
    std::optional<std::string> text;
    SuggestRequest request;
    bool fromStdin = false;
    RemoteOptions remote;
};

// The options' names as keys, over those of the command line.
Result<SuggestRequest> readRequest(Context& context, const json& object, SuggestRequest request) {
    const auto text = object.find("text");
    if (text == object.end() || !text->is_string()) {
        return Error{ErrorCode::InvalidArgument, "a request needs a string \"text\""};
    }
    request.text = text->get<std::string>();
    const auto after = object.find("after");
    request.after = after != object.end() && after->is_string() ? after->get<std::string>() : "";
    const auto count = object.find("count");
    if (count != object.end() && count->is_number_integer()) {
        request.count = count->get<int>();
    }
    const auto known = readVerseMode(context, object, request.verse);
    if (!known) {
        return known.error();
    }
    return request;
}

// Answers the text, or each line of standard input, by `suggest`.
Result<void> answerAll(Context& context, SuggestArguments& arguments,
                       const std::function<Result<json>(const SuggestRequest&)>& suggest) {
    if (!arguments.fromStdin) {
        arguments.request.text = *arguments.text;
        const auto found = suggest(arguments.request);
        if (!found) {
            return found.error();
        }
        context.print(*found);
        return {};
    }
    return context.answerLines([&](const json& object) -> Result<json> {
        const auto request = readRequest(context, object, arguments.request);
        if (!request) {
            return request.error();
        }
        return suggest(*request);
    });
}

Result<void> suggestFrom(Context& context, SuggestArguments& arguments) {
    auto client = RemoteClient::open(arguments.remote);
    if (!client) {
        return client.error();
    }
    const auto model = textModelOf(*client, arguments.model.model);
    if (!model) {
        return model.error();
    }
    return answerAll(context, arguments, [&](const SuggestRequest& request) {
        return suggestRemotely(*client, *model, request.text, request.count);
    });
}

Result<void> runSuggest(Context& context, SuggestArguments arguments) {
    if (arguments.fromStdin == arguments.text.has_value()) {
        return Error{ErrorCode::InvalidArgument, "give either --text or --stdin"};
    }
    const auto known = checkVerseMode(context, arguments.request.verse);
    if (!known) {
        return known;
    }
    if (arguments.remote.wanted()) {
        return suggestFrom(context, arguments);
    }
    auto desk = openDesk(context, arguments.model);
    if (!desk) {
        return desk.error();
    }
    desk->verse = openVerseContinuation(context);
    return answerAll(context, arguments,
                     [&](const SuggestRequest& request) { return answer(*desk, request); });
}

struct EvalArguments {
    ModelChoice model;
    std::string file;
    suggest::SimulationOptions simulation;
    bool calibrate = false;
    double precision = 0.5;
};

json reportJson(suggest::SimulationReport& report, int count) {
    std::sort(report.milliseconds.begin(), report.milliseconds.end());
    return {{"keystroke_savings", report.savings()},
            {"chars", report.characters},
            {"keys", report.keys},
            {"words", report.words},
            {"picks", report.picks},
            {"top1", report.share(report.first, report.words)},
            {"top" + std::to_string(count), report.share(report.listed, report.words)},
            {"ghost_precision", report.share(report.ghostsRight, report.ghosts)},
            {"ghost_coverage", report.share(report.ghosts, report.words)},
            {"requests", report.milliseconds.size()},
            {"ms_median", quantile(report.milliseconds, 0.5)},
            {"ms_p95", quantile(report.milliseconds, 0.95)}};
}

void printReport(const Context& context, const json& report, int count) {
    const auto percent = [&](const std::string& name) { return 100 * report[name].get<double>(); };
    char line[200];
    std::snprintf(line, sizeof line, "keystroke savings  %.2f %%  (%zu keys for %zu characters)",
                  percent("keystroke_savings"), report["keys"].get<std::size_t>(),
                  report["chars"].get<std::size_t>());
    context.print(std::string_view(line));
    std::snprintf(line, sizeof line,
                  "next word          top-1 %.2f %%, top-%d %.2f %%  (%zu words)", percent("top1"),
                  count, percent("top" + std::to_string(count)),
                  report["words"].get<std::size_t>());
    context.print(std::string_view(line));
    std::snprintf(line, sizeof line, "ghost              precision %.2f %%, coverage %.2f %%",
                  percent("ghost_precision"), percent("ghost_coverage"));
    context.print(std::string_view(line));
    std::snprintf(line, sizeof line, "requests           %zu, median %.3f ms, p95 %.3f ms",
                  report["requests"].get<std::size_t>(), report["ms_median"].get<double>(),
                  report["ms_p95"].get<double>());
    context.print(std::string_view(line));
}

Result<suggest::SimulationReport> simulateDesk(Desk& desk, const EvalArguments& arguments,
                                               const std::string& text, bool allGhosts) {
    suggest::SuggestOptions options;
    options.count = arguments.simulation.count;
    if (allGhosts) {
        options.ghostThreshold = 0;
        options.ghostWords = 1;
    }
    return suggest::simulate(text, arguments.simulation,
                             [&](std::string_view before, bool) -> Result<suggest::Prediction> {
                                 const auto found = desk.suggester->suggest(
                                     desk.network.get(), before, "", options, {});
                                 if (!found) {
                                     return found.error();
                                 }
                                 suggest::Prediction prediction;
                                 for (const suggest::WordSuggestion& word : found->words) {
                                     prediction.words.push_back(word.word);
                                 }
                                 if (found->ghost) {
                                     prediction.ghost = found->ghost->text;
                                     prediction.ghostP = found->ghost->p;
                                 }
                                 return prediction;
                             });
}

// Fits the confidence of ghost text to this text and writes the model's suggest.json.
Result<void> calibrate(Context& context, const EvalArguments& arguments, const std::string& text) {
    ModelChoice raw = arguments.model;
    raw.constants.insert(raw.constants.end(), {"ghost_bias=0", "ghost_slope=1"});
    auto desk = openDesk(context, raw);
    if (!desk) {
        return desk.error();
    }
    const auto report = simulateDesk(*desk, arguments, text, true);
    if (!report) {
        return report.error();
    }
    suggest::Tuning tuning = desk->model->tuning();
    const auto fit = suggest::calibrateGhost(report->calibration, arguments.precision);
    tuning.ghostBias = fit.bias;
    tuning.ghostSlope = fit.slope;
    tuning.ghostThreshold = fit.threshold;
    const std::filesystem::path file = desk->folder / "suggest.json";
    std::ofstream out(file, std::ios::binary);
    out << suggest::tuningToJson(tuning);
    out.close();
    if (!out) {
        return Error{ErrorCode::Io, file.string() + " cannot be written"};
    }
    context.note("wrote " + file.string());
    return {};
}

Result<void> runEval(Context& context, const EvalArguments& arguments) {
    const auto text = readInput(arguments.file);
    if (!text) {
        return text.error();
    }
    if (arguments.calibrate) {
        const auto done = calibrate(context, arguments, *text);
        if (!done) {
            return done.error();
        }
    }
    auto desk = openDesk(context, arguments.model);
    if (!desk) {
        return desk.error();
    }
    auto report = simulateDesk(*desk, arguments, *text, false);
    if (!report) {
        return report.error();
    }
    const json result = reportJson(*report, arguments.simulation.count);
    if (context.json()) {
        context.print(result);
    } else {
        printReport(context, result, arguments.simulation.count);
    }
    return {};
}

struct BenchArguments {
    ModelChoice model;
    std::string file;
    std::size_t characters = 2000;
};

constexpr const char* benchText =
    "The old man looked at the sea for a long time before he answered. \"It will come back,\" he "
    "said, \"as it always has.\" Nobody believed him, but nobody said so either. They sat on the "
    "wall with their hats in their hands and waited for the boats, and when the first light "
    "showed beyond the harbour they stood up and counted the masts. One was missing. He counted "
    "again, slowly, moving his lips, and then he put on his hat and walked home without a word.\n";

// Types a text key by key and asks after every one, as the editor does.
Result<void> runBench(Context& context, const BenchArguments& arguments) {
    std::string text;
    if (arguments.file.empty()) {
        while (text.size() < arguments.characters) {
            text += benchText;
        }
    } else {
        auto read = readInput(arguments.file);
        if (!read) {
            return read.error();
        }
        text = std::move(*read);
    }
    text.resize(std::min(text.size(), arguments.characters));
    const Stopwatch loading;
    auto desk = openDesk(context, arguments.model);
    if (!desk) {
        return desk.error();
    }
    const double loaded = loading.milliseconds();
    std::vector<double> times;
    const suggest::SuggestOptions options;
    double first = 0;
    for (std::size_t at = 1; at <= text.size(); ++at) {
        if (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) {
            continue; // inside a character
        }
        const Stopwatch watch;
        const auto found = desk->suggester->suggest(
            desk->network.get(), std::string_view(text).substr(0, at), "", options, {});
        if (!found) {
            return found.error();
        }
        (at == 1 ? first : times.emplace_back()) = watch.milliseconds();
    }
    std::sort(times.begin(), times.end());
    const json result = {{"keystrokes", times.size()},
                         {"network", desk->network != nullptr},
                         {"load_ms", loaded},
                         {"first_ms", first},
                         {"p50_ms", quantile(times, 0.5)},
                         {"p95_ms", quantile(times, 0.95)},
                         {"p99_ms", quantile(times, 0.99)},
                         {"max_ms", quantile(times, 1.0)}};
    if (context.json()) {
        context.print(result);
        return {};
    }
    char line[200];
    std::snprintf(line, sizeof line,
                  "%zu keystrokes: p50 %.2f ms, p95 %.2f ms, p99 %.2f ms (loading %.0f ms, first "
                  "%.1f ms)",
                  times.size(), quantile(times, 0.5), quantile(times, 0.95), quantile(times, 0.99),
                  loaded, first);
    context.print(std::string_view(line));
    return {};
}

void addEval(CLI::App& app, Context& context) {
    auto arguments = std::make_shared<EvalArguments>();
    CLI::App& command = context.addCommand(
        context.group(app, "eval", "Measure quality"), "suggest",
        "Keystroke savings of the word bar and precision of ghost text on a text",
        [&context, arguments] { return runEval(context, *arguments); });
    auto& simulation = arguments->simulation;
    addModelOptions(command, arguments->model);
    command.add_option("--file", arguments->file, "Text to type; - is standard input")->required();
    command.add_option("--max-chars", simulation.characters, "Characters typed in all")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command.add_option("--windows", simulation.windows, "Stretches of the text they come from")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command
        .add_option("--context", simulation.context, "Characters before that are written already")
        ->capture_default_str();
    command.add_option("--count", simulation.count, "Words in the list")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    command.add_flag("--cold", simulation.cold, "Hide what is written already");
    command.add_flag("--calibrate", arguments->calibrate,
                     "First fit the confidence of ghost text to this (held-out) text and write "
                     "the model's suggest.json");
    command
        .add_option("--precision", arguments->precision,
                    "With --calibrate: share of shown ghost texts that must be right")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
}

void addBench(CLI::App& app, Context& context) {
    auto arguments = std::make_shared<BenchArguments>();
    CLI::App& command =
        context.addCommand(context.group(app, "bench", "Measure speed"), "suggest",
                           "Milliseconds from a keystroke to words and ghost text",
                           [&context, arguments] { return runBench(context, *arguments); });
    addModelOptions(command, arguments->model);
    command.add_option("--file", arguments->file, "Text to type (default: a built-in paragraph)");
    command.add_option("--chars", arguments->characters, "Keystrokes")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
}

} // namespace

void addSuggestCommands(CLI::App& app, Context& context) {
    auto arguments = std::make_shared<SuggestArguments>();
    CLI::App& command =
        context.addCommand(app, "suggest", "Words and ghost text at the end of a text",
                           [&context, arguments] { return runSuggest(context, *arguments); });
    addModelOptions(command, arguments->model);
    command.add_option("--text", arguments->text, "The text before the caret");
    command.add_option("--count", arguments->request.count, "Words in the list")
        ->check(CLI::Range(0, 100))
        ->capture_default_str();
    addVerseOptions(command, arguments->request.verse);
    addRemoteOptions(command, arguments->remote);
    command.add_flag("--stdin", arguments->fromStdin,
                     "Answer JSON objects with \"text\" and \"count\", one a line");
    addEval(app, context);
    addBench(app, context);
}

} // namespace linnet::cli
