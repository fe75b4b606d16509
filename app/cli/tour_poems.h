#pragma once

#include "context.h"

namespace linnet::cli {

// The tour's poems: one in each language with what the analyzer says about it; a sentence where
// the model is not installed.
engine::Result<void> showPoems(Context& context);

} // namespace linnet::cli
