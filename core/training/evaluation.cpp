#include "training/evaluation.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "training/token_loss.h"

namespace linnet::training {

using torch::Tensor;

double TextScore::lossPerToken() const {
    return tokens == 0 ? 0.0 : nats / static_cast<double>(tokens);
}

double TextScore::perplexityPerWord() const {
    return words == 0 ? 0.0 : std::exp(nats / static_cast<double>(words));
}

double TextScore::bitsPerByte() const {
    return bytes == 0 ? 0.0 : nats / std::numbers::ln2 / static_cast<double>(bytes);
}

TextScore& TextScore::operator+=(const TextScore& other) {
    nats += other.nats;
    tokens += other.tokens;
    words += other.words;
    bytes += other.bytes;
    return *this;
}

namespace {

/// Predictions [first, end) of a window that starts at token `begin` count.
struct Window {
    std::uint64_t begin = 0;
    std::int64_t first = 0;
    std::int64_t end = 0;
};

constexpr std::uint64_t kStretches = 16;

/// The windows that score `size` tokens, or evenly spaced stretches of about `maximum` in all.
std::vector<Window> planWindows(std::uint64_t size, const EvaluationOptions& options) {
    std::vector<Window> windows;
    const auto window = static_cast<std::uint64_t>(options.window);
    const auto stride = static_cast<std::uint64_t>(options.stride);
    const bool whole = options.maximumTokens == 0 || options.maximumTokens >= size;
    const std::uint64_t stretches = whole ? 1 : kStretches;
    const std::uint64_t wanted =
        whole ? size : std::max(options.maximumTokens / stretches, window + 1);
    for (std::uint64_t s = 0; s < stretches; ++s) {
        const std::uint64_t begin = s * (size / stretches);
        const std::uint64_t end = std::min(begin + wanted, size);
        if (begin + window + 1 > end) {
            continue;
        }
        windows.push_back({begin, 0, options.window});
        for (std::uint64_t at = begin + stride; at + window + 1 <= end; at += stride) {
            windows.push_back({at, options.window - options.stride, options.window});
        }
    }
    return windows;
}

/// Windows of short documents: each goes on with the first document that the one before did not
/// hold whole. Evenly spaced ones of them, when not all tokens are wanted.
std::vector<Window> planDocumentWindows(const TokenGroup& group, std::uint64_t size,
                                        const EvaluationOptions& options) {
    const auto window = static_cast<std::uint64_t>(options.window);
    std::vector<Window> all;
    std::uint64_t begin = 0;
    while (begin + window < size) {
        auto next =
            std::upper_bound(group.documents.begin(), group.documents.end(), begin + window);
        const bool whole = next != group.documents.begin() && *(next - 1) > begin;
        const std::uint64_t end = whole ? *(next - 1) : begin + window;
        // The first token of the next document counts here: it is this window that predicts it.
        all.push_back({begin, 0, static_cast<std::int64_t>(end - begin)});
        begin = end;
    }
    if (size > window && begin + 1 < size) { // what is left, with tokens before it as context
        const std::uint64_t last = size - window - 1;
        all.push_back({last, static_cast<std::int64_t>(begin - last), options.window});
    }
    if (options.maximumTokens == 0 || options.maximumTokens >= size) {
        return all;
    }
    const std::uint64_t wanted =
        std::max<std::uint64_t>(1, all.size() * options.maximumTokens / size);
    std::vector<Window> some;
    for (std::uint64_t i = 0; i < wanted; ++i) {
        some.push_back(all[i * all.size() / wanted]);
    }
    return some;
}

} // namespace

TextScore scoreGroup(const LanguageNetwork& model, const TokenStream& stream,
                     const TokenGroup& group, const EvaluationOptions& given) {
    const at::NoGradGuard guard;
    EvaluationOptions options = given;
    if (stream.size() <= static_cast<std::uint64_t>(options.window) && stream.size() > 1) {
        options.window = static_cast<std::int64_t>(stream.size()) - 1;
        options.stride = options.window;
    }
    const bool shortDocuments =
        group.tokens <= group.documents.size() * static_cast<std::uint64_t>(options.window);
    const std::vector<Window> windows = shortDocuments
                                            ? planDocumentWindows(group, stream.size(), options)
                                            : planWindows(stream.size(), options);
    const auto device = model.outputWeight().device();
    TextScore score;
    for (std::size_t at = 0; at < windows.size(); at += static_cast<std::size_t>(options.batch)) {
        const std::size_t count =
            std::min(windows.size() - at, static_cast<std::size_t>(options.batch));
        Tensor tokens =
            torch::empty({static_cast<std::int64_t>(count), options.window + 1}, torch::kLong);
        Tensor counted =
            torch::zeros({static_cast<std::int64_t>(count), options.window}, torch::kFloat);
        for (std::size_t i = 0; i < count; ++i) {
            const auto row = static_cast<std::int64_t>(i);
            const Window& window = windows[at + i];
            stream.copy(window.begin, static_cast<std::uint64_t>(options.window) + 1,
                        tokens[row].data_ptr<std::int64_t>());
            counted[row].narrow(0, window.first, window.end - window.first).fill_(1.0);
            score.tokens += static_cast<std::uint64_t>(window.end - window.first);
        }
        tokens = tokens.to(device);
        const Tensor hidden = model.hidden(tokens.narrow(1, 0, options.window));
        const Tensor surprisal = tokenSurprisals(hidden.flatten(0, 1), model.outputWeight(),
                                                 tokens.narrow(1, 1, options.window).reshape({-1}));
        score.nats += (surprisal * counted.view({-1}).to(device)).sum().item<double>();
    }
    const double part = static_cast<double>(score.tokens) / static_cast<double>(group.tokens);
    score.words = static_cast<std::uint64_t>(std::llround(part * static_cast<double>(group.words)));
    score.bytes = static_cast<std::uint64_t>(std::llround(part * static_cast<double>(group.bytes)));
    return score;
}

} // namespace linnet::training
