#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/api/captioner.h"
#include "engine/torch/caption_network.h"
#include "engine/torch/files/caption/caption_config.h"
#include "engine/torch/files/caption/subject_table.h"

namespace linnet::engine {

// A Captioner over any CaptionNetwork: prompts, checks of arguments and survival of a
// lack of memory: what the network keeps is freed, and then it is replaced by one on
// the CPU, where everything since encode() is done again. Needs no libtorch. One thread.
class LocalCaptioner : public Captioner {
public:
    // Makes a network of the same weights on the CPU.
    using Fallback = std::function<Result<std::unique_ptr<CaptionNetwork>>()>;

    // `info` gives the name, the number of parameters and a notice; the rest comes from the
    // network and `config`. `fallback` may be empty: there is nowhere to move to.
    LocalCaptioner(ModelInfo info, CaptionConfig config, std::optional<SubjectTable> subjects,
                   std::unique_ptr<Tokenizer> tokenizer, std::unique_ptr<CaptionNetwork> network,
                   Fallback fallback = {});

    const ModelInfo& info() const override { return m_info; }
    const Tokenizer& tokenizer() const override { return *m_tokenizer; }
    const PixelFormat& pixelFormat() const override { return m_config.pixels; }
    const std::vector<std::string>& languages() const override { return m_languages; }
    TokenId endOfCaption() const override { return m_config.end; }
    int maxTokens() const override { return m_config.maxTokens; }
    bool isForbidden(TokenId id) const override;
    double subjectThreshold() const override { return m_config.subjectThreshold; }
    double peopleStep() const override { return m_config.peopleStep; }
    const CaptionSearch& search() const override { return m_config.search; }

    Result<std::vector<std::vector<Subject>>> encode(std::span<const float> pixels, int count,
                                                     std::stop_token stop) override;
    Result<CaptionLogProbs> begin(std::string_view language, std::stop_token stop) override;
    int promptTokens() const override {
        return m_prompts.empty() ? 0 : static_cast<int>(m_prompts.front().size());
    }
    Result<CaptionLogProbs> advance(std::span<const int> parents, std::span<const TokenId> tokens,
                                    std::stop_token stop) override;
    void clear() override;

private:
    // A step that has been taken, to take it again elsewhere.
    struct Step {
        std::vector<int> parents;
        std::vector<TokenId> tokens;
    };
    using Numbers = Result<std::span<const float>>; // of the network

    void updateInfo();
    void forget();
    void see(std::span<const float> classes);
    std::vector<TokenId> promptOf(std::size_t picture, std::string_view language,
                                  TokenId token) const;
    Result<void> checkStep(std::span<const int> parents, std::span<const TokenId> tokens) const;
    Numbers run(const std::function<Numbers()>& attempt, const std::stop_token& stop);
    Numbers runAgain(const std::stop_token& stop);
    CaptionLogProbs rowsOf(std::span<const float> logProbs);

    ModelInfo m_info;
    CaptionConfig m_config;
    std::optional<SubjectTable> m_subjects;
    std::vector<std::string> m_languages;
    std::unique_ptr<Tokenizer> m_tokenizer;
    std::unique_ptr<CaptionNetwork> m_network;
    Fallback m_fallback;

    int m_pictures = 0;                          // encoded; 0: nothing is
    std::vector<std::vector<Subject>> m_seen;    // on each of them
    std::vector<float> m_pixels;                 // of these, as long as there is a fallback
    std::vector<std::vector<TokenId>> m_prompts; // of the captions; none: they have not begun
    std::vector<Step> m_steps;
    std::size_t m_rows = 0;
    std::size_t m_longest = 0; // tokens of the longest of them, with its prompt
};

} // namespace linnet::engine
