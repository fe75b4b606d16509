#include "verse/zh_rhyme_plan.h"

#include <algorithm>
#include <set>
#include <vector>

#include "verse/request_checks.h"
#include "verse/utf8.h"

namespace linnet::verse {

namespace {

// Rhyme groups with fewer spare characters than this are used only when asked for.
constexpr int spareRhymes = 12;

class ZhRhymePlanner {
public:
    ZhRhymePlanner(ZhPlan& plan, const std::string& asked, std::u32string_view askedText,
                   std::u32string_view acrostic, const ZhVocabulary& vocabulary)
        : m_plan(plan)
        , m_asked(asked)
        , m_askedText(askedText)
        , m_acrostic(acrostic)
        , m_vocabulary(vocabulary)
        , m_lexicon(vocabulary.lexicon()) {}

    std::optional<Refusal> run() {
        auto refusal = chooseRhyme();
        return refusal ? refusal : checkRhymeCount();
    }

private:
    using Check = std::optional<Refusal>;

    // Lines that have the letter in every variant that is left, or in any.
    std::vector<std::size_t> linesOf(int letter, bool inAll) const {
        std::vector<std::size_t> lines;
        for (std::size_t i = 0; i < m_plan.lines.size(); ++i) {
            const auto has = [&](const Layout& layout) {
                return layout.rhymes[i].letter == letter;
            };
            const auto& all = m_plan.layouts;
            if (inAll ? std::all_of(all.begin(), all.end(), has)
                      : std::any_of(all.begin(), all.end(), has)) {
                lines.push_back(i);
            }
        }
        return lines;
    }

    std::set<int> letters() const {
        std::set<int> all;
        for (const Layout& layout : m_plan.layouts) {
            for (const RhymeMark mark : layout.rhymes) {
                if (mark.letter >= 0) {
                    all.insert(mark.letter);
                }
            }
        }
        return all;
    }

    GroupSet groupsOfTones(bool levelOnly) const {
        GroupSet set;
        for (std::size_t i = 0; i < m_lexicon.groups().size(); ++i) {
            set[i] = !levelOnly || m_lexicon.groups()[i].tone == Tone::Level;
        }
        return set;
    }

    // Of `allowed`, the groups that every fixed line of the letter rhymes in.
    Check fixedRhymes(int letter, GroupSet& allowed) {
        std::map<char32_t, std::size_t> ends;
        std::vector<bool> keep(m_plan.layouts.size(), true);
        GroupSet same = allowed; // without neighbours
        for (const std::size_t i : linesOf(letter, false)) {
            const ZhLinePlan& line = m_plan.lines[i];
            if (line.fixed.empty()) {
                continue;
            }
            const GroupSet own = soundOf(m_lexicon, line.fixed.back()).groups;
            GroupSet matching = own;
            for (std::size_t g = 0; g < m_lexicon.groups().size(); ++g) {
                for (std::size_t other = 0;
                     m_plan.form->rhyme.neighbours && own[g] && other < m_lexicon.groups().size();
                     ++other) {
                    matching[other] = matching[other] ||
                                      m_lexicon.areNeighbours(static_cast<RhymeGroupId>(g),
                                                              static_cast<RhymeGroupId>(other));
                }
            }
            const std::string end =
                toUtf8(std::u32string_view(line.fixed).substr(line.fixed.size() - 1));
            const bool fresh = ends.emplace(line.fixed.back(), i).second;
            if ((allowed & matching).none() || !fresh) {
                // The first line may go without rhyme in another variant.
                if (dropRhyming(i, letter)) {
                    continue;
                }
                return refuse(RefusalKind::FixedLine, line.written,
                              "line " + std::to_string(i + 1) + " ends with \"" + end +
                                  "\", which " +
                                  (fresh ? (ends.size() > 1 ? "does not rhyme with the others"
                                                            : "cannot be the rhyme here")
                                         : "ends another line already"),
                              static_cast<int>(i));
            }
            allowed &= matching;
            same &= own;
        }
        // Neighbours are left to lines that are fixed already.
        allowed = same.any() ? same : allowed;
        return {};
    }

    // Drops the variants in which a line has the letter; false if no other is left.
    bool dropRhyming(std::size_t line, int letter) {
        std::vector<bool> keep;
        for (const Layout& layout : m_plan.layouts) {
            keep.push_back(layout.rhymes[line].letter != letter);
        }
        if (std::find(keep.begin(), keep.end(), true) == keep.end()) {
            return false;
        }
        m_plan.keep(keep);
        return true;
    }

