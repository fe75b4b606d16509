#pragma once

#include <vector>

#include "protocol/json_reader.h"
#include "protocol/log_probs.h"

namespace linnet::protocol {

// The two shapes of OpenAI's API: parallel lists of completions, objects of chats.
json completionLogProbs(const std::vector<TokenInfo>& tokens);
json chatLogProbs(const std::vector<TokenInfo>& tokens);
// Either shape; nothing if `value` is none.
std::optional<std::vector<TokenInfo>> parseLogProbs(const json& value);

json toJson(const Usage& usage);
std::optional<Usage> parseUsage(const json& value);

// Characters of UTF-8 text.
int characterCount(std::string_view text);

} // namespace linnet::protocol
