#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "verse/en_constraints.h"
#include "verse/en_discourse.h"
#include "verse/en_plan.h"
#include "verse/poem_draft.h"
#include "verse/verse_lore.h"

namespace linnet::verse {

// An English poem in the making.
class EnDraft : public PoemDraft {
public:
    // `plan`, `vocabulary` and `lore` outlive it.
    EnDraft(const EnPlan& plan, const EnVocabulary& vocabulary, const VerseLore& lore);

    std::unique_ptr<PoemDraft> clone() const override { return std::make_unique<EnDraft>(*this); }
    std::vector<engine::TokenId> prompt() const override;
    std::size_t lineCount() const override { return m_plan->lines.size(); }
    bool isFixed(std::size_t line) const override { return !m_plan->lines[line].fixed.empty(); }
    bool isOpening(std::size_t line) const override { return m_plan->lines[line].opening; }
    std::vector<engine::TokenId> before(std::size_t line) const override;
    std::vector<engine::TokenId> fixedTokens(std::size_t line) const override;
    std::string fixedText(std::size_t line) const override { return m_plan->lines[line].written; }
    bool writeLine(std::size_t line, Decoding& decoding, const SamplerOptions& sampling,
                   Random& random) override;
    const DraftLine& written() const override { return m_written; }
    void takeFixedLine(std::size_t line) override;
    std::string variant() const override { return m_plan->variant->name; }
    std::string title() const override { return m_plan->title; }
    std::vector<int> breaks() const override { return m_plan->layout.breaks; }

private:
    // A word that is near the theme.
    struct Near {
        std::size_t word = 0; // index in the vocabulary
        float strength = 0;
    };

    void favour(std::size_t line);
    bool opensWithWoman() const;
    void judge();
    double storyMerit(engine::TokenId first) const;
    // What the line's sentences are worth; reads it.
    double sentenceMerit();
    double meritOf(std::span<const engine::TokenId> words, SentenceReader& reader,
                   EnDiscourse& discourse) const;
    double stockness() const;
    void readOn(std::span<const std::string> words);
    // Words of the vocabulary, and the log-probability taken from each.
    std::map<std::size_t, float> unwantedAfterOpening() const;
    void lean();
    std::vector<engine::TokenId> ids(const std::vector<std::string>& tokens) const;

    const EnPlan* m_plan;
    const EnVocabulary* m_vocabulary;
    const VerseLore* m_lore;
    std::shared_ptr<const std::vector<Near>> m_near;
    std::shared_ptr<const std::vector<float>> m_leanings;      // to each word of the vocabulary
    std::shared_ptr<const std::vector<std::size_t>> m_persons; // the pronouns in it
    std::set<engine::TokenId> m_nearSaid;                      // in the lines so far
    std::vector<engine::TokenId> m_firstWords;                 // of the lines so far
    std::optional<SentenceReader> m_reader;                    // has read the lines so far
    EnDiscourse m_discourse;                                   // likewise
    EnConstraints m_constraints;
    std::vector<float> m_bonus; // for each word of the vocabulary
    int m_cut = -1;             // the line that a dash ends, in a form of images
    DraftLine m_written;
};

} // namespace linnet::verse
