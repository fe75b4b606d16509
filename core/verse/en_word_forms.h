#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "verse/en_pronouncer.h"

namespace linnet::verse {

// The word forms that EnPronouncer derives from listed words.

std::optional<std::vector<Phone>> parsePhones(std::string_view phones);

// o'er, 'twas and their like.
std::optional<Pronunciation> poeticPronunciation(std::string_view word);

// An ending that a word may have over its base.
struct Ending {
    enum class Sound { S, D, T, Fixed };
    std::string_view letters;
    Sound sound = Sound::Fixed;
    std::string_view phones; // of Fixed
    SoundSource how = SoundSource::Inflection;
};
std::span<const Ending> endings();

// The words that may have given `stem` with the ending: love and lov for lov(eth), stop for
// stopp(ing), marry for marri(ed).
std::vector<std::string> basesOf(const std::string& stem, const Ending& ending);

Pronunciation withEnding(const Pronunciation& base, const Ending& ending);

struct Prefix {
    std::string_view letters;
    std::string_view phones;
};
std::span<const Prefix> prefixes();

struct Respelling {
    std::string_view from;
    std::string_view to;
};
std::span<const Respelling> respellings();

// `pronunciation` without the unstressed vowel that follows the syllables spelt by `before`
// ("heav" for heav'n); nothing if there is none.
std::optional<Pronunciation> withoutVowel(const Pronunciation& pronunciation,
                                          std::string_view before);

// "blessed" said with its ending as a syllable of its own.
Pronunciation withSyllabicEd(const Pronunciation& pronunciation);

// é becomes e, æ becomes ae; what is no Latin letter stays.
std::string foldAccents(std::string_view word);

} // namespace linnet::verse
