#include "engine/api/result.h"

namespace linnet::engine {

std::string_view toString(ErrorCode code) {
    switch (code) {
    case ErrorCode::InvalidArgument:
        return "invalid-argument";
    case ErrorCode::NotFound:
        return "not-found";
    case ErrorCode::Io:
        return "io";
    case ErrorCode::CorruptFile:
        return "corrupt-file";
    case ErrorCode::UnsupportedFormat:
        return "unsupported-format";
    case ErrorCode::UnsafeFormat:
        return "unsafe-format";
    case ErrorCode::OutOfMemory:
        return "out-of-memory";
    case ErrorCode::DeviceUnavailable:
        return "device-unavailable";
    case ErrorCode::Network:
        return "network";
    case ErrorCode::Timeout:
        return "timeout";
    case ErrorCode::Internal:
        return "internal";
    }
    return "internal";
}

} // namespace linnet::engine
