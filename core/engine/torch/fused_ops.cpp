#include "engine/torch/fused_ops.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/torch/fused_kernels.h"

namespace linnet::engine {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace {

constexpr std::int64_t kRowsAtLeast = 64; // rows worth giving to another thread

fused::Bf16* bits(const Tensor& tensor) {
    return tensor.defined() ? reinterpret_cast<fused::Bf16*>(tensor.data_ptr<at::BFloat16>())
                            : nullptr;
}

float* floats(const Tensor& tensor) {
    return tensor.defined() ? tensor.data_ptr<float>() : nullptr;
}

template <typename T>
T* advance(T* pointer, std::int64_t by) {
    return pointer == nullptr ? nullptr : pointer + by;
}

/// Stands for "no tensor" among the arguments of a Function, which must all be defined.
Tensor orPlaceholder(const Tensor& tensor, const Tensor& like) {
    return tensor.defined() ? tensor : at::empty({0}, like.options());
}

Tensor unlessPlaceholder(const Tensor& tensor) {
    return tensor.numel() == 0 ? Tensor() : tensor.contiguous();
}

Tensor contiguousOrUndefined(const Tensor& tensor) {
    return tensor.defined() ? tensor.contiguous() : tensor;
}

class AddRmsNorm : public Function<AddRmsNorm> {
public:
    static variable_list forward(AutogradContext* context, const Tensor& x, const Tensor& delta,
                                 const Tensor& weight, double epsilon) {
        const Tensor input = x.contiguous();
        const Tensor change = unlessPlaceholder(delta);
        const std::int64_t width = input.size(-1);
        const std::int64_t rows = input.numel() / width;
        Tensor sum = change.defined() ? at::empty_like(input) : Tensor();
        const Tensor y = at::empty(input.sizes(), input.options().dtype(at::kBFloat16));
        const Tensor inverse = at::empty({rows}, input.options());
        at::parallel_for(0, rows, kRowsAtLeast, [&](std::int64_t begin, std::int64_t end) {
            const std::int64_t at = begin * width;
            fused::rmsNorm({.x = floats(input) + at,
                            .delta = advance(bits(change), at),
                            .weight = floats(weight),
                            .sum = advance(floats(sum), at),
                            .y = bits(y) + at,
                            .inverse = floats(inverse) + begin,
                            .rows = end - begin,
                            .width = width,
                            .epsilon = static_cast<float>(epsilon)});
        });
        context->saved_data["delta"] = change.defined();
        context->set_materialize_grads(false);
        if (!sum.defined()) {
            context->save_for_backward({input, weight, inverse});
            return {y};
        }
        context->save_for_backward({sum, weight, inverse});
        return {y, sum};
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const variable_list saved = context->get_saved_variables();
        const Tensor& x = saved[0];
        const Tensor& weight = saved[1];
        const bool hasDelta = context->saved_data["delta"].toBool();
        const Tensor outer = gradients.size() > 1 ? contiguousOrUndefined(gradients[1]) : Tensor();
        const std::int64_t width = x.size(-1);
        const std::int64_t rows = x.numel() / width;
        const Tensor dy = gradients[0].defined()
                              ? gradients[0].contiguous()
                              : at::zeros(x.sizes(), x.options().dtype(at::kBFloat16));
        const Tensor dx = at::empty_like(x);
        const Tensor delta =
            hasDelta ? at::empty(x.sizes(), x.options().dtype(at::kBFloat16)) : Tensor();
        // A fixed number of blocks, each with a sum of its own: the result does not depend on how
        // the threads share them.
        const std::int64_t blocks = std::min<std::int64_t>(rows, 16);
        const Tensor partial = at::zeros({blocks, width}, weight.options());
        at::parallel_for(0, blocks, 1, [&](std::int64_t first, std::int64_t last) {
            for (std::int64_t block = first; block < last; ++block) {
                const std::int64_t begin = rows * block / blocks;
                const std::int64_t at = begin * width;
                fused::rmsNormGradient({.x = floats(x) + at,
                                        .weight = floats(weight),
                                        .inverse = floats(saved[2]) + begin,
                                        .dy = bits(dy) + at,
                                        .outer = advance(floats(outer), at),
                                        .dx = floats(dx) + at,
                                        .delta = advance(bits(delta), at),
                                        .weightGradient = floats(partial) + block * width,
                                        .rows = rows * (block + 1) / blocks - begin,
                                        .width = width});
            }
        });
        return {dx, delta, partial.sum(0), Tensor()};
    }
};

class SwiGlu : public Function<SwiGlu> {
public:
    static Tensor forward(AutogradContext* context, const Tensor& gateUp) {
        const Tensor input = gateUp.contiguous();
        const std::int64_t width = input.size(-1) / 2;
        std::vector<std::int64_t> shape = input.sizes().vec();
        shape.back() = width;
        const Tensor out = at::empty(shape, input.options());
        at::parallel_for(0, out.numel() / width, kRowsAtLeast,
                         [&](std::int64_t begin, std::int64_t end) {
                             fused::swiGlu(bits(input) + begin * 2 * width,
                                           bits(out) + begin * width, end - begin, width);
                         });
        context->save_for_backward({input});
        return out;
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const Tensor input = context->get_saved_variables()[0];
        const Tensor dOut = gradients[0].contiguous();
        const std::int64_t width = dOut.size(-1);
        const Tensor dInput = at::empty_like(input);
        at::parallel_for(
            0, dOut.numel() / width, kRowsAtLeast, [&](std::int64_t begin, std::int64_t end) {
                fused::swiGluGradient(bits(input) + begin * 2 * width, bits(dOut) + begin * width,
                                      bits(dInput) + begin * 2 * width, end - begin, width);
            });
        return {dInput};
    }
};

/// The shape of one attention call and how heads lie in the fused projection.
struct AttentionShape {
    std::int64_t batch, length, heads, kvHeads, headDim;

