#include "protocol/completions.h"
#include "replies.h"
#include "routes.h"
#include "serving/generation_requests.h"
#include "text_answer.h"

namespace linnet::server {

namespace {

using protocol::CompletionRequest;
using protocol::CompletionResponse;

constexpr std::size_t textBodyLimit = std::size_t{8} << 20U; // escaped text takes up to six times

TextFormat formatOf(const CompletionRequest& request) {
    CompletionResponse frame;
    frame.id = newId("cmpl-");
    frame.created = unixTime();
    frame.model = request.model;
    const bool logProbs = request.logProbs.has_value();
    TextFormat format;
    format.json = [frame, logProbs](const std::vector<TextPiece>& pieces,
                                    const protocol::Usage* usage, bool) {
        CompletionResponse answer = frame;
        for (const TextPiece& piece : pieces) {
            protocol::CompletionChoice choice{piece.choice, piece.text, piece.finishReason, {}};
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
    return format;
}

// The prompts as text, each as often as it has choices.
std::vector<std::string> echoOf(const CompletionRequest& request,
                                const engine::Tokenizer& tokenizer) {
    std::vector<std::string> echo;
    for (const protocol::Prompt& prompt : request.prompts) {
        const auto* text = std::get_if<std::string>(&prompt);
        const std::string shown =
            text != nullptr ? *text : tokenizer.decode(std::get<std::vector<std::int32_t>>(prompt));
        echo.insert(echo.end(), static_cast<std::size_t>(request.options.n), shown);
    }
    return echo;
}

void complete(ServerState& state, const CompletionRequest& request, httplib::Response& response) {
    const serving::ModelRef model = findTextModel(state, request.model, response);
    if (!model) {
        return;
    }
    TextJob job;
    job.requests =
        serving::toBatch(request, static_cast<std::uint64_t>(request.options.seed.value_or(
                                      static_cast<std::int64_t>(randomSeed()))));
    job.samples = request.options.n;
    if (request.echo) {
        job.echo = echoOf(request, model->text->tokenizer());
        job.scoresPrompt = request.logProbs.has_value();
    }
    job.cacheKey = cacheKeyOf("completion ", request);
    job.stream = request.options.stream;
    job.includeUsage = request.options.includeUsage;
    job.format = formatOf(request);
    answerWithText(state, model, std::move(job), response);
}

} // namespace

void addCompletionRoutes(HttpServer& server, ServerState& state) {
    server.Post("/v1/completions", [&state](const httplib::Request&, httplib::Response& response,
                                            const httplib::ContentReader& reader) {
        const auto body = readBody(state, response, reader, textBodyLimit);
        if (!body) {
            return;
        }
        const auto request = protocol::parseCompletionRequest(*body, state.limits);
        if (!request) {
            sendError(response, protocol::badRequest(request.error()));
            return;
        }
        complete(state, *request, response);
    });
}

} // namespace linnet::server
