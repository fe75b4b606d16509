#include "verse/zh_constraints.h"

#include <algorithm>
#include <array>

#include "verse/zh_rules.h"

namespace linnet::verse {

namespace {

// Log-probability taken from a character that has a reading of the other tone as well, where the
// pattern fixes the tone: readers should not have to look for the reading.
constexpr float ambiguousTone = 0.7F;
// Likewise in a couplet from one whose tone is that of its counterpart where the pattern is free.
constexpr float sameTone = 1.0F;
// And from a character that is written twice in a row, to which the ban on all other repetitions
// drives the model too often.
constexpr float doubling = 1.5F;

} // namespace

ZhConstraints::ZhConstraints(const ZhPlan& plan, const ZhVocabulary& vocabulary)
    : m_plan(&plan)
    , m_vocabulary(&vocabulary)
    , m_alive(plan.layouts.size(), true)
    , m_available(vocabulary.groupSizes().begin(), vocabulary.groupSizes().end())
    , m_groups(plan.groups) {
    engine::TokenId most = 0;
    for (const ZhVocabulary::Entry& entry : vocabulary.entries()) {
        most = std::max(most, entry.token);
    }
    m_used.assign(static_cast<std::size_t>(most) + 1, false);
    for (const ZhLinePlan& line : plan.lines) {
        for (const char32_t character : line.fixed) {
            use(character);
        }
        for (const char32_t character : {line.first, line.last}) {
            if (character != 0) {
                use(character);
            }
        }
    }
}

void ZhConstraints::use(char32_t character) {
    const ZhVocabulary::Entry* entry = m_vocabulary->entryOf(character);
    if (entry == nullptr || m_used[static_cast<std::size_t>(entry->token)]) {
        return;
    }
    m_used[static_cast<std::size_t>(entry->token)] = true;
    for (std::size_t group = 0; group < m_available.size(); ++group) {
        m_available[group] -= entry->sound.groups[group] ? 1 : 0;
    }
}

void ZhConstraints::beginLine(std::size_t line) {
    m_line = line;
    m_text.clear();
    m_sounds.clear();
    m_tracks.clear();
    for (std::size_t v = 0; v < m_alive.size(); ++v) {
        if (!m_alive[v]) {
            continue;
        }
        const LineForm& form = m_plan->layouts[v].lines[line];
        m_length = static_cast<std::size_t>(form.maxLength);
        if (form.patterns.empty()) {
            m_tracks.push_back({v, nullptr});
        }
        for (const Pattern& pattern : form.patterns) {
            m_tracks.push_back({v, &pattern});
        }
    }
}

void ZhConstraints::takeFixedLine(std::size_t line) {
    beginLine(line);
    m_text = m_plan->lines[line].fixed;
    for (const char32_t character : m_text) {
        m_sounds.push_back(soundOf(m_vocabulary->lexicon(), character));
    }
    endLine();
}

char32_t ZhConstraints::given() const {
    const ZhLinePlan& line = m_plan->lines[m_line];
    return m_text.empty() ? line.first : m_text.size() + 1 == m_length ? line.last : 0;
}

int ZhConstraints::needAfter(std::size_t variant, int letter, std::size_t line) const {
    int need = 0;
    for (std::size_t i = line + 1; i < m_plan->lines.size(); ++i) {
        const ZhLinePlan& later = m_plan->lines[i];
        need += m_plan->layouts[variant].rhymes[i].letter == letter && later.fixed.empty() &&
                        later.last == 0
                    ? 1
                    : 0;
    }
    return need;
}

ZhConstraints::Demand ZhConstraints::demandOf(const Track& track, std::size_t position) const {
    Demand demand;
    if (track.pattern != nullptr) {
        demand.place = demandedTone(*track.pattern, position, m_sounds, given() != 0);
    }
    if (position + 1 == m_length) {
        demand.letter = m_plan->layouts[track.variant].rhymes[m_line].letter;
        demand.need = demand.letter >= 0 ? needAfter(track.variant, demand.letter, m_line) : 0;
    }
    return demand;
}

std::vector<ZhConstraints::Demand> ZhConstraints::demands() const {
    std::vector<Demand> all;
    for (const Track& track : m_tracks) {
        const Demand demand = demandOf(track, m_text.size());
        if (std::find(all.begin(), all.end(), demand) == all.end()) {
            all.push_back(demand);
        }
    }
    return all;
}

// `own`: 1 if the character itself counts among those available.
bool ZhConstraints::meets(const ZhSound& sound, const Demand& demand, int own) const {
    if (!canStand(sound, demand.place)) {
        return false;
    }
    if (demand.letter < 0) {
        return true;
    }
    const GroupSet shared = sound.groups & m_groups.at(demand.letter);
    for (std::size_t group = 0; shared.any() && group < m_available.size(); ++group) {
        if (shared[group] && m_available[group] - own >= demand.need) {
            return true;
        }
    }
    return false;
}

// The groups of which no character may be spent inside a line, since every one that is left will
// be needed at the ends of lines.
std::vector<int> ZhConstraints::scarceGroups() const {
    std::vector<int> scarce;
    for (const auto& [letter, groups] : m_groups) {
        int need = 0;
        for (std::size_t v = 0; v < m_alive.size(); ++v) {
            if (m_alive[v] && m_line < m_plan->lines.size()) {
                const bool here = m_plan->layouts[v].rhymes[m_line].letter == letter &&
                                  m_plan->lines[m_line].last == 0;
                need = std::max(need, needAfter(v, letter, m_line) + (here ? 1 : 0));
            }
        }
        const auto isAmple = [&](std::size_t g) { return groups[g] && m_available[g] > need; };
        bool ample = false;
        for (std::size_t g = 0; g < m_available.size() && !ample; ++g) {
            ample = isAmple(g);
        }
        for (std::size_t g = 0; g < m_available.size() && !ample; ++g) {
            if (groups[g]) {
                scarce.push_back(static_cast<int>(g));
            }
        }
    }
    return scarce;
}

bool ZhConstraints::sparesRhymes(const ZhSound& sound, const std::vector<int>& scarce) const {
    return std::none_of(scarce.begin(), scarce.end(),
                        [&](int group) { return sound.groups[static_cast<std::size_t>(group)]; });
}

// 叠字: the same character twice in a row, as in 悠悠. Not in a couplet, whose other line would
// have to answer it.
bool ZhConstraints::isDoubling(char32_t character) const {
    const std::size_t n = m_text.size();
    return n > 0 && m_plan->lines.size() > 2 && m_text[n - 1] == character &&
           (n < 2 || m_text[n - 2] != character);
}

float ZhConstraints::discouragement(const ZhSound& sound, const Demand& demand) const {
    float less = 0;
    if (demand.place != Place::Any && sound.level && sound.oblique) {
        less += ambiguousTone;
    }
    const std::size_t position = m_text.size();
    if (m_plan->lines.size() == 2 && !m_linesBefore.empty() &&
        position < m_linesBefore.back().size()) {
        const ZhSound& above = m_linesBefore.back()[position];
        if (sound.level == above.level && sound.oblique == above.oblique) {
            less += sameTone;
        }
    }
    return less;
}

void ZhConstraints::offer(std::span<const float> logProbs, std::span<const float> bonus,
                          TokenSampler& sampler) const {
    if (m_text.size() + 1 == m_length) {
        offerEnd(logProbs, bonus, sampler);
    } else {
        offerInside(logProbs, bonus, sampler);
    }
}

void ZhConstraints::offerEnd(std::span<const float> logProbs, std::span<const float> bonus,
                             TokenSampler& sampler) const {
    const std::vector<Demand> wanted = demands();
    std::size_t index = 0;
    for (const ZhVocabulary::Entry& entry : m_vocabulary->entries()) {
        const auto token = static_cast<std::size_t>(entry.token);
        const std::size_t at = index++;
        const bool used = m_used[token];
        if (used && !isDoubling(entry.character)) {
            continue;
        }
        const auto met = std::find_if(wanted.begin(), wanted.end(), [&](const Demand& demand) {
            return meets(entry.sound, demand, used ? 0 : 1);
        });
        if (met != wanted.end()) {
            sampler.add(entry.token, logProbs[token] + bonus[at] -
                                         discouragement(entry.sound, *met) -
                                         (used ? doubling : 0.0F));
        }
    }
}

// Inside a line only the tones of a character count, so that there are three kinds of them.
void ZhConstraints::offerInside(std::span<const float> logProbs, std::span<const float> bonus,
                                TokenSampler& sampler) const {
    const std::vector<Demand> wanted = demands();
    const std::vector<int> scarce = scarceGroups();
    std::array<float, 4> less{}; // for each kind
    std::array<bool, 4> allowed{};
    for (unsigned kind = 1; kind < 4; ++kind) {
        const ZhSound sound{(kind & 1U) != 0, (kind & 2U) != 0, {}};
        const auto met = std::find_if(wanted.begin(), wanted.end(), [&](const Demand& demand) {
            return canStand(sound, demand.place);
        });
        allowed[kind] = met != wanted.end();
        less[kind] = allowed[kind] ? discouragement(sound, *met) : 0;
    }
    const std::span<const ZhVocabulary::Entry> entries = m_vocabulary->entries();
    const std::span<const std::uint8_t> kinds = m_vocabulary->kinds();
    for (std::size_t at = 0; at < entries.size(); ++at) {
        if (!allowed[kinds[at]]) {
            continue;
        }
        const ZhVocabulary::Entry& entry = entries[at];
        const auto token = static_cast<std::size_t>(entry.token);
        const bool used = m_used[token];
        if (used ? isDoubling(entry.character)
                 : scarce.empty() || sparesRhymes(entry.sound, scarce)) {
            sampler.add(entry.token,
                        logProbs[token] + bonus[at] - less[kinds[at]] - (used ? doubling : 0.0F));
        }
    }
}

void ZhConstraints::accept(char32_t character) {
    const ZhSound sound = soundOf(m_vocabulary->lexicon(), character);
    const bool isGiven = given() != 0;
    const ZhVocabulary::Entry* entry = m_vocabulary->entryOf(character);
    const int own = entry != nullptr && !m_used[static_cast<std::size_t>(entry->token)] ? 1 : 0;
    std::erase_if(m_tracks, [&](const Track& track) {
        const Demand demand = demandOf(track, m_text.size());
        return isGiven ? !canStand(sound, demand.place) : !meets(sound, demand, own);
    });
    use(character);
    m_text += character;
    m_sounds.push_back(sound);
}

void ZhConstraints::endLine() {
    if (m_plan->lines[m_line].fixed.empty()) {
        std::vector<bool> alive(m_alive.size(), false);
        for (const Track& track : m_tracks) {
            alive[track.variant] = true;
        }
        m_alive = std::move(alive);
        settleRhyme();
    }
    m_linesBefore.push_back(m_sounds);
}

// Keeps the groups that the new rhyme has and that suffice for the lines to come.
void ZhConstraints::settleRhyme() {
    for (auto& [letter, groups] : m_groups) {
        bool rhymes = false;
        int need = 0;
        for (std::size_t v = 0; v < m_alive.size(); ++v) {
            if (m_alive[v]) {
                rhymes = rhymes || m_plan->layouts[v].rhymes[m_line].letter == letter;
                need = std::max(need, needAfter(v, letter, m_line));
            }
        }
        if (!rhymes) {
            continue;
        }
        groups &= m_sounds.back().groups;
        GroupSet ample;
        for (std::size_t g = 0; g < m_available.size(); ++g) {
            ample[g] = groups[g] && m_available[g] >= need;
        }
        groups = ample.any() ? ample : groups;
    }
}

bool ZhConstraints::couldFollow(std::u32string_view characters) const {
    const std::size_t start = m_text.size();
    if (start + characters.size() > m_length) {
        return false;
    }
    for (std::size_t i = 0; i < characters.size(); ++i) {
        const ZhVocabulary::Entry* entry = m_vocabulary->entryOf(characters[i]);
        if (entry == nullptr || m_used[static_cast<std::size_t>(entry->token)]) {
            return false;
        }
        const std::size_t position = start + i;
        const bool fits = std::any_of(m_tracks.begin(), m_tracks.end(), [&](const Track& track) {
            const Place place = track.pattern != nullptr ? (*track.pattern)[position] : Place::Any;
            const int letter = position + 1 == m_length
                                   ? m_plan->layouts[track.variant].rhymes[m_line].letter
                                   : -1;
            return canStand(entry->sound, place) &&
                   (letter < 0 || (entry->sound.groups & m_groups.at(letter)).any());
        });
        if (!fits) {
            return false;
        }
    }
    return true;
}

const Variant* ZhConstraints::variant() const {
    const auto alive = std::find(m_alive.begin(), m_alive.end(), true);
    return alive == m_alive.end()
               ? nullptr
               : m_plan->variants[static_cast<std::size_t>(alive - m_alive.begin())];
}

} // namespace linnet::verse
