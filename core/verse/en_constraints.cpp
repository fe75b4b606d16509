#include "verse/en_constraints.h"

#include <algorithm>
#include <cmath>

#include "verse/poem_record.h"

namespace linnet::verse {

using engine::TokenId;

namespace {

// Log-probabilities taken from words that the form allows but a reader would stumble at.
constexpr float contentAtWeakPlace = 0.8F;    // a monosyllable that wants stress
constexpr float functionAtStrongPlace = 0.6F; // one that does not
constexpr float functionAtEnd = 2.0F;
constexpr float repeatedInLine = 3.0F;
constexpr float repeatedFunctionInLine = 0.7F;
constexpr float repeatedInPoem = 0.8F; // for each earlier use
constexpr float repeatedEnd = 6.0F;    // it ends another line
constexpr float identicalRhyme = 2.0F; // "leave", "believe"
constexpr float richRhyme = 0.3F;      // given to rhymes for each doubling of their number
constexpr float markInLine = 0.8F;     // a pause that the model puts in too freely
constexpr int mostMarks = 2;           // inside a line
// Taken from what no reader would let pass: "a" before a vowel, "the" before "of", two words side
// by side that stood so before. Only where nothing else fits does it come all the same.
constexpr float ungrammatical = 12.0F;
constexpr float repeatedPair = 6.0F;
constexpr std::string_view cutMark = "\u2014";
// How sentences go with rhymes. Where all rhymes are met, as at the end of a quatrain, five to nine
// of ten human lines end a sentence; of the others one of ten does.
constexpr float closingStop = 0.7F;
constexpr float closingRunOn = 1.5F; // taken from a line there that ends without a mark
constexpr float strayStop = 1.0F;
// Rhymes that only just suffice are left to requests that name them.
constexpr int sparePartnersWanted = 3;

} // namespace

EnConstraints::EnConstraints(const EnPlan& plan, const EnVocabulary& vocabulary)
    : m_plan(&plan)
    , m_vocabulary(&vocabulary)
    , m_uses(vocabulary.words().size(), 0) {
    for (const auto& [letter, rhyme] : plan.rhymes) {
        m_rhymes[letter] = {rhyme.open, rhyme.keys, rhyme.phonemes,
                            static_cast<int>(rhyme.toWrite.size())};
    }
}

std::size_t EnConstraints::indexOf(const EnWord& word) const {
    return static_cast<std::size_t>(&word - m_vocabulary->words().data());
}

int EnConstraints::uses(const EnWord& word) const {
    return m_uses[indexOf(word)];
}

bool EnConstraints::begins(const EnWord& word) const {
    const char initial = m_plan->lines[m_line].initial;
    return initial == 0 || word.initial == initial;
}

void EnConstraints::beginLine(std::size_t line, bool cut) {
    m_line = line;
    m_cut = cut;
    m_letter = m_plan->lines[line].letter;
    m_places = metre().start();
    m_endings = metre().endings(m_letter >= 0);
    m_tokens.clear();
    m_inLine.assign(m_vocabulary->words().size(), false);
    m_words = 0;
    m_marks = 0;
    m_endsMarked = false;
    m_lastIsMark = false;
    m_lastWord = -1;
    m_done = false;
    if (m_letter < 0 || m_rhymes[m_letter].open || m_plan->lines[line].end != nullptr) {
        return;
    }
    // Of several rhymes (those of a word with two pronunciations) only those that suffice.
    Rhyme& rhyme = m_rhymes[m_letter];
    std::set<RhymeKey> ample;
    for (const RhymeKey key : rhyme.keys) {
        if (sparePartners(*m_vocabulary, metre(), key, rhyme.taken) >= rhyme.toWrite) {
            ample.insert(key);
        }
    }
    rhyme.keys = ample.empty() ? rhyme.keys : ample;
}

void EnConstraints::takeFixedLine(std::size_t line) {
    m_line = line;
    for (const std::string& text : m_plan->lines[line].fixed) {
        if (const EnWord* word = m_vocabulary->find(text)) {
            m_uses[indexOf(*word)] =
                static_cast<std::uint8_t>(std::min(255, m_uses[indexOf(*word)] + 1));
            m_lastWord = word->token;
        }
    }
    m_endWords.insert(m_lastWord);
}

bool EnConstraints::rhymesAlready(RhymeKey key) const {
    return std::any_of(m_rhymes.begin(), m_rhymes.end(), [&](const auto& entry) {
        return !entry.second.open && entry.second.keys.contains(key);
    });
}

bool EnConstraints::isFree(const EnWord& word, const Rhyme* rhyme) const {
    return rhyme == nullptr ||
           std::none_of(word.sounds.begin(), word.sounds.end(), [&](const EnSound& sound) {
               return rhyme->taken.contains(sound.phonemes);
           });
}

void EnConstraints::offer(std::span<const float> logProbs, std::span<const float> bonus,
                          TokenSampler& sampler) const {
    if (m_words == 0 && m_plan->images) {
        const TokenId dash = m_vocabulary->token(cutMark);
        if (m_cut && !m_lastIsMark && m_vocabulary->isMark(dash)) {
            sampler.add(dash, 0);
        } else {
            offerEnds(logProbs, bonus, sampler);
        }
        return;
    }
    if (m_words == 0) {
        if (m_endsMarked) {
            offerEnds(logProbs, bonus, sampler);
        } else {
            offerEndings(logProbs, sampler);
        }
        return;
    }
    if (EnMetre::complete(m_places) && !m_lastIsMark) {
        const TokenId end = m_vocabulary->control(record_token::line);
        sampler.add(end, logProbs[static_cast<std::size_t>(end)]);
    }
    if (!EnMetre::open(m_places)) {
        return;
    }
    if (!m_lastIsMark && m_marks < mostMarks && !m_plan->images) {
        offerMarks(logProbs, m_vocabulary->marks(), sampler);
    }
    offerWords(logProbs, bonus, sampler);
}

void EnConstraints::offerEndings(std::span<const float> logProbs, TokenSampler& sampler) const {
    const bool last = m_line + 1 == m_plan->lines.size();
    const bool closes = m_plan->lines[m_line].closes;
    float marked = 0;
    for (const TokenId mark : m_vocabulary->marks()) {
        const float logProb = logProbs[static_cast<std::size_t>(mark)];
        marked += std::exp(logProb);
        const auto stops = m_vocabulary->stops();
        const bool stop = std::find(stops.begin(), stops.end(), mark) != stops.end();
        if (stop || !last) {
            const bool stray = stop && !closes && !m_plan->rhymes.empty();
            sampler.add(mark, logProb + (stop && closes ? closingStop : 0.0F) -
                                  (stray ? strayStop : 0.0F));
        }
    }
    if (!last || sampler.empty()) {
        constexpr float least = 1e-4F;
        sampler.add(m_vocabulary->control(record_token::line),
                    std::log(std::max(1 - marked, least)) - (closes ? closingRunOn : 0.0F));
    }
}

void EnConstraints::offerMarks(std::span<const float> logProbs, std::span<const TokenId> marks,
                               TokenSampler& sampler) const {
    for (const TokenId mark : marks) {
        sampler.add(mark,
                    logProbs[static_cast<std::size_t>(mark)] - (m_words > 0 ? markInLine : 0.0F));
    }
}

void EnConstraints::offerEnds(std::span<const float> logProbs, std::span<const float> bonus,
                              TokenSampler& sampler) const {
    if (const EnWord* asked = m_plan->lines[m_line].end) {
        sampler.add(asked->token, logProbs[static_cast<std::size_t>(asked->token)]);
        return;
    }
    const Rhyme* rhyme = m_letter >= 0 ? &m_rhymes.at(m_letter) : nullptr;
    const auto partners = m_plan->partners.find(m_plan->lines[m_line].metre);
    const auto tryWord = [&](const EnWord& word) {
        bool admitted = false;
        float rich = 0;
        for (const EnSound& sound : word.sounds) {
            if (!m_endings.admit(sound, begins(word))) {
                continue;
            }
            if (rhyme == nullptr) {
                admitted = true;
            } else if (!rhyme->open) {
                admitted = admitted || rhyme->keys.contains(sound.key);
            } else if (!rhymesAlready(sound.key)) {
                const int count = partners->second[static_cast<std::size_t>(sound.key)];
                admitted = admitted || count >= rhyme->toWrite + sparePartnersWanted;
                rich = std::max(rich, richRhyme * std::log2(static_cast<float>(count + 1)));
            }
        }
        if (admitted && isFree(word, rhyme)) {
            const auto at = static_cast<std::size_t>(word.token);
            sampler.add(word.token, logProbs[at] + bonus[indexOf(word)] + rich -
                                        discouragement(word) - endDiscouragement(word));
        }
    };
    if (rhyme == nullptr || rhyme->open) {
        for (const EnWord& word : m_vocabulary->words()) {
            tryWord(word);
        }
        return;
    }
    std::set<std::int32_t> indices;
    for (const RhymeKey key : rhyme->keys) {
        const auto same = m_vocabulary->rhyming(key);
        indices.insert(same.begin(), same.end());
    }
    for (const std::int32_t index : indices) {
        tryWord(m_vocabulary->words()[static_cast<std::size_t>(index)]);
    }
}

void EnConstraints::offerWords(std::span<const float> logProbs, std::span<const float> bonus,
                               TokenSampler& sampler) const {
    const EnMetre::Admission admission = metre().admitted(m_places);
    const Place place = metre().nextPlace(m_places);
    struct SetAdmission {
        bool inside = false;
        bool beginning = false;
        bool monosyllable = false;
    };
    std::vector<SetAdmission> sets;
    for (const std::vector<std::uint16_t>& shapes : m_vocabulary->shapeSets()) {
        SetAdmission& set = sets.emplace_back();
        for (const std::uint16_t shape : shapes) {
            set.inside = set.inside || admission.inside[shape];
            set.beginning = set.beginning || admission.beginning[shape];
            set.monosyllable = set.monosyllable || m_vocabulary->shapes()[shape].syllables == 1;
        }
    }
    const std::vector<TokenId> said = saidBeforeLast();
    std::size_t index = 0;
    for (const EnWord& word : m_vocabulary->words()) {
        const std::size_t at = index++;
        const SetAdmission& set = sets[word.shapeSet];
        if (!(begins(word) ? set.beginning : set.inside) || word.token == m_lastWord) {
            continue;
        }
        float less = m_uses[at] > 0 ? discouragement(word) : 0.0F;
        if (set.monosyllable && place != Place::Any && word.function == (place == Place::Strong)) {
            less += word.function ? functionAtStrongPlace : contentAtWeakPlace;
        }
        less += word.determiner ? awkwardness(word) : 0.0F;
        if (std::find(said.begin(), said.end(), word.token) != said.end()) {
            less += repeatedPair;
        }
        sampler.add(word.token, logProbs[static_cast<std::size_t>(word.token)] + bonus[at] - less);
    }
}

// What is wrong with a determiner before what stands to its right.
float EnConstraints::awkwardness(const EnWord& word) const {
    const EnWord* next = m_lastIsMark ? nullptr : m_vocabulary->word(m_lastWord);
    if (next == nullptr || next->function) {
        return ungrammatical;
    }
    const bool wrongArticle = (word.text == "a" && !next->startsWithConsonant) ||
                              (word.text == "an" && !next->startsWithVowel);
    return wrongArticle ? ungrammatical : 0.0F;
}

// The words that stood before the last one earlier in the poem, if one of the two says something.
std::vector<TokenId> EnConstraints::saidBeforeLast() const {
    std::vector<TokenId> said;
    const EnWord* last = m_lastIsMark ? nullptr : m_vocabulary->word(m_lastWord);
    for (auto at = m_pairs.lower_bound({m_lastWord, -1});
         last != nullptr && at != m_pairs.end() && at->first == m_lastWord; ++at) {
        if (!last->function || !m_vocabulary->word(at->second)->function) {
            said.push_back(at->second);
        }
    }
    return said;
}

float EnConstraints::discouragement(const EnWord& word) const {
    const std::size_t index = indexOf(word);
    float less = 0;
    if (m_inLine[index]) {
        less += word.function ? repeatedFunctionInLine : repeatedInLine;
    }
    if (!word.function && m_uses[index] > 0) {
        less += repeatedInPoem * static_cast<float>(std::min<int>(m_uses[index], 4));
    }
    return less;
}

float EnConstraints::endDiscouragement(const EnWord& word) const {
    float less = m_endWords.contains(word.token) ? repeatedEnd : 0.0F;
    if (m_letter >= 0) {
        for (const TokenId token : m_endWords) {
            const EnWord* other = m_vocabulary->word(token);
            if (other != nullptr &&
                (other->text.ends_with(word.text) || word.text.ends_with(other->text))) {
                less += identicalRhyme;
            }
        }
    }
    const bool patterned = metre().tracks().front().endSyllables > 0;
    less += word.determiner ? ungrammatical : 0.0F;
    return less + (patterned && word.function ? functionAtEnd : 0.0F);
}

bool EnConstraints::accept(TokenId token) {
    const EnWord* word = m_vocabulary->word(token);
    if (word == nullptr && !m_vocabulary->isMark(token)) {
        if (m_words == 0) {
            m_endsMarked = true;
            return false;
        }
        m_done = true;
        m_lastWord = -1;
        return true;
    }
    m_endsMarked = true;
    m_tokens.push_back(token);
    if (word == nullptr) {
        m_marks += m_words > 0 ? 1 : 0;
        m_lastIsMark = true;
        EnMetre::dropComplete(m_places);
        return true;
    }
    if (m_words == 0) {
        acceptEnd(*word);
    } else {
        EnPlaces all(m_places.size(), 0);
        for (const EnSound& sound : word->sounds) {
            const EnPlaces left = metre().after(m_places, sound, begins(*word));
            std::transform(all.begin(), all.end(), left.begin(), all.begin(), std::bit_or<>());
        }
        m_places = std::move(all);
    }
    if (m_words > 0 && !m_lastIsMark) {
        m_pairs.emplace(m_lastWord, token);
    }
    ++m_words;
    m_lastIsMark = false;
    m_lastWord = token;
    const std::size_t index = indexOf(*word);
    m_inLine[index] = true;
    m_uses[index] = static_cast<std::uint8_t>(std::min(255, m_uses[index] + 1));
    return true;
}

void EnConstraints::acceptEnd(const EnWord& word) {
    if (m_letter >= 0) {
        settleRhyme(word);
    }
    EnPlaces all(m_places.size(), 0);
    for (const EnSound& sound : word.sounds) {
        if (m_letter >= 0 && !m_rhymes[m_letter].keys.contains(sound.key)) {
            continue;
        }
        const EnPlaces left = metre().afterEnd(sound, begins(word), m_letter >= 0);
        std::transform(all.begin(), all.end(), left.begin(), all.begin(), std::bit_or<>());
    }
    m_places = std::move(all);
    m_endWords.insert(word.token);
}

// How many words can end the lines that are still to rhyme so.
int EnConstraints::partnersOf(RhymeKey key, const Rhyme& rhyme) const {
    if (!rhyme.open) {
        return sparePartners(*m_vocabulary, metre(), key, rhyme.taken);
    }
    const auto partners = m_plan->partners.find(m_plan->lines[m_line].metre);
    return rhymesAlready(key) ? 0 : partners->second[static_cast<std::size_t>(key)];
}

// The rhyme becomes one that the word has; of several the one with the most partners. It is a
// single one: the word is said in one way in its line, which then scans with that one alone.
void EnConstraints::settleRhyme(const EnWord& word) {
    Rhyme& rhyme = m_rhymes[m_letter];
    std::set<RhymeKey> kept;
    int most = -1;
    for (const EnSound& sound : word.sounds) {
        const bool possible = rhyme.open || rhyme.keys.contains(sound.key);
        if (!possible || !m_endings.admit(sound, begins(word))) {
            continue;
        }
        const int count = partnersOf(sound.key, rhyme);
        if (count > most) {
            most = count;
            kept = {sound.key};
        }
    }
    rhyme.open = false;
    rhyme.keys = kept;
    if (m_plan->lines[m_line].end == nullptr) {
        --rhyme.toWrite;
    }
    for (const EnSound& sound : word.sounds) {
        rhyme.taken.insert(sound.phonemes);
    }
}

} // namespace linnet::verse
