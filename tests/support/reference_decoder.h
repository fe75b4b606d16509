#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace linnet::test {

// A tensor of a checkpoint, widened: row-major.
struct ReferenceTensor {
    std::vector<std::size_t> shape;
    std::vector<double> values;
};
using ReferenceTensors = std::map<std::string, ReferenceTensor>;

// Log-probabilities of language models in double precision and plain loops, written from the
// papers (GPT-2, Radford et al. 2019; Llama, Touvron et al. 2023; Qwen2) and sharing nothing with
// the engine, to check it against. Slow: for models of some thousand parameters.
//
// `configPath` is a config.json of model_type gpt2, llama or qwen2; `tensors` have the names of the
// Hugging Face library, with its prefixes. Gives, for every token, the natural log of its
// probability given those before it; none for the first. Throws std::exception if something is
// missing.
std::vector<std::optional<double>> referenceLogProbs(const std::string& configPath,
                                                     const ReferenceTensors& tensors,
                                                     const std::vector<int>& tokens);

// The logits over the vocabulary after the last of `tokens`.
std::vector<double> referenceLogits(const std::string& configPath, const ReferenceTensors& tensors,
                                    const std::vector<int>& tokens);

} // namespace linnet::test
