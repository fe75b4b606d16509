#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/api/batch_generator.h"
#include "engine/api/result.h"
#include "protocol/log_probs.h"

namespace linnet::serving {

struct ServedModel;

// A part of one of a call's texts.
struct TextPiece {
    int choice = 0; // the index of the request
    std::string text;
    std::vector<protocol::TokenInfo> tokens; // only if log-probabilities were asked for
    std::string finishReason;                // "stop" or "length" in the last piece of a text
    std::vector<protocol::TokenInfo> prompt; // in the last piece, if the prompt was to be scored
};

// Texts in the making for one client. One thread; leaving it ends what still runs, within a step.
class TextCall {
public:
    // Each `samples` requests that follow each other have the same prompt. Null: the model's queue
    // is full, and nothing runs. Error: InvalidArgument.
    static engine::Result<std::unique_ptr<TextCall>>
    start(std::shared_ptr<const ServedModel> model, std::vector<engine::BatchRequest> requests,
          int samples);
    ~TextCall();

    // What became final, in order; waits at most `patience` for it, and before that for `gather`
    // unless a text ends. Errors: the engine's.
    engine::Result<std::vector<TextPiece>> next(std::chrono::milliseconds patience,
                                                std::chrono::microseconds gather = {});
    // All texts have ended.
    bool finished() const { return m_open == 0; }
    // Texts that the model makes at present, this call's among them.
    int company() const;

    // Complete once finished. A prompt counts once, however many samples it has.
    const protocol::Usage& usage() const { return m_usage; }

private:
    struct Event;
    struct Inbox;

    TextCall(std::shared_ptr<const ServedModel> model, int samples);
    void accept(const engine::BatchCompletion& completion, TextPiece& piece);
    protocol::TokenInfo infoOf(const engine::TokenReport& token) const;

    std::shared_ptr<const ServedModel> m_model;
    std::shared_ptr<Inbox> m_inbox; // shared with the sinks, which may outlive the call
    std::stop_source m_stop;
    int m_open = 0;
    int m_samples = 1;
    protocol::Usage m_usage;
};

} // namespace linnet::serving
