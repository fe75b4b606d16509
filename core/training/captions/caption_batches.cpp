#include "training/captions/caption_batches.h"

#include <algorithm>
#include <numeric>

#include "caption/caption_text.h"

namespace linnet::training {

using torch::Tensor;

namespace {

double uniform(std::mt19937_64& random) {
    return static_cast<double>(random() >> 11U) * 0x1.0p-53;
}

std::size_t below(std::size_t count, std::mt19937_64& random) {
    return static_cast<std::size_t>(uniform(random) * static_cast<double>(count));
}

template <typename T>
void shuffle(std::vector<T>& items, std::mt19937_64& random) {
    for (std::size_t i = items.size(); i > 1; --i) {
        std::swap(items[i - 1], items[below(i, random)]);
    }
}

} // namespace

Tensor paddedRows(const std::vector<std::vector<std::int64_t>>& rows, std::int64_t filler) {
    std::size_t length = 1;
    for (const auto& row : rows) {
        length = std::max(length, row.size());
    }
    Tensor tensor =
        torch::full({static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(length)},
                    filler, torch::kLong);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        std::copy(rows[i].begin(), rows[i].end(),
                  tensor[static_cast<std::int64_t>(i)].data_ptr<std::int64_t>());
    }
    return tensor;
}

PhotoViews photosOfUpdate(std::int64_t step, std::int64_t batch, std::int64_t count, int views,
                          std::uint64_t seed) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(count));
    std::int64_t ordered = -1; // the pass that `order` is of
    PhotoViews update;
    for (std::int64_t i = step * batch; i < (step + 1) * batch; ++i) {
        const std::int64_t pass = i / count;
        if (pass != ordered) {
            ordered = pass;
            std::iota(order.begin(), order.end(), 0);
            std::mt19937_64 shuffling(seed * 1000 + static_cast<std::uint64_t>(pass));
            for (std::size_t k = order.size(); k > 1; --k) {
                std::swap(order[k - 1], order[shuffling() % k]);
            }
        }
        const std::int64_t photo = order[static_cast<std::size_t>(i % count)];
        update.photos.push_back(photo);
        update.views.push_back(static_cast<int>((pass + photo) % views));
    }
    return update;
}

CaptionBatches::CaptionBatches(const CaptionCorpus& corpus, const CaptionVocabulary& vocabulary,
                               const engine::SubjectTable& subjects)
    : m_vocabulary(vocabulary)
    , m_subjects(subjects) {
    for (const auto& [language, token] : vocabulary.languages()) {
        std::vector<Photo>& photos = m_photos[language];
        for (const CaptionedPhoto& source : corpus.train) {
            Photo photo;
            const auto found = source.captions.find(language);
            if (found != source.captions.end()) {
                for (const std::string& text : found->second) {
                    auto ids = vocabulary.caption(text);
                    if (ids.size() <= kLongest && photo.captions.size() < kCaptions) {
                        photo.captions.push_back(std::move(ids));
                    }
                }
                photo.named = namedIn(found->second, language, 2);
            }
            for (std::size_t i = 0; !photo.captions.empty() && photo.captions.size() < kCaptions;
                 ++i) {
                photo.captions.push_back(photo.captions[i]);
            }
            std::stable_sort(photo.captions.begin(), photo.captions.end(),
                             [](const auto& a, const auto& b) { return a.size() < b.size(); });
            photos.push_back(std::move(photo));
        }
    }
    for (const std::string& text : corpus.texts) {
        auto ids = vocabulary.caption(text);
        if (ids.size() <= kLongest) {
            m_texts.push_back({std::move(ids), namedIn({text}, "en", 1)});
        }
    }
}

std::vector<std::string> CaptionBatches::languages() const {
    std::vector<std::string> names;
    for (const auto& [language, photos] : m_photos) {
        names.push_back(language);
    }
    return names;
}

/// Most nouns are ruled out by two of their letters, which is quicker.
std::vector<std::string> CaptionBatches::namedIn(const std::vector<std::string>& captions,
                                                 const std::string& language,
                                                 std::size_t least) const {
    std::vector<std::string> named;
    for (const engine::Subject& subject : m_subjects.all()) {
        const std::string& noun = subject.nouns.at(language).front();
        const std::string start = noun.substr(1, 2);
        const auto count = static_cast<std::size_t>(
            std::count_if(captions.begin(), captions.end(), [&](const std::string& text) {
                return text.find(start) != std::string::npos &&
                       caption::mentionsNoun(text, {noun}, language);
            }));
        if (count >= least) {
            named.push_back(noun);
        }
    }
    return named;
}

std::vector<std::string> CaptionBatches::hintsFor(const Photo& photo,
                                                  const std::vector<engine::Subject>& seen,
                                                  const std::string& language,
                                                  std::mt19937_64& random) const {
    const double kind = uniform(random);
    if (kind < 0.6) { // as it will be in use
        return engine::hintWords(m_vocabulary.hints(), seen, language);
    }
    if (kind > 0.85) {
        return {};
    }
    std::vector<std::string> words = photo.named; // a classifier that is right
    if (uniform(random) < 0.1) {                  // but for once
        const auto& all = m_subjects.all();
        words.push_back(all[below(all.size(), random)].nouns.at(language).front());
    }
    shuffle(words, random);
    words.resize(std::min(words.size(), 1 + below(3, random)));
    return words;
}

std::vector<CaptionRows> CaptionBatches::rows(const std::vector<std::int64_t>& photos,
                                              const std::vector<std::vector<engine::Subject>>& seen,
                                              const std::string& language, std::mt19937_64& random,
                                              std::vector<std::int64_t>& kept) const {
    constexpr std::size_t shortOnes = 3;
    std::vector<std::vector<std::int64_t>> prompts;
    std::vector<std::vector<std::int64_t>> shortCaptions;
    std::vector<std::vector<std::int64_t>> longCaptions;
    for (std::size_t i = 0; i < photos.size(); ++i) {
        const Photo& photo = m_photos.at(language)[static_cast<std::size_t>(photos[i])];
        if (photo.captions.empty()) {
            continue;
        }
        kept.push_back(static_cast<std::int64_t>(i));
        prompts.push_back(
            m_vocabulary.prompt(hintsFor(photo, seen[i], language, random), language));
        for (std::size_t k = 0; k < kCaptions; ++k) {
            (k < shortOnes ? shortCaptions : longCaptions).push_back(photo.captions[k]);
        }
    }
    if (kept.empty()) {
        return {};
    }
    const Tensor prompt = paddedRows(prompts, 0);
    return {{prompt, paddedRows(shortCaptions, -1), shortOnes},
            {prompt, paddedRows(longCaptions, -1), kCaptions - shortOnes}};
}

CaptionRows CaptionBatches::texts(std::int64_t count, std::mt19937_64& random) const {
    std::vector<std::vector<std::int64_t>> prompts;
    std::vector<std::vector<std::int64_t>> captions;
    for (std::int64_t i = 0; i < count; ++i) {
        const Text& text = m_texts[below(m_texts.size(), random)];
        std::vector<std::string> words = text.named;
        shuffle(words, random);
        words.resize(uniform(random) < 0.15 ? 0 : std::min<std::size_t>(words.size(), 3));
        prompts.push_back(m_vocabulary.prompt(words, "en"));
        captions.push_back(text.caption);
    }
    return {paddedRows(prompts, 0), paddedRows(captions, -1), 1};
}

} // namespace linnet::training
