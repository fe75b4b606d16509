#include "verse/en_next_place.h"

#include <algorithm>
#include <map>

#include "verse/en_scansion.h"
#include "verse/english_words.h"

namespace linnet::verse {

namespace {

// What a rhyme that a form explains is worth, in lines that do not scan.
constexpr double rhymeWorth = 0.5;
// Forms that the writer has not named must fit this share of the lines.
constexpr double leastFit = 2.0 / 3;

int syllablesOf(const Pronunciation& sound) {
    return sound.syllables();
}

// The places of the track from which on the words may go on; bit p: p places are filled.
template <typename Sounds>
std::uint64_t reached(const EnTrack& track, const std::vector<Sounds>& words) {
    std::uint64_t places = 1;
    for (const auto& sounds : words) {
        std::uint64_t next = 0;
        for (int place = 0; place <= track.length(); ++place) {
            for (const Pronunciation& sound : sounds) {
                const int end = place + syllablesOf(sound);
                if (((places >> static_cast<unsigned>(place)) & 1U) != 0 && end <= track.length() &&
                    fits(track, end, shapeOf(sound))) {
                    next |= std::uint64_t{1} << static_cast<unsigned>(end);
                }
            }
        }
        places = next;
    }
    return places;
}

template <typename Sounds>
bool scans(const std::vector<EnTrack>& tracks, const std::vector<Sounds>& words) {
    return tracks.empty() || std::any_of(tracks.begin(), tracks.end(), [&](const EnTrack& track) {
               return ((reached(track, words) >> static_cast<unsigned>(track.length())) & 1U) != 0;
           });
}

// Free lines of any length tell nothing.
std::vector<EnTrack> tracksFor(const LineForm& line, const MetreRules& rules) {
    if (line.patterns.empty() && line.minLength != line.maxLength) {
        return {};
    }
    return tracksOf(line, rules);
}

bool isCalled(const Variant& variant, std::string_view name) {
    return name.empty() || variant.name == name;
}

} // namespace

EnNextPlace::EnNextPlace(const EnVocabulary& vocabulary, const EnPronouncer& pronouncer,
                         const Options& options, const EnCaret& caret)
    : m_vocabulary(vocabulary)
    , m_pronouncer(pronouncer)
    , m_line(read(caret.line)) {
    for (const EnCaret::Row& row : caret.rows) {
        m_rows.push_back(read(row.text));
    }
    if (!options.named && m_rows.empty()) {
        return; // nothing to go by
    }
    for (const Form* form : options.forms) {
        addFrames(options, *form);
    }
    for (Frame& frame : m_frames) {
        frame.cost = costOf(frame);
    }
    std::stable_sort(m_frames.begin(), m_frames.end(),
                     [](const Frame& a, const Frame& b) { return a.cost < b.cost; });
    const double most = static_cast<double>(m_rows.size()) * (1 - leastFit);
    for (const Frame& frame : m_frames) {
        if (frame.cost <= m_frames.front().cost && (options.named || frame.cost <= most)) {
            leaveRest(frame);
        }
    }
    if (!m_known && !m_rows.empty() && !options.named) {
        leaveLike(m_rows.back());
    }
}

EnNextPlace::Row EnNextPlace::read(const std::string& text) const {
    Row row;
    for (const std::string& word : splitEnglishLine(text)) {
        if (isMark(word)) {
            continue;
        }
        row.words.push_back(m_pronouncer.sounding(word).pronunciations);
        row.last = lowerCase(word);
    }
    return row;
}

void EnNextPlace::addFrames(const Options& options, const Form& form) {
    for (const Variant& variant : form.variants) {
        if (!isCalled(variant, options.variant)) {
            continue;
        }
        const std::size_t size = variant.lines.size();
        const auto wanted = static_cast<int>(m_rows.size() / size) + 1;
        Frame frame;
        frame.form = &form;
        frame.layout = layoutOf(variant, std::clamp(wanted, 1, variant.maxBlocks));
        frame.start = m_rows.size() - m_rows.size() % frame.layout.lines.size();
        if (wanted <= variant.maxBlocks) {
            frame.start = 0;
        }
        m_frames.push_back(std::move(frame));
    }
}

// Lines that do not scan, and rhymes that are none, less the rhymes that there are.
double EnNextPlace::costOf(const Frame& frame) const {
    double cost = 0;
    std::map<int, std::vector<std::size_t>> rhymed;
    for (std::size_t i = frame.start; i < m_rows.size(); ++i) {
        const std::size_t at = i - frame.start;
        const auto tracks = tracksFor(frame.layout.lines[at], frame.form->metre);
        cost += scans(tracks, m_rows[i].words) ? 0 : 1;
        const int letter = frame.layout.rhymes[at].letter;
        if (letter < 0 || m_rows[i].words.empty()) {
            continue;
        }
        std::vector<std::size_t>& same = rhymed[letter];
        if (!same.empty()) {
            const Sounds one = endOf(frame, same.back());
            const Sounds other = endOf(frame, i);
            const bool rhymes = std::any_of(one.begin(), one.end(), [&](const Pronunciation& a) {
                return std::any_of(other.begin(), other.end(),
                                   [&](const Pronunciation& b) { return sameRhymePart(a, b); });
            });
            cost += rhymes ? -rhymeWorth : rhymeWorth;
        }
        same.push_back(i);
    }
    return cost;
}

// The ways to say the row's last word with which it scans; all if it does not.
EnNextPlace::Sounds EnNextPlace::endOf(const Frame& frame, std::size_t row) const {
    const auto tracks = tracksFor(frame.layout.lines[row - frame.start], frame.form->metre);
    std::vector<Sounds> words = m_rows[row].words;
    const Sounds all = words.back();
    Sounds fitting;
    for (const Pronunciation& sound : all) {
        words.back() = {sound};
        if (scans(tracks, words)) {
            fitting.push_back(sound);
        }
    }
    return fitting.empty() ? all : fitting;
}

void EnNextPlace::leaveRest(const Frame& frame) {
    const std::size_t at = m_rows.size() - frame.start;
    const auto tracks = tracksFor(frame.layout.lines[at], frame.form->metre);
    if (tracks.empty()) {
        return;
    }
    std::vector<Partner> partners;
    const int letter = frame.layout.rhymes[at].letter;
    for (std::size_t before = 0; letter >= 0 && before < at; ++before) {
        const std::size_t row = frame.start + before;
        if (frame.layout.rhymes[before].letter == letter && !m_rows[row].words.empty()) {
            partners.push_back({m_rows[row].last, endOf(frame, row)});
        }
    }
    addRest(frame.form, tracks, partners);
    if (m_rests.empty() || m_rests.back().form != frame.form) {
        return;
    }
    const auto& lines = frame.layout.lines;
    const int other = lines[at % 2 == 0 ? std::min(at + 1, lines.size() - 1) : at - 1].maxLength;
    const int here = lines[at].maxLength;
    m_rests.back().measure = {std::max(here, other), here != other && frame.form->name != "haiku"};
}

// A line as long as the one before it.
void EnNextPlace::leaveLike(const Row& row) {
    std::set<int> lengths{0};
    for (const Sounds& sounds : row.words) {
        std::set<int> longer;
        for (const Pronunciation& sound : sounds) {
            for (const int length : lengths) {
                longer.insert(length + syllablesOf(sound));
            }
        }
        lengths = longer.empty() ? lengths : longer;
    }
    std::vector<EnTrack> tracks;
    for (const int length : lengths) {
        if (length > 3 && length < 17) {
            tracks.push_back({Pattern(static_cast<std::size_t>(length), Place::Any), 0});
        }
    }
    if (!tracks.empty()) {
        addRest(nullptr, tracks, {});
        if (!m_rests.empty()) {
            m_rests.back().measure = {*lengths.rbegin(), false};
        }
    }
}

void EnNextPlace::addRest(const Form* form, const std::vector<EnTrack>& tracks,
                          const std::vector<Partner>& partners) {
    Rest rest;
    rest.form = form;
    for (const EnTrack& track : tracks) {
        const std::uint64_t places = reached(track, m_line.words);
        m_known = m_known || places != 0;
        for (int place = 0; place < track.length(); ++place) {
            if (((places >> static_cast<unsigned>(place)) & 1U) == 0) {
                continue;
            }
            EnTrack left{Pattern(track.places.begin() + place, track.places.end()),
                         track.endSyllables};
            left.endSyllables = left.length() >= track.endSyllables ? track.endSyllables : 0;
            const bool known =
                std::any_of(rest.tracks.begin(), rest.tracks.end(),
                            [&](const EnTrack& t) { return t.places == left.places; });
            if (!known) {
                rest.tracks.push_back(std::move(left));
            }
        }
    }
    for (const Partner& partner : partners) {
        std::set<std::string> rhymes;
        for (const Pronunciation& sound : partner.sounds) {
            const std::string key = phonemeKey(sound.rhymePart());
            if (!key.empty() && (rest.rhymes.empty() || rest.rhymes.contains(key))) {
                rhymes.insert(key);
            }
        }
        if (!rhymes.empty()) {
            rest.rhymes = std::move(rhymes);
            rest.keys.clear();
        }
        rest.partners.push_back(partner.last);
        for (const Pronunciation& sound : partner.sounds) {
            const auto key = m_vocabulary.keyOf(sound);
            if (key && rest.rhymes.contains(phonemeKey(sound.rhymePart()))) {
                rest.keys.insert(*key);
            }
        }
        if (const EnWord* known = m_vocabulary.find(partner.last)) {
            for (const EnSound& sound : known->sounds) {
                rest.taken.insert(sound.phonemes);
            }
        }
    }
    if (rest.tracks.empty() || std::find(m_rests.begin(), m_rests.end(), rest) != m_rests.end()) {
        return;
    }
    m_rests.push_back(std::move(rest));
}

const EnNextPlace::Sounds& EnNextPlace::soundsOf(std::string_view word) const {
    const auto [known, fresh] = m_sounds.try_emplace(std::string(word));
    if (fresh) {
        Sounding sounding = m_pronouncer.sounding(word);
        if (sounding.how != SoundSource::Letters) { // a guess is no ground to offer it
            known->second = std::move(sounding.pronunciations);
        }
    }
    return known->second;
}

// A word of the vocabulary; thousands are asked for where few are admitted.
bool EnNextPlace::admitsKnown(const Rest& rest, const EnWord& word) const {
    const bool taken =
        !rest.rhymes.empty() &&
        std::any_of(word.sounds.begin(), word.sounds.end(),
                    [&](const EnSound& sound) { return rest.taken.contains(sound.phonemes); });
    return std::any_of(word.sounds.begin(), word.sounds.end(), [&](const EnSound& sound) {
        const EnShape& shape = m_vocabulary.shapes()[sound.shape];
        const bool rhymes = rest.rhymes.empty() || (!taken && rest.keys.contains(sound.key));
        return std::any_of(rest.tracks.begin(), rest.tracks.end(), [&](const EnTrack& track) {
            return shape.syllables <= track.length() &&
                   (rhymes || shape.syllables < track.length()) &&
                   fits(track, shape.syllables, shape);
        });
    });
}

// Any other word that the dictionary has, or that is derived from one. It is not looked at where
// it would have to rhyme: the vocabulary has rhymes enough.
bool EnNextPlace::admitsOther(const Rest& rest, std::string_view word) const {
    const bool mayEnd = rest.rhymes.empty();
    const auto hasRoom = [&](const EnTrack& track) { return mayEnd || track.length() > 1; };
    if (std::none_of(rest.tracks.begin(), rest.tracks.end(), hasRoom)) {
        return false;
    }
    const Sounds& sounds = soundsOf(word);
    return std::any_of(sounds.begin(), sounds.end(), [&](const Pronunciation& sound) {
        const EnShape shape = shapeOf(sound);
        return shape.syllables > 0 &&
               std::any_of(rest.tracks.begin(), rest.tracks.end(), [&](const EnTrack& track) {
                   return (mayEnd || shape.syllables < track.length()) &&
                          fits(track, shape.syllables, shape);
               });
    });
}

bool EnNextPlace::admits(std::string_view word) const {
    if (!m_known) {
        return true;
    }
    const EnWord* known = m_vocabulary.find(word);
    return std::any_of(m_rests.begin(), m_rests.end(), [&](const Rest& rest) {
        return known != nullptr ? admitsKnown(rest, *known) : admitsOther(rest, word);
    });
}

bool EnNextPlace::mustEnd() const {
    return m_known && std::all_of(m_rests.begin(), m_rests.end(), [](const Rest& rest) {
               return std::all_of(rest.tracks.begin(), rest.tracks.end(),
                                  [](const EnTrack& track) { return track.length() <= 1; });
           });
}

} // namespace linnet::verse
