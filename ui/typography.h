#pragma once

#include "services/settings.h"
#include "ui/editor/editor.h"

namespace linnet::ui {

// The page's type as the settings and the platform say.
Typography typographyFrom(const services::Settings& settings);

// The platform's font for the interface, with fonts for Chinese characters behind it: left to
// itself, the platform may take one of another weight, or of another country.
QFont interfaceFont(const QFont& platform);

} // namespace linnet::ui
