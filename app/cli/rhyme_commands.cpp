#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"
#include "context.h"
#include "continuation/word_fit.h"
#include "suggest/ngram_model.h"
#include "verse/open_composer.h"
#include "verse/rhyme_finder.h"
#include "verse/script/opencc_converter.h"
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
    std::string line;  // the text before the rhyme's place; empty: none
    std::string model; // that orders by the line; empty: that of verse in the language
};

constexpr std::size_t all = 100000; // candidates, to be ordered before they are cut

// Orders words by how well they go on from the line that was given, as a model sees it.
class LineOrder {
public:
    static Result<LineOrder> open(Context& context, const RhymeOptions& options,
                                  verse::Language language, const verse::VerseData& data) {
        LineOrder order;
        const std::string name =
            options.model.empty() ? std::string(verse::verseModelName(language)) : options.model;
        auto model = context.loadModel(name);
        if (!model) {
            return model.error();
        }
        order.m_model = std::move(*model);
        const engine::Tokenizer& tokenizer = order.m_model->tokenizer();
        order.m_fitter = verse::speaksOfPoems(tokenizer, language)
                             ? continuation::makeVerseFitter(language, data, tokenizer,
                                                             verse::makeOpenccConverter())
                             : continuation::makeProseFitter(tokenizer);
        order.m_line = options.line;
        return order;
    }

    Result<std::vector<continuation::WordFit>> rank(const std::vector<std::string>& words) const {
        return m_fitter->rank(*m_model, {m_line, {}, {}}, words, {});
    }

private:
    std::unique_ptr<engine::Generator> m_model;
    std::unique_ptr<continuation::WordFitter> m_fitter;
    std::string m_line;
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

// The characters that rhyme, or have the tone, in the order that was asked for.
class CharacterLists {
public:
    CharacterLists(const RhymeOptions& options, const LineOrder* order)
        : m_options(options)
        , m_order(order) {}

    std::size_t limit() const { return m_order != nullptr ? all : m_options.limit; }