    Check chooseRhyme() {
        const std::set<int> all = letters();
        if (!m_asked.empty() && all.empty()) {
            return refuse(RefusalKind::Rhyme, m_asked, m_plan.form->title.zh + " has no rhyme");
        }
        const bool levelOnly = m_plan.form->rhyme.tones == RhymeRules::Tones::Level;
        for (const int letter : all) {
            GroupSet allowed = groupsOfTones(levelOnly);
            if (letter == *all.begin() && !m_asked.empty()) {
                if (auto refusal = askedRhyme(letter, allowed)) {
                    return refusal;
                }
            }
            if (auto refusal = fixedRhymes(letter, allowed)) {
                return refusal;
            }
            // Free forms rhyme level too, unless they are asked to do otherwise.
            if ((allowed & groupsOfTones(true)).any()) {
                allowed &= groupsOfTones(true);
            }
            m_plan.groups[letter] = allowed;
        }
        return {};
    }

    Check askedRhyme(int letter, GroupSet& allowed) {
        const std::u32string& text = m_askedText;
        const auto group = m_lexicon.findGroup(toUtf8(text));
        GroupSet asked;
        if (group) {
            asked.set(*group);
        } else if (!text.empty()) {
            asked = soundOf(m_lexicon, text.back()).groups;
        }
        if (asked.none()) {
            return refuse(RefusalKind::Rhyme, m_asked,
                          "\"" + m_asked +
                              "\" is neither a group of 平水韵 nor a "
                              "character whose rhyme is known");
        }
        if ((asked & allowed).none()) {
            return refuse(RefusalKind::Rhyme, m_asked,
                          "\"" + m_asked + "\" is oblique (仄); " + m_plan.form->title.zh +
                              " rhymes in level tones (平)");
        }
        allowed &= asked;
        if (!group) {
            placeRhyme(letter, text.back());
        }
        return {};
    }

    // The character ends the second line, which the model knows how to be told, or the first one
    // that is free.
    void placeRhyme(int letter, char32_t character) {
        std::vector<std::size_t> lines = linesOf(letter, true);
        std::stable_partition(lines.begin(), lines.end(), [](std::size_t i) { return i == 1; });
        for (const std::size_t i : lines) {
            if (!m_plan.lines[i].fixed.empty() && m_plan.lines[i].fixed.back() == character) {
                return;
            }
        }
        for (const std::size_t i : lines) {
            if (m_plan.lines[i].fixed.empty()) {
                m_plan.lines[i].last = character;
                return;
            }
        }
    }

    // Keeps the groups that have characters enough for the lines to come.
    Check checkRhymeCount() {
        std::set<char32_t> taken(m_acrostic.begin(), m_acrostic.end());
        for (const ZhLinePlan& line : m_plan.lines) {
            taken.insert(line.fixed.begin(), line.fixed.end());
            taken.insert(line.last);
        }
        for (auto& [letter, groups] : m_plan.groups) {
            int need = 0;
            for (const std::size_t i : linesOf(letter, true)) {
                need += m_plan.lines[i].fixed.empty() && m_plan.lines[i].last == 0 ? 1 : 0;
            }
            std::vector<int> spare(m_lexicon.groups().size(), -need);
            for (const ZhVocabulary::Entry& entry : m_vocabulary.entries()) {
                for (std::size_t g = 0; g < spare.size(); ++g) {
                    spare[g] += entry.sound.groups[g] && !taken.contains(entry.character) ? 1 : 0;
                }
            }
            GroupSet possible;
            GroupSet ample;
            for (std::size_t g = 0; g < spare.size(); ++g) {
                possible[g] = groups[g] && spare[g] >= 0;
                ample[g] = groups[g] && spare[g] >= spareRhymes;
            }
            if (possible.none()) {
                return refuse(RefusalKind::Rhyme, m_asked,
                              "there are not enough rhymes: " + std::to_string(need) +
                                  " more lines need one");
            }
            groups = ample.any() ? ample : possible;
        }
        return {};
    }

    ZhPlan& m_plan;
    const std::string& m_asked;
    const std::u32string m_askedText;
    const std::u32string_view m_acrostic;
    const ZhVocabulary& m_vocabulary;
    const ZhLexicon& m_lexicon;
};

} // namespace

std::optional<Refusal> planChineseRhymes(ZhPlan& plan, const std::string& asked,
                                         std::u32string_view askedText,
                                         std::u32string_view acrostic,
                                         const ZhVocabulary& vocabulary) {
    return ZhRhymePlanner(plan, asked, askedText, acrostic, vocabulary).run();
}

} // namespace linnet::verse
