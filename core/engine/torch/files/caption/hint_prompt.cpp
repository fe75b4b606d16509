#include "engine/torch/files/caption/hint_prompt.h"

namespace linnet::engine {

std::vector<TokenId> hintPrompt(const HintFormat& format, const Tokenizer& tokenizer,
                                const std::vector<std::string>& words, std::string_view language,
                                TokenId languageToken) {
    const auto width = static_cast<std::size_t>(format.width);
    std::vector<TokenId> prompt;
    for (const std::string& word : words) {
        // As the word stands within a sentence: English words have a space before them.
        const std::vector<TokenId> ids = tokenizer.encode(language == "en" ? " " + word : word);
        if (prompt.size() + 1 + ids.size() <= width) {
            prompt.push_back(format.hint);
            prompt.insert(prompt.end(), ids.begin(), ids.end());
        }
    }
    prompt.resize(width, format.padding);
    prompt.push_back(languageToken);
    return prompt;
}

std::vector<std::string> hintWords(const HintFormat& format, const std::vector<Subject>& subjects,
                                   const std::string& language) {
    std::vector<std::string> words;
    for (const Subject& subject : subjects) {
        const auto nouns = subject.nouns.find(language);
        if (!subject.people && subject.probability >= format.probability &&
            nouns != subject.nouns.end() && words.size() < static_cast<std::size_t>(format.words)) {
            words.push_back(nouns->second.front());
        }
    }
    return words;
}

} // namespace linnet::engine
