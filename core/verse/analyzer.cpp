#include "verse/analyzer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "verse/en_analysis.h"
#include "verse/utf8.h"
#include "verse/verse_text.h"
#include "verse/zh_analysis.h"

namespace linnet::verse {

namespace {

bool accepts(const Form& form, int lines) {
    return std::any_of(form.variants.begin(), form.variants.end(), [&](const Variant& variant) {
        return blocksFor(variant, lines).has_value();
    });
}

// The first letter or character of a line, in lower case.
std::u32string initialOf(const LineAnalysis& line) {
    for (char32_t value : toCodePoints(line.text)) {
        if (!isPunctuation(value)) {
            value += value >= U'A' && value <= U'Z' ? 32U : 0U;
            return {value};
        }
    }
    return {};
}

void checkAcrostic(const std::string& acrostic, Analysis& analysis) {
    std::u32string wanted;
    for (char32_t value : toCodePoints(acrostic)) {
        if (!isPunctuation(value)) {
            wanted += value >= U'A' && value <= U'Z' ? value + 32U : value;
        }
    }
    if (wanted.size() > analysis.lines.size()) {
        analysis.faults.push_back({FaultKind::Acrostic, 0, 0,
                                   "the acrostic has " + std::to_string(wanted.size()) +
                                       " characters, the poem fewer lines"});
    }
    for (std::size_t i = 0; i < std::min(wanted.size(), analysis.lines.size()); ++i) {
        if (initialOf(analysis.lines[i]) != wanted.substr(i, 1)) {
            analysis.faults.push_back({FaultKind::Acrostic, static_cast<int>(i) + 1, 1,
                                       "the line must begin with \"" + toUtf8(wanted.substr(i, 1)) +
                                           "\" for the acrostic"});
        }
    }
}

// Stanzas are judged only where the text has any.
void remarkStanzas(const Variant& variant, Analysis& analysis) {
    const int count = static_cast<int>(analysis.lines.size());
    const auto blocks = blocksFor(variant, count);
    const bool divided = std::any_of(analysis.lines.begin(), analysis.lines.end(),
                                     [](const LineAnalysis& line) { return line.startsStanza; });
    if (!blocks || !divided || (variant.breaks.empty() && !variant.breakBetween)) {
        return;
    }
    const auto breaks = layoutOf(variant, *blocks).breaks;
    for (int i = 1; i < count; ++i) {
        const bool wanted = std::find(breaks.begin(), breaks.end(), i) != breaks.end();
        if (analysis.lines[static_cast<std::size_t>(i)].startsStanza != wanted) {
            analysis.remarks.push_back(
                {FaultKind::Stanza, i + 1, 0,
                 wanted ? "a new stanza should begin here" : "no stanza begins here in this form"});
        }
    }
}

void sortByPlace(std::vector<Fault>& faults) {
    std::stable_sort(faults.begin(), faults.end(), [](const Fault& a, const Fault& b) {
        return a.line != b.line ? a.line < b.line : a.position < b.position;
    });
}

// How much better a looser form must be to be chosen, in faults a line.
double looseness(const Form& form) {
    const auto& lines = form.variants.front().lines;
    const bool exact = std::all_of(lines.begin(), lines.end(), [](const LineForm& line) {
        return !line.patterns.empty() || line.minLength == line.maxLength;
    });
    return 0.75 -
           0.25 * ((exact ? 1 : 0) + (form.hasPattern() ? 1 : 0) + (form.hasRhyme() ? 1 : 0));
}

// Faults a line. A wrong number of lines counts as one more; of two forms without faults the one
// that explains more rhymes is meant.
double badnessOf(const Analysis& analysis) {
    const auto lines = static_cast<double>(std::max<std::size_t>(analysis.lines.size(), 1));
    const bool count = std::any_of(analysis.faults.begin(), analysis.faults.end(),
                                   [](const Fault& f) { return f.kind == FaultKind::LineCount; });
    const auto rhymed = std::count_if(analysis.lines.begin(), analysis.lines.end(),
                                      [](const LineAnalysis& line) { return !line.rhyme.empty(); });
    return static_cast<double>(analysis.faults.size()) / lines + (count ? 1.0 : 0.0) -
           0.1 * static_cast<double>(rhymed) / lines;
}

} // namespace

std::string rhymeLetter(int rhyme) {
    return std::string(1, static_cast<char>('A' + rhyme % 26)) +
           (rhyme >= 26 ? std::to_string(rhyme / 26 + 1) : std::string());
}

std::string_view toString(FaultKind kind) {
    switch (kind) {
    case FaultKind::LineCount:
        return "line-count";
    case FaultKind::Length:
        return "length";
    case FaultKind::Tone:
        return "tone";
    case FaultKind::Opposition:
        return "opposition";
    case FaultKind::Adhesion:
        return "adhesion";
    case FaultKind::Ending:
        return "ending";
    case FaultKind::Stress:
        return "stress";
    case FaultKind::Rhyme:
        return "rhyme";
    case FaultKind::RepeatedRhyme:
        return "repeated-rhyme";
    case FaultKind::HomophoneRhyme:
        return "homophone-rhyme";
    case FaultKind::UnknownWord:
        return "unknown-word";
    case FaultKind::NotAWord:
        return "not-a-word";
    case FaultKind::Acrostic:
        return "acrostic";
    case FaultKind::LoneLevel:
        return "lone-level";
    case FaultKind::ThreeLevel:
        return "three-level";
    case FaultKind::ThreeOblique:
        return "three-oblique";
    case FaultKind::RepeatedCharacter:
        return "repeated-character";
    case FaultKind::Licence:
        return "licence";
    case FaultKind::FirstLineRhyme:
        return "first-line-rhyme";
    case FaultKind::NeighbourRhyme:
        return "neighbour-rhyme";
    case FaultKind::ObliqueRhyme:
        return "oblique-rhyme";
    case FaultKind::UnknownCharacter:
        return "unknown-character";
    case FaultKind::DerivedWord:
        return "derived-word";
    case FaultKind::ExtraRhyme:
        return "extra-rhyme";
    case FaultKind::Stanza:
        return "stanza";
    }
    return "length";
}

Analyzer::Analyzer(const VerseData& data)
    : m_data(data)
    , m_pronouncer(data.english) {
}

// What does not depend on the form.
struct Analyzer::Reading {
    std::string_view text;
    std::vector<VerseLine> lines;      // with the title
    std::vector<LineAnalysis> english; // one for each line
    Script script = Script::Simplified;
};

Analyzer::Reading Analyzer::read(std::string_view text, Language language,
                                 const AnalysisOptions& options) const {
    Reading reading;
    reading.text = text;
    reading.lines = splitLines(text, language);
    if (language == Language::English) {
        reading.english = readEnglishLines(text, reading.lines, m_pronouncer);
    } else {
        reading.script =
            options.script
                ? *options.script
                : m_data.chinese.scriptOf(toCodePoints(text)).value_or(Script::Simplified);
    }
    return reading;
}

Analysis Analyzer::judge(const Reading& reading, const Form& form,
                         const AnalysisOptions& options) const {
    auto lines = reading.lines;
    Analysis start;
    start.form = form.name;
    start.language = form.language;
    start.script = reading.script;
    start.title = takeTitle(reading.text, lines, [&](int count) { return accepts(form, count); });
    if (form.language == Language::English) {
        const auto heading = static_cast<std::ptrdiff_t>(reading.lines.size() - lines.size());
        start.lines.assign(reading.english.begin() + heading, reading.english.end());
        if (!start.lines.empty()) {
            start.lines.front().startsStanza = false;
        }
    }
    std::optional<Analysis> best;
    for (const Variant& variant : form.variants) {
        if (!options.variant.empty() && variant.name != options.variant) {
            continue;
        }
        Analysis analysis = start;
        analysis.variant = variant.name;
        if (form.language == Language::Chinese) {
            ZhAnalysis(m_data.chinese, reading.script, form, variant)
                .run(reading.text, lines, analysis);
        } else {
            EnAnalysis(form, variant).run(analysis);
        }
        remarkStanzas(variant, analysis);
        const auto rank = [](const Analysis& a) {
            return std::pair(a.faults.size(), a.remarks.size());
        };
        if (!best || rank(analysis) < rank(*best)) {
            best = std::move(analysis);
        }
    }
    Analysis result = best ? std::move(*best) : std::move(start);
    if (!options.acrostic.empty()) {
        checkAcrostic(options.acrostic, result);
    }
    sortByPlace(result.faults);
    sortByPlace(result.remarks);
    return result;
}

Analysis Analyzer::analyse(std::string_view text, const Form& form,
                           const AnalysisOptions& options) const {
    return judge(read(text, form.language, options), form, options);
}

Analysis Analyzer::recognise(std::string_view text, const AnalysisOptions& options) const {
    const Language language = languageOf(text);
    const Reading reading = read(text, language, options);
    Analysis best;
    const Form* chosen = nullptr;
    double least = std::numeric_limits<double>::max();
    for (const Form& form : m_data.forms.forms()) {
        if (form.language != language) {
            continue;
        }
        Analysis analysis = judge(reading, form, options);
        const double badness = badnessOf(analysis) + looseness(form);
        if (badness < least) {
            least = badness;
            best = std::move(analysis);
            chosen = &form;
        }
    }
    if (chosen != nullptr && language == Language::English && !chosen->hasRhyme()) {
        nameFoundRhymes(best);
    }
    return best;
}

} // namespace linnet::verse
