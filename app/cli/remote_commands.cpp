#include "remote_commands.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "caption/picture_decoder.h"
#include "engine/api/utf8.h"
#include "protocol/captions.h"
#include "protocol/models.h"

namespace linnet::cli {

using engine::Error;
using engine::ErrorCode;
using engine::Result;
using nlohmann::json;
using protocol::CompletionChoice;
using protocol::CompletionRequest;
using protocol::CompletionResponse;
using protocol::TokenInfo;

namespace {

constexpr int ghostTokens = 8;

json toJson(const CompletionChoice& choice, double milliseconds) {
    json tokens = json::array();
    json logProbs = json::array();
    for (const TokenInfo& token : choice.logProbs.value_or(std::vector<TokenInfo>())) {
        tokens.push_back(token.bytes);
        logProbs.push_back(token.logProb ? json(*token.logProb) : json());
    }
    return {{"text", choice.text},
            {"tokens", std::move(tokens)},
            {"logprobs", std::move(logProbs)},
            {"finish", choice.finishReason},
            {"ms", milliseconds}};
}

Result<void> streamText(RemoteClient& client, CompletionRequest request, const Context& context) {
    request.options.stream = true;
    const auto streamed =
        client.stream("/completions", protocol::toJson(request), [&](const std::string& data) {
            const auto chunk = protocol::parseCompletionResponse(data);
            for (const CompletionChoice& choice :
                 chunk ? chunk->choices : std::vector<CompletionChoice>()) {
                context.write(choice.text);
            }
            return true;
        });
    context.print("");
    return streamed;
}

// Letters, digits and what stands inside words; every character beyond ASCII.
bool isWordByte(char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || c == '\'' || c == '-' ||
           static_cast<unsigned char>(c) >= 0x80U;
}

// The part of a word at the end of `text`.
std::string wordAtEnd(const std::string& text) {
    std::size_t at = text.size();
    while (at > 0 && isWordByte(text[at - 1])) {
        --at;
    }
    return text.substr(at);
}

// The word that `started` becomes by what follows; nothing if that is no word.
std::optional<std::string> wordOf(const std::string& started, const std::string& following) {
    std::size_t at = 0;
    if (started.empty()) {
        while (at < following.size() && following[at] == ' ') {
            ++at;
        }
    }
    std::size_t end = at;
    while (end < following.size() && isWordByte(following[end])) {
        ++end;
    }
    std::string word = started + following.substr(at, end - at);
    const bool whole = engine::utf8ValidPrefix(word) == word.size();
    return word.empty() || end == at || !whole ? std::nullopt : std::optional(std::move(word));
}

void addWord(json& words, const std::optional<std::string>& word, double p, int count) {
    const auto known = [&](const json& entry) { return entry["word"] == *word; };
    if (word && static_cast<int>(words.size()) < count &&
        std::none_of(words.begin(), words.end(), known)) {
        words.push_back({{"word", *word}, {"p", std::round(p * 1e5) / 1e5}});
    }
}

} // namespace

void addRemoteOptions(CLI::App& command, RemoteOptions& options) {
    command.add_option("--remote", options.url, "Ask this server instead of a model here")
        ->type_name("URL");
    command
        .add_option("--api-key-file", options.keyFile,
                    "File whose first line is the key for --remote")
        ->type_name("FILE");
    command
        .add_option("--timeout", options.seconds, "Seconds that --remote may take for an answer")
        ->check(CLI::Range(1, 86400).description(""))
        ->capture_default_str();
}

Result<std::string> textModelOf(RemoteClient& client, const std::string& name) {
    if (!name.empty()) {
        return name;
    }
    const auto body = client.get("/models");
    if (!body) {
        return body.error();
    }
    const auto models = protocol::parseModelList(*body);
    if (!models) {
        return Error{ErrorCode::Network, models.error().message};
    }
    const auto completes = [](const protocol::ModelEntry& model) {
        const auto& can = model.capabilities; // servers of others do not say
        return can.empty() || std::find(can.begin(), can.end(), "completions") != can.end();
    };
    const auto found = std::find_if(models->begin(), models->end(), completes);
    if (found == models->end()) {
        return Error{ErrorCode::NotFound, "the server lists no model that continues texts"};
    }
    return found->id;
}

Result<void> completeRemotely(const RemoteOptions& remote, const CompletionRequest& request,
                              const Context& context) {
    auto client = RemoteClient::open(remote);
    if (!client) {
        return client.error();
    }
    CompletionRequest wanted = request;
    auto model = textModelOf(*client, request.model);
    if (!model) {
        return model.error();
    }
    wanted.model = std::move(model).value();
    if (!context.json() && request.options.n == 1) {
        return streamText(*client, wanted, context);
    }
    wanted.logProbs = 0;
    const Stopwatch watch;
    const auto body = client->post("/completions", protocol::toJson(wanted));
    if (!body) {
        return body.error();
    }
    const auto answer = protocol::parseCompletionResponse(*body);
    if (!answer) {
        return Error{ErrorCode::Network, answer.error().message};
    }
    const double milliseconds = watch.milliseconds();
    for (const CompletionChoice& choice : answer->choices) {
        if (context.json()) {
            context.print(toJson(choice, milliseconds));
        } else {
            context.print(choice.text);
        }
    }
    return {};
}

Result<json> suggestRemotely(RemoteClient& client, const std::string& model,
                             const std::string& text, int count) {
    CompletionRequest request;
    request.model = model;
    // Tokens begin with their space: after a prompt that ends in one, models go astray.
    const std::size_t end = text.find_last_not_of(' ') + 1;
    const bool spaced = end < text.size();
    request.prompts = {text.substr(0, end)};
    request.options.maxTokens = ghostTokens;
    request.options.temperature = 0;
    request.options.stop = {"\n"};
    request.logProbs = 5;
    const Stopwatch watch;
    const auto body = client.post("/completions", protocol::toJson(request));
    if (!body) {
        return body.error();
    }
    const auto answer = protocol::parseCompletionResponse(*body);
    if (!answer) {
        return Error{ErrorCode::Network, answer.error().message};
    }
    json words = json::array();
    json ghost;
    if (!answer->choices.empty()) {
        const CompletionChoice& choice = answer->choices.front();
        const auto tokens = choice.logProbs.value_or(std::vector<TokenInfo>());
        double sum = 0;
        for (const TokenInfo& token : tokens) {
            sum += token.logProb.value_or(0);
        }
        const std::size_t skip = spaced ? choice.text.find_first_not_of(' ') : 0;
        if (skip < choice.text.size()) {
            ghost = {{"text", choice.text.substr(skip)},
                     {"p", tokens.empty() ? 0 : std::round(std::exp(sum) * 1e5) / 1e5}};
        }
        const std::string started = wordAtEnd(text);
        addWord(words, wordOf(started, choice.text),
                tokens.empty() ? 0 : std::exp(tokens.front().logProb.value_or(0)), count);
        if (!tokens.empty()) {
            for (const auto& [bytes, logProb] : tokens.front().top) {
                addWord(words, wordOf(started, bytes), std::exp(logProb), count);
            }
        }
    }
    return json{{"words", std::move(words)},
                {"ghost", std::move(ghost)},
                {"ms", std::round(watch.milliseconds() * 1e3) / 1e3}};
}

Result<protocol::PoemResponse> composeRemotely(RemoteClient& client,
                                               const protocol::PoemRequest& request) {
    const auto body = client.post("/poems", protocol::toJson(request));
    if (!body) {
        const Error& error = body.error();
        const bool unknown = error.message.find("(404)") != std::string::npos;
        return unknown ? Error{error.code, error.message + " (only a linnet-server composes poems; "
                                                           "without --remote it is done here)"}
                       : error;
    }
    auto poems = protocol::parsePoemResponse(*body);
    if (!poems || poems->poems.empty()) {
        return Error{ErrorCode::Network, "the server's answer has no poem"};
    }
    return poems;
}

Result<CaptionedPicture> captionRemotely(RemoteClient& client, const std::filesystem::path& file,
                                         const CaptionArguments& arguments) {
    caption::PictureLimits limits;
    limits.bytes = 1'000'000 * static_cast<std::uint64_t>(arguments.megabytes);
    const auto bytes = caption::readPictureFile(file, limits);
    if (!bytes) {
        return bytes.error();
    }
    const Stopwatch watch;
    std::vector<RemoteClient::FormPart> parts = {
        {"count", "", std::to_string(arguments.count)},
        {"data", file.filename().string(), std::string(bytes->begin(), bytes->end())}};
    if (arguments.beams > 0) {
        parts.push_back({"beams", "", std::to_string(arguments.beams)});
    }
    if (!arguments.model.empty()) {
        parts.push_back({"model", "", arguments.model});
    }
    if (!arguments.language.empty()) {
        parts.push_back({"language", "", arguments.language});
    }
    const auto body = client.postForm("/captions", parts);
    if (!body) {
        return body.error();
    }
    const auto answer = protocol::parseCaptionResponse(*body);
    if (!answer || answer->files.empty()) {
        return Error{ErrorCode::Network, "the server's answer has no captions"};
    }
    const protocol::CaptionedFile& found = answer->files.front();
    if (!found.error.empty()) {
        return Error{ErrorCode::CorruptFile, found.error};
    }
    CaptionedPicture captioned;
    for (const protocol::CaptionText& one : found.captions) {
        captioned.captions.push_back({one.text, one.language, one.probability, false});
    }
    captioned.milliseconds = watch.milliseconds();
    return captioned;
}

} // namespace linnet::cli
