#include "ui/theme.h"

#include <algorithm>
#include <cmath>

#include <QWidget>

namespace linnet::ui {

namespace {

// Relative luminance of an sRGB colour, WCAG 2.1.
double luminance(const QColor& colour) {
    const auto linear = [](double channel) {
        return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) +
           0.0722 * linear(colour.blueF());
}

QColor mix(const QColor& a, const QColor& b, double share) {
    const auto blend = [share](int x, int y) {
        return static_cast<int>(std::lround(x * (1 - share) + y * share));
    };
    return QColor(blend(a.red(), b.red()), blend(a.green(), b.green()), blend(a.blue(), b.blue()));
}

Theme makeLight() {
    Theme theme;
    theme.dark = false;
    theme.paper = QColor(0xFC, 0xF9, 0xF2);
    theme.chrome = QColor(0xF4, 0xEF, 0xE5);
    theme.line = QColor(0xE2, 0xDA, 0xCB);
    theme.ink = QColor(0x22, 0x1E, 0x19);
    theme.muted = QColor(0x6F, 0x66, 0x5A);
    theme.ghost = mix(theme.paper, theme.ink, 0.49);
    theme.accent = QColor(0xA2, 0x38, 0x32);
    theme.selection = QColor(0xEC, 0xD9, 0xC6);
    theme.match = QColor(0xF5, 0xE6, 0xB0);
    theme.current = QColor(0xF0, 0xC6, 0x6E);
    theme.good = QColor(0x3F, 0x85, 0x4B);
    theme.busy = QColor(0xB4, 0x72, 0x0C);
    theme.bad = QColor(0xB8, 0x2B, 0x2B);
    return theme;
}

Theme makeDark() {
    Theme theme;
    theme.dark = true;
    theme.paper = QColor(0x26, 0x27, 0x2A);
    theme.chrome = QColor(0x1F, 0x20, 0x22);
    theme.line = QColor(0x38, 0x3A, 0x3D);
    theme.ink = QColor(0xE6, 0xE1, 0xD7);
    theme.muted = QColor(0xA3, 0x9E, 0x94);
    theme.ghost = mix(theme.paper, theme.ink, 0.47);
    theme.accent = QColor(0xE8, 0x92, 0x86);
    theme.selection = QColor(0x4A, 0x42, 0x3C);
    theme.match = QColor(0x50, 0x48, 0x28);
    theme.current = QColor(0x6A, 0x54, 0x18);
    theme.good = QColor(0x7D, 0xBE, 0x86);
    theme.busy = QColor(0xE0, 0xAC, 0x58);
    theme.bad = QColor(0xEF, 0x7F, 0x78);
    return theme;
}

} // namespace

const Theme& lightTheme() {
    static const Theme theme = makeLight();
    return theme;
}

const Theme& darkTheme() {
    static const Theme theme = makeDark();
    return theme;
}

double contrastRatio(const QColor& a, const QColor& b) {
    const double first = luminance(a);
    const double second = luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

void setTextColour(QWidget* widget, const QColor& colour) {
    QPalette palette = widget->palette();
    // On a card, whose background is that of a field, labels take the text colour of fields.
    palette.setColor(QPalette::WindowText, colour);
    palette.setColor(QPalette::Text, colour);
    widget->setPalette(palette);
}

QPalette Theme::palette() const {
    QPalette palette;
    palette.setColor(QPalette::Window, chrome);
    palette.setColor(QPalette::WindowText, ink);
    palette.setColor(QPalette::Base, paper);
    palette.setColor(QPalette::AlternateBase, chrome);
    palette.setColor(QPalette::Text, ink);
    palette.setColor(QPalette::PlaceholderText, muted);
    palette.setColor(QPalette::Button, mix(chrome, paper, 0.4));
    palette.setColor(QPalette::ButtonText, ink);
    palette.setColor(QPalette::BrightText, bad);
    palette.setColor(QPalette::Highlight, selection);
    palette.setColor(QPalette::HighlightedText, ink);
    palette.setColor(QPalette::ToolTipBase, paper);
    palette.setColor(QPalette::ToolTipText, ink);
    palette.setColor(QPalette::Link, accent);
    palette.setColor(QPalette::LinkVisited, accent);
    palette.setColor(QPalette::Light, mix(chrome, paper, dark ? 0.2 : 0.8));
    palette.setColor(QPalette::Midlight, mix(chrome, line, 0.4));
    palette.setColor(QPalette::Mid, line);
    palette.setColor(QPalette::Dark, mix(line, ink, 0.25));
    palette.setColor(QPalette::Shadow, mix(line, ink, 0.5));
    const QColor faded = mix(chrome, ink, 0.45);
    palette.setColor(QPalette::Disabled, QPalette::WindowText, faded);
    palette.setColor(QPalette::Disabled, QPalette::Text, faded);
    palette.setColor(QPalette::Disabled, QPalette::ButtonText, faded);
    return palette;
}

QPalette Theme::pagePalette() const {
    QPalette page = palette();
    page.setColor(QPalette::Window, paper);
    // The editor paints selections itself, as high as its lines; Qt's would leave gaps.
    page.setColor(QPalette::Highlight, Qt::transparent);
    page.setColor(QPalette::HighlightedText, ink);
    return page;
}

} // namespace linnet::ui
