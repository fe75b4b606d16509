#include "protocol/log_probs.h"

#include <algorithm>
#include <cstdio>

#include "engine/api/utf8.h"
#include "protocol/log_probs_json.h"

namespace linnet::protocol {

namespace {

constexpr std::string_view bytesPrefix = "bytes:";

// Text as it is; bytes that are no characters as OpenAI shows them: "bytes:\xe5\xb1".
std::string shown(const std::string& bytes) {
    if (engine::utf8ValidPrefix(bytes) == bytes.size()) {
        return bytes;
    }
    std::string text(bytesPrefix);
    for (const char c : bytes) {
        char hex[5];
        std::snprintf(hex, sizeof hex, "\\x%02x", static_cast<unsigned>(c) & 0xFFU);
        text += hex;
    }
    return text;
}

int hexValue(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string bytesOf(const std::string& text) {
    if (!text.starts_with(bytesPrefix)) {
        return text;
    }
    std::string bytes;
    for (std::size_t at = bytesPrefix.size(); at < text.size(); at += 4) {
        const bool escape = at + 4 <= text.size() && text[at] == '\\' && text[at + 1] == 'x';
        const int high = escape ? hexValue(text[at + 2]) : -1;
        const int low = escape ? hexValue(text[at + 3]) : -1;
        if (high < 0 || low < 0) {
            return text;
        }
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

json byteList(const std::string& bytes) {
    json list = json::array();
    for (const char c : bytes) {
        list.push_back(static_cast<unsigned char>(c));
    }
    return list;
}

// A log-probability as JSON, which has no infinity.
json numberOf(std::optional<double> logProb) {
    return logProb ? json(std::max(*logProb, -9999.0)) : json();
}

std::string bytesOf(const json& entry) {
    std::string bytes;
    for (const json& byte : memberAt(entry, "bytes")) {
        if (!byte.is_number_unsigned() || byte.get<std::uint64_t>() > 255) {
            return textAt(entry, "token");
        }
        bytes += static_cast<char>(byte.get<unsigned>());
    }
    return bytes.empty() ? bytesOf(textAt(entry, "token")) : bytes;
}

std::vector<TokenInfo> parseChat(const json& content) {
    std::vector<TokenInfo> tokens;
    for (const json& entry : content) {
        TokenInfo token;
        token.bytes = bytesOf(entry);
        token.logProb = numberAt(entry, "logprob");
        const json& top = memberAt(entry, "top_logprobs");
        for (const json& other : top.is_array() ? top : json::array()) {
            if (const auto logProb = numberAt(other, "logprob")) {
                token.top.emplace_back(bytesOf(other), *logProb);
            }
        }
        tokens.push_back(std::move(token));
    }
    return tokens;
}

std::vector<TokenInfo> parseCompletion(const json& value) {
    std::vector<TokenInfo> tokens;
    const json& logProbs = memberAt(value, "token_logprobs");
    const json& tops = memberAt(value, "top_logprobs");
    const json& offsets = memberAt(value, "text_offset");
    const auto at = [](const json& list, std::size_t i) -> json {
        return list.is_array() && i < list.size() ? list[i] : json();
    };
    for (const json& text : memberAt(value, "tokens")) {
        const std::size_t i = tokens.size();
        TokenInfo token;
        token.bytes = text.is_string() ? bytesOf(text.get<std::string>()) : std::string();
        const json logProb = at(logProbs, i);
        token.logProb = logProb.is_number() ? std::optional(logProb.get<double>()) : std::nullopt;
        token.offset = countAt({{"at", at(offsets, i)}}, "at");
        const json top = at(tops, i);
        if (top.is_object()) {
            for (const auto& [other, number] : top.items()) {
                if (number.is_number()) {
                    token.top.emplace_back(bytesOf(other), number.get<double>());
                }
            }
        }
        std::stable_sort(token.top.begin(), token.top.end(),
                         [](const auto& a, const auto& b) { return a.second > b.second; });
        tokens.push_back(std::move(token));
    }
    return tokens;
}

} // namespace

int characterCount(std::string_view text) {
    return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

json completionLogProbs(const std::vector<TokenInfo>& tokens) {
    json names = json::array();
    json logProbs = json::array();
    json tops = json::array();
    json offsets = json::array();
    for (const TokenInfo& token : tokens) {
        names.push_back(shown(token.bytes));
        logProbs.push_back(numberOf(token.logProb));
        json top = json::object();
        for (const auto& [bytes, logProb] : token.top) {
            top.emplace(shown(bytes), numberOf(logProb)); // the better one, if two look the same
        }
        tops.push_back(token.logProb ? std::move(top) : json());
        offsets.push_back(token.offset);
    }
    return {{"tokens", std::move(names)},
            {"token_logprobs", std::move(logProbs)},
            {"top_logprobs", std::move(tops)},
            {"text_offset", std::move(offsets)}};
}

json chatLogProbs(const std::vector<TokenInfo>& tokens) {
    const auto entryOf = [](const std::string& bytes, std::optional<double> logProb) {
        return json{
            {"token", shown(bytes)}, {"logprob", numberOf(logProb)}, {"bytes", byteList(bytes)}};
    };
    json content = json::array();
    for (const TokenInfo& token : tokens) {
        json entry = entryOf(token.bytes, token.logProb);
        entry["top_logprobs"] = json::array();
        for (const auto& [bytes, logProb] : token.top) {
            entry["top_logprobs"].push_back(entryOf(bytes, logProb));
        }
        content.push_back(std::move(entry));
    }
    return {{"content", std::move(content)}};
}

std::optional<std::vector<TokenInfo>> parseLogProbs(const json& value) {
    if (memberAt(value, "content").is_array()) {
        return parseChat(memberAt(value, "content"));
    }
    if (memberAt(value, "tokens").is_array()) {
        return parseCompletion(value);
    }
    return std::nullopt;
}

json toJson(const Usage& usage) {
    return {{"prompt_tokens", usage.promptTokens},
            {"completion_tokens", usage.completionTokens},
            {"total_tokens", usage.promptTokens + usage.completionTokens},
            {"prompt_tokens_details", {{"cached_tokens", usage.cachedTokens}}}};
}

std::optional<Usage> parseUsage(const json& value) {
    if (!value.is_object()) {
        return std::nullopt;
    }
    return Usage{countAt(value, "prompt_tokens"), countAt(value, "completion_tokens"),
                 countAt(memberAt(value, "prompt_tokens_details"), "cached_tokens")};
}

} // namespace linnet::protocol
