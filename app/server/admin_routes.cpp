#include <nlohmann/json.hpp>

#include "protocol/models.h"
#include "replies.h"
#include "routes.h"

namespace linnet::server {

namespace {

using serving::label;
using serving::ModelRef;
using serving::writeHead;
using serving::writeSample;

void sendHealth(const ServerState& state, httplib::Response& response) {
    const bool ready = state.shelf.ready();
    const bool draining = state.draining;
    if (!ready || draining) {
        response.status = 503;
        response.set_header("Retry-After", "1");
    }
    const char* status = draining ? "draining" : ready ? "ok" : "loading";
    response.set_content(nlohmann::json{{"status", status}}.dump(), "application/json");
}

void writeModels(std::string& text, const ServerState& state) {
    const std::vector<ModelRef> models = state.shelf.all();
    const auto each = [&](const char* name, const char* help, const auto& value) {
        writeHead(text, name, "gauge", help);
        for (const ModelRef& model : models) {
            writeSample(text, name, label("model", model->name), value(*model));
        }
    };
    each("linnet_queue_depth", "Requests that wait for a place in the batch",
         [](const serving::ServedModel& model) { return model.waiting(); });
    each("linnet_running", "Texts in the making",
         [](const serving::ServedModel& model) { return model.running(); });
    writeHead(text, "linnet_model_info", "gauge", "The models that are served");
    for (const ModelRef& model : models) {
        writeSample(text, "linnet_model_info",
                    label("model", model->name) + "," + label("version", model->version), 1);
    }
    writeHead(text, "linnet_steps_total", "counter", "Forward passes of the batch");
    for (const ModelRef& model : models) {
        if (model->text) {
            writeSample(text, "linnet_steps_total", label("model", model->name),
                        static_cast<double>(model->text->stats().steps));
        }
    }
}

void writeGauges(std::string& text, const HttpServer& server, const ServerState& state) {
    const auto cache = state.cache.stats();
    const auto one = [&](const char* name, const char* type, const char* help, double value) {
        writeHead(text, name, type, help);
        writeSample(text, name, {}, value);
    };
    one("linnet_cache_hits_total", "counter", "Answers that were known already",
        static_cast<double>(cache.hits));
    one("linnet_cache_misses_total", "counter", "Answers that could have been known, and were not",
        static_cast<double>(cache.misses));
    one("linnet_cache_bytes", "gauge", "Memory of the answers kept",
        static_cast<double>(cache.bytes));
    one("linnet_connections", "gauge", "Open connections", server.connections());
    one("linnet_requests_in_flight", "gauge", "Requests being read or answered, this one too",
        server.busy());
    one("linnet_body_bytes", "gauge", "Memory of bodies being read",
        static_cast<double>(state.bodyBytes));
}

void sendModel(const ServerState& state, const std::string& name, httplib::Response& response) {
    if (const ModelRef model = state.shelf.find(name)) {
        sendJson(response, protocol::toJson(model->entry()));
    } else {
        sendError(response, {404, "there is no such model here", "invalid_request_error", "model",
                             "model_not_found"});
    }
}

} // namespace

void addAdminRoutes(HttpServer& server, ServerState& state) {
    server.Get("/health", [&state](const httplib::Request&, httplib::Response& response) {
        sendHealth(state, response);
    });
    server.Get("/metrics", [&](const httplib::Request&, httplib::Response& response) {
        std::string text;
        state.metrics.write(text);
        writeModels(text, state);
        writeGauges(text, server, state);
        response.set_content(text, "text/plain; version=0.0.4");
    });
    server.Get("/v1/models", [&state](const httplib::Request&, httplib::Response& response) {
        std::vector<protocol::ModelEntry> entries;
        for (const ModelRef& model : state.shelf.all()) {
            entries.push_back(model->entry());
        }
        sendJson(response, protocol::toJson(entries));
    });
    server.Get("/v1/models/(.+)",
               [&state](const httplib::Request& request, httplib::Response& response) {
                   sendModel(state, request.matches[1].str(), response);
               });
}

} // namespace linnet::server
