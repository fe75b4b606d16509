#pragma once

#include "http_server.h"
#include "server_state.h"

namespace linnet::server {

// Each adds the routes of one file (admin_routes.cpp and so on). `state` outlives the server.
void addAdminRoutes(HttpServer& server, ServerState& state);      // health, metrics, models
void addCompletionRoutes(HttpServer& server, ServerState& state); // completions
void addChatRoutes(HttpServer& server, ServerState& state);       // chat/completions
void addCaptionRoutes(HttpServer& server, ServerState& state);    // captions
void addPoemRoutes(HttpServer& server, ServerState& state);       // poems, compose

} // namespace linnet::server
