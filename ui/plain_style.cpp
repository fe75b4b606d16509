#include "ui/plain_style.h"

#include <QPainter>
#include <QStyleOption>

namespace linnet::ui {

namespace {

bool isDark(const QStyleOption& option) {
    return option.palette.color(QPalette::Window).lightness() < 128;
}

void outline(QPainter& painter, const QStyleOption& option, QPalette::ColorRole role,
             double radius = 2) {
    const bool enabled = option.state & QStyle::State_Enabled;
    const bool focused = option.state & QStyle::State_HasFocus;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(option.palette.color(focused   ? QPalette::Link
                                        : enabled ? role
                                                  : QPalette::Dark));
    painter.drawRoundedRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    painter.restore();
}

} // namespace

int PlainStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                          QStyleHintReturn* data) const {
    return hint == SH_DialogButtonBox_ButtonsHaveIcons
               ? 0
               : QProxyStyle::styleHint(hint, option, widget, data);
}

void PlainStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option,
                               QPainter* painter, const QWidget* widget) const {
    QProxyStyle::drawPrimitive(element, option, painter, widget);
    if (option == nullptr || !isDark(*option)) {
        return;
    }
    if (element == PE_IndicatorCheckBox) {
        outline(*painter, *option, QPalette::Shadow);
    } else if (element == PE_IndicatorRadioButton) {
        outline(*painter, *option, QPalette::Shadow, option->rect.width() / 2.0);
    } else if (element == PE_FrameLineEdit) {
        outline(*painter, *option, QPalette::Dark);
    }
}

void PlainStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                                    QPainter* painter, const QWidget* widget) const {
    QProxyStyle::drawComplexControl(control, option, painter, widget);
    if (control == CC_SpinBox && option != nullptr && isDark(*option)) {
        outline(*painter, *option, QPalette::Dark);
    }
}

} // namespace linnet::ui
