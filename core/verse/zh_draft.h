#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "verse/poem_draft.h"
#include "verse/script_converter.h"
#include "verse/verse_lore.h"
#include "verse/zh_constraints.h"
#include "verse/zh_plan.h"

namespace linnet::verse {

// A Chinese poem in the making.
class ZhDraft : public PoemDraft {
public:
    // `plan`, `vocabulary` and `lore` outlive it; a `converter` makes it write traditional
    // characters.
    ZhDraft(const ZhPlan& plan, const ZhVocabulary& vocabulary, const VerseLore& lore,
            const ScriptConverter* converter);

    std::unique_ptr<PoemDraft> clone() const override { return std::make_unique<ZhDraft>(*this); }
    std::vector<engine::TokenId> prompt() const override;
    std::size_t lineCount() const override { return m_plan->lineCount(); }
    bool isDemanding(std::size_t line) const override;
    bool isFixed(std::size_t line) const override { return !m_plan->lines[line].fixed.empty(); }
    std::vector<engine::TokenId> before(std::size_t) const override { return {}; }
    std::vector<engine::TokenId> fixedTokens(std::size_t line) const override;
    std::string fixedText(std::size_t line) const override { return m_plan->lines[line].written; }
    bool writeLine(std::size_t line, Decoding& decoding, const SamplerOptions& sampling,
                   Random& random) override;
    const DraftLine& written() const override { return m_written; }
    void takeFixedLine(std::size_t line) override;
    std::string variant() const override;
    std::string title() const override;
    std::vector<int> breaks() const override { return m_plan->layouts.front().breaks; }

private:
    void favour(std::size_t line);
    void favourAnswer(const std::u32string& above);
    void favourDoubling(const std::u32string& above, std::size_t place);
    float& bonusOf(const ZhVocabulary::Entry& entry);
    double meritAsAnswer(char32_t above, engine::TokenId token) const;
    void judge(const std::u32string& text, std::size_t line,
               std::span<const engine::TokenId> tokens, std::size_t start);
    std::u32string facingLine(std::size_t line) const;
    std::size_t keywordProgress(std::u32string_view keyword) const;
    void finishLine(std::size_t line, std::size_t start, Decoding& decoding);
    bool keepsTonesIn(const std::u32string& traditional) const;

    const ZhPlan* m_plan;
    const ZhVocabulary* m_vocabulary;
    const VerseLore* m_lore;
    std::shared_ptr<const std::vector<float>> m_near;        // of each token to the theme
    std::shared_ptr<const std::vector<float>> m_inclination; // to each entry, for its nearness
    const ScriptConverter* m_converter;
    ZhConstraints m_constraints;
    std::u32string m_before;    // all lines so far
    std::vector<float> m_bonus; // for each entry of the vocabulary
    DraftLine m_written;
};

} // namespace linnet::verse
