#include "continuation/word_fit.h"

#include <algorithm>
#include <utility>

#include "verse/caret_passage.h"
#include "verse/caret_record.h"
#include "verse/english_words.h"
#include "verse/utf8.h"

namespace linnet::continuation {

using engine::Generator;
using engine::Result;
using engine::TokenId;

namespace {

constexpr std::size_t weighedWhole = 192; // words whose every token is looked at
constexpr std::size_t atOnce = 64;        // branches, each of which has a float for every token
constexpr std::size_t besides = 2;        // words or characters beside the place that count
constexpr std::size_t proseRead = 1500;   // bytes before the place

// A word as the model would write it.
struct Candidate {
    std::size_t word = 0;
    std::vector<TokenId> tokens; // none: it cannot be written
    double logProb = 0;          // of those looked at so far
};

double at(std::span<const float> logProbs, TokenId token) {
    return static_cast<double>(logProbs[static_cast<std::size_t>(token)]);
}

bool isLikelier(const Candidate& a, const Candidate& b) {
    if (a.tokens.empty() != b.tokens.empty()) {
        return b.tokens.empty();
    }
    return a.logProb != b.logProb ? a.logProb > b.logProb : a.word < b.word;
}

// Adds what the tokens after the first ones have to say. False when it was stopped.
Result<bool> weighWhole(Generator& model, std::span<const TokenId> context,
                        std::span<Candidate> candidates, const std::stop_token& stop) {
    for (std::size_t length = 1;; ++length) {
        std::vector<std::vector<TokenId>> branches;
        std::vector<Candidate*> of;
        const auto weigh = [&]() -> Result<bool> {
            const auto logProbs = model.branchLogProbs(context, branches, stop);
            if (!logProbs) {
                return logProbs.error();
            }
            for (std::size_t i = 0; i < logProbs->size(); ++i) {
                of[i]->logProb += at((*logProbs)[i], of[i]->tokens[length]);
            }
            const bool whole = logProbs->size() == branches.size();
            branches.clear();
            of.clear();
            return whole && !stop.stop_requested();
        };
        bool any = false;
        for (Candidate& candidate : candidates) {
            if (candidate.tokens.size() <= length) {
                continue;
            }
            any = true;
            const auto begin = candidate.tokens.begin();
            branches.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(length));
            of.push_back(&candidate);
            if (branches.size() == atOnce) {
                const auto done = weigh();
                if (!done || !*done) {
                    return done;
                }
            }
        }
        if (!any) {
            return true;
        }
        if (!branches.empty()) {
            const auto done = weigh();
            if (!done || !*done) {
                return done;
            }
        }
    }
}

// Candidates by their first tokens, and the best of them by all.
Result<std::vector<WordFit>> rankAfter(Generator& model, std::span<const TokenId> context,
                                       std::vector<Candidate> candidates,
                                       const std::stop_token& stop) {
    const auto first = model.nextTokenLogProbs(context, stop);
    if (!first) {
        return first.error();
    }
    if (first->empty()) {
        return std::vector<WordFit>();
    }
    for (Candidate& candidate : candidates) {
        candidate.logProb = candidate.tokens.empty() ? 0 : at(*first, candidate.tokens.front());
    }
    std::sort(candidates.begin(), candidates.end(), isLikelier);
    const auto writable =
        std::find_if(candidates.begin(), candidates.end(),
                     [](const Candidate& candidate) { return candidate.tokens.empty(); });
    const std::size_t whole =
        std::min(weighedWhole, static_cast<std::size_t>(writable - candidates.begin()));
    const auto done = weighWhole(model, context, std::span(candidates).first(whole), stop);
    if (!done) {
        return done.error();
    }
    if (!*done) {
        return std::vector<WordFit>();
    }
    std::sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(whole),
              isLikelier);
    std::vector<WordFit> ranked;
    ranked.reserve(candidates.size());
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        ranked.push_back(
            {candidates[i].word, i < whole ? std::optional(candidates[i].logProb) : std::nullopt});
    }
    return ranked;
}

class EnglishVerseFitter : public WordFitter {
public:
    EnglishVerseFitter(const verse::VerseData& data, const engine::Tokenizer& tokenizer)
        : m_vocabulary(tokenizer, data.english) {}

    Result<std::vector<WordFit>> rank(Generator& model, const FitPlace& place,
                                      std::span<const std::string> words,
                                      std::stop_token stop) const override {
        const auto stands = verse::englishCaret(place.before);
        const verse::EnCaret caret = stands.value_or(verse::EnCaret());
        verse::EnglishPrompt prompt;
        prompt.form = verse::englishFormOf(place.form);
        std::vector<TokenId> context = verse::recordBefore(m_vocabulary, caret, prompt);
        const std::string_view line = place.after.substr(0, place.after.find('\n'));
        append(context, verse::splitEnglishLine(line));
        std::vector<TokenId> ahead; // of the word, in the order of the record
        append(ahead, verse::splitEnglishLine(caret.line));
        ahead.push_back(m_vocabulary.control(verse::record_token::line));
        ahead.resize(std::min(ahead.size(), besides));
        std::vector<Candidate> candidates;
        for (std::size_t i = 0; i < words.size(); ++i) {
            Candidate& candidate = candidates.emplace_back();
            candidate.word = i;
            append(candidate.tokens, verse::splitEnglishLine(words[i]));
            const bool known = std::all_of(candidate.tokens.begin(), candidate.tokens.end(),
                                           [&](TokenId t) { return m_vocabulary.word(t); });
            if (known) {
                candidate.tokens.insert(candidate.tokens.end(), ahead.begin(), ahead.end());
            } else {
                candidate.tokens.clear();
            }
        }
        return rankAfter(model, context, std::move(candidates), stop);
    }

private:
    // Lines are written from their end.
    void append(std::vector<TokenId>& tokens, const std::vector<std::string>& words) const {
        for (auto word = words.rbegin(); word != words.rend(); ++word) {
            tokens.push_back(m_vocabulary.token(*word));
        }
    }

