#pragma once

#include "engine/torch/files/json_fields.h"
#include "engine/torch/model_config.h"

namespace linnet::engine {

// The rotary part of a configuration, in the spellings that Transformers has used: `rope_theta`
// and `rope_scaling` with `type` or `rope_type`, or all of it in `rope_parameters`. Failures are
// left in `fields`.
RopeConfig readRopeConfig(JsonFields& fields, int maxPositions);

} // namespace linnet::engine
