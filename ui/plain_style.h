#pragma once

#include <QProxyStyle>

namespace linnet::ui {

// The platform's style without the coloured pictures it puts on the buttons of dialogs, and with
// boxes and fields that can be seen on a dark ground, where it draws their edges darker still.
class PlainStyle : public QProxyStyle {
    Q_OBJECT
public:
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                  QStyleHintReturn* data) const override;
    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                            QPainter* painter, const QWidget* widget) const override;
};

} // namespace linnet::ui
