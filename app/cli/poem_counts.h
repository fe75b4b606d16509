#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "context.h"
#include "engine/api/tokenizer.h"
#include "poem_desk.h"
#include "verse/associations.h"
#include "verse/form.h"

namespace linnet::cli {

// Units of verse (characters in Chinese, words in English) and their pairs within lines.
class UnitCounts {
public:
    void add(const std::vector<std::string>& line);

    std::size_t units() const { return m_units; }
    double distinctUnits() const;
    double distinctPairs() const;
    // Jensen-Shannon divergence of the units' distributions, in bits: 0 the same, 1 no unit shared.
    double divergenceFrom(const UnitCounts& other) const;

private:
    std::size_t m_units = 0;
    std::size_t m_pairs = 0;
    std::map<std::string, std::size_t> m_count;
    std::set<std::string> m_distinctPairs;
};

// Counts over many poems.
class PoemCounts {
public:
    explicit PoemCounts(verse::Language language)
        : m_language(language) {}

    // `associations` may be null; `tokenizer` outlives the call only.
    void knowWhatIsNear(const engine::Tokenizer& tokenizer,
                        std::shared_ptr<const verse::Associations> associations);
    // Verse by people, a line a line; as many units of it are counted as there are in the poems.
    void compareWith(std::string text) { m_human = std::move(text); }

    void add(const CheckedPoem& checked, const std::string& theme);
    void addRefusal() { ++m_refusals; }

    nlohmann::json report(const std::string& form) const;

private:
    std::vector<std::string> unitsOf(const std::string& line) const;
    void lookForTheme(const CheckedPoem& checked, const std::string& theme);
    nlohmann::json human() const;

    verse::Language m_language;
    std::shared_ptr<const verse::Associations> m_associations;
    std::vector<std::string> m_spellings; // of tokens
    std::string m_human;
    UnitCounts m_units;
    std::size_t m_poems = 0;
    std::size_t m_correct = 0;
    std::size_t m_refusals = 0;
    std::size_t m_lines = 0;
    std::size_t m_verbatim = 0;
    std::size_t m_withTheme = 0; // poems with a word of the theme
    std::size_t m_nearTheme = 0; // or with one that is strongly associated with it
    double m_score = 0;
    std::map<std::string, int> m_faults;
    std::map<std::string, int> m_remarks;
    std::set<std::string> m_distinctPoems;
    std::set<std::string> m_distinctLines;
    std::vector<double> m_milliseconds;
    std::vector<double> m_first;
};

} // namespace linnet::cli
