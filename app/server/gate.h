#pragma once

#include "http_server.h"
#include "server_state.h"

namespace linnet::server {

// Looks at the head of every request before anything else is read: who asks, under which name, and
// whether the body is one that can be read. True: it may go on. Otherwise the response says no, and
// the connection ends where a body stays unread.
bool passesGate(ServerState& state, const httplib::Request& request, httplib::Response& response);

} // namespace linnet::server
