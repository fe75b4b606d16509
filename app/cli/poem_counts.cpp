#include "poem_counts.h"

#include <algorithm>
#include <cmath>

#include "quantile.h"
#include "verse/en_vocabulary.h"
#include "verse/english_words.h"
#include "verse/token_spelling.h"
#include "verse/utf8.h"

namespace linnet::cli {

using nlohmann::json;

namespace {

constexpr float strongly = 0.35F; // associated

double share(std::size_t part, std::size_t whole) {
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
}

} // namespace

void UnitCounts::add(const std::vector<std::string>& line) {
    for (std::size_t i = 0; i < line.size(); ++i) {
        ++m_units;
        ++m_count[line[i]];
        if (i > 0) {
            ++m_pairs;
            m_distinctPairs.insert(line[i - 1] + " " + line[i]);
        }
    }
}

double UnitCounts::distinctUnits() const {
    return share(m_count.size(), m_units);
}

double UnitCounts::distinctPairs() const {
    return share(m_distinctPairs.size(), m_pairs);
}

double UnitCounts::divergenceFrom(const UnitCounts& other) const {
    std::set<std::string> all;
    for (const auto* counts : {&m_count, &other.m_count}) {
        for (const auto& [unit, count] : *counts) {
            all.insert(unit);
        }
    }
    const auto partOf = [](const UnitCounts& counts, const std::string& unit) {
        const auto found = counts.m_count.find(unit);
        return found != counts.m_count.end() ? share(found->second, counts.m_units) : 0.0;
    };
    double bits = 0;
    for (const std::string& unit : all) {
        const double p = partOf(*this, unit);
        const double q = partOf(other, unit);
        const double mean = (p + q) / 2;
        bits +=
            (p > 0 ? p * std::log2(p / mean) : 0) / 2 + (q > 0 ? q * std::log2(q / mean) : 0) / 2;
    }
    return bits;
}

void PoemCounts::knowWhatIsNear(const engine::Tokenizer& tokenizer,
                                std::shared_ptr<const verse::Associations> associations) {
    m_associations = std::move(associations);
    for (engine::TokenId token = 0; token < tokenizer.size(); ++token) {
        m_spellings.push_back(verse::lowerCase(verse::spellingOf(tokenizer, token)));
    }
}

std::vector<std::string> PoemCounts::unitsOf(const std::string& line) const {
    std::vector<std::string> units;
    if (m_language == verse::Language::Chinese) {
        for (const char32_t c : verse::toCodePoints(line)) {
            if (verse::isIdeograph(c)) {
                units.push_back(verse::toUtf8({&c, 1}));
            }
        }
    } else {
        units = verse::splitEnglishLine(verse::lowerCase(line));
        std::erase_if(units, [](const std::string& unit) { return verse::isMark(unit); });
    }
    return units;
}

void PoemCounts::lookForTheme(const CheckedPoem& checked, const std::string& theme) {
    std::set<std::string> words;
    std::set<std::string> near;
    for (const std::string& word : unitsOf(theme)) {
        if (m_language == verse::Language::English && verse::isFunctionWord(word)) {
            continue;
        }
        words.insert(word);
        for (const verse::Associate& one :
             m_associations ? m_associations->of(word) : std::span<const verse::Associate>()) {
            if (one.strength >= strongly) {
                near.insert(m_spellings[static_cast<std::size_t>(one.token)]);
            }
        }
    }
    bool has = false;
    bool speaksOf = false;
    for (const verse::PoemLine& line : checked.poem.lines) {
        for (const std::string& unit : unitsOf(line.text)) {
            has = has || words.contains(unit);
            speaksOf = speaksOf || near.contains(unit);
        }
    }
    m_withTheme += has ? 1 : 0;
    m_nearTheme += has || speaksOf ? 1 : 0;
}

void PoemCounts::add(const CheckedPoem& checked, const std::string& theme) {
    ++m_poems;
    m_correct += checked.analysis.ok() ? 1 : 0;
    m_milliseconds.push_back(checked.milliseconds);
    m_first.push_back(checked.firstMilliseconds);
    m_score += checked.poem.score;
    m_distinctPoems.insert(textOf(checked.poem));
    for (const verse::Fault& fault : checked.analysis.faults) {
        ++m_faults[std::string(verse::toString(fault.kind))];
    }
    for (const verse::Fault& remark : checked.analysis.remarks) {
        ++m_remarks[std::string(verse::toString(remark.kind))];
    }
    for (const verse::PoemLine& line : checked.poem.lines) {
        ++m_lines;
        m_verbatim += line.fromCorpus ? 1 : 0;
        m_distinctLines.insert(line.text);
        m_units.add(unitsOf(line.text));
    }
    lookForTheme(checked, theme);
}

// Figures of as much verse by people.
json PoemCounts::human() const {
    UnitCounts people;
    std::string line;
    for (const char c : m_human + "\n") {
        if (c != '\n') {
            line += c;
        } else if (people.units() < m_units.units()) {
            people.add(unitsOf(std::exchange(line, {})));
        }
    }
    return {{"distinct_1", people.distinctUnits()},
            {"distinct_2", people.distinctPairs()},
            {"divergence", m_units.divergenceFrom(people)}};
}

json PoemCounts::report(const std::string& form) const {
    json report = {{"form", form},
                   {"poems", m_poems},
                   {"correct", share(m_correct, m_poems)},
                   {"faults", m_faults},
                   {"remarks", m_remarks},
                   {"refusals", m_refusals},
                   {"distinct_poems", share(m_distinctPoems.size(), m_poems)},
                   {"distinct_lines", share(m_distinctLines.size(), m_lines)},
                   {"distinct_1", m_units.distinctUnits()},
                   {"distinct_2", m_units.distinctPairs()},
                   {"theme", share(m_withTheme, m_poems)},
                   {"theme_or_near", share(m_nearTheme, m_poems)},
                   {"verbatim", share(m_verbatim, m_lines)},
                   {"log_probability", m_poems > 0 ? m_score / static_cast<double>(m_poems) : 0.0},
                   {"first_line_ms_p50", quantile(m_first, 0.5)},
                   {"ms_p50", quantile(m_milliseconds, 0.5)},
                   {"ms_p95", quantile(m_milliseconds, 0.95)}};
    if (!m_human.empty()) {
        report["human"] = human();
    }
    return report;
}

} // namespace linnet::cli
