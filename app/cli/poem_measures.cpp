#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "context.h"
#include "engine/torch/files/tokenizer_loader.h"
#include "poem_counts.h"
#include "poem_desk.h"
#include "quantile.h"
#include "verse/open_composer.h"

namespace linnet::cli {

namespace {

using engine::Error;
using engine::ErrorCode;
using engine::Result;
using nlohmann::json;

// Themes for measuring, when none are given.
constexpr std::array<const char*, 24> chineseThemes = {
    "春日", "秋夜", "江上", "山居", "送别", "思乡", "月夜", "雪",   "梅花", "边塞", "登高", "渔父",
    "听雨", "古寺", "柳",   "重阳", "归田", "夜泊", "牡丹", "怀古", "采莲", "题画", "病中", "新燕"};
constexpr std::array<const char*, 24> englishThemes = {
    "winter sea",      "love",      "the old garden", "death and sleep", "a summer morning",
    "autumn leaves",   "war",       "the moon",       "a lost friend",   "time",
    "the nightingale", "childhood", "ships at night", "the city",        "rain",
    "spring flowers",  "grief",     "music",          "the mountain",    "a letter",
    "my mother",       "faith",     "stars",          "the road home"};

struct EvalArguments {
    std::string form;
    int count = 1000;
    std::uint64_t seed = 1;
    double temperature = 1.0;
    std::string themes; // file
    std::string model;
    std::string poems; // file to write them to
    std::string human; // file of verse to compare with
};

Result<std::vector<std::string>> themesFor(const EvalArguments& arguments,
                                           verse::Language language) {
    if (arguments.themes.empty()) {
        const auto& own = language == verse::Language::Chinese ? chineseThemes : englishThemes;
        return std::vector<std::string>(own.begin(), own.end());
    }
    const auto text = readInput(arguments.themes);
    if (!text) {
        return text.error();
    }
    std::vector<std::string> themes;
    std::string theme;
    for (const char c : *text + "\n") {
        if (c != '\n') {
            theme += c;
        } else if (!theme.empty()) {
            themes.push_back(std::exchange(theme, {}));
        }
    }
    if (themes.empty()) {
        return Error{ErrorCode::InvalidArgument, arguments.themes + " has no theme"};
    }
    return themes;
}

void printReport(const json& report, const Context& context) {
    char line[200];
    const auto percent = [&](const char* name) { return 100 * report[name].get<double>(); };
    std::snprintf(line, sizeof line, "correct        %.2f %% of %d poems (%d refused)",
                  percent("correct"), report["poems"].get<int>(), report["refusals"].get<int>());
    context.print(std::string_view(line));
    std::snprintf(line, sizeof line,
                  "distinct       lines %.2f %%, units %.1f %%, pairs of units %.1f %%",
                  percent("distinct_lines"), percent("distinct_1"), percent("distinct_2"));
    context.print(std::string_view(line));
    if (report.contains("human")) {
        const json& human = report["human"];
        std::snprintf(line, sizeof line,
                      "people's verse units %.1f %%, pairs of units %.1f %%; divergence of units "
                      "%.3f bits",
                      100 * human["distinct_1"].get<double>(),
                      100 * human["distinct_2"].get<double>(), human["divergence"].get<double>());
        context.print(std::string_view(line));
    }
    std::snprintf(line, sizeof line,
                  "theme          in %.1f %% of poems, or what is near it in %.1f %%",
                  percent("theme"), percent("theme_or_near"));
    context.print(std::string_view(line));
    std::snprintf(line, sizeof line, "from corpus    %.2f %% of lines", percent("verbatim"));
    context.print(std::string_view(line));
    std::snprintf(line, sizeof line, "milliseconds   median %.1f, p95 %.1f, first line %.1f",
                  report["ms_p50"].get<double>(), report["ms_p95"].get<double>(),
                  report["first_line_ms_p50"].get<double>());
    context.print(std::string_view(line));
}

// Gives the counts what they compare with.
Result<void> prepare(PoemCounts& counts, const EvalArguments& arguments, verse::Language language,
                     Context& context) {
    const std::string name =
        arguments.model.empty() ? std::string(verse::verseModelName(language)) : arguments.model;
    const auto folder = context.findModel(name);
    if (!folder) {
        return folder.error();
    }
    const auto tokenizer = engine::loadTokenizer(*folder);
    if (!tokenizer) {
        return tokenizer.error();
    }
    auto lore = verse::VerseLore::open(*folder, **tokenizer);
    if (!lore) {
        return lore.error();
    }
    counts.knowWhatIsNear(**tokenizer, std::move(lore->associations));
    if (!arguments.human.empty()) {
        const auto text = readInput(arguments.human);
        if (!text) {
            return text.error();
        }
        counts.compareWith(*text);
    }
    return {};
}

Result<void> runEval(const EvalArguments& arguments, Context& context) {
    PoemDesk desk(context, arguments.model);
    const auto language = desk.languageOf(arguments.form);
    if (!language) {
        return language.error();
    }
    const auto themes = themesFor(arguments, *language);
    if (!themes) {
        return themes.error();
    }
    std::ofstream file(arguments.poems, std::ios::binary);
    PoemCounts counts(*language);
    if (const auto ready = prepare(counts, arguments, *language, context); !ready) {
        return ready;
    }
    verse::PoemRequest request;
    request.form = arguments.form;
    request.temperature = arguments.temperature;
    for (int i = 0; i < arguments.count; ++i) {
        request.theme = (*themes)[static_cast<std::size_t>(i) % themes->size()];
        request.seed = arguments.seed + static_cast<std::uint64_t>(i);
        const auto made = desk.compose(request);
        if (!made) {
            return made.error();
        }
        if (made->refusal) {
            if (i == 0 && toError(*made->refusal).code == ErrorCode::InvalidArgument) {
                return toError(*made->refusal);
            }
            counts.addRefusal();
            continue;
        }
        counts.add(made->poems.front(), request.theme);
        if (file.is_open()) {
            file << toJsonText(toJson(made->poems.front())) << '\n';
        }
    }
    const json report = counts.report(arguments.form);
    if (context.json()) {
        context.print(report);
    } else {
        printReport(report, context);
    }
    return {};
}

struct BenchArguments {
    std::vector<std::string> forms = {"qilu", "sonnet"};
    int repeats = 20;
    std::string model;
};

Result<void> runBench(const BenchArguments& arguments, Context& context) {
    PoemDesk desk(context, arguments.model);
    for (const std::string& form : arguments.forms) {
        const auto language = desk.languageOf(form);
        if (!language) {
            return language.error();
        }
        const Stopwatch loading;
        const auto model = desk.modelFor(*language);
        if (!model) {
            return model.error();
        }
        const double loaded = loading.milliseconds();
        std::vector<double> whole;
        std::vector<double> first;
        verse::PoemRequest request;
        request.form = form;
        request.theme = *language == verse::Language::Chinese ? "秋夜" : "winter sea";
        for (int i = 0; i < arguments.repeats; ++i) {
            request.seed = static_cast<std::uint64_t>(i);
            const auto made = desk.compose(request);
            if (!made) {
                return made.error();
            }
            if (made->refusal) {
                return toError(*made->refusal);
            }
            whole.push_back(made->poems.front().milliseconds);
            first.push_back(made->poems.front().firstMilliseconds);
        }
        if (context.json()) {
            context.print(json{{"bench", "poem"},
                               {"form", form},
                               {"load_ms", loaded},
                               {"first_line_ms", quantile(first, 0.5)},
                               {"p50_ms", quantile(whole, 0.5)},
                               {"p95_ms", quantile(whole, 0.95)}});
            continue;
        }
        char line[200];
        std::snprintf(line, sizeof line,
                      "%-14s p50 %.0f ms, p95 %.0f ms, first line %.0f ms (loading %.0f ms)",
                      form.c_str(), quantile(whole, 0.5), quantile(whole, 0.95),
                      quantile(first, 0.5), loaded);
        context.print(std::string_view(line));
    }
    return {};
}

} // namespace

void addPoemMeasures(CLI::App& app, Context& context) {
    auto eval = std::make_shared<EvalArguments>();
    CLI::App& evalCommand =
        context.addCommand(context.group(app, "eval", "Measure quality"), "poems",
                           "Correct forms, variety and speed of composed poems",
                           [eval, &context] { return runEval(*eval, context); });
    evalCommand.add_option("--form", eval->form, "See linnet-cli forms")->required();
    evalCommand.add_option("--count", eval->count, "Poems")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    evalCommand.add_option("--themes", eval->themes, "A theme a line (default: built in)")
        ->type_name("FILE");
    evalCommand.add_option("--seed", eval->seed, "Of the first poem")->capture_default_str();
    evalCommand.add_option("--temperature", eval->temperature, "Of the composer")
        ->capture_default_str();
    evalCommand.add_option("--poems", eval->poems, "Write the poems to a file, JSON a line")
        ->type_name("FILE");
    evalCommand
        .add_option("--human", eval->human, "Verse by people, a line a line, to compare with")
        ->type_name("FILE");
    evalCommand.add_option("--model", eval->model, "Model of verse, or its folder")->type_name("M");

    auto bench = std::make_shared<BenchArguments>();
    CLI::App& benchCommand =
        context.addCommand(context.group(app, "bench", "Measure speed"), "poem",
                           "Milliseconds to the first line and to the whole poem",
                           [bench, &context] { return runBench(*bench, context); });
    benchCommand.add_option("--form", bench->forms, "Forms")->delimiter(',')->capture_default_str();
    benchCommand.add_option("--repeats", bench->repeats, "Poems of each form")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    benchCommand.add_option("--model", bench->model, "Model of verse, or its folder")
        ->type_name("M");
}

} // namespace linnet::cli
