#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "verse/analysis.h"
#include "verse/verse_data.h"

namespace linnet::verse {

struct AnalysisOptions {
    std::string variant;          // only this variant of the form; empty: the best one
    std::string acrostic;         // what the lines must begin with, a character or letter each
    std::optional<Script> script; // Chinese; not given: as the characters say, else simplified
};

// Says how verse stands to a form: counts, stress, 平仄, rhymes, faults and remarks. It knows the
// lexicons and the forms only; nothing of how poems are composed. A poem takes well under a
// millisecond. Reading is const, so any thread may use it.
class Analyzer {
public:
    // `data` must outlive the analyzer.
    explicit Analyzer(const VerseData& data);

    // Of several variants the one with the fewest faults is meant. A heading ("# ...", 《...》, or
    // a first paragraph of one line that makes one line too many) is the title.
    Analysis analyse(std::string_view text, const Form& form,
                     const AnalysisOptions& options = {}) const;

    // With the form that fits best: its faults are the fewest a line, and looser forms have to be
    // that much better.
    Analysis recognise(std::string_view text, const AnalysisOptions& options = {}) const;

private:
    struct Reading;

    Reading read(std::string_view text, Language language, const AnalysisOptions& options) const;
    Analysis judge(const Reading& reading, const Form& form, const AnalysisOptions& options) const;

    const VerseData& m_data;
    EnPronouncer m_pronouncer;
};

} // namespace linnet::verse
