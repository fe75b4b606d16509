#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "verse/caret_passage.h"
#include "verse/decoding.h"
#include "verse/en_constraints.h"
#include "verse/en_next_place.h"
#include "verse/en_pronouncer.h"
#include "verse/en_vocabulary.h"
#include "verse/line_continuer.h"
#include "verse/verse_data.h"

namespace linnet::verse {

// Continues English lines word by word. The model writes a line from its end to its beginning, so
// what comes next is found from behind: ends of the line are drawn that the form allows, the words
// between them and the caret are written backwards, and each such rest of the line counts by how
// likely it makes the words that are there already (Bayes' rule).
class EnContinuer : public LineContinuer {
public:
    EnContinuer(const VerseData& data, const engine::Tokenizer& tokenizer);

    bool isVerse(std::string_view before) const override;
    engine::Result<LineContinuation> next(engine::Generator& model, const LineQuery& query,
                                          std::stop_token stop) override;
    bool admits(const LineQuery& query, std::string_view finished, std::string_view word) override;

private:
    // A way to go on to the end of the line.
    struct Ending {
        std::vector<engine::TokenId> tokens; // from the end of the line to the caret
        double logProb = 0;                  // of the whole line, as far as endings differ in it
        bool single = false;                 // one word
    };
    // The place at the beginning of the word at the caret, and what was found for it.
    struct Place {
        std::string key; // form, variant and text up to it
        EnCaret caret;
        std::unique_ptr<EnNextPlace> next; // null: no verse
        std::vector<Ending> endings;
        bool searched = false;
    };

    void stand(Place& place, const LineQuery& query, const std::string& finished) const;
    std::vector<const Form*> formsFor(const std::string& name) const;
    void begin(const EnNextPlace::Rest& rest, Decoding& decoding) const;
    EnPlan planFor(const EnNextPlace::Rest& rest) const;
    bool findSingles(const EnNextPlace::Rest& rest, const EnPlan& plan, Decoding& decoding);
    bool findLonger(const EnPlan& plan, int tries, std::uint64_t seed, Decoding& decoding);
    bool join(Ending& ending, Decoding& decoding) const;
    std::vector<engine::TokenId> lineBackwards() const;
    void collect(const LineQuery& query, LineContinuation& result) const;
    static void setRest(LineContinuation& result, const std::map<std::string, double>& rests,
                        std::size_t typed);
    std::string textOf(const Ending& ending) const;
    int leastLeft() const;

    const VerseData& m_data;
    EnVocabulary m_vocabulary;
    EnPronouncer m_pronouncer;
    Place m_place;
    Place m_after; // behind the word at the caret
};

} // namespace linnet::verse
