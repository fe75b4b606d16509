#include "verse/en_discourse.h"

#include <algorithm>

namespace linnet::verse {

using engine::TokenId;

namespace {

// A first person is free. A second one is a partner, a third one a crowd that nobody has
// introduced.
constexpr double secondPerson = 1.0;
constexpr double thirdPerson = 3.0;
constexpr double otherAddress = 5.0; // "you" where it has been "thou"
// From one time to the other, against what the poem has been told in.
constexpr double shiftInSong = 0.7;
constexpr double shiftInStory = 2.5;
constexpr int settledTense = 2; // verbs
// A sentence whose clauses all hang on something that does not come: "When the moon was high."
constexpr double unfinished = 4.0;
constexpr int shortCall = 4; // words of a sentence that needs no verb: "Alas, my love!"

std::size_t at(EnPerson person) {
    return static_cast<std::size_t>(person);
}
std::size_t at(EnTense tense) {
    return static_cast<std::size_t>(tense);
}

} // namespace

double EnDiscourse::strangeness(EnPerson person) const {
    if (person == EnPerson::None || m_persons[at(person)] > 0) {
        return 0;
    }
    if (person == EnPerson::They) { // may be things, if it is not a story of somebody
        return m_story ? secondPerson : 0;
    }
    const auto said = [&](EnPerson other) { return m_persons[at(other)] > 0; };
    if ((person == EnPerson::You && said(EnPerson::Thou)) ||
        (person == EnPerson::Thou && said(EnPerson::You))) {
        return otherAddress;
    }
    // "We" are who has said "I" before.
    const int others = (said(EnPerson::I) || said(EnPerson::We) ? 1 : 0) +
                       (said(EnPerson::He) ? 1 : 0) + (said(EnPerson::She) ? 1 : 0) +
                       (said(EnPerson::Thou) || said(EnPerson::You) ? 1 : 0);
    const bool ourselves = (person == EnPerson::I && said(EnPerson::We)) ||
                           (person == EnPerson::We && said(EnPerson::I));
    return others == 0 || ourselves ? 0 : others == 1 ? secondPerson : thirdPerson;
}

double EnDiscourse::shift(EnTense tense) const {
    if (tense == EnTense::None) {
        return 0;
    }
    const int own = m_tenses[at(tense)];
    const int other = m_tenses[at(tense == EnTense::Past ? EnTense::Present : EnTense::Past)];
    if (m_story) {
        return other > own ? shiftInStory : 0;
    }
    return other >= settledTense && other > 2 * own ? shiftInSong : 0;
}

double EnDiscourse::readStop(TokenId stop) {
    const bool question = m_vocabulary->text(stop) == "?";
    const int hanging = m_clauses - (question && m_asks ? 1 : 0);
    const bool whole = m_verbs > hanging || m_words <= shortCall || m_sentences == nullptr;
    m_words = m_verbs = m_clauses = 0;
    m_asks = m_afterTo = false;
    return whole ? 0 : unfinished;
}

double EnDiscourse::read(TokenId token) {
    const EnWord* word = m_vocabulary->word(token);
    const std::uint8_t role = roleOf(token);
    if (word == nullptr) {
        return (role & class_role::stop) != 0 ? readStop(token) : 0;
    }
    const double wrong = strangeness(word->person) + shift(word->tense);
    ++m_persons[at(word->person)];
    ++m_tenses[at(word->tense)];
    ++m_words;
    m_clauses += word->hangs ? 1 : 0;
    m_asks = m_asks || word->asks;
    m_verbs += (role & class_role::verb) != 0 && !m_afterTo ? 1 : 0;
    m_afterTo = word->text == "to";
    return wrong;
}

} // namespace linnet::verse
