#include "training/captions/caption_vocabulary.h"

#include <deque>

#include "engine/torch/files/tokenizer/splitter.h"
#include "engine/torch/files/tokenizer_loader.h"
#include "training/bpe_trainer.h"
#include "training/tokenizer_file.h"

namespace linnet::training {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

constexpr const char* kPadding = "<|pad|>";
constexpr const char* kEnd = "<|end|>";
constexpr const char* kHint = "<|hint|>";
constexpr const char* kEnglish = "<|en|>";
constexpr const char* kChinese = "<|zh|>";

// Chinese by characters, so that every word of two is a pair of common tokens.
const char* const kPattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|\p{Han}| ?(?:(?!\p{Han})\p{L})+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+|\s+)";
constexpr std::uint64_t kNounCount = 40;

} // namespace

Result<void> trainCaptionTokenizer(const CaptionCorpus& corpus,
                                   const engine::SubjectTable& subjects, std::size_t vocabularySize,
                                   const std::filesystem::path& output) {
    const auto splitter =
        engine::Splitter::create({{engine::SplitStep::Kind::Pattern, kPattern, false}});
    if (!splitter) {
        return splitter.error();
    }
    BpeTrainer trainer;
    std::deque<std::string> storage;
    const auto add = [&](const std::string& text, std::uint64_t count) {
        storage.clear();
        splitter->split(text, storage, [&](std::string_view piece) { trainer.add(piece, count); });
    };
    for (const CaptionedPhoto& photo : corpus.train) {
        for (const auto& [language, captions] : photo.captions) {
            for (const std::string& caption : captions) {
                add(caption, 1);
            }
        }
    }
    for (const std::string& text : corpus.texts) {
        add(text, 1);
    }
    for (const engine::Subject& subject : subjects.all()) {
        add(" " + subject.nouns.at("en").front(), kNounCount);
        add(subject.nouns.at("zh").front(), kNounCount);
    }
    const auto model =
        trainer.train(vocabularySize, {kPadding, kEnd, kHint, kEnglish, kChinese}, kPattern);
    if (!model) {
        return model.error();
    }
    return writeTokenizerFile(*model, output);
}

Result<CaptionVocabulary> CaptionVocabulary::load(const std::filesystem::path& folder) {
    auto tokenizer = engine::loadTokenizer(folder);
    if (!tokenizer) {
        return tokenizer.error();
    }
    CaptionVocabulary vocabulary;
    vocabulary.m_tokenizer = std::move(*tokenizer);
    for (const char* name : {kPadding, kEnd, kHint, kEnglish, kChinese}) {
        const auto id = vocabulary.m_tokenizer->find(name);
        if (!id) {
            return Error{ErrorCode::UnsupportedFormat,
                         (folder / "tokenizer.json").string() + " has no token " + name};
        }
    }
    const auto id = [&](const char* name) { return *vocabulary.m_tokenizer->find(name); };
    vocabulary.m_hints.padding = id(kPadding);
    vocabulary.m_hints.hint = id(kHint);
    vocabulary.m_end = id(kEnd);
    vocabulary.m_languages = {{"en", id(kEnglish)}, {"zh", id(kChinese)}};
    return vocabulary;
}

std::vector<std::int64_t> CaptionVocabulary::forbidden() const {
    std::vector<std::int64_t> ids = {m_hints.padding, m_hints.hint};
    for (const auto& [language, id] : m_languages) {
        ids.push_back(id);
    }
    return ids;
}

std::vector<std::int64_t> CaptionVocabulary::caption(const std::string& text) const {
    const auto ids = m_tokenizer->encode(text);
    std::vector<std::int64_t> wide(ids.begin(), ids.end());
    wide.push_back(m_end);
    return wide;
}

std::vector<std::int64_t> CaptionVocabulary::prompt(const std::vector<std::string>& words,
                                                    const std::string& language) const {
    const auto ids =
        engine::hintPrompt(m_hints, *m_tokenizer, words, language, m_languages.at(language));
    return {ids.begin(), ids.end()};
}

std::string CaptionVocabulary::text(const std::vector<std::int64_t>& ids) const {
    std::vector<engine::TokenId> narrow;
    for (const std::int64_t id : ids) {
        narrow.push_back(static_cast<engine::TokenId>(id));
    }
    return m_tokenizer->decode(narrow);
}

} // namespace linnet::training
