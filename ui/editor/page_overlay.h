#pragma once

class QPainter;

namespace linnet::ui {

// Something that is painted over the page's text and is no part of it.
class PageOverlay {
public:
    virtual ~PageOverlay() = default;
    virtual void paint(QPainter& painter) = 0; // in the coordinates of the viewport
};

} // namespace linnet::ui
