#pragma once

#include <QMetaType>
#include <QString>

namespace linnet::services {

enum class ModelState { Off, Loading, Ready, Failed };

// What the status bar shows of a model.
struct ModelStatus {
    ModelState state = ModelState::Off;
    QString name;      // "en-prose"
    QString device;    // "CPU", "CUDA"
    QString precision; // "int8"
    QString notice;    // e.g. that it moved to the CPU for lack of memory; the reason of a failure
};

} // namespace linnet::services

Q_DECLARE_METATYPE(linnet::services::ModelStatus)
