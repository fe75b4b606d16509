#pragma once

#include "verse/analysis.h"
#include "verse/verse_text.h"
#include "verse/zh_lexicon.h"

namespace linnet::verse {

// One reading of Chinese verse against one variant of a form: the Chinese half of Analyzer.
class ZhAnalysis {
public:
    ZhAnalysis(const ZhLexicon& lexicon, Script script, const Form& form, const Variant& variant);

    // `lines` without the title. Fills the lines, faults and remarks.
    void run(std::string_view text, const std::vector<VerseLine>& lines, Analysis& analysis) const;

private:
    // The tones that a character can have; one that is not in the table can have both.
    struct Tones {
        bool level = true;
        bool oblique = true;
        bool known = false;
    };
    struct ToneFit;
    struct RhymeChoice;

    LineAnalysis readLine(std::string_view text, const VerseLine& line, std::size_t number,
                          Analysis& analysis) const;
    Tones tonesOf(const CharacterAnalysis& character) const;
    bool fits(const CharacterAnalysis& character, Place place) const;
    ToneFit fit(const LineAnalysis& line, const Pattern& pattern) const;
    void checkTones(const Layout& layout, Analysis& analysis) const;
    void reportTones(const ToneFit& found, int line, Analysis& analysis) const;
    void remarkTones(const LineAnalysis& line, const Pattern& pattern, int number,
                     Analysis& analysis) const;
    void checkRhymes(const Layout& layout, Analysis& analysis) const;
    void checkRhyme(int letter, const Layout& layout, Analysis& analysis) const;
    RhymeChoice chooseRhyme(const std::vector<std::size_t>& lines, const Analysis& analysis) const;
    void remarkOblique(const RhymeChoice& choice, const std::vector<std::size_t>& lines,
                       const std::string& name, Analysis& analysis) const;
    void checkRepeatedRhymes(const std::vector<std::size_t>& lines, Analysis& analysis) const;
    void remarkRepeated(Analysis& analysis) const;

    std::string describe(const CharacterAnalysis& character) const;

    const ZhLexicon& m_lexicon;
    Script m_script;
    const Form& m_form;
    const Variant& m_variant;
};

} // namespace linnet::verse
