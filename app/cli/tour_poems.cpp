#include "tour_poems.h"

#include <cstdio>
#include <string>

#include "poem_desk.h"
#include "verse/open_composer.h"

namespace linnet::cli {

namespace {

using engine::Result;

// A line with its marks: 平仄, or the stresses as scanned, and the rhyme.
void printLine(const verse::LineAnalysis& line, const Context& context) {
    context.print("  " + line.text + "   " + line.marks +
                  (line.rhyme.empty() ? "" : "  " + line.rhyme + " (" + line.rhymeWith + ")"));
}

Result<void> showPoem(PoemDesk& desk, const verse::PoemRequest& request,
                      const std::string& introduction, const Context& context) {
    const auto made = desk.compose(request);
    if (!made) {
        return made.error();
    }
    if (made->refusal) {
        return toError(*made->refusal);
    }
    const CheckedPoem& checked = made->poems.front();
    context.print("\n" + introduction + "\n");
    for (const verse::LineAnalysis& line : checked.analysis.lines) {
        printLine(line, context);
    }
    char text[160];
    std::snprintf(text, sizeof text,
                  "\nThe analyzer, which shares nothing with the composer but dictionaries, finds "
                  "%zu faults. %.0f ms.",
                  checked.analysis.faults.size(), checked.milliseconds);
    context.print(std::string_view(text));
    return {};
}

bool isInstalled(verse::Language language, const Context& context) {
    if (context.findModel(std::string(verse::verseModelName(language)))) {
        return true;
    }
    context.print(std::string("\nNo model of ") +
                  (language == verse::Language::Chinese ? "Chinese" : "English") +
                  " verse is installed, so there is no poem here.");
    return false;
}

} // namespace

Result<void> showPoems(Context& context) {
    PoemDesk desk(context, {});
    if (isInstalled(verse::Language::Chinese, context)) {
        verse::PoemRequest request;
        request.form = "qijue";
        request.theme = "秋夜";
        request.acrostic = "江山明月";
        request.seed = 1;
        const auto shown =
            showPoem(desk, request,
                     "A regulated quatrain (七绝) on 秋夜 with the acrostic 江山明月:", context);
        if (!shown) {
            return shown;
        }
    }
    if (isInstalled(verse::Language::English, context)) {
        verse::PoemRequest request;
        request.form = "sonnet";
        request.theme = "winter sea";
        request.seed = 1;
        return showPoem(desk, request, "A Shakespearean sonnet on the winter sea:", context);
    }
    return {};
}

} // namespace linnet::cli
