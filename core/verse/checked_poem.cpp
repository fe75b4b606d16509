#include "verse/checked_poem.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <tuple>
#include <utility>

#include "verse/utf8.h"
#include "verse/verse_data.h"

namespace linnet::verse {

using engine::Error;
using engine::ErrorCode;
using engine::Flow;
using engine::Result;

namespace {

class Stopwatch {
public:
    double milliseconds() const {
        return std::chrono::duration<double, std::milli>(Clock::now() - m_start).count();
    }

private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point m_start = Clock::now();
};

Analysis analyse(const Poem& poem, const Form& form, const Analyzer& analyzer,
                 const PoemRequest& request) {
    AnalysisOptions how;
    how.acrostic = request.acrostic;
    how.variant = poem.variant;
    if (form.language == Language::Chinese) {
        how.script = request.traditional ? Script::Traditional : Script::Simplified;
    }
    return analyzer.analyse(textOf(poem), form, how);
}

// What became of a Chinese poem's theme, if verse does not speak of it as it is.
std::string noteOnTheme(const std::string& theme, const VerseData& data) {
    const ThemeImages::Reading reading = data.images.read(toCodePoints(theme));
    if (!reading.images.empty()) {
        return "classical verse has no word for all of the theme \"" + theme +
               "\"; the poem may speak of " + toUtf8(reading.images) + " instead";
    }
    const bool heard = std::any_of(reading.plain.begin(), reading.plain.end(),
                                   [&](char32_t c) { return data.chinese.frequency(c) > 0; });
    return theme.empty() || heard ? std::string()
                                  : "verse has no words for the theme \"" + theme +
                                        "\"; the poem does not speak of it";
}

std::vector<std::string> notesOn(const PoemRequest& request, const Analysis& analysis,
                                 const VerseData& data) {
    std::vector<std::string> notes;
    if (analysis.language != Language::Chinese) {
        return notes;
    }
    if (std::string note = noteOnTheme(request.theme, data); !note.empty()) {
        notes.push_back(std::move(note));
    }
    for (const Fault& remark : analysis.remarks) {
        if (remark.kind == FaultKind::ObliqueRhyme) {
            notes.push_back(remark.message);
        }
    }
    return notes;
}

} // namespace

Result<CheckedComposition> composeChecked(const Composer& composer, engine::Generator& model,
                                          const VerseData& data, const Analyzer& analyzer,
                                          const PoemRequest& request, const PoemSink& sink,
                                          std::stop_token stop) {
    // Of each version, by its seed: how long it took, and its first line.
    std::map<std::uint64_t, std::pair<double, double>> times;
    const Stopwatch watch;
    double begun = 0;
    double first = 0;
    PoemSink timed;
    timed.line = [&](int version, int line, const PoemLine& text) {
        first = line == 0 ? watch.milliseconds() - begun : first;
        return sink.line ? sink.line(version, line, text) : Flow::Continue;
    };
    timed.poem = [&](int version, const Poem& poem) {
        const double now = watch.milliseconds();
        times[poem.seed] = {now - begun, first};
        begun = now;
        return sink.poem ? sink.poem(version, poem) : Flow::Continue;
    };
    auto made = composer.compose(model, request, timed, std::move(stop));
    if (!made) {
        return made.error();
    }
    CheckedComposition composition;
    composition.refusal = std::move(made->refusal);
    composition.cancelled = made->cancelled;
    for (Poem& poem : made->poems) {
        const auto form = data.forms.find(poem.form);
        if (!form) {
            return form.error();
        }
        CheckedPoem checked;
        std::tie(checked.milliseconds, checked.firstMilliseconds) = times[poem.seed];
        checked.analysis = analyse(poem, **form, analyzer, request);
        checked.notes = notesOn(request, checked.analysis, data);
        checked.poem = std::move(poem);
        composition.poems.push_back(std::move(checked));
    }
    return composition;
}

std::string textOf(const Poem& poem) {
    std::string text;
    for (std::size_t i = 0; i < poem.lines.size(); ++i) {
        const bool stanza = std::find(poem.breaks.begin(), poem.breaks.end(),
                                      static_cast<int>(i)) != poem.breaks.end();
        text += (stanza ? "\n" : "") + poem.lines[i].text + "\n";
    }
    return text;
}

Error toError(const Refusal& refusal) {
    switch (refusal.kind) {
    case RefusalKind::UnknownForm:
    case RefusalKind::UnknownVariant:
    case RefusalKind::UnknownStyle:
    case RefusalKind::OutOfRange:
        return {ErrorCode::InvalidArgument, refusal.message};
    case RefusalKind::FixedLine:
    case RefusalKind::Acrostic:
    case RefusalKind::Rhyme:
    case RefusalKind::NoSolution:
        break;
    }
    return {ErrorCode::NotFound, refusal.message};
}

} // namespace linnet::verse
