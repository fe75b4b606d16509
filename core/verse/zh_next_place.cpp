#include "verse/zh_next_place.h"

#include <algorithm>
#include <map>

#include "verse/zh_rules.h"

namespace linnet::verse {

namespace {

bool isCalled(const Variant& variant, std::string_view name) {
    return name.empty() || variant.name == name;
}

} // namespace

ZhNextPlace::ZhNextPlace(const ZhVocabulary& vocabulary, const Options& options,
                         const ZhCaret& caret)
    : m_vocabulary(vocabulary)
    , m_caret(caret)
    , m_full(caret.typed.size() >= options.length)
    , m_last(caret.typed.size() + 1 == options.length) {
    const ZhLexicon& lexicon = vocabulary.lexicon();
    for (const std::u32string& line : caret.lines) {
        std::vector<ZhSound>& sounds = m_sounds.emplace_back();
        for (const char32_t character : line) {
            sounds.push_back(soundOf(lexicon, character));
        }
    }
    for (const char32_t character : caret.typed) {
        m_typed.push_back(soundOf(lexicon, character));
    }
    if (m_full) {
        return;
    }
    for (const Form* form : options.forms) {
        addFrames(options, *form);
    }
    int least = -1;
    for (Frame& frame : m_frames) {
        frame.misfits = misfitsOf(frame);
        least = least < 0 ? frame.misfits : std::min(least, frame.misfits);
    }
    if (least < 0 || (least > 0 && !options.named)) {
        demandFreely();
        use(0);
        return;
    }
    for (const Frame& frame : m_frames) {
        if (frame.misfits == least) {
            if (m_lineCount == 0) {
                m_lineCount = static_cast<int>(frame.layout.lines.size());
                use(frame.start);
            }
            demand(frame, options.named);
        }
    }
    if (m_demands.empty()) {
        demandFreely();
    }
}

void ZhNextPlace::addFrames(const Options& options, const Form& form) {
    const std::size_t lines = m_caret.lines.size();
    for (const Variant& variant : form.variants) {
        const LineForm& first = variant.lines.front();
        const auto length = static_cast<int>(options.length);
        if (!isCalled(variant, options.variant) || length < first.minLength ||
            length > first.maxLength) {
            continue;
        }
        // A poem that is whole is followed by another one.
        Frame frame;
        frame.form = &form;
        int blocks = variant.defaultBlocks;
        const auto size = variant.lines.size();
        while (blocks < variant.maxBlocks && static_cast<std::size_t>(blocks) * size <= lines) {
            ++blocks;
        }
        frame.layout = layoutOf(variant, blocks);
        frame.start = lines - lines % frame.layout.lines.size();
        m_frames.push_back(std::move(frame));
    }
}

// Lines that have none of the patterns, and rhymes that are none.
int ZhNextPlace::misfitsOf(const Frame& frame) const {
    int misfits = 0;
    std::map<int, GroupSet> groups;
    for (std::size_t i = frame.start; i < m_sounds.size(); ++i) {
        const std::size_t at = i - frame.start;
        const auto patterns = licensedPatterns(*frame.form, frame.layout.lines[at]);
        const bool fits = patterns.empty() ||
                          std::any_of(patterns.begin(), patterns.end(), [&](const Pattern& p) {
                              return !firstMisfit(p, m_sounds[i]);
                          });
        misfits += fits ? 0 : 1;
        const RhymeMark mark = frame.layout.rhymes[at];
        if (mark.letter < 0 || !mark.required) {
            continue;
        }
        auto [known, fresh] = groups.emplace(mark.letter, m_sounds[i].back().groups);
        if (!fresh) {
            const GroupSet shared = known->second & m_sounds[i].back().groups;
            misfits += shared.none() ? 1 : 0;
            known->second = shared.none() ? m_sounds[i].back().groups : shared;
        }
    }
    return misfits;
}

GroupSet ZhNextPlace::levelGroups() const {
    GroupSet level;
    const auto groups = m_vocabulary.lexicon().groups();
    for (std::size_t i = 0; i < groups.size(); ++i) {
        level[i] = groups[i].tone == Tone::Level;
    }
    return level;
}

// Those of the lines before that share the rhyme; level ones at the first.
std::optional<GroupSet> ZhNextPlace::rhymeGroups(const Frame& frame, std::size_t line) const {
    const int letter = frame.layout.rhymes[line].letter;
    if (letter < 0) {
        return std::nullopt;
    }
    GroupSet shared = levelGroups();
    for (std::size_t at = 0; at < line; ++at) {
        const std::size_t i = frame.start + at;
        if (frame.layout.rhymes[at].letter != letter || i >= m_sounds.size()) {
            continue;
        }
        const GroupSet own = m_sounds[i].back().groups;
        const bool oblique = frame.form->rhyme.tones == RhymeRules::Tones::Any;
        const GroupSet both = shared & own;
        shared = both.any() ? both : oblique && own.any() ? own : shared;
    }
    return shared;
}

void ZhNextPlace::demand(const Frame& frame, bool named) {
    const std::size_t line = m_caret.lines.size() - frame.start;
    std::optional<GroupSet> rhyme;
    if (m_last) {
        rhyme = rhymeGroups(frame, line);
        for (std::size_t at = 0; rhyme && at < line; ++at) {
            if (frame.layout.rhymes[at].letter == frame.layout.rhymes[line].letter) {
                m_rhymeWords += m_caret.lines[frame.start + at].back();
            }
        }
    }
    const auto patterns = licensedPatterns(*frame.form, frame.layout.lines[line]);
    if (patterns.empty()) {
        m_demands.push_back({Place::Any, rhyme});
        return;
    }
    const std::size_t before = m_demands.size();
    for (const bool strict : {true, false}) {
        for (const Pattern& pattern : patterns) {
            const auto misfit = firstMisfit(pattern, m_typed);
            if (!strict || !misfit || *misfit >= m_typed.size()) {
                m_demands.push_back({demandedTone(pattern, m_typed.size(), m_typed, false), rhyme});
            }
        }
        // A line that has left its tones goes on in those of the form that was named.
        if (m_demands.size() > before || !named) {
            return;
        }
    }
}

// Even lines rhyme as those before them do.
void ZhNextPlace::demandFreely() {
    const std::size_t line = m_caret.lines.size();
    std::optional<GroupSet> rhyme;
    if (m_last && line % 2 == 1 && line > 1) {
        GroupSet shared;
        shared.set();
        for (std::size_t i = 1; i < line; i += 2) {
            shared &= m_sounds[i].back().groups;
            m_rhymeWords += m_caret.lines[i].back();
        }
        if (shared.any()) {
            rhyme = shared;
        }
    }
    m_demands.push_back({Place::Any, rhyme});
}

void ZhNextPlace::use(std::size_t start) {
    for (std::size_t i = start; i < m_caret.lines.size(); ++i) {
        m_used += m_caret.lines[i];
    }
    m_used += m_caret.typed;
}

bool ZhNextPlace::admits(const ZhVocabulary::Entry& entry) const {
    const std::u32string& typed = m_caret.typed;
    const bool doubles = !typed.empty() && typed.back() == entry.character &&
                         (typed.size() < 2 || typed[typed.size() - 2] != entry.character);
    if (m_full || (m_used.find(entry.character) != std::u32string::npos && !doubles)) {
        return false;
    }
    return std::any_of(m_demands.begin(), m_demands.end(), [&](const Demand& demand) {
        return canStand(entry.sound, demand.place) &&
               (!demand.rhyme || ((entry.sound.groups & *demand.rhyme).any() &&
                                  m_rhymeWords.find(entry.character) == std::u32string::npos));
    });
}

} // namespace linnet::verse
