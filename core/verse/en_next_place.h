#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "verse/caret_passage.h"
#include "verse/en_metre.h"
#include "verse/en_pronouncer.h"
#include "verse/en_vocabulary.h"
#include "verse/form.h"
#include "verse/poem_record.h"

namespace linnet::verse {

// What the next words of a writer's own line may be: the ways to scan the line that the forms
// nearest to the lines before it leave, and the words that its end has to rhyme with.
class EnNextPlace {
public:
    struct Options {
        std::vector<const Form*> forms; // that the lines may have
        std::string_view variant;       // of these; empty: any
        bool named = false;             // the writer has named the form
    };
    // `caret.line` counts as written; the word at the caret does not.
    EnNextPlace(const EnVocabulary& vocabulary, const EnPronouncer& pronouncer,
                const Options& options, const EnCaret& caret);

    // What is left of the line, in one form. Several forms may fit.
    struct Rest {
        const Form* form = nullptr;
        Measure measure;                   // of the line
        std::vector<EnTrack> tracks;       // the places to be filled, none of them empty
        std::set<std::string> rhymes;      // phonemes of the rhymes allowed; empty: any
        std::set<RhymeKey> keys;           // those of them that the vocabulary has
        std::vector<std::string> partners; // the words that it rhymes with
        std::set<std::int32_t> taken;      // how these sound

        friend bool operator==(const Rest& a, const Rest& b) { return a.partners == b.partners; }
    };
    const std::vector<Rest>& rests() const { return m_rests; }

    // False when nothing is known of the line, or when it has left every form already.
    bool isKnown() const { return m_known; }
    bool isFull() const { return m_known && m_rests.empty(); }

    // Whether the word may come next. Any word may where nothing is known.
    bool admits(std::string_view word) const;
    // Whether it may, and must end the line.
    bool mustEnd() const;

private:
    using Sounds = std::vector<Pronunciation>;
    struct Row {
        std::vector<Sounds> words;
        std::string last; // word, in lower case
    };
    struct Frame {
        const Form* form = nullptr;
        Layout layout;
        std::size_t start = 0; // the first of the rows that belong to the poem
        double cost = 0;
    };

    // A line that the next one rhymes with, as it is said there.
    struct Partner {
        std::string last;
        Sounds sounds; // of the last word
    };

    Row read(const std::string& text) const;
    void addFrames(const Options& options, const Form& form);
    double costOf(const Frame& frame) const;
    void leaveRest(const Frame& frame);
    void leaveLike(const Row& row);
    void addRest(const Form* form, const std::vector<EnTrack>& tracks,
                 const std::vector<Partner>& partners);
    Sounds endOf(const Frame& frame, std::size_t row) const;
    const Sounds& soundsOf(std::string_view word) const;
    bool admitsKnown(const Rest& rest, const EnWord& word) const;
    bool admitsOther(const Rest& rest, std::string_view word) const;

    const EnVocabulary& m_vocabulary;
    const EnPronouncer& m_pronouncer;
    std::vector<Row> m_rows;
    Row m_line;
    std::vector<Frame> m_frames;
    std::vector<Rest> m_rests;
    bool m_known = false;
    mutable std::unordered_map<std::string, Sounds> m_sounds; // looked up so far
};

} // namespace linnet::verse
