#pragma once

#include <QtTest>

#include <cmath>
#include <optional>
#include <vector>

#include "engine/torch/cpu/cpu_decoder.h"
#include "random_model.h"

// What the tests of the int8 decoder share.

namespace linnet::test {

using engine::DecoderStep;
using engine::KvSequence;
using engine::LogitRows;
using engine::ModelConfig;
using engine::TokenId;
using engine::cpu::CpuDecoder;
using engine::cpu::CpuLevel;
using engine::cpu::defaultLevel;
using engine::cpu::Terms;

using Logits = std::vector<float>;

inline std::vector<TokenId> randomTokens(int count, int vocabulary, unsigned seed) {
    std::mt19937 random(seed);
    std::vector<TokenId> tokens;
    for (int i = 0; i < count; ++i) {
        tokens.push_back(static_cast<TokenId>(random() % static_cast<unsigned>(vocabulary)));
    }
    return tokens;
}

inline ModelConfig configOf(const QString& name) {
    return name == "llama" ? smallLlama() : (name == "qwen2" ? smallQwen2() : smallGpt2());
}

// In one term unless said otherwise, as models of a usual size run.
inline std::unique_ptr<CpuDecoder> makeDecoder(const RandomModel& model, int threads = 1,
                                               CpuLevel level = defaultLevel(),
                                               std::optional<Terms> terms = Terms::One) {
    auto decoder = CpuDecoder::create(model.config(), model.source(), {threads, level, terms});
    if (!decoder) {
        qFatal("%s", decoder.error().message.c_str());
    }
    return std::move(*decoder);
}

inline Logits run(CpuDecoder& decoder, KvSequence& sequence, std::span<const TokenId> tokens,
                  LogitRows rows = LogitRows::All) {
    const DecoderStep step{&sequence, tokens, rows};
    const auto logits = decoder.forward(std::span(&step, 1));
    if (!logits) {
        qFatal("%s", logits.error().message.c_str());
    }
    return Logits(logits->begin(), logits->end());
}

inline Logits runOneByOne(CpuDecoder& decoder, KvSequence& sequence,
                          std::span<const TokenId> tokens) {
    Logits all;
    for (const TokenId& token : tokens) {
        const Logits row = run(decoder, sequence, std::span(&token, 1));
        all.insert(all.end(), row.begin(), row.end());
    }
    return all;
}

// The size of the difference, as a share of the size of `expected`.
template <typename Expected>
double relativeError(const Logits& actual, const Expected& expected) {
    if (actual.size() != expected.size()) {
        return INFINITY;
    }
    double difference = 0.0;
    double size = 0.0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const auto wanted = static_cast<double>(expected[i]);
        difference += std::pow(static_cast<double>(actual[i]) - wanted, 2);
        size += wanted * wanted;
    }
    return std::sqrt(difference / size);
}

// Sums may be taken in another order, and that can turn the rounding of an activation to int8, of
// which these untrained models make a per cent or two.
inline constexpr double sameWithinRounding = 0.03;

} // namespace linnet::test
