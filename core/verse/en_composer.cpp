#include "verse/en_composer.h"

#include <utility>

#include "verse/en_draft.h"
#include "verse/en_plan.h"
#include "verse/poem_writer.h"
#include "verse/verse_data.h"

namespace linnet::verse {

using engine::Generator;
using engine::Result;

namespace {

constexpr int defaultCandidates = 6;

} // namespace

EnComposer::EnComposer(const VerseData& data, const engine::Tokenizer& tokenizer,
                       ComposerOptions options)
    : m_data(data)
    , m_options(std::move(options))
    , m_vocabulary(tokenizer, data.english) {
}

std::optional<Refusal> EnComposer::check(const PoemRequest& request) const {
    auto plan = planEnglishPoem(request, m_data.forms, m_vocabulary, m_data.english);
    const auto* refusal = std::get_if<Refusal>(&plan);
    return refusal != nullptr ? std::optional(*refusal) : std::nullopt;
}

Result<Composition> EnComposer::compose(Generator& model, const PoemRequest& request,
                                        const PoemSink& sink, std::stop_token stop) const {
    auto planned = planEnglishPoem(request, m_data.forms, m_vocabulary, m_data.english);
    if (auto* refusal = std::get_if<Refusal>(&planned)) {
        Composition refused;
        refused.refusal = *std::move(refusal);
        return refused;
    }
    const EnPlan& plan = std::get<EnPlan>(planned);
    PoemWriterOptions options;
    options.sampling = {.temperature = 0.75, .topP = 0.92, .minP = 0.02};
    options.candidates = m_options.candidates > 0 ? m_options.candidates : defaultCandidates;
    options.knownLine = m_options.knownLine;
    return PoemWriter(model, request, options, sink, std::move(stop))
        .write(EnDraft(plan, m_vocabulary));
}

} // namespace linnet::verse
