#pragma once

#include <cassert>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace linnet::engine {

// What went wrong, coarse enough for a user interface to translate and a server to map to a status.
enum class ErrorCode {
    InvalidArgument,   // a request or option that can never work
    NotFound,          // a file, folder, model or tensor that is not there
    Io,                // reading or writing failed
    CorruptFile,       // a file that contradicts itself or its format
    UnsupportedFormat, // a sound file of a kind this build does not read
    UnsafeFormat,      // refused because reading it could run code (pickle)
    OutOfMemory,       // host or device memory ran out
    DeviceUnavailable, // the asked-for device is not there
    Network,           // a connection failed or was refused
    Timeout,
    Internal, // a defect of ours or of a library
};

std::string_view toString(ErrorCode code);

// `message` is an English diagnostic that names the file, field or key and what to do about it.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;
};

// A value or an Error, for failures that can be expected. Accessing the wrong side is a defect.
template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value)
        : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Error error)
        : m_state(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& value() & {
        assert(ok());
        return *std::get_if<0>(&m_state);
    }
    const T& value() const& {
        assert(ok());
        return *std::get_if<0>(&m_state);
    }
    T&& value() && {
        assert(ok());
        return std::move(*std::get_if<0>(&m_state));
    }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    const Error& error() const {
        assert(!ok());
        return *std::get_if<1>(&m_state);
    }

private:
    std::variant<T, Error> m_state;
};

// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error)
        : m_error(std::move(error))
        , m_ok(false) {}

    bool ok() const { return m_ok; }
    explicit operator bool() const { return m_ok; }
    const Error& error() const {
        assert(!m_ok);
        return m_error;
    }

private:
    Error m_error;
    bool m_ok = true;
};

} // namespace linnet::engine
