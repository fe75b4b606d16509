#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/api/result.h"
#include "engine/api/tokenizer.h"
#include "engine/torch/files/caption/hint_prompt.h"
#include "engine/torch/files/caption/subject_table.h"
#include "training/captions/caption_corpus.h"

namespace linnet::training {

/// Trains a byte-level tokenizer on the training captions of a corpus and writes tokenizer.json.
/// English is cut into words and Chinese into characters; the nouns of the table count as frequent
/// words, so that a hint is few tokens. Special tokens: padding, end, hint and a begin a language.
/// Errors: InvalidArgument, Io.
engine::Result<void> trainCaptionTokenizer(const CaptionCorpus& corpus,
                                           const engine::SubjectTable& subjects,
                                           std::size_t vocabularySize,
                                           const std::filesystem::path& output);

/// Captions as token ids, and the prompts before them.
class CaptionVocabulary {
public:
    /// Loads `folder`/tokenizer.json. Errors: those of loadTokenizer; UnsupportedFormat without
    /// the special tokens.
    static engine::Result<CaptionVocabulary> load(const std::filesystem::path& folder);

    [[nodiscard]] const engine::Tokenizer& tokenizer() const { return *m_tokenizer; }
    [[nodiscard]] const engine::HintFormat& hints() const { return m_hints; }
    [[nodiscard]] const std::map<std::string, engine::TokenId>& languages() const {
        return m_languages;
    }
    [[nodiscard]] engine::TokenId end() const { return m_end; }
    /// Tokens that no caption contains.
    [[nodiscard]] std::vector<std::int64_t> forbidden() const;

    /// The ids of a caption and the end.
    [[nodiscard]] std::vector<std::int64_t> caption(const std::string& text) const;
    [[nodiscard]] std::vector<std::int64_t> prompt(const std::vector<std::string>& words,
                                                   const std::string& language) const;
    [[nodiscard]] std::string text(const std::vector<std::int64_t>& ids) const;

private:
    std::unique_ptr<engine::Tokenizer> m_tokenizer;
    engine::HintFormat m_hints;
    std::map<std::string, engine::TokenId> m_languages;
    engine::TokenId m_end = 0;
};

} // namespace linnet::training
