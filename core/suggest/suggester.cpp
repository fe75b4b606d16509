#include "suggest/suggester.h"

#include <algorithm>
#include <utility>

#include "suggest/calibration.h"
#include "suggest/candidates.h"
#include "suggest/caret.h"
#include "suggest/document_model.h"
#include "suggest/network_words.h"
#include "suggest/suggest_model.h"
#include "suggest/text_tracker.h"
#include "suggest/unicode_words.h"
#include "suggest/word_stream.h"

namespace linnet::suggest {

using engine::Result;

namespace {

constexpr std::size_t leadBytes = 400;    // of text read for the words before a place
constexpr std::size_t pieceLearned = 200; // more at once was not typed but moved to

// The end of the text, from the start of a word.
std::string_view leadOf(std::string_view text, std::size_t before) {
    if (before <= leadBytes) {
        return text;
    }
    const std::size_t space = text.find_first_of(" \n", before - leadBytes);
    return space == std::string_view::npos ? text : text.substr(space + 1);
}

// The n-gram context of the next word, and the separator before it.
struct Context {
    History history{};
    std::string key = "\n";
};

Context contextAfter(const Lexicon& lexicon, std::string_view text) {
    Context place;
    place.history = NgramModel::startOfText(lexicon);
    const std::string_view lead = leadOf(text, text.size());
    bool begun = false;
    const auto separate = [&](std::string_view separator) {
        place.key = begun ? separatorKey(separator) : "\n";
        if (begun) {
            if (const auto id = lexicon.separatorId(place.key)) {
                place.history = extend(place.history, *id);
            }
        }
    };
    std::size_t end = 0;
    forEachWord(lead, [&](std::string_view separator, std::string_view word) {
        separate(separator);
        place.history = extend(place.history, lexicon.contextId(place.key, word));
        begun = true;
        end = static_cast<std::size_t>(word.data() + word.size() - lead.data());
    });
    if (begun) {
        separate(lead.substr(end));
    } else if (!lead.empty()) {
        place.key = "\n" + separatorKey(lead);
    }
    return place;
}

bool endsLine(std::string_view after) {
    const std::size_t first = after.find_first_not_of(" \t\r");
    return first == std::string_view::npos || after[first] == '\n' ||
           std::string_view(".,;:!?)]\"'").find(after[first]) != std::string_view::npos;
}

} // namespace

engine::Result<std::shared_ptr<const SuggestModel>>
loadSuggestModel(const std::filesystem::path& folder) {
    auto ngram = NgramModel::load(folder / "ngram.bin");
    if (!ngram) {
        return ngram.error();
    }
    const auto tuning = readTuning(folder / "suggest.json");
    if (!tuning) {
        return tuning.error();
    }
    return std::shared_ptr<const SuggestModel>(
        std::make_shared<SuggestModel>(std::move(*ngram), *tuning));
}

class Suggester::Impl {
public:
    explicit Impl(std::shared_ptr<const SuggestModel> model)
        : m_model(std::move(model))
        , m_document(m_model->lexicon(), m_model->tuning().burstLife)
        , m_network(m_model->lexicon())
        , m_lists(*m_model, m_document) {}

    Result<Suggestions> suggest(engine::Generator* network, std::string_view before,
                                std::string_view after, const SuggestOptions& options,
                                std::stop_token stop);
    void prepare(engine::Generator& network, std::stop_token stop) {
        m_network.prepare(network, std::move(stop));
    }
    void setDocument(std::string_view text, std::shared_ptr<const PastCounts> past);
    PastCounts countsOf(std::string_view text) const;
    void forget();

private:
    // Where a word is to be offered.
    struct Place {
        std::string text;   // before the word
        std::string typed;  // of the word
        bool curly = false; // apostrophes
        bool ghost = true;  // ghost text is wanted and has room
    };
    struct Learned {
        std::size_t end = 0;  // bytes of the tracked text
        std::size_t mark = 0; // in the document model
    };

    void follow(std::string_view context);
    void learnFrom(std::size_t begin);
    Result<bool> predict(engine::Generator* network, std::string_view text, std::stop_token stop,
                         WordDistribution& words);
    Result<bool> refresh(engine::Generator* network, std::stop_token stop);
    bool isFinished(const Caret& caret, const std::vector<Candidate>& words) const;
    Result<bool> predictAfter(engine::Generator* network, const std::string& text,
                              std::stop_token stop, WordDistribution& words);
    void useGate(const WordGate& gate);
    CandidateLists::Filter gateFor(const std::string& finished) const;
    void standAfter(std::string_view text) {
        m_document.learn(leadOf(text, text.size()), text.size());
    }
    Result<std::optional<GhostText>> ghost(engine::Generator* network, std::string text,
                                           const std::string& typed, const Candidate& best,
                                           const SuggestOptions& options, std::stop_token stop);
    Result<Suggestions> offer(engine::Generator* network, const Place& place,
                              const std::vector<Candidate>& words, const SuggestOptions& options,
                              std::stop_token stop);
    Result<Suggestions> following(engine::Generator* network, Place place,
                                  const SuggestOptions& options, std::stop_token stop);

