#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "verse/en_metre.h"
#include "verse/en_vocabulary.h"
#include "verse/form_library.h"
#include "verse/poem.h"
#include "verse/poem_record.h"

namespace linnet::verse {

struct EnLinePlan {
    std::vector<std::string> fixed; // words and marks; empty: to be composed
    std::string written;            // the fixed line as the writer wrote it
    bool opening = false;           // it is the form's, not the writer's
    char initial = 0;               // acrostic; 0: none
    const EnWord* end = nullptr;    // a rhyme word that was asked for
    int letter = -1;                // of the rhyme
    bool closes = false;            // after it no rhyme is waited for: the end of a quatrain
    std::size_t metre = 0;          // index into EnPlan::metres
};

// What is settled about a rhyme before the poem begins.
struct EnRhymePlan {
    bool open = true;                 // any rhyme will do
    std::set<RhymeKey> keys;          // else one of these
    std::set<std::int32_t> phonemes;  // of the end words that are given
    std::vector<std::size_t> toWrite; // lines to be composed
};

// A request for an English poem that has been found possible.
struct EnPlan {
    const Form* form = nullptr;
    const Variant* variant = nullptr;
    Layout layout;
    std::vector<EnLinePlan> lines;
    std::vector<EnMetre> metres; // each line refers to one
    // For each metre that an open rhyme's first line has: how many end words each key has.
    std::map<std::size_t, std::vector<int>> partners;
    std::map<int, EnRhymePlan> rhymes;
    std::vector<std::vector<std::string>> keywords; // words in lower case
    std::set<std::string> theme;                    // words that steer, keywords among them
    std::vector<std::string> subjects; // the same, with those that the model cannot write
    std::string title;
    EnglishPrompt prompt;
    bool images = false; // of the form
};

// Works out what a request leaves open, or why it cannot be met.
std::variant<EnPlan, Refusal> planEnglishPoem(const PoemRequest& request, const FormLibrary& forms,
                                              const EnVocabulary& vocabulary,
                                              const EnLexicon& lexicon);

// How many lines can still be given end words of that key, whatever words are chosen: those that
// can end a line of `metre` and sound like none of `taken`.
int sparePartners(const EnVocabulary& vocabulary, const EnMetre& metre, RhymeKey key,
                  const std::set<std::int32_t>& taken);

} // namespace linnet::verse
