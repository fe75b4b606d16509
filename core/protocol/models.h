#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"

namespace linnet::protocol {

// An entry of GET /v1/models. Everything but the id is ours or may be missing.
struct ModelEntry {
    std::string id;
    std::int64_t created = 0; // seconds since 1970
    std::string ownedBy;
    std::string version;                   // changes whenever its files do
    std::vector<std::string> capabilities; // "completions", "chat", "poems", "captions"
    std::vector<std::string> languages;    // that it writes: "en", "zh"
    int contextLength = 0;                 // tokens; 0: unknown
    std::string state;                     // "ready", "loading", "failed"; empty: unknown
};

// Tolerant: OpenAI's list, and those of llama.cpp and Ollama, which have it under "models" too.
// Error: InvalidArgument, no list of models at all.
engine::Result<std::vector<ModelEntry>> parseModelList(std::string_view body);
std::string toJson(const std::vector<ModelEntry>& models);
std::string toJson(const ModelEntry& model); // GET /v1/models/ID

} // namespace linnet::protocol
