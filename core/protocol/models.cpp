#include "protocol/models.h"

#include "protocol/json_reader.h"

namespace linnet::protocol {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

std::vector<std::string> textsAt(const json& object, const char* key) {
    std::vector<std::string> texts;
    const json& list = memberAt(object, key);
    if (list.is_array()) {
        for (const json& entry : list) {
            if (entry.is_string()) {
                texts.push_back(entry.get<std::string>());
            }
        }
    }
    return texts;
}

json entryJson(const ModelEntry& model) {
    json object = {{"id", model.id},           {"object", "model"},
                   {"created", model.created}, {"owned_by", model.ownedBy},
                   {"version", model.version}, {"capabilities", model.capabilities},
                   {"state", model.state}};
    if (!model.languages.empty()) {
        object["languages"] = model.languages;
    }
    if (model.contextLength > 0) {
        object["max_model_len"] = model.contextLength; // as vLLM calls it
    }
    return object;
}

} // namespace

Result<std::vector<ModelEntry>> parseModelList(std::string_view body) {
    const auto object = parseObject(body);
    if (!object) {
        return object.error();
    }
    const json& data = memberAt(*object, "data");
    const json& list = data.is_array() ? data : memberAt(*object, "models");
    if (!list.is_array()) {
        return Error{ErrorCode::InvalidArgument, "the server's answer is no list of models"};
    }
    std::vector<ModelEntry> models;
    for (const json& entry : list) {
        ModelEntry model;
        for (const char* key : {"id", "name", "model"}) {
            model.id = model.id.empty() ? textAt(entry, key) : model.id;
        }
        model.created = integerAt(entry, "created");
        model.ownedBy = textAt(entry, "owned_by");
        model.version = textAt(entry, "version");
        model.capabilities = textsAt(entry, "capabilities");
        model.languages = textsAt(entry, "languages");
        model.contextLength = countAt(entry, "max_model_len");
        model.state = textAt(entry, "state");
        if (!model.id.empty()) {
            models.push_back(std::move(model));
        }
    }
    return models;
}

std::string toJson(const ModelEntry& model) {
    return dump(entryJson(model));
}

std::string toJson(const std::vector<ModelEntry>& models) {
    json data = json::array();
    for (const ModelEntry& model : models) {
        data.push_back(entryJson(model));
    }
    return dump({{"object", "list"}, {"data", std::move(data)}});
}

} // namespace linnet::protocol
