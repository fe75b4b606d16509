#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/api/result.h"
#include "training/ngram/ngram_counts.h"

namespace linnet::training {

// A document of the corpus, in the corpus spelling, and how many times its words count.
struct WeightedDocument {
    std::string text;
    double weight = 1;
};

// "source:scp=4" or "era:mid20c=3": the weight of the documents whose id begins with "scp/", or
// whose era is that. Factors of several rules that fit multiply.
struct WeightRule {
    std::string field; // "source" or "era"
    std::string value;
    double factor = 1;

    static engine::Result<WeightRule> parse(std::string_view text);
};

// Reads text files whose documents end at a line "<|endofdoc|>". `table`, if not empty, is a
// tab-separated list with a header line and the columns file, position, id and era, by which the
// rules find their documents.
struct CorpusOptions {
    std::vector<std::filesystem::path> files;
    std::filesystem::path table;
    std::vector<WeightRule> rules;
    std::string holdOutSource; // documents of this source are held out ...
    int holdOutEvery = 0;      // ... each so many; 0: none
};
engine::Result<std::vector<WeightedDocument>> readCorpus(const CorpusOptions& options);

// The words of a corpus that a lexicon is chosen from.
struct LexiconOptions {
    std::size_t words = 62000; // that take part in n-grams
    std::size_t tail = 80000;  // known for completion only
    std::size_t separators = 240;
    std::uint32_t leastCount = 2;
};

struct ChosenWord {
    std::string word;
    double weight = 0;
    std::uint32_t id = 0; // 0: of the tail
};

struct ChosenSeparator {
    std::string key;
    double capitals = 0; // weight of lower-case words capitalised after it
    double all = 0;
};

// Chooses words and separators and turns the corpus into n-grams of ids.
class NgramCorpus {
public:
    NgramCorpus(const std::vector<WeightedDocument>& documents, const LexiconOptions& options);

    const std::vector<ChosenWord>& words() const { return m_words; }
    const std::vector<ChosenSeparator>& separators() const { return m_separators; }
    double unknownWeight() const { return m_unknownWeight; }
    std::uint32_t vocabulary() const { return m_vocabulary; }

    // Every 4-gram, merged and sorted.
    std::vector<NgramEntry> fourGrams() const;

private:
    struct Type {
        double weight = 0;        // as the words stand in the text
        double middle = 0;        // of these, where the place asks for no capital
        std::uint32_t folded = 0; // the type that it is after the start of a sentence
        double foldedWeight = 0;
        std::uint32_t foldedCount = 0;
        std::uint32_t id = 0;
    };

    void countWords();
    void foldCapitals();
    void chooseSeparators(std::size_t count);
    void chooseWords(const LexiconOptions& options);
    std::uint32_t separatorId(std::string_view key) const;
    std::uint32_t typeOf(std::string_view key, std::string_view word) const;

    const std::vector<WeightedDocument>& m_documents;
    std::unordered_map<std::string_view, std::uint32_t> m_index;
    std::vector<std::string_view> m_names;
    std::vector<Type> m_types;
    std::vector<ChosenWord> m_words;
    std::vector<ChosenSeparator> m_separators;
    double m_unknownWeight = 0;
    std::uint32_t m_vocabulary = 0;
};

} // namespace linnet::training
