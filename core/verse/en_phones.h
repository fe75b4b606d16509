#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace linnet::verse {

// A sound of English in the notation of the CMU dictionary (ARPAbet, 39 phonemes): a consonant, or
// a vowel with its stress. Codes 0..23 are the consonants, 24 + 3 * vowel + stress the 15 vowels.
using Phone = std::uint8_t;

constexpr Phone consonantCount = 24;
constexpr Phone vowelCount = 15;
constexpr Phone phoneCount = consonantCount + 3 * vowelCount;

enum class Stress : std::uint8_t { None, Primary, Secondary };

constexpr bool isVowel(Phone phone) {
    return phone >= consonantCount;
}
// None for a consonant.
constexpr Stress stressOf(Phone phone) {
    return isVowel(phone) ? static_cast<Stress>((phone - consonantCount) % 3) : Stress::None;
}
// The phone with another stress; a consonant stays.
constexpr Phone withStress(Phone phone, Stress stress) {
    return isVowel(phone)
               ? static_cast<Phone>(phone - (phone - consonantCount) % 3 + static_cast<int>(stress))
               : phone;
}
// 0..38: the phoneme without stress.
constexpr std::uint8_t phonemeOf(Phone phone) {
    return static_cast<std::uint8_t>(isVowel(phone) ? consonantCount + (phone - consonantCount) / 3
                                                    : phone);
}

// "K", "AH0".
std::string toString(Phone phone);
std::optional<Phone> parsePhone(std::string_view name);

// One way to say a word.
class Pronunciation {
public:
    Pronunciation() = default;
    explicit Pronunciation(std::vector<Phone> phones)
        : m_phones(std::move(phones)) {}
    // Phones as the dictionary writes them: "L IH1 N AH0 T". Nothing if one is unknown.
    static std::optional<Pronunciation> parse(std::string_view phones);

    std::span<const Phone> phones() const { return m_phones; }
    int syllables() const;
    // One for each syllable.
    std::vector<Stress> stresses() const;
    // From the last vowel with primary or secondary stress to the end: what a perfect rhyme shares.
    // Empty for a word said without any stress ("the"), which cannot rhyme.
    std::span<const Phone> rhymePart() const;
    std::string toString() const;

    friend bool operator==(const Pronunciation&, const Pronunciation&) = default;

private:
    std::vector<Phone> m_phones;
};

// The same phonemes, stress apart.
bool samePhonemes(std::span<const Phone> first, std::span<const Phone> second);

// Both rhyme parts have the same phonemes, and there is one. True for a word and itself, too.
bool sameRhymePart(const Pronunciation& first, const Pronunciation& second);

} // namespace linnet::verse
