#include "training/checkpoint.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "training/file_io.h"
#include "training/language_network.h"
#include "training/tensor_files.h"

namespace linnet::training {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;
using Json = nlohmann::ordered_json;

namespace {

constexpr const char* kPrefix = "step-";

std::string stateJson(const Checkpoint& checkpoint) {
    const Json json = {{"format", 1},
                       {"step", checkpoint.step},
                       {"tokens", checkpoint.tokens},
                       {"seconds", checkpoint.seconds},
                       {"seed", checkpoint.seed},
                       {"drawn", checkpoint.drawn},
                       {"drawn_before", checkpoint.drawnBefore},
                       {"mixture", checkpoint.mixture},
                       {"optimizer", checkpoint.optimizer},
                       {"tokenizer_sha256", checkpoint.tokenizerSha256},
                       {"recipe", checkpoint.recipe},
                       {"valid_loss", checkpoint.validLoss}};
    return json.dump(1) + "\n";
}

Result<void> parseState(const fs::path& path, Checkpoint& checkpoint) {
    const auto text = readFile(path);
    if (!text) {
        return text.error();
    }
    std::string field;
    try {
        const Json json = Json::parse(*text);
        const auto get = [&](const char* name, auto& target) {
            field = name;
            json.at(name).get_to(target);
        };
        get("step", checkpoint.step);
        get("tokens", checkpoint.tokens);
        get("seconds", checkpoint.seconds);
        get("seed", checkpoint.seed);
        get("drawn", checkpoint.drawn);
        field = "drawn_before";
        checkpoint.drawnBefore = json.value(field, checkpoint.drawnBefore);
        get("mixture", checkpoint.mixture);
        get("optimizer", checkpoint.optimizer);
        get("tokenizer_sha256", checkpoint.tokenizerSha256);
        get("recipe", checkpoint.recipe);
        get("valid_loss", checkpoint.validLoss);
    } catch (const Json::exception& e) {
        return Error{ErrorCode::CorruptFile, path.string() + ": " + field + ": " + e.what()};
    }
    return {};
}

} // namespace

Result<void> writeCheckpoint(const Checkpoint& checkpoint, const fs::path& folder,
                             const std::string& name) {
    const fs::path fresh = folder / (name + ".partial");
    std::error_code failure;
    fs::remove_all(fresh, failure);
    fs::create_directories(fresh, failure);
    if (failure) {
        return Error{ErrorCode::Io, "cannot create " + fresh.string() + ": " + failure.message()};
    }
    NamedTensors weights;
    NamedTensors optimizer;
    for (const auto& [tensorName, tensor] : checkpoint.tensors) {
        (tensorName.starts_with("optimizer.") ? optimizer : weights)[tensorName] = tensor;
    }
    for (const auto& [file, tensors] : {std::pair{"weights.safetensors", &weights},
                                        std::pair{"optimizer.safetensors", &optimizer}}) {
        if (auto written = writeTensors(fresh / file, *tensors); !written) {
            return written;
        }
    }
    const std::string config = networkConfigJson(checkpoint.config);
    if (auto written = writeFileAtomically(fresh / "config.json", config); !written) {
        return written;
    }
    if (auto written = writeFileAtomically(fresh / "state.json", stateJson(checkpoint)); !written) {
        return written;
    }
    return swapFolder(fresh, folder / name);
}

Result<Checkpoint> readCheckpoint(const fs::path& path) {
    Checkpoint checkpoint;
    if (auto parsed = parseState(path / "state.json", checkpoint); !parsed) {
        return parsed.error();
    }
    auto config = readNetworkConfig(path);
    if (!config) {
        return config.error();
    }
    checkpoint.config = std::move(*config);
    for (const char* file : {"weights.safetensors", "optimizer.safetensors"}) {
        auto tensors = readTensors(path / file);
        if (!tensors) {
            return tensors.error();
        }
        checkpoint.tensors.merge(*tensors);
    }
    return checkpoint;
}

std::vector<fs::path> listCheckpoints(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code failure;
    for (const auto& entry : fs::directory_iterator(folder, failure)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with(kPrefix) && entry.path().extension().empty() &&
            fs::exists(entry.path() / "state.json", failure)) {
            found.push_back(entry.path());
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

std::string checkpointName(std::int64_t step) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%s%08lld", kPrefix, static_cast<long long>(step));
    return text.data();
}

void pruneCheckpoints(const fs::path& folder, std::size_t keep) {
    const std::vector<fs::path> all = listCheckpoints(folder);
    std::error_code failure; // what cannot be deleted only takes room
    for (std::size_t i = 0; i + keep < all.size(); ++i) {
        fs::remove_all(all[i], failure);
    }
}

} // namespace linnet::training
