#include "serving/caption_studio.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "caption/resize.h"

namespace linnet::serving {

using caption::Caption;
using caption::CaptionDesk;
using caption::CaptionOptions;
using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

constexpr std::size_t decodersAtOnce = 2;
constexpr std::size_t batchSize = 8;
// How long a picture waits for others to join it: little beside the pass itself.
constexpr std::chrono::milliseconds window{8};

bool wantSame(const CaptionOptions& a, const CaptionOptions& b) {
    return a.languages == b.languages && a.count == b.count && a.beams == b.beams;
}

} // namespace

CaptionStudio::CaptionStudio(std::unique_ptr<engine::Captioner> captioner, std::size_t maxWaiting)
    : m_captioner(std::move(captioner))
    , m_maxWaiting(maxWaiting) {
    for (std::size_t i = 0; i < decodersAtOnce; ++i) {
        m_desks.push_back(std::make_unique<CaptionDesk>());
    }
    m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

CaptionStudio::~CaptionStudio() = default;

std::unique_ptr<CaptionDesk> CaptionStudio::takeDesk() {
    std::unique_lock lock(m_deskMutex);
    m_deskFree.wait(lock, [this] { return !m_desks.empty(); });
    auto desk = std::move(m_desks.back());
    m_desks.pop_back();
    return desk;
}

void CaptionStudio::returnDesk(std::unique_ptr<CaptionDesk> desk) {
    {
        const std::lock_guard lock(m_deskMutex);
        m_desks.push_back(std::move(desk));
    }
    m_deskFree.notify_one();
}

Result<std::vector<float>> CaptionStudio::pixelsOf(std::span<const std::uint8_t> file,
                                                   const std::stop_token& stop) {
    auto desk = takeDesk();
    Result<std::vector<float>> pixels =
        Error{ErrorCode::Internal, "the picture could not be decoded"};
    try {
        const auto picture = desk->read(file, m_captioner->pixelFormat(), 0, {}, stop);
        if (!picture) {
            pixels = picture.error();
        } else if (picture->width > 0) {
            pixels = caption::pixelPlanes(*picture, m_captioner->pixelFormat());
        }
    } catch (const std::bad_alloc&) {
        pixels = Error{ErrorCode::OutOfMemory, "not enough memory for the picture"};
    } catch (const std::exception& e) {
        pixels = Error{ErrorCode::Internal, e.what()};
    }
    returnDesk(std::move(desk));
    return pixels;
}

std::unique_ptr<CaptionCall> CaptionStudio::start(std::vector<std::vector<float>> pictures,
                                                  const CaptionOptions& options) {
    auto call = std::make_unique<CaptionCall>();
    {
        const std::lock_guard lock(m_mutex);
        if (m_jobs.size() + pictures.size() > m_maxWaiting) {
            return nullptr;
        }
        for (std::size_t i = 0; i < pictures.size(); ++i) {
            m_jobs.push_back(
                {i, std::move(pictures[i]), options, call->m_stop.get_token(), call->m_inbox});
        }
    }
    m_wake.notify_one();
    return call;
}

int CaptionStudio::running() const {
    const std::lock_guard lock(m_mutex);
    return m_running;
}

int CaptionStudio::waiting() const {
    const std::lock_guard lock(m_mutex);
    return static_cast<int>(m_jobs.size());
}

void CaptionStudio::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const std::vector<Job> batch = nextBatch(stop);
        if (!batch.empty()) {
            write(batch, stop);
        }
    }
}

// The picture that waits longest and those that want the same, after the window.
std::vector<CaptionStudio::Job> CaptionStudio::nextBatch(const std::stop_token& stop) {
    std::unique_lock lock(m_mutex);
    m_running = 0;
    m_wake.wait(lock, stop, [this] { return !m_jobs.empty(); });
    m_wake.wait_for(lock, stop, window, [this] { return m_jobs.size() >= batchSize; });
    std::vector<Job> batch;
    for (auto job = m_jobs.begin(); job != m_jobs.end() && batch.size() < batchSize;) {
        const bool gone = job->stop.stop_requested();
        if (!gone && !batch.empty() && !wantSame(batch.front().options, job->options)) {
            ++job;
            continue;
        }
        if (!gone) {
            batch.push_back(std::move(*job));
        }
        job = m_jobs.erase(job);
    }
    m_running = static_cast<int>(batch.size());
    return batch;
}

int CaptionStudio::tokensOf(const std::string& text) const {
    return static_cast<int>(m_captioner->tokenizer().encode(text, false).size());
}

void CaptionStudio::write(const std::vector<Job>& batch, const std::stop_token& stop) {
    std::vector<float> pixels;
    for (const Job& job : batch) {
        pixels.insert(pixels.end(), job.pixels.begin(), job.pixels.end());
    }
    Result<std::vector<std::vector<Caption>>> written =
        Error{ErrorCode::Internal, "the model of captions failed"};
    int promptTokens = 0;
    try {
        written = caption::writeCaptions(*m_captioner, pixels, static_cast<int>(batch.size()),
                                         batch.front().options, stop);
        // One prompt in each language, all of the same length.
        promptTokens =
            m_captioner->promptTokens() *
            static_cast<int>(std::max<std::size_t>(1, batch.front().options.languages.size()));
        m_captioner->clear();
    } catch (const std::bad_alloc&) {
        written = Error{ErrorCode::OutOfMemory, "not enough memory"};
    } catch (const std::exception& e) {
        written = Error{ErrorCode::Internal, e.what()};
    } catch (...) {
    }
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (!written) {
            batch[i].inbox->put({batch[i].picture, written.error(), 0});
        } else if (i < written->size()) {
            batch[i].inbox->put({batch[i].picture, std::move((*written)[i]), promptTokens});
        } else {
            batch[i].inbox->put(
                {batch[i].picture, Error{ErrorCode::Internal, "the server is ending"}, 0});
        }
    }
}

} // namespace linnet::serving
