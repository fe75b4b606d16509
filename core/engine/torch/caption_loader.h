#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>

#include "engine/api/captioner.h"
#include "engine/api/generator.h"
#include "engine/api/result.h"

namespace linnet::engine {

// The name of a model: its folder's.
std::string modelName(const std::filesystem::path& folder);

// Loads the model that writes captions in `folder` onto a CUDA device, if `cuda`, or the CPU; one
// that does not fit on the device goes to the CPU. `options` gives the precision and the threads
// (at least 1). A null pointer when `stop` was requested. Errors as of Engine::loadCaptioner().
Result<std::unique_ptr<Captioner>> loadCaptionModel(const std::filesystem::path& folder,
                                                    const LoadOptions& options, bool cuda,
                                                    const std::stop_token& stop);

} // namespace linnet::engine
