#pragma once

#include "services/settings.h"
#include "ui/editor/editor.h"

namespace linnet::ui {

// The page's type as the settings and the platform say.
Typography typographyFrom(const services::Settings& settings);

} // namespace linnet::ui