    [[nodiscard]] std::int64_t fusedHeads() const { return heads + 2 * kvHeads; }

    /// Moves heads [first, first + count) of `fused` to or from `split` [batch, count, length, d].
    void move(const Tensor& fused, const Tensor& split, std::int64_t first, const Tensor& rotation,
              float direction, bool gather) const {
        const std::int64_t count = split.size(1);
        const std::int64_t stride = fused.size(-1);
        const float turn = rotation.defined() ? direction : 0.0F;
        at::parallel_for(0, batch * count, 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const std::int64_t head = first + i % count;
                const fused::HeadRows task{.fused = bits(fused) + (i / count) * length * stride +
                                                    head * headDim,
                                           .head = bits(split) + i * length * headDim,
                                           .cosine = floats(rotation),
                                           .sine = advance(floats(rotation), length * headDim / 2),
                                           .length = length,
                                           .stride = stride,
                                           .headDim = headDim,
                                           .direction = turn};
                gather ? fused::gatherHead(task) : fused::scatterHead(task);
            }
        });
    }

    [[nodiscard]] Tensor empty(const Tensor& like, std::int64_t count) const {
        return at::empty({batch, count, length, headDim}, like.options());
    }

    /// [batch, heads, length, d] as [batch * kvHeads, group * length, d], which shares keys.
    [[nodiscard]] Tensor grouped(const Tensor& split) const {
        return split.view({batch * kvHeads, split.size(1) / kvHeads * length, headDim});
    }

    [[nodiscard]] float scale() const { return 1.0F / std::sqrt(static_cast<float>(headDim)); }
};

