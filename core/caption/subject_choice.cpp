#include "caption/subject_choice.h"

#include <algorithm>

namespace linnet::caption {

namespace {

using engine::Subject;
using Nouns = std::vector<std::string>;

Nouns nounsOf(const Subject& subject, const std::string& language) {
    const auto nouns = subject.nouns.find(language);
    return nouns == subject.nouns.end() || subject.aside ? Nouns() : nouns->second;
}

} // namespace

std::optional<ChosenSubject> chooseSubject(const std::vector<Subject>& subjects,
                                           const std::string& language) {
    // A noun of its own needs such a part of the probability of its kind.
    constexpr double share = 2.0 / 3.0;
    const auto best = std::find_if(subjects.begin(), subjects.end(), [&](const Subject& subject) {
        return !nounsOf(subject, language).empty();
    });
    if (best == subjects.end()) {
        return std::nullopt;
    }
    const Nouns own = nounsOf(*best, language);
    ChosenSubject kind{own.front(), own, best->probability};
    for (const std::string& noun : own) {
        ChosenSubject wider{noun, {}, 0};
        for (const Subject& subject : subjects) {
            const Nouns nouns = nounsOf(subject, language);
            if (std::find(nouns.begin(), nouns.end(), noun) != nouns.end()) {
                wider.probability += subject.probability;
                wider.nouns.insert(wider.nouns.end(), nouns.begin(), nouns.end());
            }
        }
        if (wider.probability > kind.probability) {
            kind = std::move(wider);
        }
    }
    if (best->probability >= share * kind.probability) {
        return ChosenSubject{own.front(), own, kind.probability};
    }
    return kind;
}

} // namespace linnet::caption
