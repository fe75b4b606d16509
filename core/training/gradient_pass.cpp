#include "training/gradient_pass.h"

#include <ATen/Parallel.h>

#include <exception>
#include <thread>
#include <vector>

#include "training/language_network.h"
#include "training/token_loss.h"

namespace linnet::training {

using torch::Tensor;

namespace {

double runPass(const PassSettings& settings, const NamedTensors& parameters, const Tensor& windows,
               double share) {
    const std::int64_t length = windows.size(1) - 1;
    const Tensor tokens = windows.to(settings.device);
    const auto model = makeNetwork(*settings.config, parameters, settings.type);
    const Tensor hidden = model->hidden(tokens.narrow(1, 0, length));
    const Tensor loss = tokenLoss(hidden.flatten(0, 1), model->outputWeight(),
                                  tokens.narrow(1, 1, length).reshape({-1})) *
                        share;
    loss.backward();
    return loss.item<double>();
}

/// One thread's part of a pass: views of the parameters with gradients of their own.
struct Worker {
    NamedTensors parameters;
    Tensor windows;
    double loss = 0.0;
    std::exception_ptr failure;

    void run(const PassSettings& settings, double share) {
        try {
            at::set_num_threads(1);
            loss = runPass(settings, parameters, windows, share);
        } catch (...) {
            failure = std::current_exception();
        }
    }
};

} // namespace

double addGradients(const PassSettings& settings, NamedTensors& parameters, const Tensor& windows,
                    double share) {
    if (settings.workers < 2) {
        return runPass(settings, parameters, windows, share);
    }
    const std::vector<Tensor> shares = windows.chunk(settings.workers);
    std::vector<Worker> workers(shares.size());
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < workers.size(); ++i) {
            workers[i].windows = shares[i];
            for (const auto& [name, parameter] : parameters) {
                workers[i].parameters[name] = parameter.detach().requires_grad_(true);
            }
            threads.emplace_back([&settings, &worker = workers[i],
                                  part = share / static_cast<double>(workers.size())] {
                worker.run(settings, part);
            });
        }
    }
    double loss = 0.0;
    for (const Worker& worker : workers) {
        if (worker.failure) {
            std::rethrow_exception(worker.failure);
        }
        loss += worker.loss;
        for (auto& [name, parameter] : parameters) {
            const Tensor gradient = worker.parameters.at(name).grad();
            Tensor& sum = parameter.mutable_grad();
            sum = sum.defined() ? sum + gradient : gradient;
        }
    }
    return loss;
}

} // namespace linnet::training
