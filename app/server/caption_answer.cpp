#include "caption_answer.h"

#include <algorithm>
#include <span>
#include <utility>

#include "engine/api/utf8.h"
#include "protocol/base64.h"
#include "protocol/server_sent_events.h"
#include "serving/caption_studio.h"

namespace linnet::server {

using caption::CaptionOptions;
using protocol::ChatRequest;
using protocol::ChatResponse;
using protocol::ContentPart;
using serving::CaptionCall;
using serving::ModelRef;
using serving::ServedModel;

namespace {

std::span<const std::uint8_t> asBytes(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Waits for all pictures of a call; false as captionFiles().
bool collect(ServerState& state, CaptionCall& call, const std::vector<std::size_t>& places,
             std::vector<PictureCaptions>& all, httplib::Response& response) {
    const Patience patience(state);
    std::size_t open = places.size();
    while (open > 0) {
        for (CaptionCall::Event& event : call.next(watchInterval)) {
            --open;
            PictureCaptions& picture = all[places[event.picture]];
            picture.promptTokens = event.promptTokens;
            if (!event.captions) {
                picture.error = event.captions.error().message;
                picture.failed = true;
                state.log.fail("captions", picture.error);
            } else if (event.captions->empty()) {
                picture.error = "the model found no words for this picture";
            } else {
                picture.captions = std::move(event.captions).value();
            }
        }
        if (HttpServer::exchange().connection->peerGone()) {
            HttpServer::exchange().close = true;
            response.status = 499;
            return false;
        }
        if (open > 0 && patience.over()) {
            sendError(response, {504, "the request took too long", "server_error", "", ""});
            return false;
        }
    }
    return true;
}

bool hasHan(const std::string& text) {
    bool found = false;
    for (std::size_t at = 0; at < text.size() && !found;) {
        const std::size_t length = engine::utf8CharacterLength(std::string_view(text).substr(at));
        if (length == 0) {
            break;
        }
        const char32_t c = engine::decodeUtf8(std::string_view(text).substr(at), length);
        found = (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF);
        at += length;
    }
    return found;
}

// The language of the question, if the model writes it.
CaptionOptions optionsOf(const ChatRequest& request, const serving::CaptionStudio& studio) {
    bool chinese = false;
    for (const protocol::ChatMessage& message : request.messages) {
        chinese = chinese || hasHan(message.text());
    }
    const std::string wanted = chinese ? "zh" : "en";
    const auto& known = studio.languages();
    CaptionOptions options;
    options.languages = {
        std::find(known.begin(), known.end(), wanted) != known.end() ? wanted : known.front()};
    options.count = std::max(1, request.options.n);
    return options;
}

// The pictures of all messages; nothing, and the response says why.
std::optional<std::vector<PictureFile>> picturesOf(const ChatRequest& request,
                                                   const protocol::RequestLimits& limits,
                                                   httplib::Response& response) {
    std::vector<PictureFile> files;
    for (std::size_t i = 0; i < request.messages.size(); ++i) {
        for (const ContentPart& part : request.messages[i].content) {
            if (part.kind != ContentPart::Kind::Image) {
                continue;
            }
            auto uri = protocol::parseDataUri(part.value, limits.imageBytes);
            if (!uri) {
                const std::string field = "messages[" + std::to_string(i) + "].image_url";
                sendError(response, {400, field + ": " + uri.error().message, "", field, ""});
                return std::nullopt;
            }
            files.push_back({{}, std::move(uri->bytes)});
        }
    }
    return files;
}

// Choice `index`: the caption of that rank of each picture, or its last one.
std::string choiceText(const std::vector<PictureCaptions>& pictures, int index) {
    std::string text;
    for (const PictureCaptions& picture : pictures) {
        const auto rank = std::min(static_cast<std::size_t>(index), picture.captions.size() - 1);
        text += (text.empty() ? "" : "\n") + picture.captions[rank].text;
    }
    return text;
}

void sendChat(ServerState& state, const ChatRequest& request, ChatResponse answer,
              httplib::Response& response) {
    answer.id = newId("chatcmpl-");
    answer.created = unixTime();
    if (!request.options.stream) {
        sendJson(response, protocol::toJson(answer));
        return;
    }
    answer.chunk = true;
    const auto usage = std::exchange(answer.usage, std::nullopt);
    const bool withUsage = request.options.includeUsage;
    sendStream(state, response, [answer, usage, withUsage](const EventWriter& write) {
        write(protocol::eventText(protocol::toJson(answer)));
        if (withUsage) {
            ChatResponse last = answer;
            last.choices.clear();
            last.usage = usage;
            write(protocol::eventText(protocol::toJson(last)));
        }
        write(protocol::eventText(protocol::doneMarker));
        return StreamState::Done;
    });
}

} // namespace

std::optional<std::vector<PictureCaptions>>
captionFiles(ServerState& state, const ServedModel& model, const std::vector<PictureFile>& files,
             const CaptionOptions& options, httplib::Response& response) {
    std::vector<PictureCaptions> all(files.size());
    std::vector<std::vector<float>> pixels;
    std::vector<std::size_t> places; // of the pictures that could be read
    for (std::size_t i = 0; i < files.size(); ++i) {
        auto read = model.captions->pixelsOf(asBytes(files[i].bytes), {});
        if (read) {
            pixels.push_back(std::move(read).value());
            places.push_back(i);
        } else {
            all[i].error = read.error().message;
        }
        if (HttpServer::exchange().connection->peerGone()) {
            HttpServer::exchange().close = true;
            response.status = 499;
            return std::nullopt;
        }
    }
    if (pixels.empty()) {
        return all;
    }
    const auto call = model.captions->start(std::move(pixels), options);
    if (!call) {
        sendBusy(response, "too many pictures wait; try again");
        return std::nullopt;
    }
    return collect(state, *call, places, all, response) ? std::optional(std::move(all))
                                                        : std::nullopt;
}

ModelRef findCaptioner(const ServerState& state, const std::string& name, bool anyWillDo,
                       httplib::Response& response) {
    ModelRef model = state.shelf.find(name);
    if (name.empty() || (anyWillDo && model && !model->captions)) {
        model = state.shelf.captioner();
    }
    if (model && model->captions) {
        return model;
    }
    if (!state.shelf.ready()) {
        sendBusy(response, "the models are still loading; try again");
    } else if (model) {
        sendError(response, {400, "model: this one does not write captions", "", "model", ""});
    } else {
        const ModelRef other = state.shelf.captioner();
        sendError(response, {404,
                             other ? "model: there is no such model; captions here: " + other->name
                                   : "model: there is no model of captions here",
                             "invalid_request_error", "model", "model_not_found"});
    }
    return nullptr;
}

void answerAboutPictures(ServerState& state, const ChatRequest& request,
                         httplib::Response& response) {
    const ModelRef model = findCaptioner(state, request.model, true, response);
    if (!model) {
        return;
    }
    HttpServer::exchange().model = model->name;
    const auto files = picturesOf(request, state.limits, response);
    if (!files) {
        return;
    }
    const auto pictures =
        captionFiles(state, *model, *files, optionsOf(request, *model->captions), response);
    if (!pictures) {
        return;
    }
    for (const PictureCaptions& picture : *pictures) {
        if (picture.captions.empty()) {
            sendError(response, picture.failed
                                    ? protocol::ApiError{500, picture.error, "", "", ""}
                                    : protocol::ApiError{400, "image_url: " + picture.error, "",
                                                         "messages", ""});
            return;
        }
    }
    ChatResponse answer;
    answer.model = model->name;
    for (int i = 0; i < request.options.n; ++i) {
        answer.choices.push_back({i, "assistant", choiceText(*pictures, i), "stop", {}});
    }
    answer.usage = protocol::Usage();
    for (const PictureCaptions& picture : *pictures) {
        answer.usage->promptTokens += picture.promptTokens;
    }
    for (const protocol::ChatChoice& choice : answer.choices) {
        answer.usage->completionTokens += model->captions->tokensOf(choice.content);
    }
    HttpServer::exchange().promptTokens = answer.usage->promptTokens;
    HttpServer::exchange().generatedTokens = answer.usage->completionTokens;
    state.metrics.tokens(answer.usage->promptTokens, answer.usage->completionTokens);
    sendChat(state, request, std::move(answer), response);
}

} // namespace linnet::server
