#include "verse/zh_composer.h"

#include <utility>

#include "verse/poem_writer.h"
#include "verse/request_checks.h"
#include "verse/verse_data.h"
#include "verse/zh_draft.h"
#include "verse/zh_plan.h"

namespace linnet::verse {

using engine::Generator;
using engine::Result;

namespace {

constexpr int defaultCandidates = 16;
// The part of the probability that counted phrases have; the rest is the model's.
constexpr float phraseShare = 0.4F;

} // namespace

ZhComposer::ZhComposer(const VerseData& data, const engine::Tokenizer& tokenizer,
                       ComposerOptions options)
    : m_data(data)
    , m_options(std::move(options))
    , m_vocabulary(tokenizer, data.chinese) {
}

std::optional<Refusal> ZhComposer::check(const PoemRequest& request) const {
    auto plan = planChinesePoem(request, m_data, m_vocabulary, m_options.converter.get());
    const auto* refusal = std::get_if<Refusal>(&plan);
    return refusal != nullptr ? std::optional(*refusal) : std::nullopt;
}

Result<Composition> ZhComposer::compose(Generator& model, const PoemRequest& request,
                                        const PoemSink& sink, std::stop_token stop) const {
    auto planned = planChinesePoem(request, m_data, m_vocabulary, m_options.converter.get());
    if (auto* refusal = std::get_if<Refusal>(&planned)) {
        Composition refused;
        refused.refusal = *std::move(refusal);
        return refused;
    }
    const ZhPlan& plan = std::get<ZhPlan>(planned);
    PoemWriterOptions options;
    options.sampling = {.temperature = 1.0, .topP = 0.95, .minP = 0.02};
    options.phrases = m_options.lore.phrases.get();
    options.phraseShare = phraseShare;
    options.candidates = m_options.candidates > 0 ? m_options.candidates : defaultCandidates;
    options.knownLine = m_options.knownLine;
    const ZhDraft draft(plan, m_vocabulary, m_options.lore,
                        request.traditional ? m_options.converter.get() : nullptr);
    return PoemWriter(model, request, options, sink, std::move(stop)).write([&](int) {
        return draft.clone();
    });
}

} // namespace linnet::verse
