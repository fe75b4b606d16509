#pragma once

#include <vector>

#include "random_model.h"

namespace linnet::test {

// The textbook decoder in double precision, without a cache, written apart from the code under
// test. Returns the logits of every position, [tokens][vocabulary].
std::vector<std::vector<double>> referenceLogits(const RandomModel& model,
                                                 const std::vector<int>& tokens);

} // namespace linnet::test
