#include "engine/torch/files/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>

#include "engine/torch/files/safetensors_header.h"

namespace linnet::engine {

namespace {

constexpr std::size_t lengthBytes = 8;
constexpr std::uint64_t maxHeaderBytes = 100'000'000; // the format's own limit

std::uint64_t littleEndian64(std::span<const std::byte> bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < lengthBytes; ++i) {
        value |= std::to_integer<std::uint64_t>(bytes[i]) << (8U * i);
    }
    return value;
}

bool startsWith(std::span<const std::byte> bytes, std::string_view magic) {
    return bytes.size() >= magic.size() &&
           std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

// A zip archive, which is what torch.save writes, or a bare pickle of protocol 2 to 5.
bool looksLikePickle(std::span<const std::byte> head) {
    if (startsWith(head, "PK\x03\x04")) {
        return true;
    }
    return head.size() >= 2 && head[0] == std::byte{0x80} && head[1] >= std::byte{2} &&
           head[1] <= std::byte{5};
}

Error pickleError(const std::string& path) {
    return {ErrorCode::UnsafeFormat,
            path +
                ": a Python pickle, which can run any program when it is read, so it is refused. "
                "Convert the model to safetensors, or download its .safetensors version"};
}

// Why the first bytes cannot be a safetensors file.
Error notSafetensors(const std::string& path, std::span<const std::byte> bytes,
                     const std::string& reason) {
    if (looksLikePickle(bytes)) {
        return pickleError(path);
    }
    if (startsWith(bytes, "GGUF")) {
        return {ErrorCode::UnsupportedFormat,
                path + ": a GGUF file; only safetensors are supported"};
    }
    return {ErrorCode::CorruptFile, path + ": not a safetensors file: " + reason};
}

// The header's text, after checking that it is where the format says.
Result<std::string_view> headerText(const std::string& path, std::span<const std::byte> bytes) {
    if (bytes.size() < lengthBytes) {
        return notSafetensors(path, bytes,
                              std::to_string(bytes.size()) +
                                  " bytes, too short for the length of a header");
    }
    const std::uint64_t length = littleEndian64(bytes);
    if (length > maxHeaderBytes) {
        return notSafetensors(path, bytes,
                              "a header of " + std::to_string(length) + " bytes; at most " +
                                  std::to_string(maxHeaderBytes) + " are allowed");
    }
    if (length > bytes.size() - lengthBytes) {
        return notSafetensors(path, bytes,
                              "a header of " + std::to_string(length) + " bytes in a file of " +
                                  std::to_string(bytes.size()) + "; the file may be truncated");
    }
    if (length < 2 || bytes[lengthBytes] != std::byte{'{'}) {
        return notSafetensors(path, bytes, "the header is not a JSON object");
    }
    return std::string_view(reinterpret_cast<const char*>(bytes.data()) + lengthBytes,
                            static_cast<std::size_t>(length));
}

// The number of bytes that a tensor of this shape takes; none on overflow.
std::optional<std::uint64_t> byteSize(const HeaderTensor& tensor, DataType type) {
    std::uint64_t size = sizeOf(type);
    bool empty = false;
    for (const std::uint64_t dimension : tensor.shape) {
        if (dimension > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
            return std::nullopt;
        }
        if (dimension == 0) {
            empty = true;
        } else if (size > std::numeric_limits<std::uint64_t>::max() / dimension) {
            return std::nullopt;
        } else {
            size *= dimension;
        }
    }
    return empty ? 0 : size;
}

Result<TensorView> makeView(const std::string& path, HeaderTensor& tensor,
                            std::span<const std::byte> data) {
    const auto corrupt = [&](const std::string& reason) {
        return Error{ErrorCode::CorruptFile, path + ": tensor '" + tensor.name + "': " + reason};
    };
    const std::optional<DataType> type = dataTypeFromString(tensor.dtype);
    if (!type) {
        return Error{ErrorCode::UnsupportedFormat,
                     path + ": tensor '" + tensor.name + "': unknown dtype '" + tensor.dtype + "'"};
    }
    const std::optional<std::uint64_t> size = byteSize(tensor, *type);
    if (!size) {
        return corrupt("the shape overflows");
    }
    if (tensor.begin > tensor.end) {
        return corrupt("it ends before it begins");
    }
    if (tensor.end > data.size()) {
        return corrupt("its data ends at byte " + std::to_string(tensor.end) + " of " +
                       std::to_string(data.size()) + "; the file may be truncated");
    }
    if (tensor.end - tensor.begin != *size) {
        return corrupt("its shape needs " + std::to_string(*size) + " bytes but it has " +
                       std::to_string(tensor.end - tensor.begin));
    }
    TensorView view;
    view.name = std::move(tensor.name);
    view.dtype = *type;
    view.shape.assign(tensor.shape.begin(), tensor.shape.end());
    view.bytes =
        data.subspan(static_cast<std::size_t>(tensor.begin), static_cast<std::size_t>(*size));
    return view;
}

Result<void> refuseOverlap(const std::string& path, const std::vector<TensorView>& tensors) {
    std::vector<const TensorView*> order;
    for (const TensorView& tensor : tensors) {
        if (!tensor.bytes.empty()) {
            order.push_back(&tensor);
        }
    }
    std::sort(order.begin(), order.end(), [](const TensorView* left, const TensorView* right) {
        return left->bytes.data() < right->bytes.data();
    });
    for (std::size_t i = 1; i < order.size(); ++i) {
        const TensorView& before = *order[i - 1];
        if (before.bytes.data() + before.bytes.size() > order[i]->bytes.data()) {
            return Error{ErrorCode::CorruptFile, path + ": tensors '" + before.name + "' and '" +
                                                     order[i]->name + "' overlap"};
        }
    }
    return {};
}

bool byName(const TensorView& left, const TensorView& right) {
    return left.name < right.name;
}

} // namespace

std::int64_t TensorView::elements() const {
    return static_cast<std::int64_t>(bytes.size() / sizeOf(dtype));
}

std::string shapeToString(std::span<const std::int64_t> shape) {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) {
        text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    }
    return text + "]";
}

