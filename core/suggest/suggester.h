#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/generator.h"
#include "engine/api/result.h"
#include "suggest/past_counts.h"

namespace linnet::suggest {

// Keeps words out that must not come next.
struct WordGate {
    std::string key; // gates of one key admit the same after the same text; empty: no gate
    // `finished`: a word that is typed already and that `word` is to follow; empty: `word` is the
    // one at the caret.
    std::function<bool(std::string_view finished, std::string_view word)> admits;
};

struct SuggestOptions {
    int count = 5;              // words in the bar
    bool ghost = true;          // ask for ghost text too
    double ghostThreshold = -1; // least confidence; negative: the model's calibrated value
    int ghostWords = 4;         // at most
    WordGate gate;              // of the words in the bar
};

// Where what is typed is a whole word already, and hardly the beginning of another, the words are
// those that may follow it; they do not begin with what is typed and need a space before them.
struct WordSuggestion {
    std::string word; // the whole word, also when part of it is typed already
    double p = 0;
};

struct GhostText {
    std::string text; // what follows the caret, with its leading space if one belongs there
    double p = 0;     // calibrated probability that its first word is the writer's
};

struct Suggestions {
    std::vector<WordSuggestion> words; // most probable first
    std::optional<GhostText> ghost;
    bool cancelled = false;
};

// What suggestions need besides the network: ngram.bin and suggest.json of a model's folder.
// Immutable, shared, ready in milliseconds. Errors: NotFound, Io, CorruptFile, UnsupportedFormat.
class SuggestModel;
engine::Result<std::shared_ptr<const SuggestModel>>
loadSuggestModel(const std::filesystem::path& folder);

// From the text round the caret to ranked words and ghost text. Remembers the document: its
// counts, and what was computed for the word at the caret. Not thread-safe: one thread uses it,
// the one of the generator it is given.
class Suggester {
public:
    explicit Suggester(std::shared_ptr<const SuggestModel> model);
    ~Suggester();
    Suggester(Suggester&&) noexcept;
    Suggester& operator=(Suggester&&) noexcept;

    // `network` may be null: then counted words and the document decide alone. `before` is the
    // text up to the caret (the last few thousand characters do), `after` what follows it on its
    // line. A stop request ends with cancelled set. Errors: those of the network.
    engine::Result<Suggestions> suggest(engine::Generator* network, std::string_view before,
                                        std::string_view after, const SuggestOptions& options,
                                        std::stop_token stop);

    // Does ahead what the first request with `network` would have to do. On the thread of the
    // network; another one may ask for suggestions without a network meanwhile.
    void prepare(engine::Generator& network, std::stop_token stop);

    // The whole text of a document that was opened, to learn its words from; replaces what was
    // learned of another. Text written later is learned from the requests.
    void setDocument(std::string_view text);
    // The same with what the writer's earlier documents taught; null: nothing.
    void setDocument(std::string_view text, std::shared_ptr<const PastCounts> past);

    // What a document teaches, for later ones.
    PastCounts countsOf(std::string_view text) const;

    // Forgets all that was learned of this document (privacy).
    void forget();

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace linnet::suggest
