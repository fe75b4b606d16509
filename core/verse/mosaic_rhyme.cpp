#include "verse/mosaic_rhyme.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace linnet::verse {

namespace {

using Form = std::pair<std::string_view, std::string_view>;

constexpr Form pronouns[] = {
    {"it", "IH0 T"},    {"it", "AH0 T"},   {"him", "IH0 M"},  {"him", "HH IH0 M"},
    {"her", "ER0"},     {"her", "HH ER0"}, {"us", "AH0 S"},   {"me", "M IY0"},
    {"you", "Y UW0"},   {"you", "Y AH0"},  {"them", "AH0 M"}, {"them", "DH AH0 M"},
    {"thee", "DH IY0"},
};
constexpr Form others[] = {
    {"in", "IH0 N"}, {"in", "AH0 N"}, {"on", "AA0 N"},
    {"on", "AO0 N"}, {"is", "IH0 Z"}, {"is", "AH0 Z"},
};

std::vector<WeakEnding> readForms() {
    std::vector<WeakEnding> all;
    for (const std::span<const Form> forms :
         {std::span<const Form>(pronouns), std::span<const Form>(others)}) {
        for (const auto& [word, phones] : forms) {
            all.push_back({word, Pronunciation::parse(phones).value()});
        }
    }
    return all;
}

} // namespace

std::span<const WeakEnding> weakEndings() {
    static const std::vector<WeakEnding> all = readForms();
    return all;
}

bool isWeakPronoun(std::string_view word) {
    return std::any_of(std::begin(pronouns), std::end(pronouns),
                       [&](const Form& form) { return form.first == word; });
}

std::vector<Pronunciation> saidTogether(const Sounding& first, std::string_view last) {
    std::vector<Pronunciation> all;
    for (const Pronunciation& one : first.pronunciations) {
        for (const WeakEnding& ending : weakEndings()) {
            if (ending.word == last && !one.rhymePart().empty()) {
                std::vector<Phone> phones(one.phones().begin(), one.phones().end());
                phones.insert(phones.end(), ending.said.phones().begin(),
                              ending.said.phones().end());
                all.emplace_back(std::move(phones));
            }
        }
    }
    return all;
}

} // namespace linnet::verse
