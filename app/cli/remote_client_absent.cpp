// What stands in for remote_client.cpp in a build without cpp-httplib.

#include "remote_client.h"

namespace linnet::cli {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

Error absent() {
    return {ErrorCode::UnsupportedFormat,
            "--remote: this build has no HTTP client (cpp-httplib was not found)"};
}

} // namespace

struct RemoteClient::State {};

RemoteClient::RemoteClient(RemoteClient&&) noexcept = default;
RemoteClient& RemoteClient::operator=(RemoteClient&&) noexcept = default;
RemoteClient::~RemoteClient() = default;

Result<RemoteClient> RemoteClient::open(const RemoteOptions& /*options*/) {
    return absent();
}

Result<std::string> RemoteClient::get(const std::string& /*path*/) {
    return absent();
}

Result<std::string> RemoteClient::post(const std::string& /*path*/, const std::string& /*json*/) {
    return absent();
}

Result<std::string> RemoteClient::postForm(const std::string& /*path*/,
                                           const std::vector<FormPart>& /*parts*/) {
    return absent();
}

Result<void> RemoteClient::stream(const std::string& /*path*/, const std::string& /*json*/,
                                  const std::function<bool(const std::string&)>& /*event*/) {
    return absent();
}

} // namespace linnet::cli
