#include "serving/text_call.h"

#include <optional>
#include <utility>

#include "serving/channel.h"
#include "serving/served_model.h"

namespace linnet::serving {

using engine::BatchCompletion;
using engine::BatchDelta;
using engine::BatchGenerator;
using engine::BatchRequest;
using engine::Error;
using engine::FinishReason;
using engine::Flow;
using engine::Result;
using engine::TokenReport;
using protocol::TokenInfo;

// What a sink says on the generator's thread.
struct TextCall::Event {
    int choice = 0;
    std::string text;
    std::vector<TokenReport> tokens;
    std::optional<Result<BatchCompletion>> end;
};

struct TextCall::Inbox {
    Channel<Event> events;
};

TextCall::TextCall(std::shared_ptr<const ServedModel> model, int samples)
    : m_model(std::move(model))
    , m_inbox(std::make_shared<Inbox>())
    , m_samples(samples) {
}

TextCall::~TextCall() {
    m_stop.request_stop();
}

Result<std::unique_ptr<TextCall>> TextCall::start(std::shared_ptr<const ServedModel> model,
                                                  std::vector<BatchRequest> requests, int samples) {
    std::unique_ptr<TextCall> call(new TextCall(std::move(model), samples));
    for (std::size_t i = 0; i < requests.size(); ++i) {
        BatchRequest& request = requests[i];
        request.stop = call->m_stop.get_token();
        const bool logProbs = request.logProbs || request.alternatives > 0;
        const auto choice = static_cast<int>(i);
        const auto submitted = call->m_model->text->submit(
            std::move(request),
            [inbox = call->m_inbox, choice, logProbs](const BatchDelta& delta) {
                Event event{choice, std::string(delta.text), {}, {}};
                if (logProbs) {
                    event.tokens.assign(delta.tokens.begin(), delta.tokens.end());
                }
                inbox->events.put(std::move(event), Urgency::CanWait);
                return Flow::Continue;
            },
            [inbox = call->m_inbox, choice](Result<BatchCompletion> completion) {
                inbox->events.put({choice, {}, {}, std::move(completion)});
            });
        if (!submitted) {
            return submitted.error(); // what was submitted before it ends with the call
        }
        if (*submitted == BatchGenerator::Submission::QueueFull) {
            return std::unique_ptr<TextCall>();
        }
        ++call->m_open;
    }
    return call;
}

int TextCall::company() const {
    return m_model->text->stats().running;
}

Result<std::vector<TextPiece>> TextCall::next(std::chrono::milliseconds patience,
                                              std::chrono::microseconds gather) {
    std::vector<TextPiece> pieces;
    for (Event& event : m_inbox->events.take(patience, gather)) {
        TextPiece piece;
        piece.choice = event.choice;
        piece.text = std::move(event.text);
        for (const TokenReport& token : event.tokens) {
            piece.tokens.push_back(infoOf(token));
        }
        if (event.end) {
            --m_open;
            if (!*event.end) {
                m_stop.request_stop();
                return event.end->error();
            }
            accept(**event.end, piece);
        }
        pieces.push_back(std::move(piece));
    }
    return pieces;
}

void TextCall::accept(const BatchCompletion& completion, TextPiece& piece) {
    // A text that was cancelled though its client is still there lost its model's thread: it ends
    // where it is.
    piece.finishReason = completion.finish == FinishReason::Stop ? "stop" : "length";
    for (const TokenReport& token : completion.prompt) {
        piece.prompt.push_back(infoOf(token));
    }
    m_usage.completionTokens += static_cast<int>(completion.tokens.size());
    if (piece.choice % m_samples == 0) {
        m_usage.promptTokens += completion.promptTokens;
        m_usage.cachedTokens += completion.reusedTokens;
    }
}

TokenInfo TextCall::infoOf(const TokenReport& token) const {
    const engine::Tokenizer& tokenizer = m_model->text->tokenizer();
    TokenInfo info;
    info.bytes = tokenizer.bytes(token.id);
    info.logProb = token.logProb;
    for (const engine::TokenAlternative& other : token.alternatives) {
        info.top.emplace_back(tokenizer.bytes(other.id), other.logProb);
    }
    return info;
}

} // namespace linnet::serving
