#pragma once

#include <filesystem>
#include <string_view>

#include "engine/api/result.h"

namespace linnet::suggest {

// The constants that weigh the parts of the model against each other. A model's folder may hold
// its own in suggest.json, tuned on held-out text with `linnet-cli eval suggest`.
struct Tuning {
    // The document: see DocumentModel::adapt.
    double burst = 0.4;          // exponent on how much commoner a word is here than at large
    double burstPrior = 400;     // words of the document that the language at large counts as
    double burstLife = 1500;     // words after which an occurrence counts 1/e
    double repeatDiscount = 0.5; // of each continuation seen in the document
    double repeatPrior = 40;     // weight of the model below, in occurrences, for each order
    double rareDiscount = 0.4;   // the same for words of the tail and unknown ones
    double rarePrior = 6;

    // The network against the n-grams: exponent on the ratio of their probabilities.
    double network = 0.55;

    // The word bar.
    double passedOver = 0.995; // share taken from a word that was shown and typed past
    double lastLetter = 0.7;   // worth of a word that spares one letter only

    // Ghost text: p(first word is right) = logistic(bias + slope * logit(p of the word)).
    double ghostBias = 0.0;
    double ghostSlope = 1.0;
    double ghostThreshold = 0.45; // shown from this calibrated probability on
    double ghostNext = 0.5;       // each further word must be as likely as this
};

// Reads suggest.json: an object of numbers named as above. A missing file gives the defaults.
// Errors: CorruptFile (not JSON, an unknown name, a number out of range).
engine::Result<Tuning> readTuning(const std::filesystem::path& file);

// Sets one constant by name; false: no such name, or out of range.
bool setTuning(Tuning& tuning, std::string_view name, double value);

// The text of a suggest.json.
std::string tuningToJson(const Tuning& tuning);

} // namespace linnet::suggest
