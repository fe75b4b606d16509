#pragma once

#include <cstdint>
#include <vector>

#include "engine/api/batch_generator.h"
#include "protocol/chat.h"
#include "protocol/completions.h"

namespace linnet::serving {

// What the batch is asked for, a request for each choice; sample i of a prompt uses seed + i.
std::vector<engine::BatchRequest> toBatch(const protocol::CompletionRequest& request,
                                          std::uint64_t seed);
std::vector<engine::BatchRequest> toBatch(const protocol::ChatRequest& request,
                                          const engine::Tokenizer& tokenizer, std::uint64_t seed);

// Whether the same request gives the same answer again.
bool isDeterministic(const protocol::GenerationOptions& options);

// The conversation as the model was taught to read it: ChatML or Llama 3's headers, where its
// tokenizer has their tokens; else plain paragraphs, which a model of prose continues. Words of a
// message never become control tokens.
std::vector<engine::TokenId> chatPrompt(const std::vector<protocol::ChatMessage>& messages,
                                        const engine::Tokenizer& tokenizer);

} // namespace linnet::serving