class CausalSelfAttention : public Function<CausalSelfAttention> {
public:
    static Tensor forward(AutogradContext* context, const Tensor& given, const Tensor& turns,
                          std::int64_t heads, std::int64_t kvHeads) {
        const Tensor qkv = given.contiguous();
        const Tensor rotation = unlessPlaceholder(turns);
        const AttentionShape shape{qkv.size(0), qkv.size(1), heads, kvHeads,
                                   qkv.size(2) / (heads + 2 * kvHeads)};
        const Tensor q = shape.empty(qkv, heads);
        const Tensor k = shape.empty(qkv, kvHeads);
        const Tensor v = shape.empty(qkv, kvHeads);
        shape.move(qkv, q, 0, rotation, 1.0F, true);
        shape.move(qkv, k, heads, rotation, 1.0F, true);
        shape.move(qkv, v, heads + kvHeads, {}, 0.0F, true);
        const Tensor probabilities =
            at::bmm(shape.grouped(q), shape.grouped(k).transpose(1, 2)).contiguous();
        const std::int64_t square = shape.length * shape.length;
        at::parallel_for(0, shape.batch * heads, 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                fused::causalSoftmax(bits(probabilities) + i * square, shape.length, shape.scale());
            }
        });
        const Tensor mixed = at::bmm(probabilities, shape.grouped(v)).contiguous();
        const Tensor out =
            at::empty({shape.batch, shape.length, heads * shape.headDim}, qkv.options());
        shape.move(out, mixed.view(q.sizes()), 0, {}, 0.0F, false);
        context->save_for_backward({q, k, v, probabilities, turns});
        return out;
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const variable_list saved = context->get_saved_variables();
        const Tensor& q = saved[0];
        const Tensor& k = saved[1];
        const Tensor& v = saved[2];
        const Tensor& probabilities = saved[3];
        const Tensor rotation = unlessPlaceholder(saved[4]);
        const AttentionShape shape{q.size(0), q.size(2), q.size(1), k.size(1), q.size(3)};
        const Tensor dMixed = shape.empty(q, shape.heads);
        shape.move(gradients[0].contiguous(), dMixed, 0, {}, 0.0F, true);
        const Tensor dOut = shape.grouped(dMixed);
        const Tensor dv = at::bmm(probabilities.transpose(1, 2), dOut).contiguous();
        const Tensor dScores = at::bmm(dOut, shape.grouped(v).transpose(1, 2)).contiguous();
        const std::int64_t square = shape.length * shape.length;
        at::parallel_for(0, shape.batch * shape.heads, 1,
                         [&](std::int64_t begin, std::int64_t end) {
                             for (std::int64_t i = begin; i < end; ++i) {
                                 fused::causalSoftmaxGradient(bits(probabilities) + i * square,
                                                              bits(dScores) + i * square,
                                                              shape.length, shape.scale());
                             }
                         });
        const Tensor dq = at::bmm(dScores, shape.grouped(k)).contiguous();
        const Tensor dk = at::bmm(dScores.transpose(1, 2), shape.grouped(q)).contiguous();
        const Tensor dqkv =
            at::empty({shape.batch, shape.length, shape.fusedHeads() * shape.headDim}, q.options());
        shape.move(dqkv, dq.view(q.sizes()), 0, rotation, -1.0F, false);
        shape.move(dqkv, dk.view(k.sizes()), shape.heads, rotation, -1.0F, false);
        shape.move(dqkv, dv.view(v.sizes()), shape.heads + shape.kvHeads, {}, 0.0F, false);
        return {dqkv, Tensor(), Tensor(), Tensor()};
    }
};

bool isFused(const Tensor& tensor) {
    return tensor.device().is_cpu() && tensor.scalar_type() == at::kBFloat16;
}

} // namespace

std::tuple<Tensor, Tensor> addRmsNorm(const Tensor& x, const Tensor& delta, const Tensor& weight,
                                      double epsilon, torch::ScalarType type) {
    if (x.device().is_cpu() && type == at::kBFloat16 && x.scalar_type() == at::kFloat &&
        weight.scalar_type() == at::kFloat) {
        const variable_list results =
            AddRmsNorm::apply(x, orPlaceholder(delta, x), weight, epsilon);
        return {delta.defined() ? results[1] : x, results[0]};
    }
    const Tensor sum = delta.defined() ? x + delta : x;
    const Tensor wide = sum.to(at::kFloat);
    const Tensor inverse = at::rsqrt(wide.square().mean(-1, true) + epsilon);
    return {sum, (wide * inverse * weight).to(type)};
}

Tensor swiGlu(const Tensor& gateUp) {
    if (isFused(gateUp)) {
        return SwiGlu::apply(gateUp);
    }
    const auto halves = gateUp.chunk(2, -1);
    return at::silu(halves[0]) * halves[1];
}

bool hasFusedAttention(const Tensor& qkv) {
    return isFused(qkv);
}

Tensor causalSelfAttention(const Tensor& qkv, const Tensor& rotation, std::int64_t heads,
                           std::int64_t kvHeads) {
    return CausalSelfAttention::apply(qkv, orPlaceholder(rotation, qkv), heads, kvHeads);
}

Tensor crossEntropyInPlace(Tensor& logits, const Tensor& targets, double scale) {
    const std::int64_t rows = logits.size(0);
    const std::int64_t width = logits.size(1);
    const Tensor losses = at::empty({rows}, logits.options().dtype(at::kFloat));
    at::parallel_for(0, rows, 16, [&](std::int64_t begin, std::int64_t end) {
        std::vector<float> scratch(static_cast<std::size_t>(width));
        fused::crossEntropy(bits(logits) + begin * width, targets.data_ptr<std::int64_t>() + begin,
                            floats(losses) + begin, scratch.data(), end - begin, width,
                            static_cast<float>(scale));
    });
    return losses;
}

} // namespace linnet::engine
