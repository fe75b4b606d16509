#include "engine/torch/files/safetensors_writer.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <limits>
#include <set>
#include <system_error>
#include <unistd.h>

#include "engine/torch/files/json_reader.h"

namespace linnet::engine {

namespace {

// A temporary file that vanishes unless it is committed.
class PendingFile {
public:
    explicit PendingFile(const std::filesystem::path& target)
        : m_target(target)
        , m_temporary(target.string() + ".tmp." + std::to_string(::getpid()))
        , m_file(::open(m_temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {}
    PendingFile(const PendingFile&) = delete;
    PendingFile& operator=(const PendingFile&) = delete;
    ~PendingFile() {
        const bool created = m_file >= 0 || m_closed;
        if (m_file >= 0) {
            ::close(m_file);
        }
        if (created && !m_committed) {
            ::unlink(m_temporary.c_str());
        }
    }

    bool isOpen() const { return m_file >= 0; }

    Error error(const char* action) const {
        return {ErrorCode::Io, m_target.string() + ": cannot " + action + ": " +
                                   std::generic_category().message(errno)};
    }

    Result<void> write(std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            const ssize_t written = ::write(m_file, bytes.data(), bytes.size());
            if (written < 0) {
                if (errno == EINTR) {
                    continue;
                }
                return error("write");
            }
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        }
        return {};
    }

    Result<void> commit() {
        if (::fsync(m_file) != 0) {
            return error("flush to the disk");
        }
        const int closed = ::close(m_file);
        m_file = -1;
        m_closed = true;
        if (closed != 0) {
            return error("close");
        }
        if (::rename(m_temporary.c_str(), m_target.c_str()) != 0) {
            return error("rename the finished file");
        }
        m_committed = true;
        return {};
    }

private:
    std::filesystem::path m_target;
    std::string m_temporary;
    int m_file;
    bool m_closed = false;
    bool m_committed = false;
};

Result<std::string> headerOf(std::span<const TensorView> tensors,
                             const std::map<std::string, std::string>& metadata) {
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.empty()) {
        header["__metadata__"] = metadata;
    }
    std::set<std::string_view> names;
    std::uint64_t offset = 0;
    for (const TensorView& tensor : tensors) {
        if (tensor.name == "__metadata__" || !names.insert(tensor.name).second) {
            return Error{ErrorCode::InvalidArgument,
                         "tensor name '" + tensor.name + "' is reserved or used twice"};
        }
        std::uint64_t size = sizeOf(tensor.dtype);
        for (const std::int64_t dimension : tensor.shape) {
            const auto count = static_cast<std::uint64_t>(dimension);
            const bool overflow =
                count != 0 && size > std::numeric_limits<std::uint64_t>::max() / count;
            size = dimension < 0 || overflow ? std::numeric_limits<std::uint64_t>::max()
                                             : size * count;
        }
        if (size != tensor.bytes.size()) {
            return Error{ErrorCode::InvalidArgument,
                         "tensor '" + tensor.name + "' has " + std::to_string(tensor.bytes.size()) +
                             " bytes, not those of the shape " + shapeToString(tensor.shape)};
        }
        header[tensor.name] = {{"dtype", toString(tensor.dtype)},
                               {"shape", tensor.shape},
                               {"data_offsets", {offset, offset + size}}};
        offset += size;
    }
    std::string text;
    try {
        text = header.dump();
    } catch (const nlohmann::json::exception&) {
        return Error{ErrorCode::InvalidArgument, "a name or the metadata is not valid UTF-8"};
    }
    text.append((8 - text.size() % 8) % 8, ' ');
    return text;
}

} // namespace

Result<void> writeSafetensors(const std::filesystem::path& path,
                              std::span<const TensorView> tensors,
                              const std::map<std::string, std::string>& metadata) {
    const Result<std::string> header = headerOf(tensors, metadata);
    if (!header) {
        return Error{header.error().code, path.string() + ": " + header.error().message};
    }
    PendingFile file(path);
    if (!file.isOpen()) {
        return file.error("create");
    }
    std::array<std::byte, 8> length{};
    for (std::size_t i = 0; i < length.size(); ++i) {
        length[i] = static_cast<std::byte>(static_cast<std::uint64_t>(header->size()) >> (8U * i));
    }
    if (Result<void> written = file.write(length); !written) {
        return written;
    }
    if (Result<void> written = file.write(std::as_bytes(std::span(*header))); !written) {
        return written;
    }
    for (const TensorView& tensor : tensors) {
        if (Result<void> written = file.write(tensor.bytes); !written) {
            return written;
        }
    }
    return file.commit();
}

} // namespace linnet::engine
