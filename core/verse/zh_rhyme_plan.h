#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "verse/zh_plan.h"

namespace linnet::verse {

// Settles which groups each rhyme of a plan may have, given the rhyme that was asked for (as
// written, and its characters; empty: none) and the lines that are fixed: fills plan.groups and
// ZhLinePlan::last, and drops variants that a fixed line's ending contradicts.
std::optional<Refusal> planChineseRhymes(ZhPlan& plan, const std::string& asked,
                                         std::u32string_view askedText,
                                         std::u32string_view acrostic,
                                         const ZhVocabulary& vocabulary);

} // namespace linnet::verse
