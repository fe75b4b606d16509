#pragma once

#include "services/settings_table.h"

namespace linnet::ui {

// Settings that only the windows know of, stored with the others.
namespace uiSetting {

inline constexpr services::Setting<int> zoom{"appearance/zoom", 100, 50, 300}; // per cent
// Tell a screen reader what is suggested.
inline constexpr services::Setting<bool> announceSuggestions{"suggestions/announce", false};

} // namespace uiSetting

} // namespace linnet::ui
