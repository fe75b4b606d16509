#pragma once

#include "ui/dialogs/settings_form.h"

namespace linnet::services {
class VerseSource;
}

namespace linnet::ui {

// What a poet expects to be kept: how new poems are asked for, and how verse is marked, rhymed and
// suggested.
class VersePage : public SettingsForm {
    Q_OBJECT
public:
    VersePage(services::Settings& settings, const services::VerseSource& verse,
              QWidget* parent = nullptr);
};

} // namespace linnet::ui
