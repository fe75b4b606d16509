#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "verse/en_plan.h"
#include "verse/random.h"
#include "verse/verse_lore.h"

namespace linnet::verse {

// A plan whose first line is one of the form's openings, drawn by `random`, with the words that are
// nearest to the theme. Nothing if the form has none, if the request says how the poem begins, or
// if none of those drawn goes with the request. `knownLine` may be empty; a line it knows is not
// taken.
std::optional<EnPlan> planWithOpening(const PoemRequest& request, const EnPlan& plan,
                                      const FormLibrary& forms, const EnVocabulary& vocabulary,
                                      const EnLexicon& lexicon, const VerseLore& lore,
                                      const std::function<bool(std::string_view)>& knownLine,
                                      Random& random);

} // namespace linnet::verse