    Result<void> arrange(std::vector<char32_t>& characters) const {
        if (m_order != nullptr) {
            std::vector<std::string> words;
            for (const char32_t character : characters) {
                words.push_back(verse::toUtf8({&character, 1}));
            }
            const auto ranked = m_order->rank(words);
            if (!ranked) {
                return ranked.error();
            }
            std::vector<char32_t> ordered;
            for (const continuation::WordFit& fit : *ranked) {
                ordered.push_back(characters[fit.word]);
            }
            characters = std::move(ordered);
        }
        characters.resize(std::min(characters.size(), m_options.limit));
        return {};
    }

private:
    const RhymeOptions& m_options;
    const LineOrder* m_order;
};

// Prints a list, or adds it to `object`.
void showList(const Context& context, const std::string& head,
              const std::vector<char32_t>& characters) {
    if (!context.json()) {
        context.print(head + "\t" + textOf(characters));
    }
}

Result<json> readingOf(verse::RhymingCharacters& entry, const CharacterLists& lists,
                       const verse::ZhLexicon& lexicon, const Context& context) {
    const auto& group = lexicon.groups()[entry.reading.group];
    const std::string tone(verse::toString(entry.reading.tone));
    if (const auto done = lists.arrange(entry.characters); !done) {
        return done.error();
    }
    showList(context, tone + "\t" + group.name, entry.characters);
    json neighbours = json::array();
    for (auto& [id, characters] : entry.neighbours) {
        const std::string& other = lexicon.groups()[id].name;
        if (const auto done = lists.arrange(characters); !done) {
            return done.error();
        }
        showList(context, "邻韵\t" + other, characters);
        neighbours.push_back({{"group", other}, {"characters", listOf(characters)}});
    }
    return json{{"tone", tone},
                {"group", group.name},
                {"characters", listOf(entry.characters)},
                {"neighbours", neighbours}};
}

Result<void> rhymeCharacter(char32_t character, const RhymeOptions& options,
                            const verse::ZhLexicon& lexicon, const LineOrder* order,
                            const Context& context) {
    const verse::Script script =
        options.traditional ? verse::Script::Traditional : verse::Script::Simplified;
    const CharacterLists lists(options, order);
    auto rhymes = verse::rhymesOf(lexicon, character, script, lists.limit());
    const std::string name = verse::toUtf8({&character, 1});
    if (rhymes.empty()) {
        return Error{ErrorCode::NotFound, name + " is not in the table of 平水韵"};
    }
    json readings = json::array();
    for (verse::RhymingCharacters& entry : rhymes) {
        auto reading = readingOf(entry, lists, lexicon, context);
        if (!reading) {
            return reading.error();
        }
        readings.push_back(std::move(*reading));
    }
    json tones = json::object();
    for (const bool oblique : {false, true}) {
        if (!(oblique ? lexicon.canBeOblique(character, script)
                      : lexicon.canBeLevel(character, script))) {
            continue;
        }
        auto characters = verse::charactersOfTone(lexicon, oblique, script, lists.limit());
        if (const auto done = lists.arrange(characters); !done) {
            return done.error();
        }
        const std::string tone = oblique ? "仄" : "平";
        showList(context, "同声\t" + tone, characters);
        tones[tone] = listOf(characters);
    }
    if (context.json()) {
        context.print(json{{"character", name}, {"readings", readings}, {"same_tone", tones}});
    }
    return {};
}

constexpr std::array<verse::RhymeKind, 4> kinds{verse::RhymeKind::Perfect, verse::RhymeKind::Mosaic,
                                                verse::RhymeKind::Family, verse::RhymeKind::Slant};

// The words of a kind, as JSON.
Result<json> wordsOf(const std::vector<verse::RhymingWord>& found, const RhymeOptions& options,
                     const LineOrder* order) {
    std::vector<std::string> words;
    std::vector<continuation::WordFit> fits;
    for (const verse::RhymingWord& word : found) {
        fits.push_back({words.size(), std::nullopt});
        words.push_back(word.word);
    }
    if (order != nullptr && !words.empty()) {
        auto ranked = order->rank(words);
        if (!ranked) {
            return ranked.error();
        }
        fits = std::move(*ranked);
    }
    json list = json::array();
    for (std::size_t i = 0; i < std::min(fits.size(), options.limit); ++i) {
        const verse::RhymingWord& word = found[fits[i].word];
        json& entry = list.emplace_back(json{{"word", word.word}, {"syllables", word.syllables}});
        if (fits[i].logProb) {
            entry["logprob"] = std::round(*fits[i].logProb * 1e3) / 1e3;
        }
    }
    return list;
}

Result<json> rhymingWords(const verse::RhymeFinder& finder, const RhymeOptions& options,
                          const LineOrder* order, const Context& context) {
    const auto found =
        finder.find(options.word, {options.syllables, order != nullptr ? all : options.limit,
                                   commonness(context)});
    json result = json::object();
    for (const verse::RhymeKind kind : kinds) {
        std::vector<verse::RhymingWord> ofKind;
        std::copy_if(found.begin(), found.end(), std::back_inserter(ofKind),
                     [&](const verse::RhymingWord& word) { return word.kind == kind; });
        auto list = wordsOf(ofKind, options, order);
        if (!list) {
            return list.error();
        }
        result[std::string(verse::toString(kind))] = std::move(*list);
    }
    return result;
}

Result<void> rhymeWord(const RhymeOptions& options, const verse::VerseData& data,
                       const LineOrder* order, const Context& context) {
    const verse::EnPronouncer pronouncer(data.english);
    const verse::RhymeFinder finder(pronouncer);
    const verse::Sounding sounding = finder.soundingOf(options.word);
    if (sounding.pronunciations.empty()) {
        return Error{ErrorCode::InvalidArgument, "\"" + options.word + "\" is no word"};
    }
    json pronunciations = json::array();
    for (const verse::Pronunciation& pronunciation : sounding.pronunciations) {
        pronunciations.push_back(pronunciation.toString());
    }
    const auto words = rhymingWords(finder, options, order, context);
    if (!words) {
        return words.error();
    }
    if (context.json()) {
        json object{{"word", options.word},
                    {"pronunciations", pronunciations},
                    {"how", verse::toString(sounding.how)}};
        object.update(*words);
        context.print(object);
        return {};
    }
    context.print(options.word + "\t" + pronunciations[0].get<std::string>() + "\t" +
                  std::string(verse::toString(sounding.how)));
    for (const verse::RhymeKind kind : kinds) {
        const std::string name(verse::toString(kind));
        std::string line = name;
        for (const json& word : (*words)[name]) {
            line += (line == name                       ? "\t"
                     : kind == verse::RhymeKind::Mosaic ? ", "
                                                        : " ") +
                    word["word"].get<std::string>();
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
    const bool chinese = !points.empty() && verse::isIdeograph(points.back());
    std::optional<LineOrder> order;
    if (!options.line.empty()) {
        auto opened =
            LineOrder::open(context, options,
                            chinese ? verse::Language::Chinese : verse::Language::English, **data);
        if (!opened) {
            return opened.error();
        }
        order = std::move(*opened);
    }
    const LineOrder* by = order ? &*order : nullptr;
    return chinese ? rhymeCharacter(points.back(), options, (*data)->chinese, by, context)
                   : rhymeWord(options, **data, by, context);
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
    rhyme
        .add_option("word", options->word,
                    "English word or words, or Chinese (its last character counts)")
        ->required()
        ->type_name("WORD");
    rhyme.add_option("--syllables", options->syllables, "Only words of so many syllables")
        ->check(CLI::Range(1, 12).description(""))
        ->type_name("N");
    rhyme.add_option("--limit", options->limit, "At most so many of each kind")
        ->capture_default_str()
        ->type_name("N");
    rhyme
        .add_option("--line", options->line,
                    "The text before the rhyme's place; the words that go on best from it come "
                    "first")
        ->type_name("TEXT");
    rhyme.add_option("--model", options->model, "Orders by the line; that of verse if not given")
        ->type_name("M");
    rhyme.add_flag("--traditional", options->traditional, "Traditional characters");
    context.addCommand(app, "forms", "Every form of verse and its options",
                       [&context] { return runForms(context); });
}

} // namespace linnet::cli
