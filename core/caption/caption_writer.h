#pragma once

#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "caption/beam_search.h"
#include "engine/api/captioner.h"

namespace linnet::caption {

struct CaptionOptions {
    std::vector<std::string> languages; // of the captions, in this order; empty: the model's first
    int count = 3;                      // captions of a picture in each language, at most
    int beams = 0; // of the search; 0: as many as the model wants, and no fewer than `count`
    // Put first what names the subject that the classifier is sure of: a caption, or where none
    // does, a plain sentence.
    bool nameSubject = true;
};

struct Caption {
    std::string text; // a sentence
    std::string language;
    // Of the whole sequence of tokens under the model, so that longer captions have smaller ones;
    // for the sentence that names the subject, the classifier's probability of the subject.
    double probability = 0;
    bool namesSubject = false; // it is that sentence
};

// Captions of `pictures` pictures, [pictures][3][height][width] as the model's pixelFormat()
// says, best first in each language. A language that the model does not write is InvalidArgument.
// No list at all: cancelled.
engine::Result<std::vector<std::vector<Caption>>>
writeCaptions(engine::Captioner& model, std::span<const float> pixels, int pictures,
              const CaptionOptions& options, const std::stop_token& stop);

// The captions in `language` that the hypotheses for one picture become: as sentences, each once,
// the subject named if it is not. `subjects` are what the classifier said of the picture.
std::vector<Caption> captionsFrom(const engine::Captioner& captioner,
                                  const std::vector<Hypothesis>& hypotheses,
                                  const std::vector<engine::Subject>& subjects,
                                  const std::string& language, const CaptionOptions& options);

} // namespace linnet::caption
