#pragma once

#include <QDialog>

#include "services/settings.h"

namespace linnet::ui {

// One sheet with every shortcut.
class ShortcutSheet : public QDialog {
    Q_OBJECT
public:
    explicit ShortcutSheet(const services::Settings& settings, QWidget* parent = nullptr);

Q_SIGNALS:
    void changeRequested();
};

} // namespace linnet::ui
