#include "training/phrases/association_builder.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <unordered_map>
#include <utility>

#include "verse/en_vocabulary.h"
#include "verse/english_words.h"
#include "verse/token_spelling.h"

namespace linnet::training {

using engine::Error;
using engine::ErrorCode;
using engine::Result;
using engine::TokenId;
using verse::Associate;

namespace {

constexpr double dampedUnder = 12; // pairs that met so often count half
constexpr double strongest = 4.5;  // nats of mutual information that make strength 1
constexpr float weakest = 0.15F;
constexpr std::size_t themeReaches = 120; // tokens of a poem

// Tokens that say what a text is about.
std::vector<bool> speakingTokens(const engine::Tokenizer& tokenizer) {
    std::vector<bool> speaking;
    for (TokenId token = 0; token < tokenizer.size(); ++token) {
        const std::string_view text = verse::spellingOf(tokenizer, token);
        const std::string lower = verse::lowerCase(text);
        speaking.push_back(!tokenizer.isSpecial(token) && !text.empty() && !verse::isMark(text) &&
                           !verse::isFunctionWord(lower) && lower.size() > 1);
    }
    return speaking;
}

// Of two that met `met` times where chance has them meet `expected` times.
float strengthOf(double met, double expected) {
    const double information = std::log(met / expected);
    return static_cast<float>(information / strongest * met / (met + dampedUnder));
}

void keepStrongest(std::vector<Associate>& associates, std::size_t most) {
    std::sort(associates.begin(), associates.end(), [](const Associate& a, const Associate& b) {
        return a.strength != b.strength ? a.strength > b.strength : a.token < b.token;
    });
    associates.resize(std::min(associates.size(), most));
    std::erase_if(associates, [](const Associate& one) { return one.strength < weakest; });
}

// How often two tokens met, whatever their order; counts stop at 65,535.
class Meetings {
public:
    explicit Meetings(std::size_t tokens)
        : m_tokens(tokens)
        , m_counts(tokens * tokens, 0)
        , m_sums(tokens, 0.0) {}

    void add(std::uint16_t one, std::uint16_t other) {
        count(one, other);
        count(other, one);
        ++m_sums[one];
        ++m_sums[other];
    }
    double of(std::size_t one, std::size_t other) const { return m_counts[one * m_tokens + other]; }
    double expected(std::size_t one, std::size_t other, double total) const {
        return m_sums[one] * m_sums[other] / total;
    }
    double total() const {
        double sum = 0;
        for (const double one : m_sums) {
            sum += one;
        }
        return sum;
    }

private:
    void count(std::uint16_t one, std::uint16_t other) {
        std::uint16_t& counter = m_counts[std::size_t{one} * m_tokens + other];
        counter = static_cast<std::uint16_t>(counter + (counter < 65535 ? 1 : 0));
    }

    std::size_t m_tokens;
    std::vector<std::uint16_t> m_counts;
    std::vector<double> m_sums;
};

void countMeetings(const PoemTokens& poem, const std::vector<bool>& speaking, int window,
                   Meetings& meetings) {
    for (std::size_t i = 0; i < poem.body.size(); ++i) {
        const std::uint16_t token = poem.body[i];
        if (!speaking[token]) {
            continue;
        }
        const std::size_t end = std::min(poem.body.size(), i + static_cast<std::size_t>(window));
        for (std::size_t j = i + 1; j < end; ++j) {
            if (speaking[poem.body[j]] && poem.body[j] != token) {
                meetings.add(token, poem.body[j]);
            }
        }
        for (const std::uint16_t theme :
             i < themeReaches ? poem.theme : std::vector<std::uint16_t>()) {
            if (speaking[theme] && theme != token) {
                meetings.add(theme, token);
            }
        }
    }
}

std::map<std::string, std::vector<Associate>> associatesFrom(const Meetings& meetings,
                                                             const engine::Tokenizer& tokenizer,
                                                             const AssociationOptions& options) {
    const auto size = static_cast<std::size_t>(tokenizer.size());
    const double total = meetings.total();
    std::map<std::string, std::vector<Associate>> words;
    for (std::size_t one = 0; one < size; ++one) {
        std::vector<Associate> associates;
        for (std::size_t other = 0; other < size; ++other) {
            const double met = meetings.of(one, other);
            const double expected = meetings.expected(one, other, total);
            if (met >= options.leastPairs && met > expected) {
                associates.push_back({static_cast<TokenId>(other), strengthOf(met, expected)});
            }
        }
        keepStrongest(associates, options.most);
        if (!associates.empty()) {
            words.emplace(verse::lowerCase(verse::spellingOf(tokenizer, static_cast<TokenId>(one))),
                          std::move(associates));
        }
    }
    return words;
}

// A word of prose that has no token, and what stood near it.
struct ProseWord {
    unsigned count = 0;
    std::unordered_map<TokenId, unsigned> near;
};

class ProseReader {
public:
    ProseReader(const engine::Tokenizer& tokenizer, const AssociationOptions& options)
        : m_tokenizer(tokenizer)
        , m_options(options)
        , m_speaking(speakingTokens(tokenizer))
        , m_counts(static_cast<std::size_t>(tokenizer.size()), 0.0) {}

