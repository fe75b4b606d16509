#include "verse/caret_record.h"

#include <algorithm>
#include <string>

#include "verse/english_words.h"
#include "verse/utf8.h"

namespace linnet::verse {

using engine::TokenId;

std::vector<TokenId> recordBefore(const EnVocabulary& vocabulary, const EnCaret& caret,
                                  EnglishPrompt prompt) {
    for (const std::string& word : splitEnglishLine(caret.title)) {
        const EnWord* known = vocabulary.find(word);
        if (known != nullptr && !known->function) {
            prompt.theme.push_back(known->text);
        }
    }
    std::vector<TokenId> record;
    const auto append = [&](const std::vector<std::string>& tokens) {
        for (const std::string& token : tokens) {
            record.push_back(token.starts_with("<|") ? vocabulary.control(token)
                                                     : vocabulary.token(token));
        }
    };
    append(promptTokens(prompt));
    const auto& rows = caret.rows;
    for (std::size_t i = rows.size() - std::min(rows.size(), rowsShown); i < rows.size(); ++i) {
        if (rows[i].startsStanza) {
            append({std::string(record_token::stanza)});
        }
        append(englishLineTokens(splitEnglishLine(rows[i].text)));
    }
    if (caret.startsStanza) {
        append({std::string(record_token::stanza)});
    }
    return record;
}

std::vector<TokenId> recordBefore(const ZhVocabulary& vocabulary, const ZhCaret& caret,
                                  ChinesePrompt prompt) {
    prompt.theme = toUtf8(caret.title);
    std::vector<TokenId> record;
    for (const std::string& token : promptTokens(prompt)) {
        const std::u32string text = toCodePoints(token);
        record.push_back(text.size() == 1 ? vocabulary.token(text[0]) : vocabulary.control(token));
    }
    for (const std::u32string& line : caret.lines) {
        for (const char32_t character : line) {
            record.push_back(vocabulary.token(character));
        }
        record.push_back(vocabulary.control(record_token::line));
    }
    return record;
}

} // namespace linnet::verse
