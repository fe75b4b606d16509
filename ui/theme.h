#pragma once

#include <QColor>
#include <QPalette>

class QWidget;

namespace linnet::ui {

// The colours of the program. Ratios below are WCAG 2.1 contrasts against `paper` and are kept by a
// test: ink at least 7, muted and accent 4.5, ghost 3 and about 45 % of the way to ink.
struct Theme {
    bool dark = false;
    QColor paper;     // the page
    QColor chrome;    // everything around it
    QColor line;      // hairlines between the two
    QColor ink;       // text
    QColor muted;     // Markdown marks, counts, hints
    QColor ghost;     // suggestions on the page
    QColor accent;    // the one colour: links, what leaves the machine, focus
    QColor selection; // behind selected text, which keeps its ink
    QColor match;     // behind search matches
    QColor current;   // behind the current search match
    QColor good;      // the model is ready
    QColor busy;      // it is loading
    QColor bad;       // it failed

    QPalette palette() const;     // for the application
    QPalette pagePalette() const; // for the editor
};

// Gives the text of `widget` a colour, whatever role its surroundings give it.
void setTextColour(QWidget* widget, const QColor& colour);

const Theme& lightTheme();
const Theme& darkTheme();

// WCAG 2.1 contrast ratio, 1 to 21.
double contrastRatio(const QColor& a, const QColor& b);

} // namespace linnet::ui
