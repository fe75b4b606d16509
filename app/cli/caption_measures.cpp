#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "caption_commands.h"
#include "picture_captioner.h"
#include "picture_store.h"
#include "training/scores/caption_scores.h"

namespace linnet::cli {

namespace {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;
using nlohmann::json;
using training::CaptionWords;

struct Arguments {
    CaptionArguments caption;
    std::string references;
    std::vector<std::string> pictures;
    std::string list;
    std::string captions; // file to write them to
    int limit = 0;
};

std::vector<std::string> linesOf(const std::string& text) {
    std::vector<std::string> lines;
    std::string line;
    for (const char c : text + "\n") {
        if (c == '\r') {
            continue;
        }
        if (c != '\n') {
            line += c;
        } else if (!line.empty()) {
            lines.push_back(std::exchange(line, {}));
        }
    }
    return lines;
}

// What people wrote, by the picture's name.
using References = std::map<std::string, std::vector<CaptionWords>>;

Result<References> readReferences(const std::string& path, const std::string& language) {
    const auto text = readInput(path);
    if (!text) {
        return text.error();
    }
    References references;
    for (const std::string& line : linesOf(*text)) {
        const std::size_t tab = line.find('\t');
        if (tab == std::string::npos) {
            return Error{ErrorCode::CorruptFile,
                         path + ": a line has no tab between the picture and its caption: " + line};
        }
        references[line.substr(0, tab)].push_back(
            training::captionWords(line.substr(tab + 1), language));
    }
    return references;
}

// The pictures to measure: those of the list, else all that have references.
Result<std::vector<std::string>> namesOf(const Arguments& arguments, const References& references) {
    std::vector<std::string> names;
    if (arguments.list.empty()) {
        for (const auto& [name, captions] : references) {
            names.push_back(name);
        }
    } else {
        const auto text = readInput(arguments.list);
        if (!text) {
            return text.error();
        }
        names = linesOf(*text);
    }
    if (arguments.limit > 0 && names.size() > static_cast<std::size_t>(arguments.limit)) {
        names.resize(static_cast<std::size_t>(arguments.limit));
    }
    for (const std::string& name : names) {
        if (references.find(name) == references.end()) {
            return Error{ErrorCode::NotFound, arguments.references + " has no caption of " + name};
        }
    }
    if (names.empty()) {
        return Error{ErrorCode::InvalidArgument, "there are no pictures to measure"};
    }
    return names;
}

void print(const training::CaptionScores& scores, const Arguments& arguments, int beams,
           std::size_t pictures, double milliseconds, const Context& context) {
    if (context.json()) {
        context.print(json{{"eval", "captions"},
                           {"pictures", pictures},
                           {"beams", beams},
                           {"language", arguments.caption.language},
                           {"bleu1", scores.bleu[0]},
                           {"bleu2", scores.bleu[1]},
                           {"bleu3", scores.bleu[2]},
                           {"bleu4", scores.bleu[3]},
                           {"rouge_l", scores.rougeL},
                           {"cider", scores.cider},
                           {"cider_d", scores.ciderD},
                           {"meteor_like", scores.meteorLike},
                           {"ms", milliseconds}});
        return;
    }
    char text[400];
    std::snprintf(text, sizeof text,
                  "%zu pictures, %d beams\nBLEU-1..4   %.1f  %.1f  %.1f  %.1f\nROUGE-L     %.1f\n"
                  "CIDEr       %.1f (CIDEr-D, which coco-caption reports, %.1f)\n"
                  "METEOR-like %.1f (exact and stemmed words only)\n%.0f ms a picture",
                  pictures, beams, 100 * scores.bleu[0], 100 * scores.bleu[1], 100 * scores.bleu[2],
                  100 * scores.bleu[3], 100 * scores.rougeL, 100 * scores.cider,
                  100 * scores.ciderD, 100 * scores.meteorLike, milliseconds);
    context.print(std::string_view(text));
}

Result<void> runEval(Arguments arguments, Context& context) {
    PictureCaptioner captioner(context, arguments.caption);
    const auto model = captioner.model();
    if (!model) {
        return model.error();
    }
    std::string& language = arguments.caption.language;
    if (language.empty()) {
        language = (*model)->languages().front();
    }
    arguments.caption.count = 1;
    const auto references = readReferences(arguments.references, language);
    if (!references) {
        return references.error();
    }
    const auto names = namesOf(arguments, *references);
    if (!names) {
        return names.error();
    }
    const auto store = PictureStore::open(arguments.pictures);
    if (!store) {
        return store.error();
    }
    std::ofstream file;
    if (!arguments.captions.empty()) {
        file.open(arguments.captions);
    }
    std::vector<training::ScoredCaption> scored;
    double milliseconds = 0;
    for (const std::string& name : *names) {
        const auto bytes = store->read(name);
        if (!bytes) {
            return bytes.error();
        }
        const auto captioned = captioner.caption(*bytes, arguments.caption);
        if (!captioned) {
            return Error{captioned.error().code, name + ": " + captioned.error().message};
        }
        const std::string& caption = captioned->captions.front().text;
        milliseconds += captioned->milliseconds;
        scored.push_back({training::captionWords(caption, language), references->at(name)});
        if (file.is_open()) {
            file << name << '\t' << caption << '\n';
        }
    }
    if (!arguments.captions.empty() && !file.flush()) {
        return Error{ErrorCode::Io, "cannot write " + arguments.captions};
    }
    print(training::scoreCaptions(scored), arguments, captioner.beams(arguments.caption),
          scored.size(), milliseconds / static_cast<double>(scored.size()), context);
    return {};
}

} // namespace

void addCaptionMeasures(CLI::App& app, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App& command = context.addCommand(
        context.group(app, "eval", "Measure quality"), "captions",
        "BLEU, ROUGE-L, CIDEr and METEOR-like figures of the best caption of each picture",
        [arguments, &context] { return runEval(*arguments, context); });
    addCaptionOptions(command, arguments->caption);
    command
        .add_option("--references", arguments->references,
                    "Lines of a picture's name, a tab and a caption that somebody wrote; several "
                    "lines a picture")
        ->required()
        ->type_name("TSV");
    command
        .add_option("--pictures", arguments->pictures,
                    "Folders or tar files that hold the pictures")
        ->required()
        ->type_name("PLACE");
    command.add_option("--list", arguments->list, "Names of the pictures to measure, one a line")
        ->type_name("FILE");
    command.add_option("--limit", arguments->limit, "Measure only the first so many")
        ->check(CLI::PositiveNumber);
    command.add_option("--captions", arguments->captions, "Write the captions to this file")
        ->type_name("FILE");
}

} // namespace linnet::cli
