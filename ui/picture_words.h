#pragma once

#include <QString>

#include "services/caption_source.h"

namespace linnet::ui {

// Why a picture has no captions, and what to do: one or two sentences.
QString explainPictureFailure(const services::CaptionFailure& failure);

// "![A dog.](pictures/a%20dog.jpg)": `alt` and the path escaped as CommonMark wants; the path
// relative to `folder` if that is not empty.
QString markdownImage(const QString& alt, const QString& file, const QString& folder);

} // namespace linnet::ui
