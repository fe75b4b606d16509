#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "verse/token_sampler.h"
#include "verse/zh_plan.h"
#include "verse/zh_vocabulary.h"

namespace linnet::verse {

// What a Chinese poem in the making still allows, character by character. All variants that agree
// with what is written so far stay alive, so that the model chooses among them. Copied to try
// several candidates for a line.
class ZhConstraints {
public:
    // `plan` and `vocabulary` outlive it.
    ZhConstraints(const ZhPlan& plan, const ZhVocabulary& vocabulary);

    // Lines are written or taken as they are fixed, in order.
    void beginLine(std::size_t line);
    void takeFixedLine(std::size_t line);

    // The character that must come next; 0: it is the model's to choose.
    char32_t given() const;
    // Offers every character that may come next, with its log-probability and `bonus` (one number
    // for each entry of the vocabulary). Never none: what is offered leaves a way to the poem's
    // end.
    void offer(std::span<const float> logProbs, std::span<const float> bonus,
               TokenSampler& sampler) const;
    void accept(char32_t character);
    bool lineDone() const { return m_text.size() == m_length; }
    void endLine();

    const std::u32string& text() const { return m_text; }
    // True if the characters from here on could stand in this line, as far as tones tell.
    bool couldFollow(std::u32string_view characters) const;
    // The first variant that the poem has turned out to be.
    const Variant* variant() const;

private:
    // What the next place asks for in some living variants.
    struct Demand {
        Place place = Place::Any;
        int letter = -1; // of the rhyme; -1: none
        int need = 0;    // lines to come with that letter

        friend bool operator==(const Demand&, const Demand&) = default;
    };
    struct Track {
        std::size_t variant = 0;
        const Pattern* pattern = nullptr; // null: free tones
    };

    Demand demandOf(const Track& track, std::size_t position) const;
    std::vector<Demand> demands() const;
    int needAfter(std::size_t variant, int letter, std::size_t line) const;
    bool meets(const ZhSound& sound, const Demand& demand, int own) const;
    bool sparesRhymes(const ZhSound& sound, const std::vector<int>& scarce) const;
    std::vector<int> scarceGroups() const;
    bool isDoubling(char32_t character) const;
    float discouragement(const ZhSound& sound, const Demand& demand) const;
    void offerEnd(std::span<const float> logProbs, std::span<const float> bonus,
                  TokenSampler& sampler) const;
    void offerInside(std::span<const float> logProbs, std::span<const float> bonus,
                     TokenSampler& sampler) const;
    void use(char32_t character);
    void settleRhyme();

    const ZhPlan* m_plan;
    const ZhVocabulary* m_vocabulary;
    std::vector<bool> m_alive;                       // for each variant
    std::vector<bool> m_used;                        // for each token: no more to be written
    std::vector<int> m_available;                    // entries of each group not used
    std::map<int, GroupSet> m_groups;                // of each letter
    std::vector<std::vector<ZhSound>> m_linesBefore; // sounds
    std::size_t m_line = 0;
    std::size_t m_length = 0;
    std::u32string m_text;
    std::vector<ZhSound> m_sounds;
    std::vector<Track> m_tracks;
};

} // namespace linnet::verse
