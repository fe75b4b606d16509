#pragma once

#include <functional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/api/generator.h"
#include "engine/api/result.h"
#include "verse/poem.h"
#include "verse/poem_draft.h"

namespace linnet::verse {

struct PoemWriterOptions {
    SamplerOptions sampling;              // its temperature is multiplied by the request's
    int candidates = 4;                   // for each line
    const PhraseModel* phrases = nullptr; // has a share of the model's distribution
    float phraseShare = 0;
    // True if the line is a whole line of the training corpus; may be empty.
    std::function<bool(std::string_view record)> knownLine;
};

// Turns drafts into poems: of several candidates for each line it keeps the one that the model
// likes best, passing over lines that exist already.
class PoemWriter {
public:
    PoemWriter(engine::Generator& model, const PoemRequest& request,
               const PoemWriterOptions& options, const PoemSink& sink, std::stop_token stop);

    // All versions of the request, each from what `start` gives for it.
    engine::Result<Composition>
    write(const std::function<std::unique_ptr<PoemDraft>(int version)>& start);

private:
    struct Candidate {
        std::unique_ptr<PoemDraft> draft;
        double score = 0;
        bool known = false; // in the corpus
        bool acceptable = true;
    };

    // False when it was stopped.
    bool writeVersion(std::unique_ptr<PoemDraft> draft, int version, Poem& poem,
                      Decoding& decoding);
    bool writeLine(std::unique_ptr<PoemDraft>& draft, std::size_t line, Decoding& decoding,
                   Random& random, bool& known);
    bool tryCandidates(const PoemDraft& draft, std::size_t line, int count,
                       const SamplerOptions& sampling, Decoding& decoding, Random& random,
                       Candidate& best);
    bool scoreCandidate(Candidate& candidate, std::size_t line, Decoding& decoding) const;
    bool isRepeated(const DraftLine& line) const { return m_linesSoFar.contains(line.text); }

    engine::Generator& m_model;
    const PoemRequest& m_request;
    const PoemWriterOptions& m_options;
    const PoemSink& m_sink;
    std::stop_token m_stop;
    SamplerOptions m_sampling;
    std::set<std::string> m_linesSoFar;
};

} // namespace linnet::verse
