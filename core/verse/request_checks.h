#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "verse/form.h"
#include "verse/form_library.h"
#include "verse/poem.h"

namespace linnet::verse {

// The parts of a request that mean the same in every language.

struct ChosenForm {
    const Form* form = nullptr;
    std::vector<const Variant*> variants; // those that the request's `variant` names; else all
};

// Finds the form and its variants, and checks the numbers of the request.
std::variant<ChosenForm, Refusal> chooseForm(const PoemRequest& request, const FormLibrary& forms,
                                             Language language);

// A variant in a number of lines.
struct ChosenShape {
    const Variant* variant = nullptr;
    Layout layout;
};

// The variants in the number of lines that the request asks for, or in their default number or the
// least above it that has every line that the request speaks of. Empty if there is none.
std::vector<ChosenShape> shapesFor(const std::vector<const Variant*>& variants, int lines,
                                   int linesSpokenOf);

// The request's fixed lines, with `firstLine` among them.
std::map<int, std::string> fixedLines(const PoemRequest& request);

Refusal refuse(RefusalKind kind, std::string subject, std::string message, int line = -1);

// ", "-separated.
std::string joined(const std::vector<std::string>& names);

} // namespace linnet::verse
