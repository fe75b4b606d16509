#include "caption/caption_writer.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "caption/caption_text.h"
#include "caption/mirrored_captioner.h"

namespace linnet::caption {

namespace {

using engine::Captioner;
using engine::Error;
using engine::ErrorCode;
using Captions = std::vector<Caption>;

std::string joined(const std::vector<std::string>& words) {
    std::string all;
    for (const std::string& word : words) {
        all += (all.empty() ? "" : ", ") + word;
    }
    return all;
}

void nameSubject(Captions& captions, const Captioner& captioner,
                 const std::vector<engine::Subject>& subjects, const std::string& language) {
    if (subjects.empty() || subjects.front().probability <= captioner.subjectThreshold()) {
        return;
    }
    const engine::Subject& subject = subjects.front();
    const auto nouns = subject.nouns.find(language);
    if (nouns == subject.nouns.end() || nouns->second.empty()) {
        return;
    }
    const bool named = std::any_of(captions.begin(), captions.end(), [&](const Caption& caption) {
        return mentionsNoun(caption.text, nouns->second, language);
    });
    if (!named) {
        captions.insert(captions.begin(), {subjectSentence(nouns->second.front(), language),
                                           language, subject.probability, true});
    }
}

} // namespace

Captions captionsFrom(const Captioner& captioner, const std::vector<Hypothesis>& hypotheses,
                      const std::vector<engine::Subject>& subjects, const std::string& language,
                      const CaptionOptions& options) {
    Captions captions;
    for (const Hypothesis& hypothesis : hypotheses) {
        std::string text = tidyCaption(captioner.tokenizer().decode(hypothesis.tokens), language);
        const bool known = std::any_of(captions.begin(), captions.end(),
                                       [&](const Caption& one) { return one.text == text; });
        if (!text.empty() && !known) {
            captions.push_back(
                {std::move(text), language, std::exp(hypothesis.logProbability), false});
        }
    }
    if (options.nameSubject) {
        nameSubject(captions, captioner, subjects, language);
    }
    if (captions.size() > static_cast<std::size_t>(std::max(options.count, 0))) {
        captions.resize(static_cast<std::size_t>(std::max(options.count, 0)));
    }
    return captions;
}

engine::Result<std::vector<Captions>> writeCaptions(Captioner& model, std::span<const float> pixels,
                                                    int pictures, const CaptionOptions& options,
                                                    const std::stop_token& stop) {
    engine::CaptionSearch search = model.search();
    search.beams = options.beams > 0 ? options.beams : std::max(search.beams, options.count);
    MirroredCaptioner mirrored(model);
    Captioner& captioner = search.mirrored ? mirrored : model;
    const std::vector<std::string>& known = captioner.languages();
    const std::vector<std::string> languages =
        options.languages.empty() ? std::vector{known.front()} : options.languages;
    for (const std::string& language : languages) {
        if (std::find(known.begin(), known.end(), language) == known.end()) {
            return Error{ErrorCode::InvalidArgument, "the model " + captioner.info().name +
                                                         " writes no captions in \"" + language +
                                                         "\"; it knows " + joined(known)};
        }
    }
    const auto subjects = captioner.encode(pixels, pictures, stop);
    if (!subjects) {
        return subjects.error();
    }
    if (subjects->empty() || stop.stop_requested()) {
        return std::vector<Captions>{};
    }
    std::vector<Captions> all(static_cast<std::size_t>(pictures));
    for (const std::string& language : languages) {
        const auto found = searchCaptions(captioner, pictures, language, search, stop);
        if (!found) {
            return found.error();
        }
        if (found->empty()) {
            return std::vector<Captions>{};
        }
        for (std::size_t i = 0; i < all.size(); ++i) {
            Captions captions =
                captionsFrom(captioner, (*found)[i], (*subjects)[i], language, options);
            std::move(captions.begin(), captions.end(), std::back_inserter(all[i]));
        }
    }
    return all;
}

} // namespace linnet::caption
