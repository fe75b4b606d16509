#include "serving/poem_desk.h"

#include <exception>
#include <utility>

namespace linnet::serving {

using engine::Error;
using engine::ErrorCode;
using engine::Flow;
using engine::Result;
using verse::CheckedComposition;

PoemDesk::PoemDesk(verse::Language language, std::unique_ptr<engine::Generator> model,
                   std::unique_ptr<verse::Composer> composer, const verse::VerseData& data,
                   std::size_t maxWaiting)
    : m_language(language)
    , m_model(std::move(model))
    , m_composer(std::move(composer))
    , m_data(data)
    , m_analyzer(data)
    , m_queue(maxWaiting) {
}

std::unique_ptr<PoemCall> PoemDesk::start(const verse::PoemRequest& request) {
    auto call = std::make_unique<PoemCall>();
    const bool added = m_queue.add(
        [this, request, inbox = call->m_inbox, own = call->m_stop](std::stop_token ending) mutable {
            if (own.stop_requested()) {
                return; // the client left before it was its turn
            }
            const std::stop_callback alsoEnding(ending, [&own] { own.request_stop(); });
            verse::PoemSink sink;
            sink.line = [&inbox](int version, int line, const verse::PoemLine& text) {
                inbox->put(
                    protocol::PoemLineEvent{version, line, text.text, text.fixed, text.fromCorpus});
                return Flow::Continue;
            };
            Result<CheckedComposition> made = Error{ErrorCode::Internal, "the composer failed"};
            try {
                made = verse::composeChecked(*m_composer, *m_model, m_data, m_analyzer, request,
                                             sink, own.get_token());
            } catch (const std::bad_alloc&) {
                made = Error{ErrorCode::OutOfMemory, "not enough memory"};
            } catch (const std::exception& e) {
                made = Error{ErrorCode::Internal, e.what()};
            } catch (...) {
            }
            inbox->put(std::move(made));
        });
    return added ? std::move(call) : nullptr;
}

verse::PoemRequest toComposerRequest(const protocol::PoemRequest& request, std::uint64_t seed) {
    verse::PoemRequest wanted;
    protocol::copyWishes(request, wanted);
    wanted.seed = seed;
    return wanted;
}

protocol::PoemResponse toWire(const std::string& model,
                              const std::vector<verse::CheckedPoem>& poems) {
    protocol::PoemResponse response{model, {}};
    for (const verse::CheckedPoem& checked : poems) {
        protocol::WrittenPoem poem;
        poem.form = checked.poem.form;
        poem.variant = checked.poem.variant;
        poem.title = checked.poem.title;
        for (const verse::PoemLine& line : checked.poem.lines) {
            poem.lines.push_back(line.text);
            if (line.fromCorpus) {
                poem.fromCorpus.push_back(static_cast<int>(poem.lines.size()));
            }
        }
        poem.breaks = checked.poem.breaks;
        poem.ok = checked.analysis.ok();
        for (const verse::Fault& fault : checked.analysis.faults) {
            poem.faults.push_back({fault.line, fault.position,
                                   std::string(verse::toString(fault.kind)), fault.message});
        }
        poem.seed = checked.poem.seed;
        poem.score = checked.poem.score;
        poem.milliseconds = checked.milliseconds;
        response.poems.push_back(std::move(poem));
    }
    return response;
}

} // namespace linnet::serving
