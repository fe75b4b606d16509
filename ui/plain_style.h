#pragma once

#include <QProxyStyle>

namespace linnet::ui {

// The platform's style without the coloured pictures it puts on the buttons of dialogs.
class PlainStyle : public QProxyStyle {
    Q_OBJECT
public:
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                  QStyleHintReturn* data) const override {
        return hint == SH_DialogButtonBox_ButtonsHaveIcons
                   ? 0
                   : QProxyStyle::styleHint(hint, option, widget, data);
    }
};

} // namespace linnet::ui
