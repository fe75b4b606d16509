#pragma once

#include <memory>
#include <string>
#include <vector>

#include "verse/en_constraints.h"
#include "verse/en_plan.h"
#include "verse/poem_draft.h"

namespace linnet::verse {

// An English poem in the making.
class EnDraft : public PoemDraft {
public:
    // `plan` and `vocabulary` outlive it.
    EnDraft(const EnPlan& plan, const EnVocabulary& vocabulary);

    std::unique_ptr<PoemDraft> clone() const override { return std::make_unique<EnDraft>(*this); }
    std::vector<engine::TokenId> prompt() const override;
    std::size_t lineCount() const override { return m_plan->lines.size(); }
    bool isFixed(std::size_t line) const override { return !m_plan->lines[line].fixed.empty(); }
    std::vector<engine::TokenId> before(std::size_t line) const override;
    std::vector<engine::TokenId> fixedTokens(std::size_t line) const override;
    std::string fixedText(std::size_t line) const override { return m_plan->lines[line].written; }
    bool writeLine(std::size_t line, Decoding& decoding, const SamplerOptions& sampling,
                   Random& random) override;
    const DraftLine& written() const override { return m_written; }
    void takeFixedLine(std::size_t line) override { m_constraints.takeFixedLine(line); }
    std::string variant() const override { return m_plan->variant->name; }
    std::string title() const override { return m_plan->title; }
    std::vector<int> breaks() const override { return m_plan->layout.breaks; }

private:
    void favour(std::size_t line);
    std::vector<engine::TokenId> ids(const std::vector<std::string>& tokens) const;

    const EnPlan* m_plan;
    const EnVocabulary* m_vocabulary;
    EnConstraints m_constraints;
    std::vector<float> m_bonus; // for each word of the vocabulary
    DraftLine m_written;
};

} // namespace linnet::verse
