#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace linnet::protocol {

// How much a server allows one request to ask for.
struct RequestLimits {
    int maxTokens = 4096;
    int choices = 32; // prompts times n
    int stops = 16;
    int alternatives = 20;                           // logprobs, top_logprobs
    std::size_t promptBytes = std::size_t{1} << 20U; // of all prompts or messages together
    std::size_t images = 16;                         // in one request
    std::size_t imageBytes = std::size_t{50} << 20U; // of each, decoded
};

// What completions and chats have in common: how the next token is drawn, and when to end.
struct GenerationOptions {
    std::optional<int> maxTokens; // none: the server's default
    double temperature = 1.0;     // 0: the most probable token
    double topP = 1.0;
    std::optional<std::int64_t> seed;
    std::vector<std::string> stop;
    int n = 1; // choices for each prompt
    bool stream = false;
    bool includeUsage = false; // a last chunk with the usage, in a stream
    // Beyond OpenAI's API, as vLLM and llama.cpp name them.
    int topK = 0; // 0: off
    double minP = 0.0;
    double repetitionPenalty = 1.0;
    bool ignoreEnd = false;
};

} // namespace linnet::protocol
