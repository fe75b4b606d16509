#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "verse/form.h"
#include "verse/zh_vocabulary.h"

namespace linnet::verse {

// The tones that a line may take, place by place, as the composer needs them while it writes from
// left to right. Besides the pattern of the form it follows two customs, to which a writer's own
// lines are not held:
//   三平调: a line that ends 平平 must not have a third level tone before them;
//   孤平: in 平平仄仄平 (the last five places) the first level tone may become oblique only if the
//   third place is level instead, so that the second one is not left alone.

// What must stand at `position`, given the sounds before it. `given`: the character there is not
// the composer's to choose, so that a later place must make up for it.
Place demandedTone(const Pattern& pattern, std::size_t position, std::span<const ZhSound> before,
                   bool given);

// True if a reading of the character has that tone; a character that no table knows has any.
bool canStand(const ZhSound& sound, Place place);

// The first place where a writer's own line does not have the pattern; nothing if it has. A line of
// another length fails at the end of the shorter one.
std::optional<std::size_t> firstMisfit(const Pattern& pattern, std::span<const ZhSound> line);

// Every pattern that a writer's own line may have: those of the form and those by its licences.
std::vector<Pattern> licensedPatterns(const Form& form, const LineForm& line);

} // namespace linnet::verse
