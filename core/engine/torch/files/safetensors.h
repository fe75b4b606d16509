#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"
#include "engine/torch/files/data_type.h"
#include "engine/torch/files/mapped_file.h"

namespace linnet::engine {

// A tensor inside a mapped file. `bytes` is row-major, little-endian and may be unaligned.
struct TensorView {
    std::string name;
    DataType dtype = DataType::F32;
    std::vector<std::int64_t> shape; // every dimension is at least 0
    std::span<const std::byte> bytes;

    std::int64_t elements() const;
};

std::string shapeToString(std::span<const std::int64_t> shape); // "[2, 3]"

// The tensors of one file of the safetensors format (https://github.com/huggingface/safetensors).
// Everything is validated before anything in proportion to a tensor is allocated or read.
// Immutable; views stay valid as long as some copy of the object lives.
class Safetensors {
public:
    // Errors: NotFound, Io, CorruptFile, UnsupportedFormat (an unknown dtype), UnsafeFormat (a
    // pickle). Messages name the file and the tensor.
    static Result<Safetensors> open(const std::filesystem::path& path);

    // Several files, found through a `model.safetensors.index.json`: `weight_map` gives the file
    // of each tensor, by plain name beside the index. Errors as above.
    static Result<Safetensors> openIndex(const std::filesystem::path& indexPath);

    const std::vector<TensorView>& tensors() const { return m_tensors; } // sorted by name
    const TensorView* find(std::string_view name) const;                 // null: not there
    const std::map<std::string, std::string>& metadata() const { return m_metadata; }

    // Asks the system to read the files ahead of their use. Returns at once.
    void prefetch() const;

private:
    std::vector<std::shared_ptr<const MappedFile>> m_files;
    std::vector<TensorView> m_tensors;
    std::map<std::string, std::string> m_metadata;
};

// An error if `path` by its name, or `head` by its first bytes, is a format that can run code when
// it is read (pickle). Names: .bin .pt .pth .ckpt .pkl .pickle.
Result<void> refusePickle(const std::filesystem::path& path, std::span<const std::byte> head);

} // namespace linnet::engine
