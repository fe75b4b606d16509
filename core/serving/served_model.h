#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "engine/api/batch_generator.h"
#include "protocol/models.h"

namespace linnet::serving {

class CaptionStudio;
class PoemDesk;

// A loaded model and the thread that runs it. Exactly one of the abilities is there. Whoever
// serves a request with it holds it, so that a model that was replaced lives until its last
// request is done; it must not be let go of on its own thread.
struct ServedModel {
    std::string name;    // the folder's
    std::string version; // changes whenever one of its files does
    std::filesystem::path folder;
    std::int64_t loadedAt = 0; // seconds since 1970

    std::unique_ptr<engine::BatchGenerator> text; // completions and chats
    std::unique_ptr<PoemDesk> poems;
    std::unique_ptr<CaptionStudio> captions; // captions, and chats about pictures

    ServedModel();
    ~ServedModel();
    ServedModel(const ServedModel&) = delete;
    ServedModel& operator=(const ServedModel&) = delete;

    protocol::ModelEntry entry() const;
    // Requests in the making, and waiting for it.
    int running() const;
    int waiting() const;
};

using ModelRef = std::shared_ptr<const ServedModel>;

} // namespace linnet::serving
