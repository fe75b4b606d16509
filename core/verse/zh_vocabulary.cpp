#include "verse/zh_vocabulary.h"

#include "verse/poem_record.h"
#include "verse/token_spelling.h"
#include "verse/utf8.h"

namespace linnet::verse {

using engine::TokenId;

ZhSound soundOf(const ZhLexicon& lexicon, char32_t character, Script script) {
    ZhSound sound;
    for (const ZhReading& reading : lexicon.readings(character, script)) {
        (isOblique(reading.tone) ? sound.oblique : sound.level) = true;
        sound.groups.set(reading.group);
    }
    return sound;
}

ZhVocabulary::ZhVocabulary(const engine::Tokenizer& tokenizer, const ZhLexicon& lexicon)
    : m_tokenizer(tokenizer)
    , m_lexicon(lexicon)
    , m_byToken(static_cast<std::size_t>(tokenizer.size()), -1)
    , m_unknown(tokenizer.find(record_token::unknown).value_or(0))
    , m_groupSizes(lexicon.groups().size(), 0) {
    for (TokenId token = 0; token < tokenizer.size(); ++token) {
        const std::u32string text = toCodePoints(spellingOf(tokenizer, token));
        if (tokenizer.isSpecial(token) || text.size() != 1 || !isIdeograph(text[0])) {
            continue;
        }
        m_tokens[text[0]] = token;
        const ZhSound sound = soundOf(lexicon, text[0]);
        if (!sound.known()) {
            continue;
        }
        m_byToken[static_cast<std::size_t>(token)] = static_cast<std::int32_t>(m_entries.size());
        m_entries.push_back({token, text[0], sound});
        m_kinds.push_back(
            static_cast<std::uint8_t>((sound.level ? 1 : 0) + (sound.oblique ? 2 : 0)));
        for (std::size_t group = 0; group < m_groupSizes.size(); ++group) {
            m_groupSizes[group] += sound.groups[group] ? 1 : 0;
        }
    }
}

const ZhVocabulary::Entry* ZhVocabulary::entry(TokenId token) const {
    const auto at = static_cast<std::size_t>(token);
    return at < m_byToken.size() && m_byToken[at] >= 0
               ? &m_entries[static_cast<std::size_t>(m_byToken[at])]
               : nullptr;
}

const ZhVocabulary::Entry* ZhVocabulary::entryOf(char32_t character) const {
    const auto found = m_tokens.find(character);
    return found != m_tokens.end() ? entry(found->second) : nullptr;
}

TokenId ZhVocabulary::token(char32_t character) const {
    const auto found = m_tokens.find(character);
    return found != m_tokens.end() ? found->second : m_unknown;
}

TokenId ZhVocabulary::control(std::string_view name) const {
    return m_tokenizer.find(name).value_or(m_unknown);
}

bool ZhVocabulary::hasControl(std::string_view name) const {
    return m_tokenizer.find(name).has_value();
}

} // namespace linnet::verse
