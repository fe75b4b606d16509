#pragma once

#include <torch/types.h>

#include <map>
#include <string>
#include <vector>

namespace linnet::training {

using NamedTensors = std::map<std::string, torch::Tensor>;

enum class OptimizerKind { AdamW, Muon };

struct OptimizerOptions {
    OptimizerKind kind = OptimizerKind::Muon;
    double rate = 3e-3;        // AdamW: peak learning rate
    double matrixRate = 2e-2;  // Muon: peak learning rate of hidden matrices
    double momentum = 0.95;    // Muon
    double beta1 = 0.9;        // AdamW
    double beta2 = 0.95;       // AdamW
    double epsilon = 1e-10;    // AdamW
    double weightDecay = 0.01; // decoupled, times the learning rate; matrices and embeddings only
};

/// Updates parameters from their gradients. AdamW (Loshchilov & Hutter 2019) for everything, or
/// Muon (Jordan et al. 2024) for the hidden matrices and AdamW for embeddings and norms.
/// Deterministic on one device.
class Optimizer {
public:
    /// `parameters` require gradients and are updated in place.
    Optimizer(NamedTensors parameters, const OptimizerOptions& options);

    /// One update with the learning rates times `factor`; parameters without gradient stay.
    void step(double factor);

    /// Tensors that a checkpoint must hold besides the parameters, under names that start with
    /// "optimizer.".
    [[nodiscard]] NamedTensors state() const;

    /// Takes over a state() of the same parameters and kind and the number of updates it had
    /// seen. Returns the first missing name or mismatched shape, or an empty string.
    [[nodiscard]] std::string restore(const NamedTensors& state, std::int64_t updates);

private:
    struct Slot {
        std::string name;
        torch::Tensor parameter;
        torch::Tensor first;  // momentum or mean of gradients
        torch::Tensor second; // AdamW: mean of squared gradients
        bool muon = false;
    };
    void stepAdamW(Slot& slot, double factor) const;
    void stepMuon(const std::vector<Slot*>& sameShape, double factor) const;

    OptimizerOptions m_options;
    std::vector<Slot> m_slots;
    std::int64_t m_updates = 0;
};

/// The nearest semi-orthogonal matrix, approximately: five quintic Newton-Schulz steps on
/// each matrix of a batch [n, rows, cols], in bfloat16 where that is fast (Jordan et al. 2024).
[[nodiscard]] torch::Tensor orthogonalized(const torch::Tensor& batch);

/// Scales gradients down so that their common Euclidean norm is at most `maximum`; returns the norm
/// before.
double clipGradients(const NamedTensors& parameters, double maximum);

} // namespace linnet::training
