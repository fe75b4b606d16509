#include "protocol/chat.h"

#include <algorithm>

#include "caption_answer.h"
#include "replies.h"
#include "routes.h"
#include "serving/generation_requests.h"
#include "text_answer.h"

namespace linnet::server {

namespace {

using protocol::ChatRequest;
using protocol::ChatResponse;

ChatResponse frameOf(const ChatRequest& request) {
    ChatResponse frame;
    frame.id = newId("chatcmpl-");
    frame.created = unixTime();
    frame.model = request.model;
    return frame;
}

TextFormat formatOf(const ChatRequest& request) {
    const ChatResponse frame = frameOf(request);
    TextFormat format;
    format.json = [frame, logProbs = request.logProbs](const std::vector<TextPiece>& pieces,
                                                       const protocol::Usage* usage, bool chunk) {
        ChatResponse answer = frame;
        answer.chunk = chunk;
        for (const TextPiece& piece : pieces) {
            protocol::ChatChoice choice{
                piece.choice, chunk ? "" : "assistant", piece.text, piece.finishReason, {}};
            if (logProbs) {
                choice.logProbs = piece.tokens;
            }
            answer.choices.push_back(std::move(choice));
        }
        if (usage != nullptr) {
            answer.usage = *usage;
        }
        return protocol::toJson(answer);
    };
    for (int i = 0; i < request.options.n; ++i) {
        ChatResponse opening = frame;
        opening.chunk = true;
        opening.choices.push_back({i, "assistant", "", "", {}});
        format.opening.push_back(protocol::toJson(opening));
    }
    return format;
}

void chat(ServerState& state, const ChatRequest& request, httplib::Response& response) {
    const serving::ModelRef model = findTextModel(state, request.model, response);
    if (!model) {
        return;
    }
    TextJob job;
    job.requests = serving::toBatch(request, model->text->tokenizer(),
                                    static_cast<std::uint64_t>(request.options.seed.value_or(
                                        static_cast<std::int64_t>(randomSeed()))));
    job.samples = request.options.n;
    job.cacheKey = cacheKeyOf("chat ", request);
    job.stream = request.options.stream;
    job.includeUsage = request.options.includeUsage;
    job.format = formatOf(request);
    answerWithText(state, model, std::move(job), response);
}

} // namespace

void addChatRoutes(HttpServer& server, ServerState& state) {
    server.Post("/v1/chat/completions",
                [&state](const httplib::Request&, httplib::Response& response,
                         const httplib::ContentReader& reader) {
                    const auto limit = static_cast<std::size_t>(state.options.bodyMegabytes) << 20U;
                    const auto body = readBody(state, response, reader, limit);
                    if (!body) {
                        return;
                    }
                    const auto request = protocol::parseChatRequest(*body, state.limits);
                    if (!request) {
                        sendError(response, protocol::badRequest(request.error()));
                        return;
                    }
                    const auto& messages = request->messages;
                    if (std::any_of(messages.begin(), messages.end(),
                                    [](const auto& message) { return message.hasImage(); })) {
                        answerAboutPictures(state, *request, response);
                    } else {
                        chat(state, *request, response);
                    }
                });
}

} // namespace linnet::server
