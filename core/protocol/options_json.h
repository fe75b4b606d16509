#pragma once

#include "protocol/generation_options.h"
#include "protocol/json_reader.h"

namespace linnet::protocol {

// The fields of GenerationOptions; what the engine cannot do is refused rather than ignored.
void readOptions(FieldReader& fields, const RequestLimits& limits, GenerationOptions& options);
// Only what differs from the default, and the temperature.
void writeOptions(json& object, const GenerationOptions& options);

// Refuses a field that is there and not as good as absent (null, empty, false or `neutral`).
void refuse(FieldReader& fields, const char* key, const json& neutral, const std::string& why);

} // namespace linnet::protocol
