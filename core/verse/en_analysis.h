#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "verse/analysis.h"
#include "verse/en_scansion.h"
#include "verse/verse_text.h"

namespace linnet::verse {

// Reads the words of each line and finds how they are said.
std::vector<LineAnalysis> readEnglishLines(std::string_view text,
                                           const std::vector<VerseLine>& lines,
                                           const EnPronouncer& pronouncer);

// One reading of English verse against one variant of a form: the English half of Analyzer.
class EnAnalysis {
public:
    EnAnalysis(const Form& form, const Variant& variant)
        : m_form(form)
        , m_variant(variant) {}

    // `analysis.lines` as readEnglishLines() gave them; fills the rest, faults and remarks.
    void run(Analysis& analysis) const;

private:
    // A way to read a line, and the sound it then rhymes with.
    struct Ending {
        std::string rhyme;
        Scansion scansion;
    };
    // The lines that are to rhyme, and the sound that most of them share.
    struct Rhyme {
        std::vector<std::size_t> lines;
        std::string sound;
    };

    std::vector<Scansion> scanLines(const Layout& layout, Analysis& analysis) const;
    std::vector<Ending> endingsOf(const LineAnalysis& line, const LineForm& form,
                                  const Scansion& usual) const;
    std::vector<Ending> mosaicEndingsOf(const LineAnalysis& line, const LineForm& form,
                                        const Scansion& usual) const;
    std::vector<std::vector<Ending>> endingsOf(const std::vector<std::size_t>& lines,
                                               const Layout& layout, const Analysis& analysis,
                                               const std::vector<Scansion>& scansions) const;
    Rhyme chooseRhyme(int letter, const Layout& layout, std::vector<Scansion>& scansions,
                      Analysis& analysis) const;

    void checkWords(Analysis& analysis) const;
    void checkLine(const LineForm& form, const Scansion& scansion, std::size_t index,
                   Analysis& analysis) const;
    void checkRhyme(const Rhyme& rhyme, Analysis& analysis) const;
    void checkRepeatedRhymes(const std::vector<std::size_t>& lines, Analysis& analysis) const;
    void remarkExtraRhymes(const Layout& layout, Analysis& analysis) const;

    const Form& m_form;
    const Variant& m_variant;
};

// For a form without rhymes: letters for the lines that, as they were read, rhyme all the same.
void nameFoundRhymes(Analysis& analysis);

} // namespace linnet::verse
