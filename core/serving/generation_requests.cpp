#include "serving/generation_requests.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace linnet::serving {

namespace {

using engine::BatchRequest;
using engine::TokenId;
using engine::Tokenizer;
using protocol::ChatMessage;
using protocol::GenerationOptions;

constexpr int defaultCompletionTokens = 16; // OpenAI's
constexpr int defaultChatTokens = 256;

BatchRequest baseRequest(const GenerationOptions& options, int defaultTokens) {
    BatchRequest request;
    engine::CompletionRequest& completion = request.completion;
    completion.maxTokens = options.maxTokens.value_or(defaultTokens);
    completion.sampling.temperature = options.temperature;
    completion.sampling.topP = options.topP;
    completion.sampling.topK = options.topK;
    completion.sampling.minP = options.minP;
    completion.sampling.repetitionPenalty = options.repetitionPenalty;
    completion.stop = options.stop;
    completion.ignoreEndOfText = options.ignoreEnd;
    return request;
}

void addSamples(std::vector<BatchRequest>& requests, const BatchRequest& request, int count,
                std::uint64_t seed) {
    for (int i = 0; i < count; ++i) {
        requests.push_back(request);
        requests.back().completion.sampling.seed = seed + static_cast<std::uint64_t>(i);
    }
}

// What stands around the messages, as control tokens and text.
struct Template {
    std::optional<TokenId> start; // before the role
    std::optional<TokenId> head;  // after the role; none: a line break
    std::optional<TokenId> end;   // after the message
    std::string_view afterHead;
    std::string_view afterEnd;
    bool trims = false; // messages, of the space around them
};

std::optional<Template> templateOf(const Tokenizer& tokenizer) {
    if (const auto start = tokenizer.find("<|im_start|>"); start && tokenizer.isSpecial(*start)) {
        return Template{start, {}, tokenizer.find("<|im_end|>"), "\n", "\n", false};
    }
    if (const auto start = tokenizer.find("<|start_header_id|>");
        start && tokenizer.isSpecial(*start)) {
        return Template{
            start, tokenizer.find("<|end_header_id|>"), tokenizer.find("<|eot_id|>"), "\n\n", "",
            true};
    }
    return std::nullopt;
}

class PromptWriter {
public:
    explicit PromptWriter(const Tokenizer& tokenizer)
        : m_tokenizer(tokenizer) {}

    void add(std::optional<TokenId> token) {
        if (token) {
            flush();
            m_tokens.push_back(*token);
        }
    }
    void add(std::string_view text) { m_text += text; }
    std::vector<TokenId> finish() {
        flush();
        return std::move(m_tokens);
    }

private:
    // Text between two control tokens is one text to the tokenizer.
    void flush() {
        const auto tokens = m_tokenizer.encode(m_text, false);
        m_tokens.insert(m_tokens.end(), tokens.begin(), tokens.end());
        m_text.clear();
    }

    const Tokenizer& m_tokenizer;
    std::vector<TokenId> m_tokens;
    std::string m_text;
};

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\n\r\f\v";
    const std::size_t begin = std::min(text.find_first_not_of(space), text.size());
    return text.substr(begin, text.find_last_not_of(space) + 1 - begin);
}

std::string plainText(const std::vector<ChatMessage>& messages) {
    std::string text;
    for (const ChatMessage& message : messages) {
        const std::string part = message.text();
        text += (text.empty() || part.empty() ? "" : "\n\n") + part;
    }
    return text;
}

} // namespace

bool isDeterministic(const GenerationOptions& options) {
    return options.temperature == 0 || options.seed.has_value();
}

std::vector<BatchRequest> toBatch(const protocol::CompletionRequest& wanted, std::uint64_t seed) {
    std::vector<BatchRequest> requests;
    for (const protocol::Prompt& prompt : wanted.prompts) {
        BatchRequest request = baseRequest(wanted.options, defaultCompletionTokens);
        if (const auto* text = std::get_if<std::string>(&prompt)) {
            request.completion.prompt = *text;
        } else {
            request.promptTokens = std::get<std::vector<std::int32_t>>(prompt);
        }
        request.logProbs = wanted.logProbs.has_value();
        request.alternatives = wanted.logProbs.value_or(0);
        request.scorePrompt = wanted.echo && wanted.logProbs;
        addSamples(requests, request, wanted.options.n, seed);
    }
    return requests;
}

std::vector<BatchRequest> toBatch(const protocol::ChatRequest& wanted, const Tokenizer& tokenizer,
                                  std::uint64_t seed) {
    BatchRequest request = baseRequest(wanted.options, defaultChatTokens);
    if (templateOf(tokenizer)) {
        request.promptTokens = chatPrompt(wanted.messages, tokenizer);
    } else {
        request.completion.prompt = plainText(wanted.messages);
    }
    request.logProbs = wanted.logProbs;
    request.alternatives = wanted.alternatives;
    std::vector<BatchRequest> requests;
    addSamples(requests, request, wanted.options.n, seed);
    return requests;
}

std::vector<TokenId> chatPrompt(const std::vector<ChatMessage>& messages,
                                const Tokenizer& tokenizer) {
    PromptWriter writer(tokenizer);
    const auto form = templateOf(tokenizer);
    if (!form) {
        writer.add(plainText(messages));
        return writer.finish();
    }
    const auto begin = [&](std::string_view role) {
        writer.add(form->start);
        writer.add(role);
        writer.add(form->head);
        writer.add(form->afterHead);
    };
    for (const ChatMessage& message : messages) {
        begin(message.role == "developer" ? "system" : message.role);
        const std::string text = message.text();
        writer.add(form->trims ? trimmed(text) : text);
        writer.add(form->end);
        writer.add(form->afterEnd);
    }
    begin("assistant");
    return writer.finish();
}

} // namespace linnet::serving
