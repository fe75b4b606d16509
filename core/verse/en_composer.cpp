#include "verse/en_composer.h"

#include <list>
#include <utility>

#include "verse/en_draft.h"
#include "verse/en_openings.h"
#include "verse/en_plan.h"
#include "verse/poem_writer.h"
#include "verse/verse_data.h"

namespace linnet::verse {

using engine::Generator;
using engine::Result;

namespace {

constexpr int defaultCandidates = 16;
// A short poem has the time for more, and every line of it counts.
constexpr std::size_t briefPoem = 5; // lines
constexpr int briefCandidates = 32;
constexpr double briefWarmth = 0.1;           // added to the temperature
constexpr std::uint64_t openingSeed = 0x0e11; // apart from the poem's own draws
// The part of the probability that counted phrases have; the rest is the model's.
constexpr float phraseShare = 0.6F;

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
    std::list<EnPlan> plans; // of the versions
    PoemWriterOptions options;
    options.sampling = {.temperature = 0.9, .topP = 0.95, .minP = 0.02};
    options.phrases = m_options.lore.phrases.get();
    options.phraseShare = phraseShare;
    const bool brief = plan.lines.size() <= briefPoem;
    options.sampling.temperature += brief ? briefWarmth : 0.0;
    options.candidates = m_options.candidates > 0 ? m_options.candidates
                         : brief                  ? briefCandidates
                                                  : defaultCandidates;
    options.knownLine = m_options.knownLine;
    return PoemWriter(model, request, options, sink, std::move(stop)).write([&](int version) {
        Random random(request.seed + static_cast<std::uint64_t>(version) + openingSeed);
        auto opened = planWithOpening(request, plan, m_data.forms, m_vocabulary, m_data.english,
                                      m_options.lore, m_options.knownLine, random);
        plans.push_back(opened ? *std::move(opened) : plan);
        return std::make_unique<EnDraft>(plans.back(), m_vocabulary, m_options.lore);
    });
}

} // namespace linnet::verse
