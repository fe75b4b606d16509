#include "training/captions/caption_reward.h"

#include <utility>

namespace linnet::training {

namespace {

constexpr const char* kEndWord = "<end>"; // no word of a caption has such letters

CaptionWords wordsOf(const std::string& caption, const std::string& language, bool ended) {
    CaptionWords words = captionWords(caption, language);
    if (ended) {
        words.emplace_back(kEndWord);
    }
    return words;
}

std::vector<std::vector<CaptionWords>> referencesOf(const std::vector<CaptionedPhoto>& photos,
                                                    const std::string& language) {
    std::vector<std::vector<CaptionWords>> all;
    for (const CaptionedPhoto& photo : photos) {
        std::vector<CaptionWords>& references = all.emplace_back();
        if (const auto found = photo.captions.find(language); found != photo.captions.end()) {
            for (const std::string& caption : found->second) {
                references.push_back(wordsOf(caption, language, true));
            }
        }
    }
    return all;
}

} // namespace

CaptionReward::CaptionReward(const std::vector<CaptionedPhoto>& photos, std::string language,
                             double bleuWeight)
    : m_language(std::move(language))
    , m_bleuWeight(bleuWeight)
    , m_references(referencesOf(photos, m_language)) {
}

double CaptionReward::of(std::size_t photo, const std::string& caption, bool ended) const {
    const CaptionWords words = wordsOf(caption, m_language, ended);
    const double cider = m_references.cider(photo, words).clipped;
    return m_bleuWeight > 0.0 ? cider + m_bleuWeight * m_references.sentenceBleu(photo, words)
                              : cider;
}

std::vector<double> advantages(const std::vector<double>& rewards, std::size_t group) {
    std::vector<double> result;
    for (std::size_t begin = 0; begin + group <= rewards.size(); begin += group) {
        double sum = 0.0;
        for (std::size_t i = begin; i < begin + group; ++i) {
            sum += rewards[i];
        }
        for (std::size_t i = begin; i < begin + group; ++i) {
            result.push_back(rewards[i] - (sum - rewards[i]) / static_cast<double>(group - 1));
        }
    }
    return result;
}

} // namespace linnet::training
