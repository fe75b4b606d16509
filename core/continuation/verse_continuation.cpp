#include "continuation/verse_continuation.h"

#include <algorithm>
#include <utility>

#include "verse/caret_passage.h"

namespace linnet::continuation {

using engine::Error;
using engine::Result;
using suggest::Suggestions;
using suggest::SuggestOptions;
using verse::Language;

namespace {

// The rest of a line is shown as ghost text if the model is at least so sure of its first word.
constexpr double leastGhost = 0.45;
// Candidates that prose and verse each bring to a choice of some few.
constexpr int proseCandidates = 20;
constexpr int verseCandidates = 20;

// What is typed at the end of the text, as words of the caret's language go on from it.
bool isClear(std::string_view after) {
    const std::size_t first = after.find_first_not_of(" \t\r");
    return first == std::string_view::npos || after[first] == '\n' ||
           std::string_view(".,;:!?)]\"'").find(after[first]) != std::string_view::npos ||
           static_cast<unsigned char>(after[first]) >= 0xE3; // marks of Chinese, and characters
}

Suggestions toSuggestions(const verse::LineContinuation& found, const SuggestOptions& options) {
    Suggestions result;
    result.cancelled = found.cancelled;
    for (const verse::NextWord& word : found.words) {
        if (result.words.size() < static_cast<std::size_t>(std::max(options.count, 0))) {
            result.words.push_back({word.word, word.p});
        }
    }
    return result;
}

std::string lower(std::string text) {
    for (char& c : text) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return text;
}

// A linear mixture, as words are spelled in the first list that has them.
Suggestions mixed(const Suggestions& prose, const verse::LineContinuation& verse, int count) {
    std::vector<suggest::WordSuggestion> all;
    double proseSum = 0;
    for (const auto& word : prose.words) {
        proseSum += word.p;
    }
    const double share = verse.words.empty() ? 0 : prose.words.empty() ? 1 : verse.share;
    const auto add = [&](const std::string& word, double p) {
        const std::string plain = lower(word);
        const auto known = std::find_if(
            all.begin(), all.end(), [&](const auto& other) { return lower(other.word) == plain; });
        if (known != all.end()) {
            known->p += p;
        } else {
            all.push_back({word, p});
        }
    };
    for (const auto& word : prose.words) {
        add(word.word, (1 - share) * word.p / proseSum);
    }
    for (const auto& word : verse.words) {
        add(word.word, share * word.p);
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.p > b.p; });
    all.resize(std::min(all.size(), static_cast<std::size_t>(std::max(count, 0))));
    Suggestions result;
    result.words = std::move(all);
    return result;
}

} // namespace

VerseContinuation::VerseContinuation(Options options)
    : m_options(std::move(options)) {
}

VerseContinuation::~VerseContinuation() = default;

void VerseContinuation::unload() {
    m_seats.clear();
}

std::optional<Language> VerseContinuation::languageAt(const CaretText& text,
                                                      const VerseMode& mode) {
    const auto mayContinue = [&](Language language) {
        const auto model = m_options.models.find(language);
        const auto seat = m_seats.find(language);
        return model != m_options.models.end() && !model->second.empty() &&
               (seat == m_seats.end() || !seat->second.failed) && isClear(text.after);
    };
    const bool ideographs = [&] {
        const auto caret = verse::chineseCaret(text.before);
        return caret && (!caret->typed.empty() || !caret->lines.empty());
    }();
    if (ideographs) {
        return mayContinue(Language::Chinese) ? std::optional(Language::Chinese) : std::nullopt;
    }
    const auto english = mode.on ? verse::englishCaret(text.before) : std::nullopt;
    const bool begun = english && (!english->line.empty() || !english->typed.empty() ||
                                   !english->rows.empty() || !mode.form.empty());
    return begun && mayContinue(Language::English) ? std::optional(Language::English)
                                                   : std::nullopt;
}

Result<VerseContinuation::Seat*> VerseContinuation::seatFor(Language language,
                                                            const std::stop_token& stop) {
    Seat& seat = m_seats[language];
    if (seat.continuer) {
        return &seat;
    }
    if (m_data == nullptr) {
        const auto data = m_options.data();
        if (!data) {
            seat.failed = true;
            return data.error();
        }
        m_data = *data;
    }
    auto model = m_options.load(m_options.models.at(language), stop);
    if (!model) {
        seat.failed = true;
        return model.error();
    }
    if (*model != nullptr) { // else stopped
        seat.model = std::move(model).value();
        seat.continuer = verse::makeLineContinuer(language, *m_data, seat.model->tokenizer(),
                                                  m_options.converter);
    }
    return &seat;
}

Result<Suggestions> VerseContinuation::suggest(Language language, const CaretText& text,
                                               const VerseMode& mode, const SuggestOptions& options,
                                               const Prose& prose, const Early& early,
                                               std::stop_token stop) {
    const auto seat = seatFor(language, stop);
    if (!seat) {
        return seat.error();
    }
    if (!(*seat)->continuer) {
        Suggestions cancelled;
        cancelled.cancelled = true;
        return cancelled;
    }
    verse::LineContinuer& continuer = *(*seat)->continuer;
    verse::LineQuery query;
    query.before = text.before;
    query.form = mode.on ? mode.form : std::string();
    query.variant = mode.on ? mode.variant : std::string();
    query.count = language == Language::English ? verseCandidates : options.count;
    Suggestions words;
    if (language == Language::English && prose) {
        SuggestOptions held = options;
        held.count = proseCandidates;
        held.ghost = false; // it would not keep the form
        held.gate.key = "verse\n" + query.form + '\n' + query.variant;
        held.gate.admits = [&](std::string_view finished, std::string_view word) {
            return continuer.admits(query, finished, word);
        };
        auto found = prose(held);
        if (!found || found->cancelled) {
            return found;
        }
        words = std::move(*found);
        if (early) {
            early(mixed(words, {}, options.count));
        }
    }
    const auto found = continuer.next(*(*seat)->model, query, stop);
    if (!found) {
        return found.error();
    }
    Suggestions result = language == Language::English ? mixed(words, *found, options.count)
                                                       : toSuggestions(*found, options);
    result.cancelled = found->cancelled;
    // Prose has its say in how likely the rest is, too.
    const bool first = !found->words.empty() && !result.words.empty() &&
                       lower(found->words.front().word) == lower(result.words.front().word);
    if (options.ghost && first && !found->rest.empty() && result.words.front().p >= leastGhost) {
        result.ghost = suggest::GhostText{found->rest, result.words.front().p};
    }
    return result;
}

} // namespace linnet::continuation
