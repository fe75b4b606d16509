#include "verse/zh_analysis.h"

#include <algorithm>
#include <map>
#include <set>

#include "verse/utf8.h"

namespace linnet::verse {

namespace {

std::string quoted(char32_t character) {
    return toUtf8(std::u32string_view(&character, 1));
}

Place opposite(Place place) {
    return place == Place::Level ? Place::Oblique : place == Place::Oblique ? Place::Level : place;
}

// The pattern of a line that takes the other tones, as it should after a break of 对 or 粘: all but
// the last place, which the rhyme decides.
Pattern turned(Pattern pattern) {
    if (!pattern.empty()) {
        std::transform(pattern.begin(), pattern.end() - 1, pattern.begin(), opposite);
    }
    return pattern;
}

std::string lineText(int line) {
    return "line " + std::to_string(line);
}

} // namespace

// How a line meets a pattern.
struct ZhAnalysis::ToneFit {
    Pattern pattern;
    std::vector<int> misses; // places, from 0
    const Licence* licence = nullptr;
};

// The groups that rhymes of one letter keep to.
struct ZhAnalysis::RhymeChoice {
    std::set<RhymeGroupId> groups; // one, or neighbours
    std::size_t rhyming = 0;       // lines
    std::size_t first = 0;         // of them
};

ZhAnalysis::ZhAnalysis(const ZhLexicon& lexicon, Script script, const Form& form,
                       const Variant& variant)
    : m_lexicon(lexicon)
    , m_script(script)
    , m_form(form)
    , m_variant(variant) {
}

void ZhAnalysis::run(std::string_view text, const std::vector<VerseLine>& lines,
                     Analysis& analysis) const {
    analysis.script = m_script;
    for (const VerseLine& line : lines) {
        const bool starts = !analysis.lines.empty() && (&line - 1)->paragraph != line.paragraph;
        analysis.lines.push_back(readLine(text, line, analysis.lines.size() + 1, analysis));
        analysis.lines.back().startsStanza = starts;
    }
    const int count = static_cast<int>(lines.size());
    const int size = static_cast<int>(m_variant.lines.size());
    if (!blocksFor(m_variant, count)) {
        std::string wanted;
        for (const int lineCount : m_form.lineCounts(8)) {
            wanted += (wanted.empty() ? "" : " or ") + std::to_string(lineCount);
        }
        analysis.faults.push_back({FaultKind::LineCount, 0, 0,
                                   std::to_string(count) + " lines, where the form has " + wanted});
    }
    const int blocks =
        std::clamp((count + size - 1) / size, m_variant.minBlocks, m_variant.maxBlocks);
    const Layout layout = layoutOf(m_variant, blocks);
    checkTones(layout, analysis);
    checkRhymes(layout, analysis);
    remarkRepeated(analysis);
}

LineAnalysis ZhAnalysis::readLine(std::string_view text, const VerseLine& line, std::size_t number,
                                  Analysis& analysis) const {
    LineAnalysis read;
    read.begin = line.begin;
    read.end = line.end;
    read.text = text.substr(line.begin, line.end - line.begin);
    std::size_t position = line.begin;
    for (const char32_t value : toCodePoints(read.text)) {
        std::string bytes;
        appendUtf8(bytes, value);
        const std::size_t begin = position;
        position += value == 0xFFFD && text.substr(position, 3) != bytes ? 1 : bytes.size();
        if (isPunctuation(value)) {
            continue;
        }
        const auto readings = m_lexicon.readings(value, m_script);
        read.characters.push_back({begin, position, value, {readings.begin(), readings.end()}});
        const CharacterAnalysis& character = read.characters.back();
        const Tones tones = tonesOf(character);
        read.marks += !tones.known                   ? "?"
                      : tones.level && tones.oblique ? "多"
                      : tones.level                  ? "平"
                                                     : "仄";
        const int place = static_cast<int>(read.characters.size());
        const int lineNumber = static_cast<int>(number);
        if (!isIdeograph(value)) {
            analysis.faults.push_back({FaultKind::NotAWord, lineNumber, place,
                                       "\"" + bytes + "\" is not a Chinese character"});
        } else if (!tones.known) {
            analysis.remarks.push_back(
                {FaultKind::UnknownCharacter, lineNumber, place,
                 bytes + " is not in the table of 平水韵; its tone is taken as fitting"});
        }
    }
    read.length = static_cast<int>(read.characters.size());
    read.lengths = {read.length};
    return read;
}

ZhAnalysis::Tones ZhAnalysis::tonesOf(const CharacterAnalysis& character) const {
    Tones tones;
    if (!character.readings.empty()) {
        const auto oblique = [](ZhReading reading) { return isOblique(reading.tone); };
        const auto& readings = character.readings;
        tones.known = true;
        tones.oblique = std::any_of(readings.begin(), readings.end(), oblique);
        tones.level = !std::all_of(readings.begin(), readings.end(), oblique);
    }
    return tones;
}

bool ZhAnalysis::fits(const CharacterAnalysis& character, Place place) const {
    const Tones tones = tonesOf(character);
    return place == Place::Level ? tones.level : place != Place::Oblique || tones.oblique;
}

ZhAnalysis::ToneFit ZhAnalysis::fit(const LineAnalysis& line, const Pattern& pattern) const {
    const auto misses = [&](const Pattern& places) {
        std::vector<int> missed;
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (!fits(line.characters[i], places[i])) {
                missed.push_back(static_cast<int>(i));
            }
        }
        return missed;
    };
    ToneFit best{pattern, misses(pattern), nullptr};
    for (const Licence& licence : m_form.licences) {
        const auto changed = withLicence(pattern, licence);
        if (!changed || best.misses.empty()) {
            continue;
        }
        auto missed = misses(*changed);
        if (missed.size() < best.misses.size()) {
            best = {*changed, std::move(missed), &licence};
        }
    }
    return best;
}

