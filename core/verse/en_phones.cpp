#include "verse/en_phones.h"

#include <algorithm>
#include <array>

namespace linnet::verse {

namespace {

constexpr std::array<std::string_view, consonantCount> consonants{
    "B",  "CH", "D", "DH", "F",  "G", "HH", "JH", "K", "L", "M", "N",
    "NG", "P",  "R", "S",  "SH", "T", "TH", "V",  "W", "Y", "Z", "ZH"};
constexpr std::array<std::string_view, vowelCount> vowels{
    "AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"};

} // namespace

std::string toString(Phone phone) {
    if (!isVowel(phone)) {
        return std::string(consonants[phone]);
    }
    const int vowel = (phone - consonantCount) / 3;
    return std::string(vowels[static_cast<std::size_t>(vowel)]) +
           static_cast<char>('0' + static_cast<int>(stressOf(phone)));
}

std::optional<Phone> parsePhone(std::string_view name) {
    if (const auto at = std::find(consonants.begin(), consonants.end(), name);
        at != consonants.end()) {
        return static_cast<Phone>(at - consonants.begin());
    }
    if (name.size() != 3 || name[2] < '0' || name[2] > '2') {
        return std::nullopt;
    }
    const auto at = std::find(vowels.begin(), vowels.end(), name.substr(0, 2));
    if (at == vowels.end()) {
        return std::nullopt;
    }
    return static_cast<Phone>(consonantCount + 3 * (at - vowels.begin()) + (name[2] - '0'));
}

std::optional<Pronunciation> Pronunciation::parse(std::string_view phones) {
    std::vector<Phone> parsed;
    while (!phones.empty()) {
        const std::size_t end = std::min(phones.find(' '), phones.size());
        if (end > 0) {
            const auto phone = parsePhone(phones.substr(0, end));
            if (!phone) {
                return std::nullopt;
            }
            parsed.push_back(*phone);
        }
        phones.remove_prefix(std::min(end + 1, phones.size()));
    }
    return Pronunciation(std::move(parsed));
}

int Pronunciation::syllables() const {
    return static_cast<int>(std::count_if(m_phones.begin(), m_phones.end(), isVowel));
}

std::vector<Stress> Pronunciation::stresses() const {
    std::vector<Stress> all;
    for (const Phone phone : m_phones) {
        if (isVowel(phone)) {
            all.push_back(stressOf(phone));
        }
    }
    return all;
}

std::span<const Phone> Pronunciation::rhymePart() const {
    for (std::size_t i = m_phones.size(); i > 0; --i) {
        if (stressOf(m_phones[i - 1]) != Stress::None) {
            return std::span(m_phones).subspan(i - 1);
        }
    }
    return {};
}

std::string Pronunciation::toString() const {
    std::string text;
    for (const Phone phone : m_phones) {
        text += (text.empty() ? "" : " ") + verse::toString(phone);
    }
    return text;
}

bool samePhonemes(std::span<const Phone> first, std::span<const Phone> second) {
    return std::equal(first.begin(), first.end(), second.begin(), second.end(),
                      [](Phone a, Phone b) { return phonemeOf(a) == phonemeOf(b); });
}

bool sameRhymePart(const Pronunciation& first, const Pronunciation& second) {
    const auto part = first.rhymePart();
    return !part.empty() && samePhonemes(part, second.rhymePart());
}

} // namespace linnet::verse
