#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/api/captioner.h"

namespace linnet::caption {

// What a picture is of, as far as the classifier can tell.
struct ChosenSubject {
    std::string noun;               // to name it by
    std::vector<std::string> nouns; // any of which names it
    double probability = 0;
};

// The most probable subject that is not aside. Where the classifier wavers between things of one
// kind (a grouse, a hawk or a quail), their common noun is chosen instead (a bird), with the
// probability of all of them. Nothing without subjects, or if they have no noun in `language`.
std::optional<ChosenSubject> chooseSubject(const std::vector<engine::Subject>& subjects,
                                           const std::string& language);

} // namespace linnet::caption