void ZhAnalysis::checkTones(const Layout& layout, Analysis& analysis) const {
    const std::size_t count = std::min(layout.lines.size(), analysis.lines.size());
    bool isTurned = false; // since the last break of 对 or 粘
    for (std::size_t i = 0; i < count; ++i) {
        LineAnalysis& line = analysis.lines[i];
        const LineForm& form = layout.lines[i];
        const int number = static_cast<int>(i) + 1;
        if (line.length < form.minLength || line.length > form.maxLength) {
            const std::string wanted =
                form.minLength == form.maxLength
                    ? std::to_string(form.minLength)
                    : std::to_string(form.minLength) + " to " + std::to_string(form.maxLength);
            analysis.faults.push_back(
                {FaultKind::Length, number, 0,
                 std::to_string(line.length) + " characters, where the form has " + wanted});
            continue;
        }
        const auto pattern =
            std::find_if(form.patterns.begin(), form.patterns.end(), [&](const Pattern& p) {
                return static_cast<int>(p.size()) == line.length;
            });
        if (pattern == form.patterns.end()) {
            continue;
        }
        ToneFit found = fit(line, isTurned ? turned(*pattern) : *pattern);
        if (!found.misses.empty() && i > 0) {
            ToneFit other = fit(line, isTurned ? *pattern : turned(*pattern));
            const bool onlyEnding = found.misses.front() + 1 == line.length;
            if (other.misses.size() < found.misses.size() && !onlyEnding) {
                isTurned = !isTurned;
                found = std::move(other);
                const bool second = i % 2 == 1;
                analysis.faults.push_back(
                    {second ? FaultKind::Opposition : FaultKind::Adhesion, number, 2,
                     (second ? std::string("失对: the tones do not oppose those of ")
                             : std::string("失粘: the tones do not follow those of ")) +
                         lineText(number - 1) + "; " + describe(line.characters[1])});
            }
        }
        line.pattern = toString(found.pattern, Language::Chinese);
        reportTones(found, number, analysis);
        remarkTones(line, found.pattern, number, analysis);
    }
}

void ZhAnalysis::reportTones(const ToneFit& found, int number, Analysis& analysis) const {
    const LineAnalysis& line = analysis.lines[static_cast<std::size_t>(number - 1)];
    for (const int place : found.misses) {
        const auto at = static_cast<std::size_t>(place);
        const bool level = found.pattern[at] == Place::Level;
        const bool ending = place + 1 == line.length;
        analysis.faults.push_back(
            {ending ? FaultKind::Ending : FaultKind::Tone, number, place + 1,
             std::string(ending ? "the line must end " : "this place must be ") +
                 (level ? "level (平)" : "oblique (仄)") + "; " + describe(line.characters[at])});
    }
    if (found.licence != nullptr) {
        analysis.remarks.push_back(
            {FaultKind::Licence, number, 0,
             "the line ends " + toString(found.licence->instead, Language::Chinese) + " for " +
                 toString(found.licence->usual, Language::Chinese) + " (" +
                 found.licence->title.zh + ")"});
    }
}

