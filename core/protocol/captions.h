#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"

namespace linnet::protocol {

// The answer of POST /v1/captions, whose request is a form with the pictures as files in the field
// "data" and, as texts, "model", "language" ("en" or "zh", or both: "en,zh"), "count" and "beams".
struct CaptionText {
    std::string text;
    std::string language;
    double probability = 0;
};

struct CaptionedFile {
    std::string file;                  // its name, as it was sent
    std::vector<CaptionText> captions; // best first, by language
    std::string error;                 // why there are none
};

struct CaptionResponse {
    std::string model;
    std::vector<CaptionedFile> files; // in the order sent
    double milliseconds = 0;
};

// Tolerant. Error: InvalidArgument, no such answer.
engine::Result<CaptionResponse> parseCaptionResponse(std::string_view body);
std::string toJson(const CaptionResponse& response);

} // namespace linnet::protocol
