#include "training/optimizer.h"

#include <cmath>

#include "training/compute_device.h"

namespace linnet::training {

using torch::Tensor;

namespace {

bool isHiddenMatrix(const std::string& name, const Tensor& parameter) {
    if (parameter.dim() != 2) {
        return false;
    }
    for (const char* lookup : {"embed_tokens", "lm_head", "wte.", "wpe."}) {
        if (name.find(lookup) != std::string::npos) {
            return false;
        }
    }
    return true;
}

} // namespace

Tensor orthogonalized(const Tensor& batch) {
    const bool tall = batch.size(1) > batch.size(2);
    Tensor x = tall ? batch.transpose(1, 2) : batch;
    const auto type = multipliesBfloat16Fast(batch.device()) ? torch::kBFloat16 : torch::kFloat;
    x = (x / (x.flatten(1).norm(2, 1).view({-1, 1, 1}) + 1e-7)).to(type).contiguous();
    for (int i = 0; i < 5; ++i) {
        const Tensor a = torch::bmm(x, x.transpose(1, 2));
        const Tensor b = torch::baddbmm(a, a, a, -4.7750, 2.0315);
        x = torch::baddbmm(x, b, x, 3.4445, 1.0);
    }
    x = x.to(torch::kFloat);
    return tall ? x.transpose(1, 2) : x;
}

double clipGradients(const NamedTensors& parameters, double maximum) {
    std::vector<Tensor> norms;
    for (const auto& [name, parameter] : parameters) {
        if (parameter.grad().defined()) {
            norms.push_back(parameter.grad().norm());
        }
    }
    if (norms.empty()) {
        return 0.0;
    }
    const double norm = torch::stack(norms).norm().item<double>();
    if (norm > maximum) {
        for (const auto& [name, parameter] : parameters) {
            if (parameter.grad().defined()) {
                parameter.grad().mul_(maximum / norm);
            }
        }
    }
    return norm;
}

Optimizer::Optimizer(NamedTensors parameters, const OptimizerOptions& options)
    : m_options(options) {
    for (const auto& [name, parameter] : parameters) {
        Slot slot;
        slot.name = name;
        slot.parameter = parameter;
        slot.muon = options.kind == OptimizerKind::Muon && isHiddenMatrix(name, parameter);
        slot.first = torch::zeros_like(parameter.detach());
        if (!slot.muon) {
            slot.second = torch::zeros_like(slot.first);
        }
        m_slots.push_back(std::move(slot));
    }
}

void Optimizer::step(double factor) {
    const at::NoGradGuard guard;
    ++m_updates;
    std::map<std::vector<std::int64_t>, std::vector<Slot*>> shapes;
    for (Slot& slot : m_slots) {
        if (!slot.parameter.grad().defined()) {
            continue;
        }
        if (slot.muon) {
            shapes[slot.parameter.sizes().vec()].push_back(&slot);
        } else {
            stepAdamW(slot, factor);
        }
    }
    for (const auto& [shape, slots] : shapes) {
        stepMuon(slots, factor);
    }
}

void Optimizer::stepAdamW(Slot& slot, double factor) const {
    const double rate = m_options.rate * factor;
    const Tensor gradient = slot.parameter.grad();
    slot.first.mul_(m_options.beta1).add_(gradient, 1.0 - m_options.beta1);
    slot.second.mul_(m_options.beta2).addcmul_(gradient, gradient, 1.0 - m_options.beta2);
    const auto updates = static_cast<double>(m_updates);
    const double firstBias = 1.0 - std::pow(m_options.beta1, updates);
    const double secondBias = 1.0 - std::pow(m_options.beta2, updates);
    if (slot.parameter.dim() > 1) {
        slot.parameter.mul_(1.0 - rate * m_options.weightDecay);
    }
    const Tensor scale = slot.second.sqrt().div_(std::sqrt(secondBias)).add_(m_options.epsilon);
    slot.parameter.addcdiv_(slot.first, scale, -rate / firstBias);
}

void Optimizer::stepMuon(const std::vector<Slot*>& sameShape, double factor) const {
    const double rate = m_options.matrixRate * factor;
    std::vector<Tensor> directions;
    for (Slot* slot : sameShape) {
        const Tensor gradient = slot->parameter.grad();
        slot->first.lerp_(gradient, 1.0 - m_options.momentum);
        directions.push_back(gradient.lerp(slot->first, m_options.momentum)); // Nesterov
    }
    const Tensor updates = orthogonalized(torch::stack(directions));
    const double scale = std::sqrt(
        std::max(1.0, static_cast<double>(updates.size(1)) / static_cast<double>(updates.size(2))));
    for (std::size_t i = 0; i < sameShape.size(); ++i) {
        Tensor& parameter = sameShape[i]->parameter;
        parameter.mul_(1.0 - rate * m_options.weightDecay);
        parameter.add_(updates[static_cast<std::int64_t>(i)], -rate * scale);
    }
}

NamedTensors Optimizer::state() const {
    NamedTensors tensors;
    for (const Slot& slot : m_slots) {
        tensors["optimizer.first." + slot.name] = slot.first;
        if (slot.second.defined()) {
            tensors["optimizer.second." + slot.name] = slot.second;
        }
    }
    return tensors;
}

std::string Optimizer::restore(const NamedTensors& state, std::int64_t updates) {
    const at::NoGradGuard guard;
    for (const auto& [name, target] : this->state()) {
        const auto found = state.find(name);
        if (found == state.end() || found->second.sizes() != target.sizes()) {
            return name;
        }
        Tensor own = target;
        own.copy_(found->second);
    }
    m_updates = updates;
    return {};
}

} // namespace linnet::training
