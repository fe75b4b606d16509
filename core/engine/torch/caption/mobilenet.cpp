#include "engine/torch/caption/mobilenet.h"

namespace linnet::engine {

using torch::Tensor;

namespace {

const std::vector<std::int64_t> kNoPadding = {0, 0};

using Kind = MobileNetStep::Kind;

/// TensorFlow's `same` padding of a square input.
Tensor padded(const Tensor& x, int kernel, int stride) {
    const std::int64_t size = x.size(3);
    const std::int64_t outputs = (size + stride - 1) / stride;
    const std::int64_t missing = std::max<std::int64_t>((outputs - 1) * stride + kernel - size, 0);
    const std::int64_t before = missing / 2;
    return missing == 0
               ? x
               : at::constant_pad_nd(x, {before, missing - before, before, missing - before});
}

} // namespace

MobileNet::MobileNet(const MobileNetConfig& config, const TensorMap& weights,
                     const std::string& prefix, torch::ScalarType computeType)
    : m_config(config)
    , m_type(computeType)
    , m_steps(mobileNetSteps(config)) {
    for (const MobileNetStep& step : m_steps) {
        if (step.kind == Kind::Sum) {
            m_weights.emplace_back();
            m_biases.emplace_back();
            continue;
        }
        const Tensor& weight = weights.at(prefix + step.name + ".weight");
        if (step.kind == Kind::Head) { // few products, and their probabilities matter
            m_weights.push_back(weight.flatten(1).to(torch::kFloat));
            m_biases.push_back(weights.at(prefix + step.name + ".bias").to(torch::kFloat));
            continue;
        }
        m_weights.push_back(weight.to(m_type).contiguous(at::MemoryFormat::ChannelsLast));
        m_biases.push_back(weights.at(prefix + step.name + ".bias").to(m_type));
    }
}

Tensor MobileNet::run(const MobileNetStep& step, const Tensor& x) const {
    const auto index = static_cast<std::size_t>(&step - m_steps.data());
    const std::int64_t groups = step.kind == Kind::Depthwise ? step.outputs : 1;
    const std::int64_t stride = step.stride;
    const Tensor y = at::conv2d(padded(x, step.kernel, step.stride), m_weights[index],
                                m_biases[index], stride, kNoPadding, 1, groups);
    return step.relu6 ? at::clamp(y, 0.0, 6.0) : y;
}

Tensor MobileNet::runSteps(int firstStage, int endStage, Tensor x) const {
    Tensor entering = x; // of the block at work
    for (const MobileNetStep& step : m_steps) {
        if (step.stage < firstStage || step.stage >= endStage || step.kind == Kind::Head) {
            continue;
        }
        if (step.kind == Kind::Sum) {
            x = x + entering;
            entering = x;
            continue;
        }
        x = run(step, x);
        const auto next = &step + 1;
        const bool closed =
            step.kind == Kind::Convolution && !step.relu6 && next->kind != Kind::Sum;
        if (closed || step.stage < 0) {
            entering = x;
        }
    }
    return x;
}

Tensor MobileNet::before(int stage, const Tensor& pixels) const {
    return runSteps(-1, stage, pixels.to(m_type).contiguous(at::MemoryFormat::ChannelsLast));
}

Tensor MobileNet::from(int stage, const Tensor& entering) const {
    return runSteps(stage, static_cast<int>(m_config.stages.size()) + 1, entering.to(m_type));
}

Tensor MobileNet::classLogits(const Tensor& grid) const {
    const Tensor pooled = grid.to(torch::kFloat).mean({2, 3});
    return torch::linear(pooled, m_weights.back(), m_biases.back());
}

} // namespace linnet::engine
