#pragma once

#include <QIcon>
#include <QString>

class QColor;

namespace linnet::ui {

// The line icon `name` of the resources in the colour of the text around it.
QIcon lineIcon(const QString& name, const QColor& colour);

// A round mark of 10 pixels, for the model's state.
QIcon dotIcon(const QColor& colour);

} // namespace linnet::ui
