#include <memory>
#include <optional>
#include <string>

#include "commands.h"
#include "context.h"
#include "verse/analyzer.h"
#include "verse/utf8.h"

namespace linnet::cli {

namespace {

using engine::Error;
using engine::ErrorCode;
using engine::Result;
using nlohmann::json;

constexpr const char* automatic = "auto";

struct CheckOptions {
    std::string form = automatic;
    std::string variant;
    std::string acrostic;
    std::string script = automatic;
    std::string file;
    bool input = false; // --stdin
};

json toJson(const std::vector<verse::Fault>& faults) {
    json all = json::array();
    for (const verse::Fault& fault : faults) {
        all.push_back({{"line", fault.line},
                       {"position", fault.position},
                       {"kind", verse::toString(fault.kind)},
                       {"message", fault.message}});
    }
    return all;
}

json toJson(const verse::CharacterAnalysis& character, const verse::ZhLexicon& lexicon) {
    json readings = json::array();
    for (const verse::ZhReading reading : character.readings) {
        readings.push_back({{"tone", verse::toString(reading.tone)},
                            {"group", lexicon.groups()[reading.group].name}});
    }
    return {{"character", verse::toUtf8({&character.character, 1})},
            {"readings", readings},
            {"how", character.readings.empty() ? "not in the table" : "平水韵"}};
}

json toJson(const verse::WordAnalysis& word) {
    json pronunciations = json::array();
    for (const verse::Pronunciation& pronunciation : word.sounding.pronunciations) {
        pronunciations.push_back(pronunciation.toString());
    }
    json object{{"word", word.text},
                {"pronunciations", pronunciations},
                {"chosen", word.chosen},
                {"how", verse::toString(word.sounding.how)}};
    if (!word.sounding.from.empty()) {
        object["from"] = word.sounding.from;
    }
    return object;
}

json toJson(const verse::LineAnalysis& line, const verse::Analysis& analysis,
            const verse::ZhLexicon& lexicon) {
    json object{{"text", line.text},          {"length", line.length},
                {"marks", line.marks},        {"pattern", line.pattern},
                {"rhyme", line.rhyme},        {"rhyme_with", line.rhymeWith},
                {"stanza", line.startsStanza}};
    json units = json::array();
    if (analysis.language == verse::Language::Chinese) {
        for (const auto& character : line.characters) {
            units.push_back(toJson(character, lexicon));
        }
        object["characters"] = units;
    } else {
        for (const auto& word : line.words) {
            units.push_back(toJson(word));
        }
        object["words"] = units;
        object["lengths"] = line.lengths;
    }
    return object;
}

json toJson(const verse::Analysis& analysis, const verse::ZhLexicon& lexicon) {
    json lines = json::array();
    for (const verse::LineAnalysis& line : analysis.lines) {
        lines.push_back(toJson(line, analysis, lexicon));
    }
    json object{{"form", analysis.form},
                {"variant", analysis.variant},
                {"title", analysis.title},
                {"ok", analysis.ok()},
                {"faults", toJson(analysis.faults)},
                {"remarks", toJson(analysis.remarks)},
                {"lines", lines}};
    if (analysis.language == verse::Language::Chinese) {
        object["script"] =
            analysis.script == verse::Script::Traditional ? "traditional" : "simplified";
    }
    return object;
}

Result<verse::Analysis> check(const std::string& text, const CheckOptions& options,
                              const verse::VerseData& data) {
    verse::AnalysisOptions how;
    how.variant = options.variant;
    how.acrostic = options.acrostic;
    if (options.script != automatic) {
        how.script = options.script == "traditional" ? verse::Script::Traditional
                                                     : verse::Script::Simplified;
    }
    const verse::Analyzer analyzer(data);
    verse::Analysis analysis;
    if (options.form == automatic) {
        if (!options.variant.empty()) {
            return Error{ErrorCode::InvalidArgument, "--variant needs --form"};
        }
        analysis = analyzer.recognise(text, how);
    } else {
        const auto form = data.forms.find(options.form);
        if (!form) {
            return Error{ErrorCode::InvalidArgument, form.error().message};
        }
        if (!options.variant.empty() && (*form)->findVariant(options.variant) == nullptr) {
            return Error{ErrorCode::InvalidArgument, "the form " + options.form +
                                                         " has no variant \"" + options.variant +
                                                         "\"; see linnet-cli forms"};
        }
        analysis = analyzer.analyse(text, **form, how);
    }
    if (analysis.lines.empty()) {
        return Error{ErrorCode::InvalidArgument, "there is no line of verse in the text"};
    }
    return analysis;
}

void printFaults(const std::vector<verse::Fault>& faults, const char* what, Context& context) {
    for (const verse::Fault& fault : faults) {
        std::string place = fault.line > 0 ? "line " + std::to_string(fault.line) : "poem";
        place += fault.position > 0 ? ", " + std::to_string(fault.position) : "";
        context.print(std::string(what) + "\t" + place + "\t" + fault.message);
    }
}

void printReport(const verse::Analysis& analysis, const verse::VerseData& data, Context& context) {
    const verse::Form& form = **data.forms.find(analysis.form);
    const verse::Variant* variant = form.findVariant(analysis.variant);
    const bool chinese = analysis.language == verse::Language::Chinese;
    std::string name = chinese ? form.title.zh : form.title.en;
    if (variant != nullptr && !variant->name.empty()) {
        name += ", " + (chinese ? variant->title.zh : variant->title.en);
    }
    context.print(name + " (" + form.name + "): " +
                  (analysis.ok() ? std::string("no faults")
                                 : std::to_string(analysis.faults.size()) + " faults"));
    for (const verse::LineAnalysis& line : analysis.lines) {
        context.print(line.text + "\t" + line.marks + "\t" + std::to_string(line.length) + "\t" +
                      line.rhyme + (line.rhymeWith.empty() ? "" : " " + line.rhymeWith));
    }
    printFaults(analysis.faults, "fault", context);
    printFaults(analysis.remarks, "remark", context);
}

// The text of a request: "text", or "lines" as `poem` answers them.
Result<std::string> textOf(const json& request) {
    if (const auto text = request.find("text"); text != request.end()) {
        return text->get<std::string>();
    }
    if (const auto lines = request.find("lines"); lines != request.end()) {
        std::string text;
        for (const json& line : *lines) {
            text += line.get<std::string>() + "\n";
        }
        return text;
    }
    if (const auto file = request.find("file"); file != request.end()) {
        return readInput(file->get<std::string>());
    }
    return Error{ErrorCode::InvalidArgument, "a request needs \"text\", \"lines\" or \"file\""};
}

Result<json> answer(const json& request, const CheckOptions& defaults,
                    const verse::VerseData& data) {
    const auto text = textOf(request);
    if (!text) {
        return text.error();
    }
    CheckOptions options = defaults;
    options.form = request.value("form", defaults.form);
    options.variant = request.value("variant", defaults.variant);
    options.acrostic = request.value("acrostic", defaults.acrostic);
    options.script = request.value("script", defaults.script);
    const auto analysis = check(*text, options, data);
    if (!analysis) {
        return analysis.error();
    }
    return toJson(*analysis, data.chinese);
}

Result<void> runCheck(const CheckOptions& options, Context& context) {
    const auto data = context.verse();
    if (!data) {
        return data.error();
    }
    if (options.input) {
        return context.answerLines(
            [&](const json& request) { return answer(request, options, **data); });
    }
    const auto text = readInput(options.file);
    if (!text) {
        return text.error();
    }
    const auto analysis = check(*text, options, **data);
    if (!analysis) {
        return analysis.error();
    }
    if (context.json()) {
        context.print(toJson(*analysis, (*data)->chinese));
    } else {
        printReport(*analysis, **data, context);
    }
    return {};
}

} // namespace

void addCheckCommand(CLI::App& app, Context& context) {
    auto options = std::make_shared<CheckOptions>();
    CLI::App& command =
        context.addCommand(app, "check", "What a poem's form says of it: counts, tones, rhymes",
                           [options, &context] { return runCheck(*options, context); });
    command.add_option("--form", options->form, "Name of a form (see forms), or auto")
        ->capture_default_str()
        ->type_name("FORM");
    command.add_option("--variant", options->variant, "Only this variant of the form");
    command.add_option("--acrostic", options->acrostic, "What the lines must begin with");
    command.add_option("--script", options->script, "auto, simplified or traditional")
        ->check(CLI::IsMember({automatic, "simplified", "traditional"}).description(""))
        ->capture_default_str();
    auto* source = command.add_option_group("Source");
    source->add_option("--file", options->file, "Text in UTF-8; - is standard input")
        ->type_name("F");
    source->add_flag("--stdin", options->input,
                     "One request a line: an object with text (or lines, or file) and options");
    source->require_option(1);
}

} // namespace linnet::cli
