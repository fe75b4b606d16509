#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"
#include "context.h"
#include "poem_desk.h"
#include "remote_commands.h"

namespace linnet::cli {

namespace {

using engine::Error;
using engine::ErrorCode;
using engine::Result;
using nlohmann::json;

struct PoemArguments {
    verse::PoemRequest request;
    std::vector<std::string> fix; // "N=LINE"
    std::string model;
    bool fromStdin = false;
    RemoteOptions remote;
};

// "3=LINE", lines counted from 1.
Result<void> addFixed(const std::string& text, verse::PoemRequest& request) {
    const std::size_t equals = text.find('=');
    char* end = nullptr;
    const long number = std::strtol(text.c_str(), &end, 10);
    if (equals == std::string::npos || end != text.c_str() + equals || equals == 0 || number < 1 ||
        number > 1000) {
        return Error{ErrorCode::InvalidArgument,
                     "--fix " + text + ": write N=LINE, with lines counted from 1"};
    }
    request.fixed[static_cast<int>(number) - 1] = text.substr(equals + 1);
    return {};
}

std::vector<std::string> wordList(const json& value) {
    if (value.is_array()) {
        return value.get<std::vector<std::string>>();
    }
    std::vector<std::string> words;
    std::string word;
    for (const char c : value.get<std::string>() + ",") {
        if (c != ',') {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::exchange(word, {}));
        }
    }
    return words;
}

// "fix": {"3": "LINE"} or ["3=LINE"].
Result<void> readFixed(const json& value, verse::PoemRequest& request) {
    if (value.is_object()) {
        for (const auto& [number, line] : value.items()) {
            const auto added = addFixed(number + "=" + line.get<std::string>(), request);
            if (!added) {
                return added;
            }
        }
        return {};
    }
    for (const json& entry : value.is_array() ? value : json::array({value})) {
        const auto added = addFixed(entry.get<std::string>(), request);
        if (!added) {
            return added;
        }
    }
    return {};
}

// The options' names as keys, over those of the command line. Throws a JSON exception when a value
// has the wrong type.
Result<verse::PoemRequest> readRequest(const json& object, verse::PoemRequest request) {
    const auto text = [&](const char* key, std::string& value) {
        if (const auto found = object.find(key); found != object.end() && !found->is_null()) {
            value = found->get<std::string>();
        }
    };
    text("form", request.form);
    text("variant", request.variant);
    text("theme", request.theme);
    text("title", request.title);
    text("rhyme", request.rhyme);
    text("acrostic", request.acrostic);
    text("first-line", request.firstLine);
    text("first_line", request.firstLine);
    text("style", request.style);
    request.count = object.value("count", request.count);
    request.lines = object.value("lines", request.lines);
    request.seed = object.value("seed", request.seed);
    request.temperature = object.value("temperature", request.temperature);
    request.traditional = object.value("traditional", request.traditional);
    if (const auto found = object.find("keywords"); found != object.end() && !found->is_null()) {
        request.keywords = wordList(*found);
    }
    if (const auto found = object.find("fix"); found != object.end() && !found->is_null()) {
        const auto read = readFixed(*found, request);
        if (!read) {
            return read.error();
        }
    }
    return request;
}

Result<json> answer(PoemDesk& desk, const verse::PoemRequest& request) {
    const auto made = desk.compose(request);
    if (!made) {
        return made.error();
    }
    if (made->refusal) {
        return toError(*made->refusal);
    }
    json best = toJson(made->poems.front());
    if (made->poems.size() > 1) {
        json all = json::array();
        for (const CheckedPoem& poem : made->poems) {
            all.push_back(toJson(poem));
        }
        best["versions"] = std::move(all);
    }
    return best;
}

void printPoem(const CheckedPoem& checked, bool withText, const Context& context) {
    if (withText) {
        context.print(checked.poem.title.empty() ? "" : checked.poem.title + "\n");
        context.write(textOf(checked.poem));
    }
    for (const verse::Fault& fault : checked.analysis.faults) {
        context.print("line " + std::to_string(fault.line) + ": " + fault.message);
    }
    for (std::size_t i = 0; i < checked.poem.lines.size(); ++i) {
        if (checked.poem.lines[i].fromCorpus) {
            context.print("line " + std::to_string(i + 1) + " exists in the training corpus");
        }
    }
    for (const std::string& note : checked.notes) {
        context.print("note: " + note);
    }
    context.print("\n(seed " + std::to_string(checked.poem.seed) + ", " +
                  std::to_string(static_cast<int>(checked.milliseconds)) + " ms)");
}

Result<void> runOne(PoemDesk& desk, const PoemArguments& arguments, const Context& context) {
    const bool stream = !context.json() && arguments.request.count == 1;
    const auto made = desk.compose(arguments.request, [&](const verse::PoemLine& line) {
        if (stream) {
            context.print(line.text);
        }
    });
    if (!made) {
        return made.error();
    }
    if (made->refusal) {
        return toError(*made->refusal);
    }
    for (const CheckedPoem& poem : made->poems) {
        if (context.json()) {
            context.print(toJson(poem));
        } else {
            printPoem(poem, !stream, context);
        }
    }
    return {};
}

protocol::PoemRequest toWire(const verse::PoemRequest& request, const std::string& model) {
    protocol::PoemRequest wire;
    wire.model = model;
    protocol::copyWishes(request, wire);
    wire.seed = static_cast<std::int64_t>(request.seed);
    return wire;
}

// A server's poem with the keys that our own have.
json asJson(const protocol::WrittenPoem& poem) {
    return json::parse(protocol::toJson(poem));
}

void printPoem(const protocol::WrittenPoem& poem, const Context& context) {
    context.print(poem.title.empty() ? "" : poem.title + "\n");
    for (std::size_t i = 0; i < poem.lines.size(); ++i) {
        const bool stanza = std::find(poem.breaks.begin(), poem.breaks.end(),
                                      static_cast<int>(i)) != poem.breaks.end();
        context.print((stanza ? "\n" : "") + poem.lines[i]);
    }
    context.print("\n(seed " + std::to_string(poem.seed) + ")");
}

Result<void> composeAway(const PoemArguments& arguments, const Context& context) {
    auto client = RemoteClient::open(arguments.remote);
    if (!client) {
        return client.error();
    }
    if (!arguments.fromStdin) {
        const auto made = composeRemotely(*client, toWire(arguments.request, arguments.model));
        for (const protocol::WrittenPoem& poem :
             made ? made->poems : std::vector<protocol::WrittenPoem>()) {
            if (context.json()) {
                context.print(asJson(poem));
            } else {
                printPoem(poem, context);
            }
        }
        return made ? Result<void>() : made.error();
    }
    return context.answerLines([&](const json& object) -> Result<json> {
        const auto request = readRequest(object, arguments.request);
        if (!request) {
            return request.error();
        }
        const auto made = composeRemotely(*client, toWire(*request, arguments.model));
        if (!made) {
            return made.error();
        }
        json best = asJson(made->poems.front());
        if (made->poems.size() > 1) {
            for (const protocol::WrittenPoem& poem : made->poems) {
                best["versions"].push_back(asJson(poem));
            }
        }
        return best;
    });
}

Result<void> runPoem(PoemArguments arguments, Context& context) {
    for (const std::string& entry : arguments.fix) {
        const auto added = addFixed(entry, arguments.request);
        if (!added) {
            return added;
        }
    }
    if (!arguments.fromStdin && arguments.request.form.empty()) {
        return Error{ErrorCode::InvalidArgument, "give --form, or --stdin"};
    }
    if (arguments.remote.wanted()) {
        return composeAway(arguments, context);
    }
    PoemDesk desk(context, arguments.model);
    if (!arguments.fromStdin) {
        return runOne(desk, arguments, context);
    }
    return context.answerLines([&](const json& object) -> Result<json> {
        const auto request = readRequest(object, arguments.request);
        if (!request) {
            return request.error();
        }
        return answer(desk, *request);
    });
}

} // namespace

