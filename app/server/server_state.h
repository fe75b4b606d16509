#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

#include "protocol/generation_options.h"
#include "server_log.h"
#include "server_options.h"
#include "serving/api_keys.h"
#include "serving/metrics.h"
#include "serving/model_shelf.h"
#include "serving/result_cache.h"

namespace linnet::server {

// What all routes share. Made by main(), outlives the server.
struct ServerState {
    ServerState(ServerOptions given, serving::ShelfOptions shelfOptions,
                std::shared_ptr<const verse::ScriptConverter> converter)
        : options(std::move(given))
        , log(options.quiet)
        , cache(static_cast<std::size_t>(options.cacheMegabytes) << 20U)
        , shelf(std::move(shelfOptions), std::move(converter)) {
        limits.maxTokens = options.maxTokens;
    }

    const ServerOptions options;
    protocol::RequestLimits limits;
    ServerLog log;
    serving::Metrics metrics;
    serving::ResultCache cache;
    serving::ModelShelf shelf;
    std::atomic<bool> draining = false;     // running requests finish, new ones are refused
    std::atomic<std::size_t> bodyBytes = 0; // of requests being read or served

    // Keys are replaced while requests are checked against them.
    std::shared_ptr<const serving::ApiKeys> keys() const {
        const std::lock_guard lock(m_keysMutex);
        return m_keys;
    }
    void setKeys(serving::ApiKeys keys) {
        const std::lock_guard lock(m_keysMutex);
        m_keys = std::make_shared<const serving::ApiKeys>(std::move(keys));
    }

private:
    mutable std::mutex m_keysMutex;
    std::shared_ptr<const serving::ApiKeys> m_keys = std::make_shared<const serving::ApiKeys>();
};

} // namespace linnet::server
