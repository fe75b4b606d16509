#include "verse/en_draft.h"

#include <algorithm>

#include "verse/english_words.h"
#include "verse/poem_record.h"

namespace linnet::verse {

using engine::TokenId;

namespace {

// Log-probabilities added to words of the theme that have not come yet, and to keywords, more the
// fewer lines are left.
constexpr float themeBonus = 1.0F;
constexpr float keywordBonus = 2.0F;
constexpr float keywordUrgency = 4.0F;
// Added to the word that stands before the one just written in a keyword of several.
constexpr float continuationBonus = 10.0F;

} // namespace

EnDraft::EnDraft(const EnPlan& plan, const EnVocabulary& vocabulary)
    : m_plan(&plan)
    , m_vocabulary(&vocabulary)
    , m_constraints(plan, vocabulary)
    , m_bonus(vocabulary.words().size(), 0.0F) {
}

std::vector<TokenId> EnDraft::ids(const std::vector<std::string>& tokens) const {
    std::vector<TokenId> all;
    for (const std::string& token : tokens) {
        all.push_back(token.starts_with("<|") ? m_vocabulary->control(token)
                                              : m_vocabulary->token(token));
    }
    return all;
}

std::vector<TokenId> EnDraft::prompt() const {
    return ids(promptTokens(m_plan->prompt));
}

std::vector<TokenId> EnDraft::before(std::size_t line) const {
    const std::vector<int>& breaks = m_plan->layout.breaks;
    const bool stanza =
        m_plan->variant->breakBetween &&
        std::find(breaks.begin(), breaks.end(), static_cast<int>(line)) != breaks.end();
    return stanza ? ids({std::string(record_token::stanza)}) : std::vector<TokenId>();
}

std::vector<TokenId> EnDraft::fixedTokens(std::size_t line) const {
    return ids(englishLineTokens(m_plan->lines[line].fixed));
}

// Sets the bonus of every word for the next place. A keyword of several words is met from behind.
void EnDraft::favour(std::size_t line) {
    std::fill(m_bonus.begin(), m_bonus.end(), 0.0F);
    const auto bonusOf = [&](const EnWord& word) -> float& {
        return m_bonus[static_cast<std::size_t>(&word - m_vocabulary->words().data())];
    };
    for (const std::string& text : m_plan->theme) {
        const EnWord* word = m_vocabulary->find(text);
        if (m_constraints.uses(*word) == 0) {
            bonusOf(*word) += themeBonus;
        }
    }
    const float part = static_cast<float>(line + 1) / static_cast<float>(lineCount());
    const std::span<const TokenId> tokens = m_constraints.tokens();
    for (const std::vector<std::string>& keyword : m_plan->keywords) {
        const bool done = std::all_of(keyword.begin(), keyword.end(), [&](const std::string& text) {
            return m_constraints.uses(*m_vocabulary->find(text)) > 0;
        });
        const EnWord* last = m_vocabulary->find(keyword.back());
        if (!done) {
            bonusOf(*last) += keywordBonus + keywordUrgency * part;
        }
        for (std::size_t i = 1; i < keyword.size() && !tokens.empty(); ++i) {
            if (m_vocabulary->find(keyword[i])->token == tokens.back()) {
                bonusOf(*m_vocabulary->find(keyword[i - 1])) += continuationBonus;
            }
        }
    }
}

bool EnDraft::writeLine(std::size_t line, Decoding& decoding, const SamplerOptions& sampling,
                        Random& random) {
    const std::size_t start = decoding.size();
    m_written = {};
    m_constraints.beginLine(line);
    favour(line);
    TokenSampler sampler;
    while (!m_constraints.lineDone()) {
        const std::span<const float> logProbs = decoding.next();
        if (logProbs.empty()) {
            return false;
        }
        favour(line);
        sampler.begin(sampling);
        m_constraints.offer(logProbs, m_bonus, sampler);
        const auto token = sampler.draw(random);
        if (!token) {
            return false; // cannot be: the look-ahead leaves something
        }
        m_written.logProb += static_cast<double>(logProbs[static_cast<std::size_t>(*token)]);
        m_constraints.accept(*token);
        decoding.push(*token);
    }
    const auto tokens = decoding.from(start);
    m_written.tokens.assign(tokens.begin(), tokens.end());
    std::vector<std::string> texts;
    for (const TokenId token : m_constraints.tokens()) {
        texts.emplace_back(m_vocabulary->text(token));
    }
    m_written.text = englishLineText(texts);
    m_written.record = m_written.text;
    return true;
}

} // namespace linnet::verse
