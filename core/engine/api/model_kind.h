#pragma once

#include <string_view>

namespace linnet::engine {

// What a model is for, by the `model_type` of its config.json.
enum class ModelKind { Language, Caption, Unknown };

// Language: Engine::load() reads it; Caption: Engine::loadCaptioner() does. Unknown: neither.
ModelKind modelKindOf(std::string_view modelType);

} // namespace linnet::engine
