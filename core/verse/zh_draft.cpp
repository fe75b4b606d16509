#include "verse/zh_draft.h"

#include <algorithm>

#include "verse/poem_record.h"
#include "verse/utf8.h"

namespace linnet::verse {

using engine::TokenId;

namespace {

// Log-probabilities added to the beginning of a keyword (more the fewer lines are left), and to
// what continues one.
constexpr float keywordBonus = 3.0F;
constexpr float keywordUrgency = 6.0F;
constexpr float continuationBonus = 12.0F;
// To characters of the theme and near it, and to those that face the one above in a parallel
// couplet, times their strength.
constexpr float nearBonus = 1.5F;
constexpr float facingBonus = 2.0F;
// To characters of a kind that answers the one above, for each nat of its preference.
constexpr float kindBonus = 0.6F;
// To the character that doubles the one before it (悠悠), where the line above doubles one there,
// and taken from it where the line above does not.
constexpr float doublingBonus = 20.0F;
// Of the logarithm of how often a character is doubled, to the first of two that are to be.
constexpr float doublingShare = 0.7F;
// Preferences of kinds beyond these say no more.
constexpr float mostWanted = 2.0F;
constexpr float leastWanted = -3.0F;

// In the choice between lines, per character: what a character near the theme is worth, one that
// faces the one above, and one of a kind that answers it, times their strength; how much a
// character's rarity speaks for it, and how much the habit of it after those before it speaks
// against it.
constexpr double nearMerit = 1.5;
constexpr double facingMerit = 1.0;
constexpr double kindMerit = 0.6;
constexpr double rarityMerit = 0.55;
constexpr double stockMerit = 0.6;

// What titles say of a poem, and sentences of nothing: no subjects.
constexpr std::u32string_view idleWords =
    U"题咏赋次韵和寄赠呈酬答首诗词其作偶成即事杂感兴之与同并及有二三四的了在着是个只把被很这那们";

} // namespace

ZhDraft::ZhDraft(const ZhPlan& plan, const ZhVocabulary& vocabulary, const VerseLore& lore,
                 const ScriptConverter* converter)
    : m_plan(&plan)
    , m_vocabulary(&vocabulary)
    , m_lore(&lore)
    , m_converter(converter)
    , m_constraints(plan, vocabulary)
    , m_bonus(vocabulary.entries().size(), 0.0F) {
    std::vector<std::string> subjects;
    for (const char32_t character : plan.theme + plan.images) {
        if (idleWords.find(character) == std::u32string_view::npos) {
            subjects.push_back(toUtf8({&character, 1}));
        }
    }
    std::vector<float> near = lore.nearTo(subjects, vocabulary.tokenCount());
    for (const std::string& subject : subjects) {
        near[static_cast<std::size_t>(vocabulary.token(toCodePoints(subject).front()))] = 1.0F;
    }
    std::vector<float> inclination;
    for (const ZhVocabulary::Entry& entry : vocabulary.entries()) {
        inclination.push_back(nearBonus * near[static_cast<std::size_t>(entry.token)]);
    }
    m_near = std::make_shared<const std::vector<float>>(std::move(near));
    m_inclination = std::make_shared<const std::vector<float>>(std::move(inclination));
}

std::vector<TokenId> ZhDraft::prompt() const {
    std::vector<TokenId> tokens;
    for (const std::string& token : promptTokens(m_plan->prompt)) {
        const std::u32string text = toCodePoints(token);
        tokens.push_back(text.size() == 1 ? m_vocabulary->token(text[0])
                                          : m_vocabulary->control(token));
    }
    return tokens;
}

std::vector<TokenId> ZhDraft::fixedTokens(std::size_t line) const {
    std::vector<TokenId> tokens;
    for (const char32_t character : m_plan->lines[line].fixed) {
        tokens.push_back(m_vocabulary->token(character));
    }
    tokens.push_back(m_vocabulary->control(record_token::line));
    return tokens;
}

// How many characters of the keyword the line ends with.
std::size_t ZhDraft::keywordProgress(std::u32string_view keyword) const {
    const std::u32string_view text = m_constraints.text();
    for (std::size_t n = std::min(keyword.size() - 1, text.size()); n > 0; --n) {
        if (text.ends_with(keyword.substr(0, n))) {
            return n;
        }
    }
    return 0;
}

float& ZhDraft::bonusOf(const ZhVocabulary::Entry& entry) {
    return m_bonus[static_cast<std::size_t>(&entry - m_vocabulary->entries().data())];
}

// Favours what answers the character above in a parallel couplet.
void ZhDraft::favourAnswer(const std::u32string& above) {
    const std::size_t place = m_constraints.text().size();
    if (place >= above.size()) {
        return;
    }
    if (m_lore->couplets) {
        const TokenId facing = m_vocabulary->token(above[place]);
        for (const ZhVocabulary::Entry& entry : m_vocabulary->entries()) {
            const float fit = m_lore->couplets->fit(facing, entry.token);
            bonusOf(entry) += kindBonus * std::clamp(fit, leastWanted, mostWanted);
        }
    }
    if (m_lore->associations) {
        for (const Associate& one : m_lore->associations->facing(toUtf8({&above[place], 1}))) {
            if (const auto* entry = m_vocabulary->entry(one.token)) {
                bonusOf(*entry) += facingBonus * one.strength;
            }
        }
    }
    favourDoubling(above, place);
}

// 叠字 answer each other, and nothing else does.
void ZhDraft::favourDoubling(const std::u32string& above, std::size_t place) {
    const auto doubled = [&](std::size_t at) {
        return at > 0 && at < above.size() && above[at] == above[at - 1];
    };
    const ZhVocabulary::Entry* last =
        place > 0 ? m_vocabulary->entryOf(m_constraints.text().back()) : nullptr;
    if (last != nullptr) {
        bonusOf(*last) += doubled(place) ? doublingBonus : -doublingBonus;
    }
    if (!doubled(place + 1)) {
        return;
    }
    for (const ZhVocabulary::Entry& entry : m_vocabulary->entries()) {
        if (!m_constraints.couldFollow(std::u32string(2, entry.character))) {
            bonusOf(entry) -= doublingBonus;
        } else if (m_lore->phrases) {
            bonusOf(entry) +=
                doublingShare * m_lore->phrases->logProb(std::span(&entry.token, 1), entry.token);
        }
    }
}

// Sets the bonus of every character for the next place.
void ZhDraft::favour(std::size_t line) {
    m_bonus = *m_inclination;
    favourAnswer(facingLine(line));
    const auto add = [&](char32_t character, float bonus) {
        if (const ZhVocabulary::Entry* entry = m_vocabulary->entryOf(character)) {
            bonusOf(*entry) += bonus;
        }
    };
    const float part =
        static_cast<float>(line + 1) / static_cast<float>(std::max<std::size_t>(1, lineCount()));
    for (const std::u32string& keyword : m_plan->keywords) {
        if (m_before.find(keyword) != std::u32string::npos ||
            m_constraints.text().find(keyword) != std::u32string::npos) {
            continue;
        }
        const std::size_t done = keywordProgress(keyword);
        if (done > 0) {
            add(keyword[done], continuationBonus);
        } else if (m_constraints.couldFollow(keyword)) {
            add(keyword[0], keywordBonus + keywordUrgency * part);
        }
    }
}

bool ZhDraft::writeLine(std::size_t line, Decoding& decoding, const SamplerOptions& sampling,
                        Random& random) {
    const std::size_t start = decoding.size();
    m_written = {};
    m_constraints.beginLine(line);
    TokenSampler sampler;
    while (!m_constraints.lineDone()) {
        const std::span<const float> logProbs = decoding.next();
        if (logProbs.empty()) {
            return false;
        }
        char32_t character = m_constraints.given();
        if (character == 0) {
            favour(line);
            sampler.begin(sampling);
            m_constraints.offer(logProbs, m_bonus, sampler);
            const auto token = sampler.draw(random);
            if (!token) {
                return false; // cannot be: the look-ahead leaves something
            }
            character = m_vocabulary->entry(*token)->character;
            m_written.logProb += static_cast<double>(logProbs[static_cast<std::size_t>(*token)]);
        }
        m_constraints.accept(character);
        decoding.push(m_vocabulary->token(character));
    }
    decoding.push(m_vocabulary->control(record_token::line));
    finishLine(line, start, decoding);
    return true;
}

// The line that this one has to be parallel to (对仗), if it is known by now.
std::u32string ZhDraft::facingLine(std::size_t line) const {
    const auto& pairs = m_plan->form->parallel;
    const bool parallel = std::any_of(pairs.begin(), pairs.end(), [&](const auto& pair) {
        return static_cast<std::size_t>(pair.second) == line;
    });
    if (!parallel || m_before.empty()) {
        return {};
    }
    std::u32string above = m_before.substr(0, m_before.size() - 1); // pairs are neighbours
    return above.substr(above.rfind(U'\n') + 1);
}

bool ZhDraft::isDemanding(std::size_t line) const {
    return !facingLine(line).empty();
}

// What speaks for a character as the answer to another one in a parallel couplet.
double ZhDraft::meritAsAnswer(char32_t above, TokenId token) const {
    double merit = 0;
    if (m_lore->couplets) {
        const float fit = m_lore->couplets->fit(m_vocabulary->token(above), token);
        merit += kindMerit * static_cast<double>(std::clamp(fit, leastWanted, mostWanted));
    }
    if (m_lore->associations) {
        const auto facing = m_lore->associations->facing(toUtf8({&above, 1}));
        const auto found = std::find_if(facing.begin(), facing.end(),
                                        [&](const auto& one) { return one.token == token; });
        merit += found != facing.end() ? facingMerit * static_cast<double>(found->strength) : 0;
    }
    return merit;
}

// What speaks for the line apart from its likelihood. It begins at `start` of
// the poem's tokens.
void ZhDraft::judge(const std::u32string& text, std::size_t line, std::span<const TokenId> tokens,
                    std::size_t start) {
    double merit = 0;
    const std::u32string above = facingLine(line);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const TokenId token = m_vocabulary->token(text[i]);
        merit += nearMerit * static_cast<double>((*m_near)[static_cast<std::size_t>(token)]);
        if (m_lore->phrases) {
            const float common = m_lore->phrases->commonness(token);
            const float usual = m_lore->phrases->logProb(tokens.first(start + i), token);
            merit -= rarityMerit * static_cast<double>(common);
            merit -= stockMerit * static_cast<double>(std::max(usual - common, 0.0F));
        }
        merit += i < above.size() ? meritAsAnswer(above[i], token) : 0.0;
    }
    m_written.merit = merit / static_cast<double>(text.size() + 1);
}

