#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/generator.h"
#include "engine/api/result.h"
#include "engine/api/tokenizer.h"

namespace linnet::engine {

// What a captioner wants of a picture's pixels: its preprocessor_config.json in our words. Channels
// are red, green, blue; each becomes (value * scale - mean) / deviation, value from 0 to 255.
struct PixelFormat {
    enum class Fit {
        Stretch,   // the whole picture to width x height, whatever its proportions
        CropCentre // shortest side to `shortestSide`, then the middle width x height of it
    };
    // As the Pillow library resizes: filters widen when they shrink a picture.
    enum class Filter { Nearest, Bilinear, Bicubic, Lanczos };

    int width = 224;
    int height = 224;
    Fit fit = Fit::Stretch;
    int shortestSide = 224;
    Filter filter = Filter::Bilinear;
    double scale = 1.0 / 255.0;
    std::array<double, 3> mean = {0.5, 0.5, 0.5};
    std::array<double, 3> deviation = {0.5, 0.5, 0.5};
};

// What the encoder takes a picture to show, by its classifier.
struct Subject {
    // By language ("en", "zh"): the noun to name it by, then others that mean the same or more.
    std::map<std::string, std::vector<std::string>> nouns;
    double probability = 0; // summed over the classes that share the noun
    // Seldom what a picture is of, though often on it: what people wear and hold.
    bool aside = false;
    // People, for whom a classifier may have no class: `nouns` are words for them, `probability` is
    // that there are any. Stands beside the subjects, not among them: no sentence names it.
    bool people = false;
    // By language: nouns for what it is one of, narrow ones first ("kitchen", "room" for a stove).
    std::map<std::string, std::vector<std::string>> kinds = {};
};

// How captions are searched for. Where a model's files have Hugging Face's generation settings, the
// meaning is theirs: num_beams, length_penalty, no_repeat_ngram_size.
struct CaptionSearch {
    int beams = 3; // hypotheses kept for each picture, and captions returned at most
    // A hypothesis of n tokens (the end included) scores log p / n^lengthPower; 0: plain log p,
    // which favours short captions. Wu et al. 2016, section 7, in its simplest form.
    double lengthPower = 1.0;
    // So many tokens in a row come no second time in a caption; 0: they may.
    int noRepeat = 0;
    // Taken off the log-probability by which a hypothesis is ranked for each word of substance that
    // it says again ("a man in a hat and a hat").
    double repeatPenalty = 0.0;
    // The mirror image is looked at too, and the probabilities of both views are averaged.
    bool mirrored = false;
};

// Natural-log probabilities of the next token, a row for each caption being written.
struct CaptionLogProbs {
    int rows = 0; // 0: cancelled
    int vocabulary = 0;
    std::span<const float> values; // [rows][vocabulary]; valid until the next call

    std::span<const float> row(int i) const {
        const auto width = static_cast<std::size_t>(vocabulary);
        return values.subspan(static_cast<std::size_t>(i) * width, width);
    }
};

// A loaded network that writes captions of pictures, token by token; the search over tokens is its
// user's. Not thread-safe: one thread (a Worker's) uses it. Cancelled calls return empty results;
// they are not errors. Errors: OutOfMemory, InvalidArgument, Internal.
class Captioner {
public:
    virtual ~Captioner() = default;

    virtual const ModelInfo& info() const = 0;
    virtual const Tokenizer& tokenizer() const = 0;
    virtual const PixelFormat& pixelFormat() const = 0;
    // Languages it writes ("en", "zh"), its own first. Never empty.
    virtual const std::vector<std::string>& languages() const = 0;
    virtual TokenId endOfCaption() const = 0;
    virtual int maxTokens() const = 0; // of a caption
    // Tokens that no caption may contain (padding, prompts).
    virtual bool isForbidden(TokenId id) const = 0;
    // Above this probability a Subject is to be named rather than people on the picture, where
    // those are as likely as not; over 1: never.
    virtual double subjectThreshold() const = 0;
    // By how much it rises for each unit of their log-odds.
    virtual double peopleStep() const { return 0.0; }
    // How its captions are best searched for.
    virtual const CaptionSearch& search() const = 0;

    // Encodes pictures [count][3][height][width] as pixelFormat() says; they replace those before.
    // Returns what each shows, most probable first, and people last; empty lists without a
    // classifier, no list at all when cancelled. count is at least 1.
    virtual Result<std::vector<std::vector<Subject>>> encode(std::span<const float> pixels,
                                                             int count, std::stop_token stop) = 0;

    // Begins a caption for each encoded picture, in order; `language` is one of languages().
    virtual Result<CaptionLogProbs> begin(std::string_view language, std::stop_token stop) = 0;

    // Tokens that the captions begun last began with, of each picture alike; 0: none were begun.
    virtual int promptTokens() const { return 0; }

    // Replaces the captions being written by others: new row i is row parents[i] continued by
    // tokens[i]. Rows may be repeated, dropped and reordered.
    virtual Result<CaptionLogProbs> advance(std::span<const int> parents,
                                            std::span<const TokenId> tokens,
                                            std::stop_token stop) = 0;

    // Forgets the pictures and captions (privacy, memory).
    virtual void clear() = 0;
};

} // namespace linnet::engine
