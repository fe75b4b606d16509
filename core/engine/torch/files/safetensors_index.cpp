// Checkpoints in several files.

#include <algorithm>
#include <map>

#include "engine/torch/files/json_reader.h"
#include "engine/torch/files/safetensors.h"

namespace linnet::engine {

namespace {

constexpr JsonLimits indexLimits = {64U << 20U, 8, 1U << 20U};
constexpr std::size_t maxShards = 4096;

// A file name of a shard must name a file beside the index, wherever the index came from.
bool isPlainFileName(const std::string& name) {
    return !name.empty() && name != "." && name != ".." && name.find('\0') == std::string::npos &&
           name.find('/') == std::string::npos && name.find('\\') == std::string::npos;
}

using ShardMap = std::map<std::string, std::vector<std::string>>; // file name: tensor names

Result<ShardMap> shardsOf(const Json& index, const std::string& where) {
    const auto weightMap = index.find("weight_map");
    if (weightMap == index.end() || !weightMap->is_object()) {
        return Error{ErrorCode::CorruptFile, where + ": key 'weight_map' is missing or no object"};
    }
    ShardMap shards;
    for (const auto& [tensor, file] : weightMap->items()) {
        if (!file.is_string()) {
            return Error{ErrorCode::CorruptFile,
                         where + ": weight_map of '" + tensor + "' is not a file name"};
        }
        const auto& name = file.get_ref<const std::string&>();
        if (!isPlainFileName(name)) {
            return Error{ErrorCode::CorruptFile, where + ": weight_map of '" + tensor +
                                                     "' names a file outside the folder: '" + name +
                                                     "'"};
        }
        shards[name].push_back(tensor);
        if (shards.size() > maxShards) {
            return Error{ErrorCode::CorruptFile, where + ": more than 4096 files"};
        }
    }
    if (shards.empty()) {
        return Error{ErrorCode::CorruptFile, where + ": 'weight_map' is empty"};
    }
    return shards;
}

} // namespace

Result<Safetensors> Safetensors::openIndex(const std::filesystem::path& indexPath) {
    const Result<Json> index = readJsonObject(indexPath, indexLimits);
    if (!index) {
        return index.error();
    }
    const Result<ShardMap> shards = shardsOf(*index, indexPath.string());
    if (!shards) {
        return shards.error();
    }
    Safetensors result;
    for (const auto& [name, tensors] : *shards) {
        const std::filesystem::path path = indexPath.parent_path() / name;
        Result<Safetensors> shard = Safetensors::open(path);
        if (!shard) {
            return shard.error();
        }
        for (const std::string& tensor : tensors) {
            const TensorView* const view = shard->find(tensor);
            if (view == nullptr) {
                return Error{ErrorCode::CorruptFile, path.string() + ": tensor '" + tensor +
                                                         "' is missing, though the index says it "
                                                         "is in this file"};
            }
            result.m_tensors.push_back(*view);
        }
        result.m_metadata.merge(shard->m_metadata);
        result.m_files.push_back(shard->m_files.front());
    }
    std::sort(
        result.m_tensors.begin(), result.m_tensors.end(),
        [](const TensorView& left, const TensorView& right) { return left.name < right.name; });
    return result;
}

} // namespace linnet::engine
