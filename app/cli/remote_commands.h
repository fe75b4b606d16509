#pragma once

#include <filesystem>
#include <string>

#include "context.h"
#include "picture_captioner.h"
#include "protocol/completions.h"
#include "protocol/poems.h"
#include "remote_client.h"

namespace linnet::cli {

// The name, or if there is none the first model of the server that continues texts.
engine::Result<std::string> textModelOf(RemoteClient& client, const std::string& name);

// What `complete --remote` does: one answer, as text while it comes or as JSON; `tokens` are the
// server's, as texts, since it gives no ids.
engine::Result<void> completeRemotely(const RemoteOptions& remote,
                                      const protocol::CompletionRequest& request,
                                      const Context& context);

// The words and the ghost text of `suggest`, from one completion with its probabilities.
engine::Result<nlohmann::json> suggestRemotely(RemoteClient& client, const std::string& model,
                                               const std::string& text, int count);

// The poems of a server of ours.
engine::Result<protocol::PoemResponse> composeRemotely(RemoteClient& client,
                                                       const protocol::PoemRequest& request);

// The captions of a picture by a server of ours. Errors: also those of the file.
engine::Result<CaptionedPicture> captionRemotely(RemoteClient& client,
                                                 const std::filesystem::path& file,
                                                 const CaptionArguments& arguments);

} // namespace linnet::cli
