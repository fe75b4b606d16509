#include "verse/request_checks.h"

#include <algorithm>
#include <utility>

namespace linnet::verse {

namespace {

constexpr int mostVersions = 100;
constexpr double highestTemperature = 5.0;
constexpr int mostLines = 200;

bool names(const Variant& variant, const std::string& name) {
    return variant.name == name || variant.title.en == name ||
           variant.title.zh.find(name) != std::string::npos;
}

std::vector<std::string> variantNames(const Form& form) {
    std::vector<std::string> all;
    for (const Variant& variant : form.variants) {
        if (!variant.name.empty()) {
            all.push_back(form.language == Language::Chinese
                              ? variant.name + " (" + variant.title.zh + ")"
                              : variant.name);
        }
    }
    return all;
}

} // namespace

Refusal refuse(RefusalKind kind, std::string subject, std::string message, int line) {
    return {kind, line, std::move(subject), std::move(message)};
}

std::string joined(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names) {
        all += (all.empty() ? "" : ", ") + name;
    }
    return all;
}

std::map<int, std::string> fixedLines(const PoemRequest& request) {
    std::map<int, std::string> fixed = request.fixed;
    if (!request.firstLine.empty()) {
        fixed[0] = request.firstLine;
    }
    return fixed;
}

std::variant<ChosenForm, Refusal> chooseForm(const PoemRequest& request, const FormLibrary& forms,
                                             Language language) {
    const auto form = forms.find(request.form);
    if (!form || (*form)->language != language) {
        return refuse(RefusalKind::UnknownForm, request.form,
                      form ? "the form " + request.form + " is of another language"
                           : form.error().message);
    }
    if (request.count < 1 || request.count > mostVersions) {
        return refuse(RefusalKind::OutOfRange, "count",
                      "count must be 1 to " + std::to_string(mostVersions));
    }
    if (!(request.temperature > 0 && request.temperature <= highestTemperature)) {
        return refuse(RefusalKind::OutOfRange, "temperature",
                      "temperature must be over 0 and at most 5");
    }
    if (request.lines < 0 || request.lines > mostLines) {
        return refuse(RefusalKind::OutOfRange, "lines",
                      "a poem has at most " + std::to_string(mostLines) + " lines");
    }
    if (!request.firstLine.empty() && request.fixed.contains(0) &&
        request.fixed.at(0) != request.firstLine) {
        return refuse(RefusalKind::FixedLine, request.firstLine,
                      "the first line is given twice, and differently", 0);
    }
    ChosenForm chosen{*form, {}};
    for (const Variant& variant : (*form)->variants) {
        if (request.variant.empty() || names(variant, request.variant)) {
            chosen.variants.push_back(&variant);
        }
    }
    if (chosen.variants.empty()) {
        const auto known = variantNames(**form);
        return refuse(RefusalKind::UnknownVariant, request.variant,
                      "the form " + (*form)->name + " has no variant \"" + request.variant + "\"" +
                          (known.empty() ? "" : "; it has: " + joined(known)));
    }
    return chosen;
}

std::vector<ChosenShape> shapesFor(const std::vector<const Variant*>& variants, int lines,
                                   int linesSpokenOf) {
    int wanted = lines;
    for (const Variant* variant : wanted == 0 ? variants : std::vector<const Variant*>()) {
        const int size = static_cast<int>(variant->lines.size());
        const int blocks = std::max(variant->defaultBlocks, (linesSpokenOf + size - 1) / size);
        if (blocks <= variant->maxBlocks) {
            wanted = blocks * size;
            break;
        }
    }
    std::vector<ChosenShape> shapes;
    for (const Variant* variant : variants) {
        if (const auto blocks = blocksFor(*variant, wanted); blocks && wanted >= linesSpokenOf) {
            shapes.push_back({variant, layoutOf(*variant, *blocks)});
        }
    }
    return shapes;
}

} // namespace linnet::verse
