#pragma once

namespace linnet::services {
class RecoveryStore;
}

namespace linnet::ui {

class MainWindow;

// Tells in the window's message bar what recovery files the store's last search could not read,
// where they are kept, and lets the writer look at them or delete them. Nothing, if there are none.
void tellUnreadable(MainWindow& window, services::RecoveryStore& store);

} // namespace linnet::ui
