#pragma once

#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/api/captioner.h"

namespace linnet::tests {

// A tokenizer whose tokens are a list of strings.
class WordTokenizer : public engine::Tokenizer {
public:
    explicit WordTokenizer(std::vector<std::string> words)
        : m_words(std::move(words)) {}

    std::vector<engine::TokenId> encode(std::string_view, bool) const override { return {}; }
    std::string_view bytes(engine::TokenId id) const override {
        return m_words.at(static_cast<std::size_t>(id));
    }
    std::string decode(const std::vector<engine::TokenId>& ids) const override {
        std::string text;
        for (const engine::TokenId id : ids) {
            text += bytes(id);
        }
        return text;
    }
    int size() const override { return static_cast<int>(m_words.size()); }
    bool isSpecial(engine::TokenId) const override { return false; }
    std::optional<engine::TokenId> find(std::string_view) const override { return std::nullopt; }
    std::optional<engine::TokenId> beginOfText() const override { return std::nullopt; }
    std::optional<engine::TokenId> endOfText() const override { return 0; }
    bool addsBeginOfText() const override { return false; }

private:
    std::vector<std::string> m_words;
};

// A captioner whose next token is a function of the picture, the language and the caption so far.
// Token 0 ends a caption. Keeps the captions being written, as a network keeps its cache, so that
// wrong parents give wrong words.
class FakeCaptioner : public engine::Captioner {
public:
    using Prefix = std::vector<engine::TokenId>;
    using Next = std::function<std::vector<float>(int picture, const std::string& language,
                                                  const Prefix& prefix)>;

    FakeCaptioner(std::vector<std::string> words, Next next)
        : tokens(std::move(words))
        , nextOf(std::move(next)) {
        model.name = "fake-caption";
        model.device = "cpu";
        model.precision = "int8";
        format.width = format.height = 8;
    }

    // Says what `captions` gives for a language, as likely as the others; one word a token.
    static std::unique_ptr<FakeCaptioner>
    saying(const std::map<std::string, std::vector<std::string>>& captions) {
        std::vector<std::string> words = {""};
        std::map<std::string, std::vector<Prefix>> sentences;
        for (const auto& [language, texts] : captions) {
            for (const std::string& text : texts) {
                words.push_back(text);
                sentences[language].push_back({static_cast<engine::TokenId>(words.size()) - 1});
            }
        }
        const std::size_t size = words.size();
        auto fake = std::make_unique<FakeCaptioner>(
            std::move(words),
            [sentences, size](int, const std::string& language, const Prefix& so) {
                std::vector<float> row(size, -std::numeric_limits<float>::infinity());
                if (!so.empty()) {
                    row[0] = 0;
                    return row;
                }
                float p = -0.5F;
                for (const Prefix& sentence : sentences.at(language)) {
                    row[static_cast<std::size_t>(sentence.front())] = p;
                    p -= 0.5F;
                }
                return row;
            });
        fake->known.clear();
        for (const auto& [language, texts] : captions) {
            fake->known.push_back(language);
        }
        return fake;
    }

    const engine::ModelInfo& info() const override { return model; }
    const engine::Tokenizer& tokenizer() const override { return tokens; }
    const engine::PixelFormat& pixelFormat() const override { return format; }
    const std::vector<std::string>& languages() const override { return known; }
    engine::TokenId endOfCaption() const override { return 0; }
    int maxTokens() const override { return longest; }
    bool isForbidden(engine::TokenId id) const override { return forbidden.count(id) > 0; }
    double subjectThreshold() const override { return threshold; }
    double peopleStep() const override { return step; }
    const engine::CaptionSearch& search() const override { return searched; }

    engine::Result<std::vector<std::vector<engine::Subject>>>
    encode(std::span<const float> pixels, int count, std::stop_token stop) override {
        ++encoded;
        lastPixels.assign(pixels.begin(), pixels.end());
        m_pictures = count;
        if (onEncode) {
            onEncode(stop);
        }
        if (stop.stop_requested()) {
            return std::vector<std::vector<engine::Subject>>{};
        }
        if (!subjectsOf.empty()) {
            return subjectsOf;
        }
        return std::vector<std::vector<engine::Subject>>(static_cast<std::size_t>(count), subjects);
    }

    engine::Result<engine::CaptionLogProbs> begin(std::string_view language,
                                                  std::stop_token stop) override {
        m_language = std::string(language);
        m_rows.clear();
        for (int i = 0; i < m_pictures; ++i) {
            m_rows.push_back({i, {}});
        }
        return answer(stop);
    }

    engine::Result<engine::CaptionLogProbs> advance(std::span<const int> parents,
                                                    std::span<const engine::TokenId> next,
                                                    std::stop_token stop) override {
        std::vector<Row> rows;
        for (std::size_t i = 0; i < parents.size(); ++i) {
            rows.push_back(m_rows.at(static_cast<std::size_t>(parents[i])));
            rows.back().second.push_back(next[i]);
        }
        m_rows = std::move(rows);
        ++steps;
        if (onStep) {
            onStep();
        }
        return answer(stop);
    }

    void clear() override { ++cleared; }

    engine::ModelInfo model;
    WordTokenizer tokens;
    Next nextOf;
    engine::PixelFormat format;
    std::vector<std::string> known = {"en"};
    std::set<engine::TokenId> forbidden;
    std::vector<engine::Subject> subjects;                // on every picture
    std::vector<std::vector<engine::Subject>> subjectsOf; // not empty: on each of them
    double threshold = 0.5;
    double step = 0.0;
    engine::CaptionSearch searched;
    int longest = 20;
    std::vector<float> lastPixels;
    int encoded = 0;
    int steps = 0;
    int cleared = 0;
    std::function<void(const std::stop_token&)> onEncode;
    std::function<void()> onStep;

private:
    using Row = std::pair<int, Prefix>; // picture, caption so far

    engine::Result<engine::CaptionLogProbs> answer(const std::stop_token& stop) {
        if (stop.stop_requested()) {
            return engine::CaptionLogProbs{};
        }
        m_values.clear();
        for (const Row& row : m_rows) {
            const std::vector<float> next = nextOf(row.first, m_language, row.second);
            m_values.insert(m_values.end(), next.begin(), next.end());
        }
        return engine::CaptionLogProbs{static_cast<int>(m_rows.size()), tokens.size(), m_values};
    }

    std::string m_language;
    int m_pictures = 1;
    std::vector<Row> m_rows;
    std::vector<float> m_values;
};

} // namespace linnet::tests
