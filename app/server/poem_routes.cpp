#include <memory>
#include <utility>

#include "protocol/poems.h"
#include "protocol/server_sent_events.h"
#include "replies.h"
#include "routes.h"
#include "serving/poem_desk.h"

namespace linnet::server {

namespace {

using protocol::PoemRequest;
using serving::ModelRef;
using serving::PoemCall;
using verse::CheckedComposition;
using Made = engine::Result<CheckedComposition>;

constexpr std::size_t poemBodyLimit = std::size_t{1} << 20U;

// The model named, or that of the form's language; null, and the response says why.
ModelRef findPoet(const ServerState& state, const PoemRequest& request,
                  httplib::Response& response) {
    const verse::VerseData* data = state.shelf.verseData();
    if (data == nullptr || !state.shelf.ready()) {
        sendBusy(response, "the models are still loading; try again");
        return nullptr;
    }
    const auto form = data->forms.find(request.form);
    if (!form) {
        sendError(response, {400, "form: " + form.error().message, "", "form", ""});
        return nullptr;
    }
    const ModelRef model = request.model.empty() ? state.shelf.poemsIn((*form)->language)
                                                 : state.shelf.find(request.model);
    if (!model) {
        sendError(response, {404,
                             request.model.empty() ? "there is no model for this form here"
                                                   : "model: there is no such model",
                             "invalid_request_error", "model", "model_not_found"});
        return nullptr;
    }
    if (!model->poems || model->poems->language() != (*form)->language) {
        sendError(response, {400, "model: this one does not compose in the form's language", "",
                             "model", ""});
        return nullptr;
    }
    return model;
}

protocol::ApiError toApiError(const verse::Refusal& refusal) {
    const engine::Error error = verse::toError(refusal);
    const int status = error.code == engine::ErrorCode::InvalidArgument ? 400 : 422;
    return {status, error.message, "invalid_request_error", "", "poem_refused"};
}

// What became of a composition, as an error; nothing if there are poems.
std::optional<protocol::ApiError> problemOf(const Made& made) {
    if (!made) {
        return server::toApiError(made.error());
    }
    if (made->refusal) {
        return toApiError(*made->refusal);
    }
    if (made->poems.empty()) {
        return protocol::ApiError{503, "the model was replaced meanwhile; try again", "", "", ""};
    }
    return std::nullopt;
}

struct PoemJob {
    ModelRef model; // lives as long as the call
    std::unique_ptr<PoemCall> call;
    std::string cacheKey; // empty: not to be kept
    bool bare = false;    // one poem alone, without the list around it
};

// The answer as JSON; what is kept is the list.
std::string wordingOf(const std::string& list, bool bare) {
    if (!bare) {
        return list;
    }
    const auto read = protocol::parsePoemResponse(list);
    return read && !read->poems.empty() ? protocol::toJson(read->poems.front()) : list;
}

std::string finish(ServerState& state, const PoemJob& job, const CheckedComposition& made) {
    const std::string list = protocol::toJson(serving::toWire(job.model->name, made.poems));
    if (!job.cacheKey.empty()) {
        state.cache.put(job.cacheKey, list);
    }
    return list;
}

void sendWhole(ServerState& state, const PoemJob& job, httplib::Response& response) {
    const Patience patience(state);
    bool seen = false;
    while (!patience.over()) {
        for (PoemCall::Event& event : job.call->next(watchInterval)) {
            if (!std::exchange(seen, true)) {
                state.metrics.firstToken(HttpServer::exchange().seconds());
            }
            const auto* made = std::get_if<Made>(&event);
            if (made == nullptr) {
                continue;
            }
            if (const auto problem = problemOf(*made)) {
                sendError(response, *problem);
            } else {
                sendJson(response, wordingOf(finish(state, job, **made), job.bare));
            }
            return;
        }
        if (HttpServer::exchange().connection->peerGone()) {
            HttpServer::exchange().close = true;
            response.status = 499;
            return;
        }
    }
    sendError(response, {504, "the request took too long", "server_error", "", ""});
}

// Lines as they become final, then the poems.
void sendLines(ServerState& state, PoemJob job, httplib::Response& response) {
    const auto shared = std::make_shared<PoemJob>(std::move(job));
    const auto seen = std::make_shared<bool>(false);
    sendStream(state, response, [&state, shared, seen](const EventWriter& write) {
        for (PoemCall::Event& event : shared->call->next(watchInterval)) {
            if (!std::exchange(*seen, true)) {
                state.metrics.firstToken(HttpServer::exchange().seconds());
            }
            if (const auto* line = std::get_if<protocol::PoemLineEvent>(&event)) {
                write(protocol::eventText(protocol::toJson(*line)));
                continue;
            }
            const Made& made = std::get<Made>(event);
            const auto problem = problemOf(made);
            write(protocol::eventText(problem ? protocol::toJson(*problem)
                                              : finish(state, *shared, *made)));
            if (!problem) {
                write(protocol::eventText(protocol::doneMarker));
            }
            return StreamState::Done;
        }
        return StreamState::More;
    });
}

void compose(ServerState& state, PoemRequest request, bool bare, httplib::Response& response) {
    PoemJob job;
    job.model = findPoet(state, request, response);
    job.bare = bare;
    if (!job.model) {
        return;
    }
    HttpServer::exchange().model = job.model->name;
    const bool stream = std::exchange(request.stream, false);
    if (request.seed) {
        job.cacheKey =
            job.model->name + "\n" + job.model->version + "\npoem " + protocol::toJson(request);
        if (const auto kept = stream ? std::nullopt : state.cache.find(job.cacheKey)) {
            HttpServer::exchange().cached = true;
            response.set_header("X-Linnet-Cache", "hit");
            sendJson(response, wordingOf(*kept, bare));
            return;
        }
    }
    const auto seed =
        request.seed ? static_cast<std::uint64_t>(*request.seed) : randomSeed() >> 11U;
    const verse::PoemRequest wanted = serving::toComposerRequest(request, seed);
    if (const auto refusal = job.model->poems->check(wanted)) {
        sendError(response, toApiError(*refusal));
        return;
    }
    job.call = job.model->poems->start(wanted);
    if (!job.call) {
        sendBusy(response, "too many poems wait; try again");
    } else if (stream) {
        sendLines(state, std::move(job), response);
    } else {
        sendWhole(state, job, response);
    }
}

} // namespace

void addPoemRoutes(HttpServer& server, ServerState& state) {
    server.Post("/v1/poems", [&state](const httplib::Request&, httplib::Response& response,
                                      const httplib::ContentReader& reader) {
        const auto body = readBody(state, response, reader, poemBodyLimit);
        if (!body) {
            return;
        }
        const auto request = protocol::parsePoemRequest(*body);
        if (!request) {
            sendError(response, protocol::badRequest(request.error()));
            return;
        }
        compose(state, *request, false, response);
    });
    server.Get("/v1/compose",
               [&state](const httplib::Request& request, httplib::Response& response) {
                   const auto wanted = protocol::parsePoemQuery(request.params);
                   if (!wanted) {
                       sendError(response, protocol::badRequest(wanted.error()));
                       return;
                   }
                   compose(state, *wanted, true, response);
               });
}

} // namespace linnet::server