void ZhDraft::finishLine(std::size_t line, std::size_t start, Decoding& decoding) {
    const std::u32string text = m_constraints.text();
    m_constraints.endLine();
    judge(text, line, decoding.from(0), start);
    m_before += text + U"\n";
    m_written.record = toUtf8(text);
    m_written.text = m_written.record;
    const auto tokens = decoding.from(start);
    m_written.tokens.assign(tokens.begin(), tokens.end());
    if (m_converter != nullptr) {
        m_written.text = m_converter->toTraditional(m_written.record);
        m_written.acceptable = keepsTonesIn(toCodePoints(m_written.text));
    }
    for (const std::u32string& keyword : m_plan->keywords) {
        m_written.merit += text.find(keyword) != std::u32string::npos ? 1.0 : 0.0;
    }
}

// A simplified character has the readings of all the traditional ones it stands for. The one that
// is written must have the same tone and rhyme; only its own reading may be told from it.
bool ZhDraft::keepsTonesIn(const std::u32string& traditional) const {
    const std::u32string simplified = toCodePoints(m_written.record);
    if (traditional.size() != simplified.size()) {
        return false;
    }
    for (std::size_t i = 0; i < simplified.size(); ++i) {
        const ZhSound one = soundOf(m_vocabulary->lexicon(), simplified[i]);
        const ZhSound other = soundOf(m_vocabulary->lexicon(), traditional[i], Script::Traditional);
        if (one.level != other.level || one.oblique != other.oblique ||
            (i + 1 == simplified.size() && one.groups != other.groups)) {
            return false;
        }
    }
    return true;
}

void ZhDraft::takeFixedLine(std::size_t line) {
    m_constraints.takeFixedLine(line);
    m_before += m_plan->lines[line].fixed + U"\n";
}

std::string ZhDraft::variant() const {
    const Variant* variant = m_constraints.variant();
    return variant != nullptr ? variant->name : "";
}

std::string ZhDraft::title() const {
    return m_converter != nullptr ? m_converter->toTraditional(m_plan->title) : m_plan->title;
}

} // namespace linnet::verse
