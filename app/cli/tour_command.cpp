#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "commands.h"
#include "context.h"
#include "quantile.h"
#include "suggest/suggester.h"
#include "tour_picture.h"
#include "tour_poems.h"

namespace linnet::cli {

namespace {

using engine::Result;

// What the tour types. Written for it, so that no model has seen it.
constexpr std::string_view paragraph =
    "The old man looked at the sea for a long time, and then he turned back to the house. There "
    "was a light in the kitchen window. He knew that she would be waiting for him, as she had "
    "every night since the letter came, and he did not know what he was going to say.";

struct Typing {
    int characters = 0;
    int keys = 0;
    std::vector<double> milliseconds; // of each request, one a keystroke
};

bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '\'';
}

size_t wordEnd(std::string_view text, size_t start) {
    while (start < text.size() && isLetter(text[start])) {
        ++start;
    }
    return start;
}

// The last `width` characters of the ASCII text before the caret, padded on the left.
std::string tail(std::string_view before, size_t width) {
    if (before.size() >= width) {
        return std::string(before.substr(before.size() - width));
    }
    return std::string(width - before.size(), ' ') + std::string(before);
}

std::string describe(const suggest::Suggestions& answer) {
    std::string line;
    for (size_t i = 0; i < answer.words.size(); ++i) {
        line += (i == 0 ? "" : "  ") + std::to_string(i + 1) + " " + answer.words[i].word;
    }
    if (answer.ghost) {
        line += "   >" + answer.ghost->text;
    }
    return line;
}

std::string format(const char* pattern, double first, double second = 0, double third = 0) {
    std::array<char, 200> text{};
    std::snprintf(text.data(), text.size(), pattern, first, second, third);
    return text.data();
}

// Types the word at [start, end) and returns how many characters that wrote: a word that is in the
// bar is picked with one key, which also writes the space after it.
Result<size_t> typeWord(size_t start, size_t end, suggest::Suggester& suggester,
                        engine::Generator& model, const Context& context, Typing& typing) {
    const std::string_view word = paragraph.substr(start, end - start);
    const size_t space = end < paragraph.size() && paragraph[end] == ' ' ? 1 : 0;
    for (size_t at = start; at < end; ++at) {
        const std::string_view before = paragraph.substr(0, at);
        const Stopwatch watch;
        const auto answer = suggester.suggest(&model, before, {}, {}, {});
        if (!answer) {
            return answer.error();
        }
        typing.milliseconds.push_back(watch.milliseconds());
        const bool listed =
            std::any_of(answer->words.begin(), answer->words.end(),
                        [&](const suggest::WordSuggestion& s) { return s.word == word; });
        const bool pick = listed && end - at + space > 1;
        if (at == start || pick) {
            context.print(tail(before, 34) + "|  " + describe(*answer) +
                          format("   (%.1f ms)", typing.milliseconds.back()));
        }
        ++typing.keys;
        if (pick) {
            return end + space - start;
        }
    }
    return end - start;
}

Result<Typing> typeParagraph(suggest::Suggester& suggester, engine::Generator& model,
                             const Context& context) {
    Typing typing;
    size_t at = 0;
    while (at < paragraph.size()) {
        const size_t end = wordEnd(paragraph, at);
        if (end == at) {
            ++typing.keys;
            ++at;
            continue;
        }
        const auto written = typeWord(at, end, suggester, model, context, typing);
        if (!written) {
            return written.error();
        }
        at += *written;
    }
    typing.characters = static_cast<int>(paragraph.size());
    return typing;
}

Result<void> runTour(const std::string& name, Context& context) {
    const Stopwatch loading;
    const auto folder = context.findModel(name);
    if (!folder) {
        return folder.error();
    }
    const auto resources = suggest::loadSuggestModel(*folder);
    if (!resources) {
        return resources.error();
    }
    const auto model = context.loadModel(name);
    if (!model) {
        return model.error();
    }
    const engine::ModelInfo& info = (*model)->info();
    context.print("Linnet types a paragraph with the model " + info.name + " (" +
                  format("%.1f million weights, ", double(info.parameters) / 1e6) + info.precision +
                  ", " + info.device + "; " +
                  format("ready after %.2f s).", loading.milliseconds() / 1000));
    context.print("At each word: the text before the caret, the word bar, and after > the text "
                  "that would show in grey.\n");

    suggest::Suggester suggester(*resources);
    const auto typing = typeParagraph(suggester, **model, context);
    if (!typing) {
        return typing.error();
    }
    context.print("\n" + std::string(paragraph) + "\n");
    context.print(format("%.0f characters took %.0f keys: %.0f %% saved.", typing->characters,
                         typing->keys, 100.0 * (1.0 - double(typing->keys) / typing->characters)));
    context.print(format("From key to suggestions: %.1f ms in the median, %.1f ms at the 95th "
                         "percentile.",
                         quantile(typing->milliseconds, 0.5),
                         quantile(typing->milliseconds, 0.95)));
    if (const auto shown = showPoems(context); !shown) {
        return shown;
    }
    return showCaption(context);
}

} // namespace

void addTourCommand(CLI::App& app, Context& context) {
    auto name = std::make_shared<std::string>("en-prose");
    CLI::App& command = context.addCommand(
        app, "tour", "A short show of what Linnet does, for a machine without a screen",
        [name, &context] { return runTour(*name, context); });
    command.add_option("--model", *name, "Name of an installed model, or a folder")
        ->capture_default_str()
        ->type_name("M");
}

} // namespace linnet::cli