void ZhAnalysis::remarkTones(const LineAnalysis& line, const Pattern& pattern, int number,
                             Analysis& analysis) const {
    const auto size = static_cast<std::size_t>(line.length);
    if (size < 5) {
        return;
    }
    const auto surely = [&](std::size_t fromEnd, bool level) {
        const Tones tones = tonesOf(line.characters[size - fromEnd]);
        return tones.known && (level ? !tones.oblique : !tones.level);
    };
    const auto remark = [&](FaultKind kind, std::size_t fromEnd, const char* what) {
        analysis.remarks.push_back({kind, number, static_cast<int>(size - fromEnd) + 1, what});
    };
    if (surely(1, true) && surely(2, true) && surely(3, true)) {
        remark(FaultKind::ThreeLevel, 3, "三平调: the last three characters are level");
    }
    if (surely(1, false) && surely(2, false) && surely(3, false)) {
        remark(FaultKind::ThreeOblique, 3, "三仄尾: the last three characters are oblique");
    }
    // 孤平: in (中仄)中平中仄平 only one level character is left besides the rhyme.
    const bool kind = pattern[size - 1] == Place::Level && pattern[size - 2] == Place::Oblique &&
                      pattern[size - 4] == Place::Level;
    if (kind && surely(5, false) && surely(3, false)) {
        remark(FaultKind::LoneLevel, 4, "孤平: no other level character but the rhyme");
    }
}

void ZhAnalysis::checkRhymes(const Layout& layout, Analysis& analysis) const {
    int letters = 0;
    for (const RhymeMark mark : layout.rhymes) {
        letters = std::max(letters, mark.letter + 1);
    }
    for (int letter = 0; letter < letters; ++letter) {
        checkRhyme(letter, layout, analysis);
    }
}

void ZhAnalysis::checkRhyme(int letter, const Layout& layout, Analysis& analysis) const {
    std::vector<std::size_t> required;
    std::vector<std::size_t> customary;
    for (std::size_t i = 0; i < std::min(layout.rhymes.size(), analysis.lines.size()); ++i) {
        if (layout.rhymes[i].letter == letter && analysis.lines[i].length > 0) {
            (layout.rhymes[i].required ? required : customary).push_back(i);
            analysis.lines[i].rhyme = rhymeLetter(letter);
        }
    }
    if (required.empty()) {
        return;
    }
    const RhymeChoice choice = chooseRhyme(required, analysis);
    std::string name;
    for (const RhymeGroupId group : choice.groups) {
        name += (name.empty() ? "" : "、") + m_lexicon.groups()[group].name;
    }
    const auto in = [&](const LineAnalysis& line, const auto& accept) {
        const auto& readings = line.characters.back().readings;
        return std::any_of(readings.begin(), readings.end(), accept);
    };
    const auto rhymes = [&](ZhReading reading) { return choice.groups.count(reading.group) > 0; };
    for (const std::size_t i : required) {
        LineAnalysis& line = analysis.lines[i];
        if (in(line, rhymes)) {
            line.rhymeWith = name;
            continue;
        }
        analysis.faults.push_back(
            {FaultKind::Rhyme, static_cast<int>(i) + 1, line.length,
             "落韵: " + describe(line.characters.back()) +
                 (name.empty() ? std::string("; no level rhyme") : "; the rhyme is " + name)});
    }
    remarkOblique(choice, required, name, analysis);
    for (const std::size_t i : customary) {
        LineAnalysis& line = analysis.lines[i];
        if (in(line, rhymes)) {
            line.rhymeWith = name;
            continue;
        }
        const bool neighbour = in(line, [&](ZhReading reading) {
            return std::any_of(choice.groups.begin(), choice.groups.end(), [&](RhymeGroupId group) {
                return m_lexicon.areNeighbours(reading.group, group);
            });
        });
        line.rhyme = neighbour ? line.rhyme : std::string();
        analysis.remarks.push_back(
            {neighbour ? FaultKind::NeighbourRhyme : FaultKind::FirstLineRhyme,
             static_cast<int>(i) + 1, line.length,
             describe(line.characters.back()) +
                 (neighbour ? " rhymes with its neighbour " : " does not rhyme with ") + name});
    }
    checkRepeatedRhymes(required, analysis);
}

