#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "verse/en_vocabulary.h"
#include "verse/form.h"

namespace linnet::verse {

// One way to scan a line: its places from the first to the last.
struct EnTrack {
    Pattern places;
    // Syllables from the last strong place on, which the rhyme has to fill: 1 is a masculine
    // ending, 2 a feminine one. 0: the form does not say.
    int endSyllables = 0;

    int length() const { return static_cast<int>(places.size()); }
};

// All ways that a form allows for a line: its patterns, also with a weak syllable behind and with
// the first foot inverted where it says so; for a line of free stress, its lengths.
std::vector<EnTrack> tracksOf(const LineForm& line, const MetreRules& rules);

// True if a word of that shape may fill the places [end - syllables, end) of the track: primary
// stresses of longer words stand at strong places.
bool fits(const EnTrack& track, int end, const EnShape& shape);

// Where a line that is written from its end to its beginning may be: for each track, bit r is set
// if the r first places are still to be filled.
using EnPlaces = std::vector<std::uint32_t>;

// Which words may come where in a line, with exact look-ahead: what it admits can be completed to
// a whole line that begins with a word of the wanted initial.
class EnMetre {
public:
    // `initial` 0: the line may begin with any word.
    EnMetre(std::vector<EnTrack> tracks, const EnVocabulary& vocabulary, char initial);

    std::span<const EnTrack> tracks() const { return m_tracks; }
    EnPlaces start() const;                       // nothing is written yet
    bool possible() const;                        // some line can be written at all
    static bool complete(const EnPlaces& places); // some track is full
    static bool open(const EnPlaces& places);     // some track is not
    static void dropComplete(EnPlaces& places);

    // The places left after a word said so; `begins`: its first letter is the line's initial.
    EnPlaces after(const EnPlaces& places, const EnSound& sound, bool begins) const;

    // Whether any word of each shape may come; the second for words with the line's initial.
    struct Admission {
        std::vector<bool> inside;
        std::vector<bool> beginning;
    };
    Admission admitted(const EnPlaces& places) const;

    // What stands at the next place, seen from a monosyllable: strong or weak in every living
    // track, else Any.
    Place nextPlace(const EnPlaces& places) const;

    // True if a word with this sound may end the line. `rhymed`: the line has to rhyme.
    bool mayEnd(const EnSound& sound, bool begins, bool rhymed) const;
    // Places left after it, in the tracks whose ending it has.
    EnPlaces afterEnd(const EnSound& sound, bool begins, bool rhymed) const;
    // mayEnd() for all sounds at once, to be asked for thousands of words.
    class Endings {
    public:
        bool admit(const EnSound& sound, bool begins) const {
            return m_admitted[index(sound) * 2 + (begins ? 1 : 0)];
        }

    private:
        friend class EnMetre;
        static std::size_t index(const EnSound& sound) {
            const int syllables = sound.keySyllables < 3 ? sound.keySyllables : 3;
            return static_cast<std::size_t>(sound.shape * 8 + syllables * 2 +
                                            (sound.plainRhyme ? 1 : 0));
        }
        std::vector<bool> m_admitted;
    };
    Endings endings(bool rhymed) const;

private:
    bool endsWell(const EnTrack& track, const EnSound& sound, bool rhymed) const;

    const EnVocabulary* m_vocabulary;
    std::vector<EnTrack> m_tracks;
    bool m_anyInitial = true;
    // [track][shape]: bit r is set if the shape fits before place r and leaves what can be filled
    // (inside), or fills the line to its beginning (final).
    std::vector<std::vector<std::uint32_t>> m_inside;
    std::vector<std::vector<std::uint32_t>> m_final;
};

} // namespace linnet::verse
