#pragma once

#include <optional>

#include <QString>

#include "engine/api/result.h"
#include "services/model_status.h"

namespace linnet::ui {

// Below the interface, everything says in English what went wrong, and a code tells what kind of
// thing it is. Who reads English gets these words after our own sentence; who reads Chinese gets
// the kind in Chinese.

QString withReason(const QString& sentence, engine::ErrorCode code, const QString& english);
QString withReason(const QString& sentence, const engine::Error& error);
// Where no kind is known, or the sentence has it already.
QString withDetails(const QString& sentence, const QString& english);
// Of a model, in the reader's language; empty: there is none.
QString noticeOf(const services::ModelStatus& status);

} // namespace linnet::ui
