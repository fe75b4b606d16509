#pragma once

#include <string>
#include <string_view>

#include "engine/api/result.h"
#include "engine/torch/files/json_reader.h"
#include "engine/torch/files/tokenizer/definition.h"

namespace linnet::engine {

// A tokenizer.json with the long parts taken out.
struct TokenizerDocument {
    Json rest; // all but model.vocab and model.merges
    StringArena tokens;
    std::vector<TokenId> ids; // of the tokens
    StringArena merges;       // left, right, left, right ...
};

// Errors: CorruptFile.
Result<TokenizerDocument> parseTokenizerDocument(std::string_view text, const std::string& what);

// Splits "left right" at its only space. False if it is not of that form.
bool addMerge(std::string_view line, StringArena& merges);

} // namespace linnet::engine
