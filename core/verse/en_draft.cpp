#include "verse/en_draft.h"

#include <algorithm>
#include <array>
#include <map>

#include "verse/english_words.h"
#include "verse/poem_record.h"

namespace linnet::verse {

using engine::TokenId;

namespace {

// Log-probabilities added to words of the theme that have not come yet, and to keywords, more the
// fewer lines are left.
constexpr float themeBonus = 2.2F;
constexpr float themeAfterOpening = 3.5F; // which says who, but not what it is about
// To words near the theme, times their strength.
constexpr float nearBonus = 3.0F;
constexpr float keywordBonus = 2.0F;
constexpr float keywordUrgency = 4.0F;
// Taken from what a likely line is too full of: words that say something but are frequent, for each
// nat above a frequency; pronouns, and more for each time that one has come.
constexpr float stockWord = 0.5F;
constexpr float stockFrom = -8.0F; // log of its part of all text
constexpr float person = 0.5F;
constexpr float personAgain = 0.15F;
// Of what is wrong with somebody new in the poem.
constexpr float newPerson = 0.5F;
// Taken from words that speak of somebody, in a form of images, and from words of the form's
// openings in later lines.
constexpr float personInImage = 4.0F;
constexpr float spentByOpening = 2.5F;
// And there from pronouns that cannot mean whom the opening names, and from those of the speaker.
constexpr float wrongPronoun = 4.0F;
constexpr float speakersPronoun = 3.0F;
constexpr std::string_view feminineWords = "feminine"; // the form's words for women
constexpr std::array<const char*, 4> masculine = {"he", "him", "his", "himself"};
constexpr std::array<const char*, 4> feminine = {"she", "her", "hers", "herself"};
constexpr std::array<const char*, 8> speakers = {"i", "me", "my", "we", "us", "our", "you", "thee"};
// In the choice between lines, per word: what a word near the theme is worth, times its strength;
// how much a word's rarity speaks for it (else what is said always is said again, about anything);
// what is wrong with a beginning that the line before has, or any other.
constexpr double nearMerit = 2.5;
constexpr double briefNearMerit = 6.0; // in a poem of few lines, which has few occasions
constexpr std::size_t briefPoem = 5;
constexpr double rarityMerit = 0.9;
constexpr double sameBeginning = 0.4;
constexpr double oldBeginning = 0.12;
// In a story.
constexpr double goesOn = 5.0;
constexpr double returnsTo = 3.0;
constexpr double speaksOf = 1.5;
// How much two words side by side that are frequent so speak against it, for each nat above a
// frequency: a likely line is made of little else.
constexpr double stockPair = 0.8;
constexpr float stockPairFrom = -9.5F;
// The same where words are drawn, unless both are little words.
constexpr float stockPairDrawn = 0.35F;
// What the line's sentences are worth there, per token: how well each word follows the others in
// reading order, and each pronoun and verb the others. Only up to a point, since nothing is as
// safe as "I would have been".
constexpr double surplusMerit = 1.2;
constexpr double actorsMerit = 0.8;
constexpr float soundEnough = 0.7F;
constexpr double verbless = 6.0;     // what is wrong with a sentence without a verb
constexpr int shortCall = 4;         // words of a sentence that needs no verb: "Alas, my love!"
constexpr std::size_t lookAhead = 4; // words of a fixed line that follows
// Added to the word that stands before the one just written in a keyword of several.
constexpr float continuationBonus = 10.0F;

} // namespace

EnDraft::EnDraft(const EnPlan& plan, const EnVocabulary& vocabulary, const VerseLore& lore)
    : m_plan(&plan)
    , m_vocabulary(&vocabulary)
    , m_lore(&lore)
    , m_discourse(vocabulary, plan.images ? nullptr : lore.sentences.get(),
                  plan.lines.front().opening)
    , m_constraints(plan, vocabulary)
    , m_bonus(vocabulary.words().size(), 0.0F) {
    std::vector<Near> near;
    const std::vector<float> strengths = lore.nearTo(plan.subjects, vocabulary.tokenCount());
    for (std::size_t i = 0; i < vocabulary.words().size(); ++i) {
        const auto token = static_cast<std::size_t>(vocabulary.words()[i].token);
        if (strengths[token] > 0) {
            near.push_back({i, strengths[token]});
        }
    }
    if (lore.sentences) {
        m_reader.emplace(*lore.sentences);
    }
    m_near = std::make_shared<const std::vector<Near>>(std::move(near));
    if (plan.lines.front().opening) {
        m_discourse.introduce(opensWithWoman() ? EnPerson::She : EnPerson::He);
    }
    lean();
}

std::vector<TokenId> EnDraft::ids(const std::vector<std::string>& tokens) const {
    std::vector<TokenId> all;
    for (const std::string& token : tokens) {
        all.push_back(token.starts_with("<|") ? m_vocabulary->control(token)
                                              : m_vocabulary->token(token));
    }
    return all;
}

// Whether the opening names one of the form's words for women.
bool EnDraft::opensWithWoman() const {
    const auto& words = m_plan->form->openings.words;
    const auto& line = m_plan->lines.front().fixed;
    const auto women = words.find(std::string(feminineWords));
    return women != words.end() && std::any_of(line.begin(), line.end(), [&](const auto& word) {
               return std::find(women->second.begin(), women->second.end(), word) !=
                      women->second.end();
           });
}

// What a form's openings are made of, which a model that has hardly read other poems of the form
// would say in every line; and pronouns of others than the one whom the opening names.
std::map<std::size_t, float> EnDraft::unwantedAfterOpening() const {
    std::map<std::size_t, float> words;
    const auto add = [&](const std::string& text, float less) {
        for (const std::string& part : splitEnglishLine(text)) {
            const EnWord* word = m_vocabulary->find(part);
            if (word != nullptr && !m_plan->theme.contains(word->text)) {
                words[static_cast<std::size_t>(word - m_vocabulary->words().data())] = less;
            }
        }
    };
    if (!m_plan->lines.front().opening) {
        return {};
    }
    const Openings& openings = m_plan->form->openings;
    for (const auto& [name, list] : openings.words) {
        for (const std::string& word : list) {
            add(word, spentByOpening);
        }
    }
    for (const std::string& line : openings.lines) {
        for (const std::string& word : splitEnglishLine(line)) {
            add(isFunctionWord(lowerCase(word)) ? "" : word, spentByOpening);
        }
    }
    for (const char* pronoun : opensWithWoman() ? masculine : feminine) {
        add(pronoun, wrongPronoun);
    }
    for (const char* pronoun : speakers) {
        add(pronoun, speakersPronoun);
    }
    return words;
}

// What speaks for or against each word all through the poem.
void EnDraft::lean() {
    std::vector<float> leanings;
    std::vector<std::size_t> persons;
    for (const EnWord& word : m_vocabulary->words()) {
        const float common =
            m_lore->phrases ? m_lore->phrases->commonness(word.token) - stockFrom : 0.0F;
        const bool isPerson =
            m_lore->sentences && (m_lore->sentences->role(word.token) & class_role::person) != 0;
        float less = m_plan->images && word.personal ? personInImage : 0.0F;
        less += word.function ? 0.0F : stockWord * std::max(0.0F, common);
        less += isPerson ? person : 0.0F;
        if (isPerson) {
            persons.push_back(leanings.size());
        }
        leanings.push_back(-less);
    }
    for (const auto& [word, less] : unwantedAfterOpening()) {
        leanings[word] -= less;
    }
    m_leanings = std::make_shared<const std::vector<float>>(std::move(leanings));
    m_persons = std::make_shared<const std::vector<std::size_t>>(std::move(persons));
}

std::vector<TokenId> EnDraft::prompt() const {
    return ids(promptTokens(m_plan->prompt));
}

std::vector<TokenId> EnDraft::before(std::size_t line) const {
    const std::vector<int>& breaks = m_plan->layout.breaks;
    const bool stanza =
        m_plan->variant->breakBetween &&
        std::find(breaks.begin(), breaks.end(), static_cast<int>(line)) != breaks.end();
    return stanza ? ids({std::string(record_token::stanza)}) : std::vector<TokenId>();
}

std::vector<TokenId> EnDraft::fixedTokens(std::size_t line) const {
    return ids(englishLineTokens(m_plan->lines[line].fixed));
}

// Sets the bonus of every word for the next place. A keyword of several words is met from behind.
void EnDraft::favour(std::size_t line) {
    m_bonus = *m_leanings;
    const auto bonusOf = [&](const EnWord& word) -> float& {
        return m_bonus[static_cast<std::size_t>(&word - m_vocabulary->words().data())];
    };
    for (const std::string& text : m_plan->theme) {
        const EnWord* word = m_vocabulary->find(text);
        if (m_constraints.uses(*word) == 0) {
            bonusOf(*word) +=
                line == 1 && m_plan->lines.front().opening ? themeAfterOpening : themeBonus;
        }
    }
    for (const std::size_t pronoun : *m_persons) {
        const EnWord& word = m_vocabulary->words()[pronoun];
        m_bonus[pronoun] -= personAgain * static_cast<float>(m_constraints.uses(word)) +
                            newPerson * static_cast<float>(m_discourse.strangeness(word.person));
    }
    for (const Near& near : *m_near) {
        const EnWord& word = m_vocabulary->words()[near.word];
        if (m_constraints.uses(word) == 0) {
            m_bonus[near.word] += nearBonus * near.strength;
        }
    }
    const float part = static_cast<float>(line + 1) / static_cast<float>(lineCount());
    const std::span<const TokenId> tokens = m_constraints.tokens();
    const EnWord* after = tokens.empty() ? nullptr : m_vocabulary->word(tokens.back());
    if (m_lore->phrases && after != nullptr) {
        m_lore->phrases->forEachAfter(after->token, [&](TokenId token, float common) {
            const EnWord* word = m_vocabulary->word(token);
            if (word != nullptr && common > stockPairFrom && !(word->function && after->function)) {
                bonusOf(*word) -= stockPairDrawn * (common - stockPairFrom);
            }
        });
    }
    for (const std::vector<std::string>& keyword : m_plan->keywords) {
        const bool done = std::all_of(keyword.begin(), keyword.end(), [&](const std::string& text) {
            return m_constraints.uses(*m_vocabulary->find(text)) > 0;
        });
        const EnWord* last = m_vocabulary->find(keyword.back());
        if (!done) {
            bonusOf(*last) += keywordBonus + keywordUrgency * part;
        }
        for (std::size_t i = 1; i < keyword.size() && !tokens.empty(); ++i) {
            if (m_vocabulary->find(keyword[i])->token == tokens.back()) {
                bonusOf(*m_vocabulary->find(keyword[i - 1])) += continuationBonus;
            }
        }
    }
}

bool EnDraft::writeLine(std::size_t line, Decoding& decoding, const SamplerOptions& sampling,
                        Random& random) {
    const std::size_t start = decoding.size();
    m_written = {};
    if (m_plan->images && m_cut < 0 && line < 2) {
        m_cut = line == 1 ? 1 : static_cast<int>(random.below(2));
    }
    m_constraints.beginLine(line, m_cut == static_cast<int>(line));
    favour(line);
    TokenSampler sampler;
    while (!m_constraints.lineDone()) {
        const std::span<const float> logProbs = decoding.next();
        if (logProbs.empty()) {
            return false;
        }
        favour(line);
        sampler.begin(sampling);
        m_constraints.offer(logProbs, m_bonus, sampler);
        const auto token = sampler.draw(random);
        if (!token) {
            return false; // cannot be: the look-ahead leaves something
        }
        if (!m_constraints.accept(*token)) {
            continue;
        }
        const bool cut = m_plan->images && m_vocabulary->isMark(*token);
        m_written.logProb +=
            cut ? 0.0 : static_cast<double>(logProbs[static_cast<std::size_t>(*token)]);
        decoding.push(*token);
    }
    const auto tokens = decoding.from(start);
    m_written.tokens.assign(tokens.begin(), tokens.end());
    std::vector<std::string> texts;
    for (const TokenId token : m_constraints.tokens()) {
        texts.emplace_back(m_vocabulary->text(token));
    }
    m_written.text = englishLineText(texts);
    m_written.record = m_written.text;
    judge();
    return true;
}

void EnDraft::takeFixedLine(std::size_t line) {
    m_constraints.takeFixedLine(line);
    const auto& words = m_plan->lines[line].fixed;
    const auto first = std::find_if_not(words.begin(), words.end(), isMark);
    m_firstWords.push_back(first != words.end() ? m_vocabulary->token(*first) : -1);
    readOn(words);
}

// What speaks for the line apart from its likelihood.
void EnDraft::judge() {
    double merit = 0;
    TokenId first = -1;
    for (const TokenId token : m_constraints.tokens()) {
        if (m_vocabulary->word(token) == nullptr) {
            continue;
        }
        first = token; // lines are written from behind
        ++m_written.length;
        merit -= m_lore->phrases ? rarityMerit * m_lore->phrases->commonness(token) : 0.0;
        const auto near = std::find_if(m_near->begin(), m_near->end(), [&](const Near& one) {
            return m_vocabulary->words()[one.word].token == token;
        });
        const bool isTheme = m_plan->theme.contains(std::string(m_vocabulary->text(token)));
        if ((near != m_near->end() || isTheme) && m_nearSaid.insert(token).second) {
            merit += (lineCount() <= briefPoem ? briefNearMerit : nearMerit) *
                     (isTheme ? 1.0 : static_cast<double>(near->strength));
        }
    }
    merit += sentenceMerit() + storyMerit(first) - stockness();
    m_written.merit = merit / static_cast<double>(std::max<std::size_t>(m_written.length, 1));
    if (!m_firstWords.empty() && m_firstWords.back() == first) {
        m_written.merit -= sameBeginning;
    } else if (std::find(m_firstWords.begin(), m_firstWords.end(), first) != m_firstWords.end()) {
        m_written.merit -= oldBeginning;
    }
    m_firstWords.push_back(first);
}

// A line of a story that an opening begins speaks of whom it names, above all the next one, which
// goes on about them ("Who sat"), and the last.
double EnDraft::storyMerit(TokenId first) const {
    if (!m_plan->lines.front().opening) {
        return 0;
    }
    const auto isHero = [&](TokenId token) {
        const EnWord* word = m_vocabulary->word(token);
        return word != nullptr && (word->person == EnPerson::He || word->person == EnPerson::She);
    };
    const std::size_t line = m_firstWords.size();
    const EnWord* begins = m_vocabulary->word(first);
    if (line == 1 && begins != nullptr &&
        (isHero(first) || (begins->asks && begins->text != "what"))) {
        return goesOn;
    }
    const std::span<const TokenId> tokens = m_constraints.tokens();
    const bool speaks = std::any_of(tokens.begin(), tokens.end(), isHero);
    return !speaks ? 0 : line + 1 == lineCount() ? returnsTo : speaksOf;
}

void EnDraft::readOn(std::span<const std::string> words) {
    for (const std::string& word : words) {
        const TokenId token = m_vocabulary->token(word);
        m_discourse.read(token);
        if (m_reader) {
            m_reader->read(token);
        }
    }
}

double EnDraft::stockness() const {
    double all = 0;
    TokenId before = -1;
    for (const TokenId token : m_constraints.tokens()) {
        const bool word = m_vocabulary->word(token) != nullptr;
        if (m_lore->phrases && word && before >= 0) {
            const double common = m_lore->phrases->commonness(before, token);
            all += stockPair * std::max(0.0, common - double{stockPairFrom});
        }
        before = word ? token : -1;
    }
    return all;
}

double EnDraft::sentenceMerit() {
    if (!m_reader) {
        return 0;
    }
    const std::span<const TokenId> backwards = m_constraints.tokens();
    std::vector<TokenId> words(backwards.rbegin(), backwards.rend());
    const double merit = meritOf(words, *m_reader, m_discourse);
    const std::size_t next = m_firstWords.size() + 1;
    if (next >= lineCount() || !isFixed(next)) {
        return merit;
    }
    words.clear();
    for (const std::string& word : m_plan->lines[next].fixed) {
        if (words.size() < lookAhead) {
            words.push_back(m_vocabulary->token(word));
        }
    }
    SentenceReader ahead = *m_reader;
    EnDiscourse discourse = m_discourse;
    return merit + meritOf(words, ahead, discourse);
}

double EnDraft::meritOf(std::span<const TokenId> words, SentenceReader& reader,
                        EnDiscourse& discourse) const {
    double merit = 0;
    for (const TokenId word : words) {
        if (reader.isStop(word) && !reader.hasVerb() && reader.words() > shortCall) {
            merit -= verbless;
        }
        const SentenceFit fit = reader.read(word);
        merit -= discourse.read(word);
        // A mark may be wrong where it stands, but it is no merit: a line can do without.
        const float most = m_vocabulary->word(word) != nullptr ? soundEnough : 0.0F;
        merit += surplusMerit * static_cast<double>(std::min(fit.surplus, most)) +
                 actorsMerit * static_cast<double>(std::min(fit.actors, soundEnough));
    }
    return merit;
}

} // namespace linnet::verse
