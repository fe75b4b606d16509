#pragma once

#include <optional>

#include <QMetaType>
#include <QString>

#include "engine/api/result.h"

namespace linnet::services {

enum class ModelState { Off, Loading, Ready, Failed };

// What the status bar shows of a model.
struct ModelStatus {
    ModelState state = ModelState::Off;
    QString name;      // "en-prose"
    QString device;    // "CPU", "CUDA"
    QString precision; // "int8"
    QString notice;    // e.g. that it moved to the CPU for lack of memory; the reason of a failure
    // The notice is an English diagnostic, and this is what it is about. None: it is translated.
    std::optional<engine::ErrorCode> error = std::nullopt;
};

} // namespace linnet::services

Q_DECLARE_METATYPE(linnet::services::ModelStatus)