// 仄韵: old-style verse knows it, regulated verse does not.
void ZhAnalysis::remarkOblique(const RhymeChoice& choice, const std::vector<std::size_t>& lines,
                               const std::string& name, Analysis& analysis) const {
    const bool oblique =
        std::all_of(choice.groups.begin(), choice.groups.end(),
                    [&](RhymeGroupId group) { return isOblique(m_lexicon.groups()[group].tone); });
    if (oblique && !choice.groups.empty() && choice.rhyming == lines.size()) {
        const LineAnalysis& line = analysis.lines[lines.front()];
        analysis.remarks.push_back({FaultKind::ObliqueRhyme, static_cast<int>(lines.front()) + 1,
                                    line.length,
                                    "仄韵: the rhyme, " + name +
                                        ", is oblique, as old-style verse may; most verse, and "
                                        "all regulated verse, rhymes level"});
    }
}

// The group, or where 邻韵 may rhyme the set of neighbours, that most lines keep to.
ZhAnalysis::RhymeChoice ZhAnalysis::chooseRhyme(const std::vector<std::size_t>& lines,
                                                const Analysis& analysis) const {
    RhymeChoice best;
    const auto consider = [&](std::set<RhymeGroupId> groups) {
        RhymeChoice choice{std::move(groups), 0, lines.size()};
        for (std::size_t k = 0; k < lines.size(); ++k) {
            const auto& readings = analysis.lines[lines[k]].characters.back().readings;
            if (std::any_of(readings.begin(), readings.end(), [&](ZhReading reading) {
                    return choice.groups.count(reading.group) > 0;
                })) {
                ++choice.rhyming;
                choice.first = std::min(choice.first, k);
            }
        }
        // Of as many lines, those that include the earlier one set the rhyme.
        if (choice.rhyming > best.rhyming ||
            (choice.rhyming == best.rhyming && choice.first < best.first)) {
            best = std::move(choice);
        }
    };
    const std::size_t groups = m_lexicon.groups().size();
    for (std::size_t group = 0; group < groups; ++group) {
        if (m_form.rhyme.tones == RhymeRules::Tones::Any ||
            m_lexicon.groups()[group].tone == Tone::Level) {
            consider({static_cast<RhymeGroupId>(group)});
        }
    }
    if (m_form.rhyme.neighbours && best.rhyming < lines.size()) {
        for (const auto& set : m_lexicon.neighbourSets()) {
            consider({set.begin(), set.end()});
        }
    }
    return best;
}

void ZhAnalysis::checkRepeatedRhymes(const std::vector<std::size_t>& lines,
                                     Analysis& analysis) const {
    std::map<char32_t, std::size_t> first;
    for (const std::size_t i : lines) {
        const LineAnalysis& line = analysis.lines[i];
        const char32_t character = line.characters.back().character;
        const auto [found, isNew] = first.emplace(character, i);
        if (!isNew && !m_form.rhyme.repeat) {
            analysis.faults.push_back({FaultKind::RepeatedRhyme, static_cast<int>(i) + 1,
                                       line.length,
                                       "重韵: " + quoted(character) + " is already the rhyme of " +
                                           lineText(static_cast<int>(found->second) + 1)});
        }
    }
}

// 重字. A character doubled at once (萧萧) is a figure and passes.
void ZhAnalysis::remarkRepeated(Analysis& analysis) const {
    if (!m_form.hasPattern()) {
        return;
    }
    std::map<char32_t, int> first;
    for (std::size_t i = 0; i < analysis.lines.size(); ++i) {
        const auto& characters = analysis.lines[i].characters;
        for (std::size_t k = 0; k < characters.size(); ++k) {
            const char32_t character = characters[k].character;
            const int line = static_cast<int>(i) + 1;
            const bool doubled = k > 0 && characters[k - 1].character == character;
            const auto [found, isNew] = first.emplace(character, line);
            if (!isNew && !doubled) {
                analysis.remarks.push_back({FaultKind::RepeatedCharacter, line,
                                            static_cast<int>(k) + 1,
                                            "重字: " + quoted(character) + " is in " +
                                                lineText(found->second) + " already"});
            }
        }
    }
}

// "山 is 平 (十五删)".
std::string ZhAnalysis::describe(const CharacterAnalysis& character) const {
    std::string text;
    for (const ZhReading reading : character.readings) {
        text += (text.empty() ? "" : ", ") + std::string(toString(reading.tone)) + " (" +
                m_lexicon.groups()[reading.group].name + ")";
    }
    return quoted(character.character) +
           (text.empty() ? std::string(" is not in the table of 平水韵") : " is " + text);
}

} // namespace linnet::verse
