#include "verse/en_metre.h"

#include <algorithm>
#include <utility>

namespace linnet::verse {

namespace {

// Lines of free length stay within what readers take in as a line.
constexpr int leastFree = 4;
constexpr int mostFree = 12;

int endSyllablesOf(const Pattern& places) {
    const auto strong = std::find(places.rbegin(), places.rend(), Place::Strong);
    return strong == places.rend() ? 0 : static_cast<int>(strong - places.rbegin()) + 1;
}

void addTrack(std::vector<EnTrack>& tracks, const Pattern& places) {
    tracks.push_back({places, endSyllablesOf(places)});
}

} // namespace

std::vector<EnTrack> tracksOf(const LineForm& line, const MetreRules& rules) {
    std::vector<EnTrack> tracks;
    for (const Pattern& pattern : line.patterns) {
        std::vector<Pattern> ways = {pattern};
        const bool iambic =
            pattern.size() > 2 && pattern[0] == Place::Weak && pattern[1] == Place::Strong;
        if (rules.invertedFirstFoot && iambic) {
            ways.push_back(pattern);
            std::swap(ways.back()[0], ways.back()[1]);
        }
        for (const Pattern& way : ways) {
            addTrack(tracks, way);
            if (rules.feminineEnding && way.back() == Place::Strong) {
                Pattern longer = way;
                longer.push_back(Place::Weak);
                addTrack(tracks, longer);
            }
        }
    }
    if (line.patterns.empty()) {
        const bool free = line.minLength != line.maxLength;
        const int least =
            free ? std::clamp(leastFree, line.minLength, line.maxLength) : line.minLength;
        const int most =
            free ? std::clamp(mostFree, line.minLength, line.maxLength) : line.maxLength;
        for (int length = least; length <= std::min(most, 31); ++length) {
            addTrack(tracks, Pattern(static_cast<std::size_t>(length), Place::Any));
        }
    }
    return tracks;
}

bool fits(const EnTrack& track, int end, const EnShape& shape) {
    const int start = end - shape.syllables;
    if (start < 0 || end > track.length()) {
        return false;
    }
    for (int i = 0; i < shape.syllables; ++i) {
        const bool stressed = ((shape.primaries >> static_cast<unsigned>(i)) & 1U) != 0;
        if (stressed && track.places[static_cast<std::size_t>(start + i)] == Place::Weak) {
            return false;
        }
    }
    return true;
}

EnMetre::EnMetre(std::vector<EnTrack> tracks, const EnVocabulary& vocabulary, char initial)
    : m_vocabulary(&vocabulary)
    , m_tracks(std::move(tracks))
    , m_anyInitial(initial == 0) {
    const std::span<const EnShape> shapes = vocabulary.shapes();
    std::vector<bool> canBegin(shapes.size(), m_anyInitial);
    for (const EnWord& word : vocabulary.words()) {
        for (const EnSound& sound : word.sounds) {
            canBegin[sound.shape] = canBegin[sound.shape] || word.initial == initial;
        }
    }
    for (const EnTrack& track : m_tracks) {
        std::vector<std::uint32_t> inside(shapes.size(), 0);
        std::vector<std::uint32_t> final(shapes.size(), 0);
        std::uint32_t fillable = 0; // bit r: the r first places can be filled as wanted
        for (int r = 1; r <= track.length(); ++r) {
            const std::uint32_t bit = 1U << static_cast<unsigned>(r);
            for (std::size_t s = 0; s < shapes.size(); ++s) {
                if (!fits(track, r, shapes[s])) {
                    continue;
                }
                const int left = r - shapes[s].syllables;
                if (left == 0) {
                    final[s] |= bit;
                    fillable |= canBegin[s] ? bit : 0;
                } else if (((fillable >> static_cast<unsigned>(left)) & 1U) != 0) {
                    inside[s] |= bit;
                    fillable |= bit;
                }
            }
        }
        m_inside.push_back(std::move(inside));
        m_final.push_back(std::move(final));
    }
}

EnPlaces EnMetre::start() const {
    EnPlaces places;
    for (const EnTrack& track : m_tracks) {
        places.push_back(1U << static_cast<unsigned>(track.length()));
    }
    return places;
}

bool EnMetre::possible() const {
    const Admission admission = admitted(start());
    return std::find(admission.inside.begin(), admission.inside.end(), true) !=
           admission.inside.end();
}

bool EnMetre::complete(const EnPlaces& places) {
    return std::any_of(places.begin(), places.end(), [](auto bits) { return (bits & 1U) != 0; });
}

bool EnMetre::open(const EnPlaces& places) {
    return std::any_of(places.begin(), places.end(), [](auto bits) { return bits > 1U; });
}

void EnMetre::dropComplete(EnPlaces& places) {
    for (std::uint32_t& bits : places) {
        bits &= ~1U;
    }
}

EnPlaces EnMetre::after(const EnPlaces& places, const EnSound& sound, bool begins) const {
    EnPlaces left(places.size(), 0);
    const auto syllables = static_cast<unsigned>(m_vocabulary->shapes()[sound.shape].syllables);
    for (std::size_t t = 0; t < places.size(); ++t) {
        std::uint32_t from = m_inside[t][sound.shape];
        if (begins || m_anyInitial) {
            from |= m_final[t][sound.shape];
        }
        left[t] = (places[t] & from) >> syllables;
    }
    return left;
}

EnMetre::Admission EnMetre::admitted(const EnPlaces& places) const {
    const std::size_t shapes = m_vocabulary->shapes().size();
    Admission admission{std::vector<bool>(shapes, false), std::vector<bool>(shapes, false)};
    for (std::size_t t = 0; t < places.size(); ++t) {
        for (std::size_t s = 0; s < shapes && places[t] != 0; ++s) {
            const bool inside = (places[t] & m_inside[t][s]) != 0;
            const bool final = (places[t] & m_final[t][s]) != 0;
            admission.inside[s] = admission.inside[s] || inside || (final && m_anyInitial);
            admission.beginning[s] = admission.beginning[s] || inside || final;
        }
    }
    return admission;
}

Place EnMetre::nextPlace(const EnPlaces& places) const {
    bool strong = false;
    bool weak = false;
    for (std::size_t t = 0; t < places.size(); ++t) {
        for (int r = 1; r <= m_tracks[t].length(); ++r) {
            if (((places[t] >> static_cast<unsigned>(r)) & 1U) != 0) {
                const Place place = m_tracks[t].places[static_cast<std::size_t>(r - 1)];
                strong = strong || place != Place::Weak;
                weak = weak || place != Place::Strong;
            }
        }
    }
    return strong == weak ? Place::Any : strong ? Place::Strong : Place::Weak;
}

bool EnMetre::endsWell(const EnTrack& track, const EnSound& sound, bool rhymed) const {
    if (track.endSyllables == 0 && !rhymed) {
        return true;
    }
    return sound.key != noRhyme && sound.plainRhyme &&
           (track.endSyllables == 0 || sound.keySyllables == track.endSyllables);
}

EnPlaces EnMetre::afterEnd(const EnSound& sound, bool begins, bool rhymed) const {
    EnPlaces places = start();
    for (std::size_t t = 0; t < places.size(); ++t) {
        places[t] = endsWell(m_tracks[t], sound, rhymed) ? places[t] : 0;
    }
    return after(places, sound, begins);
}

EnMetre::Endings EnMetre::endings(bool rhymed) const {
    Endings endings;
    const std::size_t shapes = m_vocabulary->shapes().size();
    endings.m_admitted.resize(shapes * 16);
    for (std::size_t shape = 0; shape < shapes; ++shape) {
        for (int kind = 0; kind < 8; ++kind) {
            EnSound sound;
            sound.shape = static_cast<std::uint16_t>(shape);
            sound.keySyllables = static_cast<std::uint8_t>(kind / 2);
            sound.key = kind / 2 == 0 ? noRhyme : 0;
            sound.plainRhyme = kind % 2 == 1;
            for (const bool begins : {false, true}) {
                endings.m_admitted[Endings::index(sound) * 2 + (begins ? 1 : 0)] =
                    mayEnd(sound, begins, rhymed);
            }
        }
    }
    return endings;
}

bool EnMetre::mayEnd(const EnSound& sound, bool begins, bool rhymed) const {
    const EnPlaces places = afterEnd(sound, begins, rhymed);
    return std::any_of(places.begin(), places.end(), [](auto bits) { return bits != 0; });
}

} // namespace linnet::verse
