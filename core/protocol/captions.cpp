#include "protocol/captions.h"

#include "protocol/json_reader.h"

namespace linnet::protocol {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

Result<CaptionResponse> parseCaptionResponse(std::string_view body) {
    const auto object = parseObject(body);
    if (!object) {
        return object.error();
    }
    const json& data = memberAt(*object, "data");
    if (!data.is_array()) {
        return Error{ErrorCode::InvalidArgument, "the server's answer has no list \"data\""};
    }
    CaptionResponse response;
    response.model = textAt(*object, "model");
    response.milliseconds = numberAt(*object, "ms").value_or(0);
    for (const json& entry : data) {
        CaptionedFile file;
        file.file = textAt(entry, "file");
        file.error = textAt(entry, "error");
        const json& captions = memberAt(entry, "captions");
        for (const json& caption : captions.is_array() ? captions : json::array()) {
            file.captions.push_back({textAt(caption, "text"), textAt(caption, "language"),
                                     numberAt(caption, "p").value_or(0)});
        }
        response.files.push_back(std::move(file));
    }
    return response;
}

std::string toJson(const CaptionResponse& response) {
    json data = json::array();
    for (const CaptionedFile& file : response.files) {
        json entry = {{"file", file.file}};
        if (!file.error.empty()) {
            entry["error"] = file.error;
        } else {
            entry["captions"] = json::array();
            for (const CaptionText& caption : file.captions) {
                entry["captions"].push_back({{"text", caption.text},
                                             {"language", caption.language},
                                             {"p", caption.probability}});
            }
        }
        data.push_back(std::move(entry));
    }
    return dump({{"object", "captions"},
                 {"model", response.model},
                 {"data", std::move(data)},
                 {"ms", response.milliseconds}});
}

} // namespace linnet::protocol
