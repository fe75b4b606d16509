#include "engine/api/model_kind.h"

namespace linnet::engine {

ModelKind modelKindOf(std::string_view modelType) {
    if (modelType == "vision-encoder-decoder" || modelType == "blip") {
        return ModelKind::Caption;
    }
    const bool language = modelType == "gpt2" || modelType == "llama" || modelType == "qwen2";
    return language ? ModelKind::Language : ModelKind::Unknown;
}

} // namespace linnet::engine
