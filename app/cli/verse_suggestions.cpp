#include "verse_suggestions.h"

#include <string>
#include <utility>

#include "verse/open_composer.h"
#include "verse/script/opencc_converter.h"

namespace linnet::cli {

using engine::Error;
using engine::ErrorCode;
using engine::Result;
using nlohmann::json;

std::unique_ptr<continuation::VerseContinuation> openVerseContinuation(Context& context) {
    continuation::VerseContinuation::Options options;
    options.data = [&context] { return context.verse(); };
    for (const auto language : {verse::Language::English, verse::Language::Chinese}) {
        if (const auto folder = context.findModel(std::string(verse::verseModelName(language)))) {
            options.models.emplace(language, *folder);
        }
    }
    options.converter = verse::makeOpenccConverter();
    options.load = [&context](const std::filesystem::path& folder, const std::stop_token&) {
        return context.loadModel(folder.string(), context.threads() > 0 ? context.threads() : 1);
    };
    return std::make_unique<continuation::VerseContinuation>(std::move(options));
}

void addVerseOptions(CLI::App& command, continuation::VerseMode& mode) {
    command.add_flag("--verse", mode.on, "English lines are verse (Chinese ones show it)");
    command.add_option("--form", mode.form, "Of the verse; else the form that fits its lines best");
    command.add_option("--variant", mode.variant, "Of the form, by its name");
}

Result<void> readVerseMode(Context& context, const json& request, continuation::VerseMode& mode) {
    mode.on = request.value("verse", mode.on);
    mode.form = request.value("form", mode.form);
    mode.variant = request.value("variant", mode.variant);
    return checkVerseMode(context, mode);
}

Result<void> checkVerseMode(Context& context, continuation::VerseMode& mode) {
    if (mode.form.empty()) {
        return {};
    }
    const auto data = context.verse();
    if (!data) {
        return data.error();
    }
    const auto form = (*data)->forms.find(mode.form);
    if (!form) {
        return Error{ErrorCode::InvalidArgument, form.error().message};
    }
    mode.on = true;
    mode.form = (*form)->name;
    return {};
}

} // namespace linnet::cli
