#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <thread>
#include <vector>

#include "caption/caption_desk.h"
#include "caption/caption_writer.h"
#include "serving/channel.h"

namespace linnet::serving {

// The captions of one client's pictures in the making; leaving it drops those not begun.
class CaptionCall {
public:
    ~CaptionCall() { m_stop.request_stop(); }

    struct Event {
        std::size_t picture = 0; // its place among those of the call
        engine::Result<std::vector<caption::Caption>> captions;
        int promptTokens = 0; // that the model was given for them, beside the picture
    };
    // What there is, one for each picture in any order; waits at most `patience`.
    std::vector<Event> next(std::chrono::milliseconds patience) { return m_inbox->take(patience); }

private:
    friend class CaptionStudio;
    std::stop_source m_stop;
    std::shared_ptr<Channel<Event>> m_inbox = std::make_shared<Channel<Event>>();
};

// A model of captions with its thread. Pictures of all clients that come within a short while of
// each other, and want the same, go through the network together.
class CaptionStudio {
public:
    CaptionStudio(std::unique_ptr<engine::Captioner> captioner, std::size_t maxWaiting);
    ~CaptionStudio(); // stops what runs; not from its own thread
    CaptionStudio(const CaptionStudio&) = delete;
    CaptionStudio& operator=(const CaptionStudio&) = delete;

    const std::vector<std::string>& languages() const { return m_captioner->languages(); }

    // Of a caption, in the model's vocabulary.
    int tokensOf(const std::string& text) const;

    // A file's pixels as the model wants them, on the caller's thread; only so many callers decode
    // at once, since a picture takes much memory. Errors: as PictureDecoder::decode().
    engine::Result<std::vector<float>> pixelsOf(std::span<const std::uint8_t> file,
                                                const std::stop_token& stop);

    // Null: too many pictures wait.
    std::unique_ptr<CaptionCall> start(std::vector<std::vector<float>> pictures,
                                       const caption::CaptionOptions& options);

    int running() const;
    int waiting() const;

private:
    struct Job {
        std::size_t picture = 0;
        std::vector<float> pixels;
        caption::CaptionOptions options;
        std::stop_token stop;
        std::shared_ptr<Channel<CaptionCall::Event>> inbox;
    };

    void run(const std::stop_token& stop);
    std::vector<Job> nextBatch(const std::stop_token& stop);
    void write(const std::vector<Job>& batch, const std::stop_token& stop);
    std::unique_ptr<caption::CaptionDesk> takeDesk();
    void returnDesk(std::unique_ptr<caption::CaptionDesk> desk);

    std::unique_ptr<engine::Captioner> m_captioner; // its thread only, but for what is constant
    std::size_t m_maxWaiting;

    std::mutex m_deskMutex;
    std::condition_variable m_deskFree;
    std::vector<std::unique_ptr<caption::CaptionDesk>> m_desks;

    mutable std::mutex m_mutex; // of what follows
    std::condition_variable_any m_wake;
    std::deque<Job> m_jobs;
    int m_running = 0;
    std::jthread m_thread; // last: starts when all else is ready
};

} // namespace linnet::serving
