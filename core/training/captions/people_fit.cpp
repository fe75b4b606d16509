#include "training/captions/people_fit.h"

#include <torch/torch.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "caption/caption_text.h"
#include "engine/torch/caption/torch_caption_network.h"
#include "engine/torch/files/caption/people_table.h"

namespace linnet::training {

using engine::Result;
using torch::Tensor;

namespace {

/// Log-odds [classes] of what a photo and its mirror image show, on average.
Result<Tensor> classOdds(engine::CaptionNetwork& network, const Tensor& pixels) {
    const Tensor views =
        torch::stack({augmented(pixels, 0, 0), augmented(pixels, 0, 1)}).contiguous();
    const auto seen =
        network.encode({views.data_ptr<float>(), static_cast<std::size_t>(views.numel())}, 2, {});
    if (!seen) {
        return seen.error();
    }
    const std::size_t classes = seen->size() / 2;
    const Tensor odds = torch::empty({static_cast<std::int64_t>(classes)}, torch::kDouble);
    for (std::size_t i = 0; i < classes; ++i) {
        const double mean = ((*seen)[i] + static_cast<double>((*seen)[classes + i])) / 2;
        odds.data_ptr<double>()[i] = engine::logOdds(mean);
    }
    return odds;
}

/// How many of the captions speak of people, as a part of all.
double spokenOf(const std::vector<std::string>& captions, const std::vector<std::string>& words) {
    const auto count = std::count_if(captions.begin(), captions.end(), [&](const auto& caption) {
        return caption::mentionsNoun(caption, words, "en");
    });
    return static_cast<double>(count) / static_cast<double>(captions.size());
}

std::string tableText(const engine::Subject& people, const Tensor& weights) {
    const auto joined = [&](const char* language) {
        std::string all;
        for (const std::string& word : people.nouns.at(language)) {
            all += (all.empty() ? "" : ",") + word;
        }
        return all;
    };
    const auto number = [&](std::int64_t i) {
        char text[32] = {};
        std::snprintf(text, sizeof text, "%.4f", weights[i].item<double>());
        return std::string(text);
    };
    const std::int64_t classes = weights.size(0) - 1;
    std::string text = "# People, for whom ImageNet has no class: words for them in English and "
                       "Chinese, and how the log-odds\n# of the classes (0 is the background) tell "
                       "whether there are any. Weights by linnet-train people.\n";
    text += "nouns\t" + joined("en") + "\t" + joined("zh") + "\nbias\t" + number(classes) + "\n";
    for (std::int64_t i = 0; i < classes; ++i) {
        text += std::to_string(i) + "\t" + number(i) + "\n";
    }
    return text;
}

/// The vector that a positive definite `matrix` takes to `right`, by conjugate gradients.
Tensor solved(const std::function<Tensor(const Tensor&)>& matrix, const Tensor& right) {
    constexpr int steps = 500;
    constexpr double exact = 1e-20; // part of the squared length that may be left
    Tensor found = torch::zeros_like(right);
    Tensor rest = right.clone();
    Tensor direction = rest.clone();
    double length = rest.dot(rest).item<double>();
    const double enough = exact * length;
    for (int step = 0; step < steps && length > enough; ++step) {
        const Tensor image = matrix(direction);
        const double reach = length / direction.dot(image).item<double>();
        found = found + direction * reach;
        rest = rest - image * reach;
        const double left = rest.dot(rest).item<double>();
        direction = rest + direction * (left / length);
        length = left;
    }
    return found;
}

} // namespace

Tensor fitLogistic(const Tensor& features, const Tensor& targets, const Tensor& importances,
                   double ridge) {
    constexpr int steps = 12;
    constexpr double tiny = 1e-6; // of the bias, which is free
    const Tensor x = torch::cat({features, torch::ones({features.size(0), 1}, torch::kDouble)}, 1);
    Tensor penalty = torch::full({x.size(1)}, ridge, torch::kDouble);
    penalty[-1] = tiny;
    Tensor weights = torch::zeros({x.size(1)}, torch::kDouble);
    for (int step = 0; step < steps; ++step) {
        const Tensor p = torch::sigmoid(x.mv(weights));
        const Tensor gradient = x.t().mv((p - targets) * importances) + penalty * weights;
        const Tensor bend = importances * p * (1 - p);
        weights = weights -
                  solved([&](const Tensor& v) { return x.t().mv(bend * x.mv(v)) + penalty * v; },
                         gradient);
    }
    return weights;
}

Result<std::string> fitPeople(const engine::CaptionCheckpoint& captioner, const PhotoFile& photos,
                              const std::vector<CaptionedPhoto>& split,
                              const PeopleFitOptions& options) {
    const auto known =
        engine::PeopleTable::open(options.table, captioner.config().vision.classes());
    if (!known) {
        return known.error();
    }
    const auto network =
        engine::makeTorchCaptionNetwork(captioner, false, engine::Precision::Float32, 1);
    if (!network) {
        return network.error();
    }
    const engine::Subject people = known->subject({});
    std::vector<Tensor> features;
    std::vector<double> targets;
    std::vector<double> others; // 1 for photos of other kinds
    for (const CaptionedPhoto& photo : split) {
        const auto english = photo.captions.find("en");
        if (english == photo.captions.end() || english->second.empty()) {
            continue;
        }
        auto odds = classOdds(**network, photos.pixels(photo.index));
        if (!odds) {
            return odds.error();
        }
        features.push_back(std::move(*odds));
        targets.push_back(spokenOf(english->second, people.nouns.at("en")));
        others.push_back(photo.captions.count("zh") > 0 ? 0.0 : 1.0);
        if (options.progress) {
            options.progress(features.size(), split.size());
        }
    }
    if (features.empty()) {
        return engine::Error{engine::ErrorCode::NotFound,
                             "no photo to learn from has an English caption"};
    }
    const Tensor other = torch::tensor(others, torch::kDouble);
    const double kinds = other.sum().item<double>();
    const double usual = static_cast<double>(others.size()) - kinds;
    const Tensor importances = 1 + other * (kinds > 0 && usual > 0 ? usual / kinds - 1 : 0.0);
    return tableText(people,
                     fitLogistic(torch::stack(features), torch::tensor(targets, torch::kDouble),
                                 importances, options.ridge));
}

} // namespace linnet::training
