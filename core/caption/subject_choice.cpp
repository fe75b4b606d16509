#include "caption/subject_choice.h"

#include <algorithm>
#include <map>

#include "caption/caption_text.h"

namespace linnet::caption {

namespace {

using engine::Subject;

// A noun and the subjects that it stands for, in order.
struct Noun {
    std::string text;
    std::vector<std::size_t> members;
    double probability = 0;
    bool names = false; // a subject's first noun, a kind, or the noun of several

    bool isWithin(const Noun& other) const {
        return std::includes(other.members.begin(), other.members.end(), members.begin(),
                             members.end());
    }
};

class NounList {
public:
    NounList(const std::vector<Subject>& subjects, const std::string& language) {
        for (std::size_t i = 0; i < subjects.size(); ++i) {
            const Subject& subject = subjects[i];
            if (subject.people) {
                continue;
            }
            if (const auto own = subject.nouns.find(language);
                own != subject.nouns.end() && !subject.aside) {
                for (const std::string& noun : own->second) {
                    add(noun, i, subject.probability, noun == own->second.front());
                }
            }
            if (const auto kinds = subject.kinds.find(language); kinds != subject.kinds.end()) {
                for (const std::string& noun : kinds->second) {
                    add(noun, i, subject.probability, true);
                }
            }
        }
    }

    const std::vector<Noun>& all() const { return m_nouns; }

private:
    void add(const std::string& text, std::size_t subject, double probability, bool names) {
        const auto [place, isNew] = m_places.try_emplace(text, m_nouns.size());
        if (isNew) {
            m_nouns.push_back({text, {}, 0, false});
        }
        Noun& noun = m_nouns[place->second];
        if (noun.members.empty() || noun.members.back() != subject) {
            noun.members.push_back(subject);
            noun.probability += probability;
        }
        noun.names = noun.names || names || noun.members.size() > 1;
    }

    std::vector<Noun> m_nouns;
    std::map<std::string, std::size_t> m_places;
};

} // namespace

std::optional<ChosenSubject> chooseSubject(const std::vector<Subject>& subjects,
                                           const std::string& language) {
    // A narrower noun needs such a part of the whole; what has the second part names it, too.
    constexpr double share = 2.0 / 3.0;
    constexpr double mentionable = 0.25;
    constexpr double rounding = 1e-9;
    const NounList list(subjects, language);
    const Noun* whole = nullptr;
    for (const Noun& noun : list.all()) {
        const bool wider = whole != nullptr && noun.probability < whole->probability + rounding;
        const bool narrower = wider && noun.probability > whole->probability - rounding &&
                              noun.members.size() < whole->members.size();
        if (noun.names && (!wider || narrower)) {
            whole = &noun;
        }
    }
    if (whole == nullptr) {
        return std::nullopt;
    }
    const Noun* narrowest = whole;
    ChosenSubject chosen;
    for (const Noun& noun : list.all()) {
        if (!noun.isWithin(*whole)) {
            continue;
        }
        if (noun.probability >= mentionable * whole->probability) {
            chosen.nouns.push_back(noun.text);
        }
        const bool large = noun.probability >= share * whole->probability - rounding;
        const std::size_t least = narrowest->members.size();
        if (noun.names && large &&
            (noun.members.size() < least ||
             (noun.members.size() == least && noun.probability > narrowest->probability))) {
            narrowest = &noun;
        }
    }
    chosen.noun = narrowest->text;
    chosen.probability = whole->probability;
    return chosen;
}

double probabilityOfMentioned(std::string_view caption, const std::vector<Subject>& subjects,
                              const std::string& language) {
    const NounList list(subjects, language);
    double most = 0;
    for (const Noun& noun : list.all()) {
        if (noun.probability > most && mentionsNoun(caption, {noun.text}, language)) {
            most = noun.probability;
        }
    }
    return most;
}

const Subject* peopleAmong(const std::vector<Subject>& subjects) {
    const auto people = std::find_if(subjects.begin(), subjects.end(),
                                     [](const Subject& subject) { return subject.people; });
    return people == subjects.end() ? nullptr : &*people;
}

} // namespace linnet::caption