Result<void> refusePickle(const std::filesystem::path& path, std::span<const std::byte> head) {
    static constexpr std::array<std::string_view, 6> extensions = {".bin",  ".pt",  ".pth",
                                                                   ".ckpt", ".pkl", ".pickle"};
    const std::string extension = path.extension().string();
    if (std::find(extensions.begin(), extensions.end(), extension) != extensions.end() ||
        looksLikePickle(head)) {
        return pickleError(path.string());
    }
    return {};
}

Result<Safetensors> Safetensors::open(const std::filesystem::path& path) {
    if (const Result<void> safe = refusePickle(path, {}); !safe) {
        return safe.error();
    }
    Result<MappedFile> mapped = MappedFile::open(path);
    if (!mapped) {
        return mapped.error();
    }
    const auto file = std::make_shared<const MappedFile>(std::move(*mapped));
    const Result<std::string_view> text = headerText(path.string(), file->bytes());
    if (!text) {
        return text.error();
    }
    Result<SafetensorsHeader> header = parseSafetensorsHeader(*text, path.string());
    if (!header) {
        return header.error();
    }
    Safetensors result;
    const std::span<const std::byte> data = file->bytes().subspan(lengthBytes + text->size());
    result.m_tensors.reserve(header->tensors.size());
    for (HeaderTensor& tensor : header->tensors) {
        Result<TensorView> view = makeView(path.string(), tensor, data);
        if (!view) {
            return view.error();
        }
        result.m_tensors.push_back(std::move(*view));
    }
    if (const Result<void> disjoint = refuseOverlap(path.string(), result.m_tensors); !disjoint) {
        return disjoint.error();
    }
    std::sort(result.m_tensors.begin(), result.m_tensors.end(), byName);
    result.m_metadata = std::move(header->metadata);
    result.m_files.push_back(file);
    return result;
}

const TensorView* Safetensors::find(std::string_view name) const {
    const auto found = std::lower_bound(
        m_tensors.begin(), m_tensors.end(), name,
        [](const TensorView& tensor, std::string_view wanted) { return tensor.name < wanted; });
    return found != m_tensors.end() && found->name == name ? &*found : nullptr;
}

void Safetensors::prefetch() const {
    for (const auto& file : m_files) {
        file->prefetch();
    }
}

} // namespace linnet::engine