void addPoemCommand(CLI::App& app, Context& context) {
    auto arguments = std::make_shared<PoemArguments>();
    CLI::App& command =
        context.addCommand(app, "poem", "Compose a poem whose form is guaranteed",
                           [arguments, &context] { return runPoem(*arguments, context); });
    verse::PoemRequest& request = arguments->request;
    command.add_option("--form", request.form, "qijue, sonnet, ...: see linnet-cli forms");
    command.add_option("--variant", request.variant, "Of the form: its name, or 平起, 仄起, ...");
    command.add_option("--theme", request.theme, "What the poem is about");
    command.add_option("--title", request.title, "Kept as it is");
    command.add_option("--keywords", request.keywords, "Words that are to occur")->delimiter(',');
    command.add_option("--first-line", request.firstLine, "Kept as it is");
    command.add_option("--rhyme", request.rhyme, "A word to rhyme with, or a group of 平水韵");
    command.add_option("--acrostic", request.acrostic, "A beginning for each line (藏头)");
    command.add_option("--style", request.style, "Chinese: a dynasty, such as 唐 or Tang");
    command.add_option("--fix", arguments->fix, "N=LINE: line N stays so, others are composed")
        ->type_name("N=LINE");
    command.add_option("--lines", request.lines, "Lines, where the form leaves a choice");
    command.add_option("--count", request.count, "Versions, best first")->capture_default_str();
    command.add_option("--seed", request.seed, "The same seed gives the same poem")
        ->capture_default_str();
    command.add_option("--temperature", request.temperature, "Lower: likelier words")
        ->capture_default_str();
    command.add_flag("--traditional", request.traditional, "Write traditional characters");
    command
        .add_option("--model", arguments->model,
                    "Name of an installed model of verse, or its folder")
        ->type_name("M");
    addRemoteOptions(command, arguments->remote);
    command.add_flag("--stdin", arguments->fromStdin,
                     "Answer JSON objects with the options' names as keys, one a line");
}

} // namespace linnet::cli
