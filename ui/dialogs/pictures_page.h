#pragma once

#include "ui/dialogs/settings_form.h"

namespace linnet::services {
class ModelLibrary;
}

namespace linnet::ui {

// Captions of pictures: their language and model, and what is read at most.
class PicturesPage : public SettingsForm {
    Q_OBJECT
public:
    PicturesPage(services::Settings& settings, const services::ModelLibrary& library,
                 QWidget* parent = nullptr);
};

} // namespace linnet::ui