    verse::EnVocabulary m_vocabulary;
};

class ChineseVerseFitter : public WordFitter {
public:
    ChineseVerseFitter(const verse::VerseData& data, const engine::Tokenizer& tokenizer,
                       std::shared_ptr<const verse::ScriptConverter> converter)
        : m_vocabulary(tokenizer, data.chinese)
        , m_converter(std::move(converter)) {}

    Result<std::vector<WordFit>> rank(Generator& model, const FitPlace& place,
                                      std::span<const std::string> words,
                                      std::stop_token stop) const override {
        const std::u32string after = firstIdeographs(verse::toCodePoints(simplified(place.after)));
        const verse::ZhCaret caret = caretOf(simplified(place.before));
        const std::size_t length = caret.lines.empty() ? caret.typed.size() + 1 + after.size()
                                                       : caret.lines.front().size();
        verse::ChinesePrompt prompt;
        prompt.characters = length == 5 ? 5 : 7;
        prompt.lines = caret.lines.size() < 4 ? 4 : 8;
        std::vector<TokenId> context = verse::recordBefore(m_vocabulary, caret, prompt);
        for (const char32_t character : caret.typed) {
            context.push_back(m_vocabulary.token(character));
        }
        std::vector<TokenId> following;
        for (const char32_t character : after.substr(0, besides)) {
            following.push_back(m_vocabulary.token(character));
        }
        std::vector<Candidate> candidates;
        for (std::size_t i = 0; i < words.size(); ++i) {
            Candidate& candidate = candidates.emplace_back();
            candidate.word = i;
            const std::u32string characters = verse::toCodePoints(simplified(words[i]));
            if (characters.size() == 1 && m_vocabulary.entryOf(characters[0]) != nullptr) {
                candidate.tokens.push_back(m_vocabulary.token(characters[0]));
                candidate.tokens.insert(candidate.tokens.end(), following.begin(), following.end());
            }
        }
        return rankAfter(model, context, std::move(candidates), stop);
    }

private:
    static std::u32string firstIdeographs(const std::u32string& text) {
        const auto end = std::find_if_not(text.begin(), text.end(), verse::isIdeograph);
        return {text.begin(), end};
    }

    std::string simplified(std::string_view text) const {
        return m_converter ? m_converter->toSimplified(text) : std::string(text);
    }

    // The passage of verse before the place; in prose, the characters right before it.
    static verse::ZhCaret caretOf(const std::string& before) {
        if (auto caret = verse::chineseCaret(before)) {
            return std::move(*caret);
        }
        constexpr std::size_t longest = 6;
        verse::ZhCaret caret;
        const std::u32string text = verse::toCodePoints(before);
        for (auto c = text.rbegin(); c != text.rend() && verse::isIdeograph(*c); ++c) {
            if (caret.typed.size() == longest) {
                break;
            }
            caret.typed.insert(caret.typed.begin(), *c);
        }
        return caret;
    }

    verse::ZhVocabulary m_vocabulary;
    std::shared_ptr<const verse::ScriptConverter> m_converter;
};

class ProseFitter : public WordFitter {
public:
    explicit ProseFitter(const engine::Tokenizer& tokenizer)
        : m_tokenizer(tokenizer) {}

    Result<std::vector<WordFit>> rank(Generator& model, const FitPlace& place,
                                      std::span<const std::string> words,
                                      std::stop_token stop) const override {
        std::string_view before = place.before;
        if (before.size() > proseRead) {
            before.remove_prefix(before.size() - proseRead);
            // From the beginning of a word, and of a character.
            before.remove_prefix(std::min(before.find_first_of(" \n"), before.size()));
        }
        // The space before a word belongs to its first token.
        const bool spaced = before.ends_with(' ');
        before.remove_suffix(spaced ? 1 : 0);
        std::vector<TokenId> context = m_tokenizer.encode(before);
        if (context.empty() && !m_tokenizer.addsBeginOfText()) {
            const auto start = m_tokenizer.endOfText(); // what stands between texts
            context.push_back(start.value_or(TokenId{0}));
        }
        std::vector<Candidate> candidates;
        for (std::size_t i = 0; i < words.size(); ++i) {
            candidates.push_back({i, m_tokenizer.encode((spaced ? " " : "") + words[i]), 0});
        }
        return rankAfter(model, context, std::move(candidates), stop);
    }

private:
    const engine::Tokenizer& m_tokenizer;
};

} // namespace

std::unique_ptr<WordFitter>
makeVerseFitter(verse::Language language, const verse::VerseData& data,
                const engine::Tokenizer& tokenizer,
                std::shared_ptr<const verse::ScriptConverter> converter) {
    if (language == verse::Language::Chinese) {
        return std::make_unique<ChineseVerseFitter>(data, tokenizer, std::move(converter));
    }
    return std::make_unique<EnglishVerseFitter>(data, tokenizer);
}

std::unique_ptr<WordFitter> makeProseFitter(const engine::Tokenizer& tokenizer) {
    return std::make_unique<ProseFitter>(tokenizer);
}

} // namespace linnet::continuation
