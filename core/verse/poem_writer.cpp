#include "verse/poem_writer.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace linnet::verse {

using engine::Flow;
using engine::Result;
using engine::TokenId;

namespace {

// How often a line's candidates are drawn anew while all of them exist already.
constexpr int rounds = 4;

} // namespace

PoemWriter::PoemWriter(engine::Generator& model, const PoemRequest& request,
                       const PoemWriterOptions& options, const PoemSink& sink, std::stop_token stop)
    : m_model(model)
    , m_request(request)
    , m_options(options)
    , m_sink(sink)
    , m_stop(std::move(stop))
    , m_sampling(options.sampling) {
    m_sampling.temperature *= request.temperature;
}

Result<Composition>
PoemWriter::write(const std::function<std::unique_ptr<PoemDraft>(int version)>& start) {
    Composition composition;
    for (int version = 0; version < m_request.count; ++version) {
        // What a poem is like must not depend on what the model read before.
        m_model.clearCache();
        Decoding decoding(m_model, m_stop);
        decoding.consult(m_options.phrases, m_options.phraseShare);
        Poem poem;
        const bool whole = writeVersion(start(version), version, poem, decoding);
        if (decoding.failure()) {
            return *decoding.failure();
        }
        if (!whole) {
            composition.cancelled = true;
            break;
        }
        composition.poems.push_back(std::move(poem));
        if (m_sink.poem && m_sink.poem(version, composition.poems.back()) == Flow::Stop) {
            composition.cancelled = version + 1 < m_request.count;
            break;
        }
    }
    std::stable_sort(composition.poems.begin(), composition.poems.end(),
                     [](const Poem& a, const Poem& b) { return a.score > b.score; });
    return composition;
}

bool PoemWriter::writeVersion(std::unique_ptr<PoemDraft> draft, int version, Poem& poem,
                              Decoding& decoding) {
    poem.form = m_request.form;
    poem.title = draft->title();
    poem.breaks = draft->breaks();
    poem.seed = m_request.seed + static_cast<std::uint64_t>(version);
    Random random(poem.seed);
    decoding.append(draft->prompt());
    m_linesSoFar.clear();
    for (std::size_t line = 0; line < draft->lineCount(); ++line) {
        if (draft->isFixed(line)) {
            m_linesSoFar.insert(draft->fixedText(line));
        }
    }
    double logProb = 0;
    std::size_t tokens = 0;
    for (std::size_t line = 0; line < draft->lineCount(); ++line) {
        decoding.append(draft->before(line));
        PoemLine out;
        if (draft->isFixed(line)) {
            draft->takeFixedLine(line);
            decoding.append(draft->fixedTokens(line));
            out = {draft->fixedText(line), !draft->isOpening(line), false};
        } else {
            if (!writeLine(draft, line, decoding, random, out.fromCorpus)) {
                return false;
            }
            out.text = draft->written().text;
            logProb += draft->written().logProb;
            tokens += draft->written().tokens.size();
            m_linesSoFar.insert(out.text);
        }
        poem.lines.push_back(std::move(out));
        if (m_sink.line &&
            m_sink.line(version, static_cast<int>(line), poem.lines.back()) == Flow::Stop) {
            return false;
        }
    }
    poem.variant = draft->variant();
    poem.score = tokens > 0 ? logProb / static_cast<double>(tokens) : 0;
    return true;
}

bool PoemWriter::writeLine(std::unique_ptr<PoemDraft>& draft, std::size_t line, Decoding& decoding,
                           Random& random, bool& known) {
    // A line before a fixed one has to suit that one too, so it is chosen from more.
    const bool leads = line + 1 < draft->lineCount() && draft->isFixed(line + 1);
    const int count = m_options.candidates * (leads || draft->isDemanding(line) ? 2 : 1);
    Candidate best;
    decoding.branch();
    for (int round = 0; round < rounds; ++round) {
        SamplerOptions sampling = m_sampling;
        sampling.temperature *= 1.0 + 0.5 * round; // else a cold model says the same again
        if (!tryCandidates(*draft, line, count, sampling, decoding, random, best)) {
            return false;
        }
        if (best.acceptable && !best.known) {
            break;
        }
    }
    draft = std::move(best.draft);
    known = best.known;
    decoding.append(draft->written().tokens);
    return true;
}

bool PoemWriter::tryCandidates(const PoemDraft& draft, std::size_t line, int count,
                               const SamplerOptions& sampling, Decoding& decoding, Random& random,
                               Candidate& best) {
    const std::size_t start = decoding.size();
    for (int i = 0; i < count; ++i) {
        Candidate candidate{draft.clone(), 0, false, true};
        const bool whole = candidate.draft->writeLine(line, decoding, sampling, random) &&
                           scoreCandidate(candidate, line, decoding);
        decoding.truncate(start);
        if (!whole) {
            return false;
        }
        const DraftLine& written = candidate.draft->written();
        candidate.known = m_options.knownLine && m_options.knownLine(written.record);
        candidate.acceptable = written.acceptable && !isRepeated(written);
        const auto rank = [](const Candidate& c) {
            return std::tuple(c.acceptable, !c.known, c.score);
        };
        if (!best.draft || rank(candidate) > rank(best)) {
            best = std::move(candidate);
        }
    }
    return true;
}

// By the mean over the line's length; a fixed line that follows counts with it.
bool PoemWriter::scoreCandidate(Candidate& candidate, std::size_t line, Decoding& decoding) const {
    const DraftLine& written = candidate.draft->written();
    double logProb = written.logProb;
    const std::size_t next = line + 1;
    if (next < candidate.draft->lineCount() && candidate.draft->isFixed(next)) {
        std::vector<TokenId> following = candidate.draft->before(next);
        const auto fixed = candidate.draft->fixedTokens(next);
        following.insert(following.end(), fixed.begin(), fixed.end());
        const auto scored = decoding.score(following);
        if (!scored) {
            return false;
        }
        logProb += *scored;
    }
    const std::size_t length = written.length > 0 ? written.length : written.tokens.size();
    candidate.score =
        logProb / static_cast<double>(std::max<std::size_t>(length, 1)) + written.merit;
    return true;
}

} // namespace linnet::verse
