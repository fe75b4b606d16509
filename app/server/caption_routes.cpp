#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "caption_answer.h"
#include "protocol/captions.h"
#include "replies.h"
#include "routes.h"
#include "serving/caption_studio.h"

namespace linnet::server {

namespace {

using protocol::ApiError;
using serving::ModelRef;

constexpr std::size_t maxFiles = 64;
constexpr std::size_t maxFieldBytes = 1000;

// What the form said.
struct CaptionForm {
    std::vector<PictureFile> files;
    std::map<std::string, std::string> fields;
};

// Reads the form's parts; nothing, and the response says why.
std::optional<CaptionForm> readForm(ServerState& state, const httplib::Request& request,
                                    httplib::Response& response,
                                    const httplib::ContentReader& reader) {
    const auto end = [&](const ApiError& error) {
        HttpServer::exchange().close = true;
        response.set_header("Connection", "close");
        sendError(response, error);
        return std::nullopt;
    };
    if (!request.is_multipart_form_data()) {
        return end({415, "send a form (multipart/form-data) with pictures in the field \"data\"",
                    "", "", ""});
    }
    CaptionForm form;
    BodyShare share(state);
    std::optional<ApiError> problem;
    std::string* part = nullptr;
    std::size_t room = 0; // in the part
    const auto fail = [&](ApiError error) {
        problem = std::move(error);
        return false;
    };
    const auto begin = [&](const httplib::MultipartFormData& head) {
        if (head.name == "data") {
            if (form.files.size() == maxFiles) {
                return fail(
                    {400, "data: at most " + std::to_string(maxFiles) + " files", "", "data", ""});
            }
            form.files.push_back({head.filename, {}});
            part = &form.files.back().bytes;
            room = state.limits.imageBytes;
            return true;
        }
        if (head.name != "model" && head.name != "language" && head.name != "count" &&
            head.name != "beams") {
            return fail({400,
                         "the form has a field that is not data, model, language, count or "
                         "beams",
                         "", "", ""});
        }
        part = &form.fields[head.name];
        room = maxFieldBytes;
        return true;
    };
    const auto add = [&](const char* data, std::size_t size) {
        if (part == nullptr || part->size() + size > room) {
            return fail({413, "a part of the form has more than " + std::to_string(room) + " bytes",
                         "", "", ""});
        }
        if (!share.grow(size)) {
            return fail({503, "too many large requests at once; try again", "", "", ""});
        }
        part->append(data, size);
        return true;
    };
    if (!reader(begin, add)) {
        return end(problem.value_or(
            ApiError{400, "the form did not come whole, or is malformed", "", "", ""}));
    }
    return form;
}

std::optional<int> smallNumber(const std::string& text, int most) {
    char* end = nullptr;
    const long number = std::strtol(text.c_str(), &end, 10);
    const bool good = !text.empty() && *end == '\0' && number >= 1 && number <= most;
    return good ? std::optional(static_cast<int>(number)) : std::nullopt;
}

// "en", "zh" or "en,zh", of those that the model writes.
bool readLanguages(const std::string& text, const std::vector<std::string>& known,
                   std::vector<std::string>& languages) {
    std::string word;
    for (const char c : text + ",") {
        if (c != ',') {
            word += c;
            continue;
        }
        if (std::find(known.begin(), known.end(), word) == known.end()) {
            return false;
        }
        languages.push_back(std::exchange(word, {}));
    }
    return true;
}

// Nothing if the fields are good.
std::optional<ApiError> readOptions(const CaptionForm& form,
                                    const std::vector<std::string>& languages,
                                    caption::CaptionOptions& options) {
    const auto number = [&](const char* key, int& value) -> std::optional<ApiError> {
        const auto field = form.fields.find(key);
        if (field == form.fields.end()) {
            return std::nullopt;
        }
        if (const auto given = smallNumber(field->second, 16)) {
            value = *given;
            return std::nullopt;
        }
        return ApiError{400, std::string(key) + ": must be a whole number from 1 to 16", "", key,
                        ""};
    };
    if (const auto field = form.fields.find("language");
        field != form.fields.end() && !readLanguages(field->second, languages, options.languages)) {
        std::string names;
        for (const std::string& name : languages) {
            names += (names.empty() ? "" : ", ") + name;
        }
        return ApiError{400, "language: this model writes " + names, "", "language", ""};
    }
    if (auto error = number("count", options.count)) {
        return error;
    }
    return number("beams", options.beams);
}

std::string cacheKeyOf(const serving::ServedModel& model, const CaptionForm& form) {
    std::string key = model.name + "\n" + model.version + "\ncaptions\n";
    for (const auto& [name, value] : form.fields) {
        key += name + "=" + value + "\n";
    }
    for (const PictureFile& file : form.files) {
        key += std::to_string(file.name.size()) + " " + std::to_string(file.bytes.size()) + "\n" +
               file.name + file.bytes;
    }
    return key;
}

void captions(ServerState& state, const CaptionForm& form, httplib::Response& response) {
    const auto named = form.fields.find("model");
    const ModelRef model = findCaptioner(
        state, named == form.fields.end() ? std::string() : named->second, false, response);
    if (!model) {
        return;
    }
    HttpServer::exchange().model = model->name;
    if (form.files.empty()) {
        sendError(response, {400, "data: is missing: give at least one picture", "", "data", ""});
        return;
    }
    caption::CaptionOptions options;
    if (const auto error = readOptions(form, model->captions->languages(), options)) {
        sendError(response, *error);
        return;
    }
    const std::string key = cacheKeyOf(*model, form);
    if (auto kept = state.cache.find(key)) {
        HttpServer::exchange().cached = true;
        response.set_header("X-Linnet-Cache", "hit");
        sendJson(response, std::move(*kept));
        return;
    }
    const auto begun = std::chrono::steady_clock::now();
    auto pictures = captionFiles(state, *model, form.files, options, response);
    if (!pictures) {
        return;
    }
    protocol::CaptionResponse answer{model->name, {}, 0};
    bool whole = true;
    for (std::size_t i = 0; i < form.files.size(); ++i) {
        protocol::CaptionedFile file{form.files[i].name, {}, (*pictures)[i].error};
        for (const caption::Caption& one : (*pictures)[i].captions) {
            file.captions.push_back({one.text, one.language, one.probability});
        }
        whole = whole && file.error.empty();
        answer.files.push_back(std::move(file));
    }
    answer.milliseconds =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count();
    std::string body = protocol::toJson(answer);
    if (whole) {
        state.cache.put(key, body);
    }
    sendJson(response, std::move(body));
}

} // namespace

void addCaptionRoutes(HttpServer& server, ServerState& state) {
    server.Post("/v1/captions",
                [&state](const httplib::Request& request, httplib::Response& response,
                         const httplib::ContentReader& reader) {
                    if (const auto form = readForm(state, request, response, reader)) {
                        captions(state, *form, response);
                    }
                });
}

} // namespace linnet::server
