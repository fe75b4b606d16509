#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/api/result.h"

namespace linnet::verse {

// Which traditional character a simplified one stands for where it stands for several: 云 is a
// cloud (雲) or says (云), 里 a mile (里) or within (裏). Dictionaries of words such as OpenCC's
// know the words of today; in verse, the characters beside it tell. A weight is the logarithm of
// how much more often Tang and Song poems have the other form than the usual one beside a character
// (naive Bayes), so that the weights of both sides and of the form itself add up.
class TraditionalForms {
public:
    // The table of resources/lexicons/zh-forms.tsv. Rows: the simplified character, the usual form,
    // another form, its weight, its weights by the character before and by the one after, each as
    // the character and a letter. '#' begins a comment; ^ and $ are the ends of a line.
    static engine::Result<TraditionalForms> parse(std::string_view table);

    // The table that comes with the program.
    static const TraditionalForms& shipped();

    // Chooses the forms in `converted`, which another converter has made of `simplified`, character
    // for character.
    void choose(std::u32string_view simplified, std::u32string& converted) const;

    bool empty() const { return m_characters.empty(); }

private:
    struct Form {
        char32_t form = 0;
        double weight = 0;
        std::array<std::unordered_map<char32_t, double>, 2> beside; // before, after
    };
    struct Character {
        char32_t usual = 0;
        std::vector<Form> others;
    };
    std::unordered_map<char32_t, Character> m_characters;
};

// A weight as a letter, in halves: a is -6, m is 0, z is 6.5.
char letterOf(double weight);
double weightOf(char letter);
inline constexpr double leastWeight = 1; // of a context that is worth a place in the table

// Counts the forms in lines of traditional verse, `simplified` being the same lines character for
// character, and writes the table.
std::string learnForms(std::span<const std::u32string> lines,
                       std::span<const std::u32string> simplified);

} // namespace linnet::verse