    void read(std::istream& in) {
        std::string line;
        while (std::getline(in, line)) {
            std::string word;
            m_recent.clear();
            for (const char c : line + " ") {
                if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
                    word += c;
                } else if (!word.empty()) {
                    take(std::exchange(word, {}));
                }
            }
        }
    }

    void finish(std::map<std::string, std::vector<Associate>>& words) const {
        for (const auto& [text, word] : m_words) {
            std::vector<Associate> associates;
            for (const auto& [token, met] : word.near) {
                const double expected = word.count * 2.0 * m_options.proseWindow *
                                        m_counts[static_cast<std::size_t>(token)] / m_total;
                if (met >= m_options.leastPairs && met > expected) {
                    associates.push_back({token, strengthOf(met, expected)});
                }
            }
            keepStrongest(associates, m_options.most);
            if (word.count >= m_options.leastWord && !associates.empty()) {
                words.emplace(text, std::move(associates));
            }
        }
    }

private:
    struct Place {
        TokenId token = -1;        // a speaking one
        ProseWord* word = nullptr; // or a word that has no token
    };

    // Names are words with a capital; they are told from sentence beginnings by having a token.
    void take(const std::string& word) {
        ++m_total;
        const std::string lower = verse::lowerCase(word);
        Place here;
        if (const auto token = m_tokenizer.find(lower)) {
            here.token = m_speaking[static_cast<std::size_t>(*token)] ? *token : -1;
            ++m_counts[static_cast<std::size_t>(*token)];
        } else if (lower == word && word.size() > 2) {
            here.word = &m_words[lower];
            ++here.word->count;
        }
        for (const Place& other : m_recent) {
            meet(here, other);
            meet(other, here);
        }
        m_recent.push_back(here);
        if (m_recent.size() > static_cast<std::size_t>(m_options.proseWindow)) {
            m_recent.erase(m_recent.begin());
        }
    }

    static void meet(const Place& one, const Place& other) {
        if (one.word != nullptr && other.token >= 0) {
            ++one.word->near[other.token];
        }
    }

    const engine::Tokenizer& m_tokenizer;
    const AssociationOptions& m_options;
    std::vector<bool> m_speaking;
    std::vector<double> m_counts; // of each token
    double m_total = 0;           // words
    std::map<std::string, ProseWord> m_words;
    std::vector<Place> m_recent;
};

} // namespace

std::map<std::string, std::vector<Associate>> associateVerse(const std::vector<PoemTokens>& poems,
                                                             const engine::Tokenizer& tokenizer,
                                                             const AssociationOptions& options) {
    const std::vector<bool> speaking = speakingTokens(tokenizer);
    Meetings meetings(speaking.size());
    for (const PoemTokens& poem : poems) {
        countMeetings(poem, speaking, options.window, meetings);
    }
    return associatesFrom(meetings, tokenizer, options);
}

std::map<std::string, std::vector<Associate>> associateCouplets(const std::vector<Facing>& couplets,
                                                                const engine::Tokenizer& tokenizer,
                                                                const AssociationOptions& options) {
    Meetings meetings(static_cast<std::size_t>(tokenizer.size()));
    for (const Facing& pair : couplets) {
        meetings.add(pair.above, pair.below);
    }
    return associatesFrom(meetings, tokenizer, options);
}

Result<void> associateProse(const std::vector<std::filesystem::path>& files,
                            const engine::Tokenizer& tokenizer, const AssociationOptions& options,
                            std::map<std::string, std::vector<Associate>>& words) {
    ProseReader reader(tokenizer, options);
    for (const std::filesystem::path& path : files) {
        std::ifstream file(path, std::ios::binary);
        if (!file) {
            return Error{ErrorCode::NotFound, "cannot open " + path.string()};
        }
        reader.read(file);
        if (file.bad()) {
            return Error{ErrorCode::Io, "cannot read " + path.string()};
        }
    }
    reader.finish(words);
    return {};
}

} // namespace linnet::training
