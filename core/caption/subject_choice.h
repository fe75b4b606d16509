#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/captioner.h"

namespace linnet::caption {

// What a picture is of, as far as the classifier can tell.
struct ChosenSubject {
    std::string noun;               // to name it by
    std::vector<std::string> nouns; // any of which names it
    double probability = 0;         // of all that is of its kind
};

// The noun with the greatest probability, that of all subjects that it is a noun or a kind of; and
// where most of that is one thing's, the noun for that thing. So a classifier that wavers between a
// grouse, a hawk and a quail says a bird, one that sees a stove and a microwave says a kitchen, and
// one that is sure says a hawk. A subject that is aside counts for its kinds alone. Nothing without
// subjects, or if they have no noun in `language`.
std::optional<ChosenSubject> chooseSubject(const std::vector<engine::Subject>& subjects,
                                           const std::string& language);

// How probable what `caption` mentions is: the most probable of its nouns. 0 if it mentions none.
double probabilityOfMentioned(std::string_view caption,
                              const std::vector<engine::Subject>& subjects,
                              const std::string& language);

// What is told of people on the picture; null: nothing.
const engine::Subject* peopleAmong(const std::vector<engine::Subject>& subjects);

} // namespace linnet::caption
