#include "training/token_loss.h"

#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <vector>

#include "engine/torch/fused_ops.h"

namespace linnet::training {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

/// Rows of logits held at a time: within the caches of a CPU, enough work for a GPU.
std::int64_t sliceRows(const Tensor& hidden) {
    return hidden.device().is_cpu() ? 1024 : 8192;
}

/// Adds the cross-entropies of the rows to `total` and returns their gradient times `scale`.
Tensor logitGradient(Tensor logits, const Tensor& targets, double scale, Tensor& total) {
    if (logits.device().is_cpu() && logits.scalar_type() == torch::kBFloat16) {
        total += engine::crossEntropyInPlace(logits, targets, scale).sum();
        return logits;
    }
    const Tensor column = targets.unsqueeze(1);
    Tensor gradient = torch::log_softmax(logits.to(torch::kFloat), -1);
    total -= gradient.gather(1, column).sum();
    gradient.exp_();
    gradient.scatter_add_(1, column, torch::full_like(column, -1.0, gradient.options()));
    return gradient.mul_(scale).to(logits.scalar_type());
}

/// The same for the sum of cross-entropies times weights [n].
Tensor weightedGradient(Tensor logits, const Tensor& targets, const Tensor& weights,
                        Tensor& total) {
    Tensor losses;
    if (logits.device().is_cpu() && logits.scalar_type() == torch::kBFloat16) {
        losses = engine::crossEntropyInPlace(logits, targets, 1.0);
    } else {
        const Tensor column = targets.unsqueeze(1);
        Tensor gradient = torch::log_softmax(logits.to(torch::kFloat), -1);
        losses = -gradient.gather(1, column).squeeze(1);
        gradient.exp_();
        logits =
            gradient.scatter_add_(1, column, torch::full_like(column, -1.0, gradient.options()))
                .to(logits.scalar_type());
    }
    total += (losses * weights).sum();
    return logits.mul_(weights.unsqueeze(1).to(logits.scalar_type()));
}

class TokenLoss : public torch::autograd::Function<TokenLoss> {
public:
    /// `weights` [n]; empty: all are 1 / n.
    static Tensor forward(AutogradContext* context, const Tensor& hidden, const Tensor& output,
                          const Tensor& targets, const Tensor& weights) {
        const std::int64_t count = hidden.size(0);
        const std::int64_t step = sliceRows(hidden);
        const bool weighted = weights.numel() > 0;
        Tensor hiddenGradient = torch::empty_like(hidden);
        Tensor outputGradient = torch::zeros(output.sizes(), output.options().dtype(torch::kFloat));
        Tensor total = torch::zeros({}, hidden.options().dtype(torch::kFloat));
        for (std::int64_t begin = 0; begin < count; begin += step) {
            const std::int64_t rows = std::min(step, count - begin);
            const Tensor slice = hidden.narrow(0, begin, rows);
            const Tensor target = targets.narrow(0, begin, rows);
            const Tensor logits = torch::mm(slice, output.t());
            const Tensor gradient =
                weighted ? weightedGradient(logits, target, weights.narrow(0, begin, rows), total)
                         : logitGradient(logits, target, 1.0 / static_cast<double>(count), total);
            hiddenGradient.narrow(0, begin, rows).copy_(torch::mm(gradient, output));
            outputGradient += torch::mm(gradient.t(), slice);
        }
        context->save_for_backward({hiddenGradient, outputGradient.to(output.scalar_type())});
        return weighted ? total : total / static_cast<double>(count);
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const variable_list saved = context->get_saved_variables();
        const Tensor scale = gradients[0];
        return {saved[0] * scale.to(saved[0].scalar_type()),
                saved[1] * scale.to(saved[1].scalar_type()), Tensor(), Tensor()};
    }
};

} // namespace

Tensor tokenLoss(const Tensor& hidden, const Tensor& output, const Tensor& targets) {
    return TokenLoss::apply(hidden, output, targets, torch::empty({0}));
}

Tensor weightedTokenLoss(const Tensor& hidden, const Tensor& output, const Tensor& targets,
                         const Tensor& weights) {
    return TokenLoss::apply(hidden, output, targets, weights);
}

Tensor tokenSurprisals(const Tensor& hidden, const Tensor& output, const Tensor& targets) {
    const at::NoGradGuard guard;
    const std::int64_t step = sliceRows(hidden);
    std::vector<Tensor> parts;
    for (std::int64_t begin = 0; begin < hidden.size(0); begin += step) {
        const std::int64_t rows = std::min(step, hidden.size(0) - begin);
        const Tensor logits =
            torch::mm(hidden.narrow(0, begin, rows), output.t()).to(torch::kFloat);
        const Tensor target = targets.narrow(0, begin, rows).unsqueeze(1);
        parts.push_back(torch::logsumexp(logits, -1) - logits.gather(1, target).squeeze(1));
    }
    return torch::cat(parts);
}

} // namespace linnet::training
