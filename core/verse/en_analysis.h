#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "verse/analysis.h"
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
    void checkWords(Analysis& analysis) const;
    void checkMetre(const Layout& layout, Analysis& analysis) const;
    void checkLine(const LineForm& form, std::size_t index, Analysis& analysis) const;
    void checkRhyme(int letter, const Layout& layout, Analysis& analysis) const;
    void checkRepeatedRhymes(const std::vector<std::size_t>& lines, Analysis& analysis) const;
    void remarkExtraRhymes(const Layout& layout, Analysis& analysis) const;

    const Form& m_form;
    const Variant& m_variant;
};

} // namespace linnet::verse