    std::shared_ptr<const SuggestModel> m_model;
    DocumentModel m_document;
    NetworkWords m_network;
    CandidateLists m_lists;
    TextTracker m_tracker;
    std::vector<Learned> m_marks;
    bool m_wholeDocument = false; // setDocument() has told it all
    WordDistribution m_words;     // for the word at the caret
    WordDistribution m_following; // for the word after the one at the caret
    std::string m_followingText;  // before that word
    std::string m_ghostKey;       // typed part and threshold of m_ghost
    std::optional<GhostText> m_ghost;
    WordGate m_gate;      // of the request that is being answered
    bool m_fresh = false; // m_words is that of the tracked text and m_network
    const engine::Generator* m_generator = nullptr;
};

// Learns the tracked text from byte `begin` on.
void Suggester::Impl::learnFrom(std::size_t begin) {
    const std::string_view text = m_tracker.text();
    const std::string_view lead = leadOf(text, begin);
    const std::size_t skipped = text.size() - lead.size();
    m_document.learn(lead, begin - skipped);
    m_marks.push_back({text.size(), m_document.mark()});
}

void Suggester::Impl::follow(std::string_view context) {
    const TextTracker::Change change = m_tracker.update(context);
    if (change == TextTracker::Change::None) {
        return;
    }
    m_fresh = false;
    if (m_tracker.cut() > 0) {
        m_network.textCut(m_tracker.cut());
        std::erase_if(m_marks, [&](const Learned& l) { return l.end <= m_tracker.cut(); });
        for (Learned& learned : m_marks) {
            learned.end -= m_tracker.cut();
        }
    }
    const std::size_t size = m_tracker.text().size();
    if (change == TextTracker::Change::Elsewhere) {
        m_network.textChanged();
        m_marks.clear();
        if (!m_wholeDocument) {
            m_document.clear();
        }
        learnFrom(m_wholeDocument ? size : 0);
        return;
    }
    std::size_t from = m_tracker.kept();
    if (change == TextTracker::Change::Edited) {
        while (!m_marks.empty() && m_marks.back().end > m_tracker.kept()) {
            m_marks.pop_back();
        }
        from = m_marks.empty() ? 0 : m_marks.back().end;
        if (!m_wholeDocument) {
            m_document.rewind(m_marks.empty() ? 0 : m_marks.back().mark);
        } else {
            from = m_tracker.kept();
        }
    }
    // In a document that is known as a whole, only what was typed since is new.
    learnFrom(m_wholeDocument && size - from > pieceLearned ? size : from);
}

// The distribution of the word after `text`; the document model must stand there.
Result<bool> Suggester::Impl::predict(engine::Generator* network, std::string_view text,
                                      std::stop_token stop, WordDistribution& words) {
    constexpr double leastRate = 0.002; // capitals come where none is expected, and the reverse
    const Lexicon& lexicon = m_model->lexicon();
    const Context place = contextAfter(lexicon, text);
    if (network != nullptr) {
        const auto evaluated = m_network.evaluate(*network, text, stop);
        if (!evaluated || !*evaluated) {
            return evaluated;
        }
    }
    m_model->ngram().distribution(place.history, words.p);
    words.capitalRate = std::clamp(lexicon.capitalRate(place.key), leastRate, 1.0 - leastRate);
    words.capitalShare.resize(words.p.size());
    for (WordId id = lexicon.firstWord(); id < words.p.size(); ++id) {
        words.capitalShare[id] =
            lexicon.startsLower(id) ? static_cast<float>(words.capitalRate) : 0.0F;
    }
    words.tailFactors.clear();
    if (network != nullptr) {
        m_network.correct(words, m_model->tuning().network);
    }
    std::vector<RareWord> rare;
    m_document.adapt(words.p, m_model->ngram().unigrams(), m_model->tuning(), rare);
    words.tailMass = static_cast<double>(words.p[unknownWord]);
    words.documentWords.clear();
    for (const RareWord& entry : rare) {
        DocumentWord word;
        word.word = entry.word;
        word.p = entry.p;
        word.capitalShare = isLower(decodeAt(entry.word, 0).value) ? words.capitalRate : 0.0;
        if (network != nullptr) {
            const bool capital = word.capitalShare > 0.5;
            word.p *= m_network.factorOf(*network, capital ? capitalised(word.word) : word.word);
        }
        words.documentWords.push_back(std::move(word));
    }
    return true;
}

Result<bool> Suggester::Impl::refresh(engine::Generator* network, std::stop_token stop) {
    if (m_generator != network) {
        m_generator = network;
        m_network.textChanged();
        m_fresh = false;
    }
    if (m_fresh) {
        return true;
    }
    m_ghostKey.clear();
    m_followingText.clear();
    const auto predicted = predict(network, m_tracker.text(), stop, m_words);
    if (predicted && *predicted) {
        m_lists.begin(&m_words, gateFor({}));
        m_fresh = true;
    }
    return predicted;
}

// Lists that another gate has let through are of no use.
void Suggester::Impl::useGate(const WordGate& gate) {
    const bool same = gate.key == m_gate.key;
    m_gate = gate;
    if (!same) {
        m_lists.begin(&m_words, gateFor({}));
        m_ghostKey.clear();
    }
}

// Lives on in the lists, so it asks the gate of the request that uses them.
CandidateLists::Filter Suggester::Impl::gateFor(const std::string& finished) const {
    if (m_gate.key.empty()) {
        return {};
    }
    return [this, finished](std::string_view word) { return m_gate.admits(finished, word); };
}

// True if what is typed is a word, and hardly the beginning of a longer one.
bool Suggester::Impl::isFinished(const Caret& caret, const std::vector<Candidate>& words) const {
    constexpr double longerWords = 0.004;
    const Lexicon& lexicon = m_model->lexicon();
    if (caret.typed.empty() ||
        (!lexicon.find(caret.typed) && !lexicon.find(uncapitalised(caret.typed)))) {
        return false;
    }
    double longer = 0;
    for (const Candidate& word : words) {
        longer += word.p;
    }
    return longer < longerWords;
}

// The best word, and further ones as long as they are likely. Its first word's probability is
// calibrated on held-out text. `text` is what stands before the word, `typed` what is typed of it.
Result<std::optional<GhostText>>
Suggester::Impl::ghost(engine::Generator* network, std::string text, const std::string& typed,
                       const Candidate& best, const SuggestOptions& options, std::stop_token stop) {
    const Tuning& tuning = m_model->tuning();
    const double p = calibrated(best.p, tuning.ghostBias, tuning.ghostSlope);
    const double threshold =
        options.ghostThreshold < 0 ? tuning.ghostThreshold : options.ghostThreshold;
    if (p < threshold || best.word.size() <= typed.size()) {
        return std::optional<GhostText>();
    }
    text += best.word;
    std::string shown = best.word.substr(typed.size());
    WordDistribution next;
    for (int i = 1; i < options.ghostWords; ++i) {
        text += ' ';
        const auto predicted = predictAfter(network, text, stop, next);
        if (!predicted) {
            return predicted.error();
        }
        if (!*predicted) {
            break;
        }
        CandidateLists lists(*m_model, m_document);
        lists.begin(&next);
        const std::vector<Candidate>& words = lists.find("", 1);
        const double spaced = network != nullptr ? m_network.wordShare() : 1.0;
        if (words.empty() || words.front().p * spaced < tuning.ghostNext) {
            break;
        }
        text += words.front().word;
        shown += ' ' + words.front().word;
    }
    return std::optional<GhostText>(GhostText{std::move(shown), p});
}

// predict() at another place than the caret.
Result<bool> Suggester::Impl::predictAfter(engine::Generator* network, const std::string& text,
                                           std::stop_token stop, WordDistribution& words) {
    standAfter(text);
    auto predicted = predict(network, text, std::move(stop), words);
    standAfter(m_tracker.text());
    return predicted;
}

// Words and ghost text for a word of which `typed` is written after `text`.
Result<Suggestions> Suggester::Impl::offer(engine::Generator* network, const Place& place,
                                           const std::vector<Candidate>& words,
                                           const SuggestOptions& options, std::stop_token stop) {
    Suggestions result;
    const Candidate* best = nullptr;
    for (const Candidate& word : words) {
        result.words.push_back({withApostrophes(word.word, place.curly), word.p});
        best = best == nullptr || word.p > best->p ? &word : best;
    }
    if (best == nullptr || !place.ghost) {
        return result;
    }
    const std::string key = place.text.substr(m_tracker.text().size()) + '\n' + place.typed + '\n' +
                            best->word + '\n' + std::to_string(options.ghostThreshold) + '\n' +
                            std::to_string(options.ghostWords);
    if (key != m_ghostKey) {
        auto found = ghost(network, place.text, place.typed, *best, options, stop);
        if (!found) {
            return found.error();
        }
        if (stop.stop_requested()) {
            result.cancelled = true;
            return result;
        }
        m_ghost = std::move(*found);
        m_ghostKey = key;
    }
    if (m_ghost) {
        result.ghost = GhostText{withApostrophes(m_ghost->text, place.curly), m_ghost->p};
    }
    return result;
}

// What comes after the finished word at the caret and a space that is not typed yet. Nothing is
// learned from it: the word may go on after all.
Result<Suggestions> Suggester::Impl::following(engine::Generator* network, Place place,
                                               const SuggestOptions& options,
                                               std::stop_token stop) {
    const std::string finished = std::exchange(place.typed, {});
    place.text += finished + ' ';
    if (place.text != m_followingText) {
        const auto predicted = predictAfter(network, place.text, stop, m_following);
        if (!predicted) {
            return predicted.error();
        }
        if (!*predicted) {
            Suggestions cancelled;
            cancelled.cancelled = true;
            return cancelled;
        }
        m_followingText = place.text;
    }
    CandidateLists lists(*m_model, m_document);
    lists.begin(&m_following, gateFor(finished));
    auto result = offer(network, place, lists.find("", options.count), options, stop);
    if (result) {
        std::erase_if(result->words,
                      [&](const WordSuggestion& word) { return word.word == finished; });
        if (result->ghost) {
            result->ghost->text.insert(0, " ");
        }
    }
    return result;
}

Result<Suggestions> Suggester::Impl::suggest(engine::Generator* network, std::string_view before,
                                             std::string_view after, const SuggestOptions& options,
                                             std::stop_token stop) {
    Suggestions result;
    const Caret caret = analyseCaret(before);
    follow(caret.context);
    const CodePoint next = decodeAt(after, 0);
    if (caret.suppressed || (next.length > 0 && isWordCharacter(next.value))) {
        return result;
    }
    useGate(options.gate);
    const auto refreshed = refresh(network, stop);
    if (!refreshed) {
        return refreshed.error();
    }
    if (!*refreshed) {
        result.cancelled = true;
        return result;
    }
    const Place place = {m_tracker.text(), caret.typed, caret.curly,
                         options.ghost && endsLine(after)};
    const std::vector<Candidate>& words = m_lists.find(caret.typed, options.count);
    return isFinished(caret, words) ? following(network, place, options, stop)
                                    : offer(network, place, words, options, stop);
}

PastCounts Suggester::Impl::countsOf(std::string_view text) const {
    DocumentModel document(m_model->lexicon(), m_model->tuning().burstLife);
    document.learn(normaliseText(text), 0);
    return document.counts();
}

void Suggester::Impl::setDocument(std::string_view text, std::shared_ptr<const PastCounts> past) {
    m_document.setPast(std::move(past));
    forget();
    m_wholeDocument = true;
    m_document.learn(normaliseText(text), 0);
}

void Suggester::Impl::forget() {
    m_document.clear();
    m_tracker.clear();
    m_marks.clear();
    m_wholeDocument = false;
    m_fresh = false;
    m_network.textChanged();
}

Suggester::Suggester(std::shared_ptr<const SuggestModel> model)
    : m_impl(std::make_unique<Impl>(std::move(model))) {
}
Suggester::~Suggester() = default;
Suggester::Suggester(Suggester&&) noexcept = default;
Suggester& Suggester::operator=(Suggester&&) noexcept = default;

Result<Suggestions> Suggester::suggest(engine::Generator* network, std::string_view before,
                                       std::string_view after, const SuggestOptions& options,
                                       std::stop_token stop) {
    return m_impl->suggest(network, before, after, options, std::move(stop));
}

void Suggester::prepare(engine::Generator& network, std::stop_token stop) {
    m_impl->prepare(network, std::move(stop));
}

void Suggester::setDocument(std::string_view text) {
    setDocument(text, nullptr);
}

void Suggester::setDocument(std::string_view text, std::shared_ptr<const PastCounts> past) {
    m_impl->setDocument(text, std::move(past));
}

PastCounts Suggester::countsOf(std::string_view text) const {
    return m_impl->countsOf(text);
}

void Suggester::forget() {
    m_impl->forget();
}

} // namespace linnet::suggest
