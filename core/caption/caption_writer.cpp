#include "caption/caption_writer.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

#include "caption/caption_text.h"
#include "caption/mirrored_captioner.h"
#include "caption/subject_choice.h"

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

// Words for people, if the captioner tells of them.
std::vector<std::string> wordsForPeople(const engine::Subject* people,
                                        const std::string& language) {
    if (people == nullptr) {
        return {};
    }
    const auto words = people->nouns.find(language);
    return words == people->nouns.end() ? std::vector<std::string>() : words->second;
}

// Whether the decoder's best caption is to give way to what the classifier sees. One that speaks of
// people is believed as far as there are people; one that speaks of things, unless the classifier
// sees hardly any of them and something else instead.
bool isDoubtful(const std::string& caption, const ChosenSubject& subject,
                const Captioner& captioner, const std::vector<engine::Subject>& seen,
                const std::string& language) {
    constexpr double believed = 0.3; // of the subject's probability
    constexpr double least = 0.12;
    const engine::Subject* const people = peopleAmong(seen);
    if (people != nullptr && !mentionsNoun(caption, wordsForPeople(people, language), language)) {
        return subject.probability > least &&
               probabilityOfMentioned(caption, seen, language) < believed * subject.probability;
    }
    double odds = 0;
    if (people != nullptr) {
        constexpr double rare = 1e-4;
        const double p = std::clamp(people->probability, rare, 1 - rare);
        odds = std::log(p / (1 - p));
    }
    return subject.probability > captioner.subjectThreshold() + captioner.peopleStep() * odds;
}

// Puts first what names the subject: a caption of the decoder's, else a plain sentence. Where there
// are hardly any people, none that speaks of them.
void nameSubject(Captions& captions, const ChosenSubject& subject,
                 const std::vector<engine::Subject>& seen, const std::string& language) {
    constexpr double hardlyAny = 0.27;
    const engine::Subject* const people = peopleAmong(seen);
    const bool deserted = people != nullptr && people->probability < hardlyAny;
    const std::vector<std::string> persons = wordsForPeople(people, language);
    const auto named = std::find_if(captions.begin(), captions.end(), [&](const Caption& caption) {
        return mentionsNoun(caption.text, subject.nouns, language) &&
               !(deserted && mentionsNoun(caption.text, persons, language));
    });
    if (named == captions.end()) {
        captions.insert(captions.begin(), {subjectSentence(subject.noun, language), language,
                                           subject.probability, true});
    } else {
        std::rotate(captions.begin(), named, named + 1);
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
    const auto subject = options.nameSubject && captioner.subjectThreshold() <= 1.0
                             ? chooseSubject(subjects, language)
                             : std::nullopt;
    if (subject && (captions.empty() ||
                    isDoubtful(captions.front().text, *subject, captioner, subjects, language))) {
        nameSubject(captions, *subject, subjects, language);
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
