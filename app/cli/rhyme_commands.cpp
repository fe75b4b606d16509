#include <filesystem>
#include <memory>
#include <string>

#include "commands.h"
#include "context.h"
#include "suggest/ngram_model.h"
#include "verse/rhyme_finder.h"
#include "verse/utf8.h"

namespace linnet::cli {

namespace {

using engine::Error;
using engine::ErrorCode;
using engine::Result;
using nlohmann::json;

struct RhymeOptions {
    std::string word;
    int syllables = 0;
    std::size_t limit = 40;
    bool traditional = false;
};

// Common words first, where a model with counted words is installed.
verse::WordScore commonness(const Context& context) {
    const auto folder = context.findModel("en-prose");
    if (!folder) {
        return {};
    }
    const auto model = suggest::NgramModel::load(*folder / "ngram.bin");
    if (!model) {
        return {};
    }
    return [counts = *model](std::string_view word) {
        const auto id = counts->lexicon().find(word);
        return id && *id < counts->lexicon().vocabulary()
                   ? static_cast<double>(counts->unigrams()[*id])
                   : 0.0;
    };
}

std::string textOf(const std::vector<char32_t>& characters) {
    return verse::toUtf8({characters.data(), characters.size()});
}

json listOf(const std::vector<char32_t>& characters) {
    json list = json::array();
    for (const char32_t character : characters) {
        list.push_back(verse::toUtf8({&character, 1}));
    }
    return list;
}

Result<void> rhymeCharacter(char32_t character, const RhymeOptions& options,
                            const verse::ZhLexicon& lexicon, const Context& context) {
    const verse::Script script =
        options.traditional ? verse::Script::Traditional : verse::Script::Simplified;
    const auto rhymes = verse::rhymesOf(lexicon, character, script, options.limit);
    const std::string name = verse::toUtf8({&character, 1});
    if (rhymes.empty()) {
        return Error{ErrorCode::NotFound, name + " is not in the table of 平水韵"};
    }
    json readings = json::array();
    for (const verse::RhymingCharacters& entry : rhymes) {
        const auto& group = lexicon.groups()[entry.reading.group];
        json neighbours = json::array();
        const std::string tone(verse::toString(entry.reading.tone));
        if (!context.json()) {
            context.print(tone + "\t" + group.name + "\t" + textOf(entry.characters));
        }
        for (const auto& [id, characters] : entry.neighbours) {
            const std::string& other = lexicon.groups()[id].name;
            neighbours.push_back({{"group", other}, {"characters", listOf(characters)}});
            if (!context.json()) {
                context.print("邻韵\t" + other + "\t" + textOf(characters));
            }
        }
        readings.push_back({{"tone", tone},
                            {"group", group.name},
                            {"characters", listOf(entry.characters)},
                            {"neighbours", neighbours}});
    }
    if (context.json()) {
        context.print(json{{"character", name}, {"readings", readings}});
    }
    return {};
}

Result<void> rhymeWord(const RhymeOptions& options, const verse::VerseData& data,
                       const Context& context) {
    const verse::EnPronouncer pronouncer(data.english);
    const verse::Sounding sounding = pronouncer.sounding(options.word);
    if (sounding.pronunciations.empty()) {
        return Error{ErrorCode::InvalidArgument, "\"" + options.word + "\" is no word"};
    }
    const verse::RhymeFinder finder(pronouncer);
    const auto words =
        finder.find(options.word, {options.syllables, options.limit, commonness(context)});
    json pronunciations = json::array();
    for (const verse::Pronunciation& pronunciation : sounding.pronunciations) {
        pronunciations.push_back(pronunciation.toString());
    }
    json object{{"word", options.word},
                {"pronunciations", pronunciations},
                {"how", verse::toString(sounding.how)},
                {"perfect", json::array()},
                {"family", json::array()},
                {"slant", json::array()}};
    for (const verse::RhymingWord& word : words) {
        object[std::string(verse::toString(word.kind))].push_back(
            {{"word", word.word}, {"syllables", word.syllables}});
    }
    if (context.json()) {
        context.print(object);
        return {};
    }
    context.print(options.word + "\t" + pronunciations[0].get<std::string>() + "\t" +
                  std::string(verse::toString(sounding.how)));
    for (const char* kind : {"perfect", "family", "slant"}) {
        std::string line = kind;
        for (const json& word : object[kind]) {
            line += (line == kind ? "\t" : " ") + word["word"].get<std::string>();
        }
        context.print(line);
    }
    return {};
}

Result<void> runRhyme(const RhymeOptions& options, Context& context) {
    const auto data = context.verse();
    if (!data) {
        return data.error();
    }
    const auto points = verse::toCodePoints(options.word);
    if (!points.empty() && verse::isIdeograph(points.back())) {
        return rhymeCharacter(points.back(), options, (*data)->chinese, context);
    }
    return rhymeWord(options, **data, context);
}

json namesOf(const verse::Names& names) {
    return {{"en", names.en}, {"zh", names.zh}};
}

// "aAxA", as the file has it.
std::string schemeOf(const verse::Variant& variant) {
    std::string scheme;
    for (const verse::RhymeMark& mark : variant.rhymes) {
        scheme +=
            mark.letter < 0 ? 'x' : static_cast<char>((mark.required ? 'A' : 'a') + mark.letter);
    }
    return scheme;
}

// The options of `poem` that make sense for the form.
json optionsOf(const verse::Form& form) {
    json options{
        {"theme", true}, {"acrostic", true}, {"first-line", true}, {"rhyme", form.hasRhyme()}};
    json variants = json::array();
    for (const verse::Variant& variant : form.variants) {
        if (!variant.name.empty()) {
            variants.push_back({{"name", variant.name},
                                {"title", namesOf(variant.title)},
                                {"lines", variant.lines.size()},
                                {"rhyme", schemeOf(variant)}});
        }
    }
    options["variant"] = variants;
    return options;
}

Result<void> runForms(Context& context) {
    const auto data = context.verse();
    if (!data) {
        return data.error();
    }
    for (const verse::Form& form : (*data)->forms.forms()) {
        const auto counts = form.lineCounts(8);
        if (context.json()) {
            const verse::Variant& first = form.variants.front();
            context.print(json{{"form", form.name},
                               {"language", verse::toString(form.language)},
                               {"title", namesOf(form.title)},
                               {"short", namesOf(form.shortTitle)},
                               {"description", namesOf(form.description)},
                               {"lines", counts},
                               {"open", first.maxBlocks > 8},
                               {"rhyme", schemeOf(first)},
                               {"options", optionsOf(form)}});
            continue;
        }
        context.print(form.name + "\t" + form.title.en + " (" + form.title.zh + ")");
        context.print("    " + form.description.en);
        std::string variants;
        for (const verse::Variant& variant : form.variants) {
            variants += (variants.empty() ? "" : ", ") + variant.name;
        }
        if (!variants.empty()) {
            context.print("    variants: " + variants);
        }
    }
    return {};
}

} // namespace

void addRhymeCommands(CLI::App& app, Context& context) {
    auto options = std::make_shared<RhymeOptions>();
    CLI::App& rhyme =
        context.addCommand(app, "rhyme", "Rhymes of a word or of a Chinese character, by kind",
                           [options, &context] { return runRhyme(*options, context); });
    rhyme.add_option("word", options->word, "English word, or Chinese (its last character counts)")
        ->required()
        ->type_name("WORD");
    rhyme.add_option("--syllables", options->syllables, "Only words of so many syllables")
        ->check(CLI::Range(1, 12).description(""))
        ->type_name("N");
    rhyme.add_option("--limit", options->limit, "At most so many of each kind")
        ->capture_default_str()
        ->type_name("N");
    rhyme.add_flag("--traditional", options->traditional, "Traditional characters");
    context.addCommand(app, "forms", "Every form of verse and its options",
                       [&context] { return runForms(context); });
}

} // namespace linnet::cli
