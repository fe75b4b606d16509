// Torch's headers come before Qt's, whose macros they do not know.
#include <torch/types.h>

#include "training/optimizer.h"

#include <QtTest>

#include <cmath>

using namespace linnet::training;
using torch::Tensor;

namespace {

Tensor leaf(const Tensor& values) {
    return values.clone().requires_grad_(true);
}

} // namespace

class TestOptimizer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void adamStepByHand() {
        OptimizerOptions options;
        options.kind = OptimizerKind::AdamW;
        options.rate = 0.1;
        options.beta1 = 0.9;
        options.beta2 = 0.99;
        options.epsilon = 1e-8;
        options.weightDecay = 0.5;
        const Tensor weight = leaf(torch::tensor({{2.0F, -1.0F}}));
        Optimizer optimizer({{"model.norm.weight", weight}}, options);
        double mean = 0.0;
        double square = 0.0;
        double expected = 2.0;
        for (int step = 1; step <= 3; ++step) {
            const double gradient = 0.3 * step;
            weight.mutable_grad() = torch::full({1, 2}, gradient);
            optimizer.step(0.5);
            mean = 0.9 * mean + 0.1 * gradient;
            square = 0.99 * square + 0.01 * gradient * gradient;
            const double corrected = mean / (1.0 - std::pow(0.9, step));
            const double root = std::sqrt(square / (1.0 - std::pow(0.99, step)));
            expected *= 1.0 - 0.05 * 0.5;
            expected -= 0.05 * corrected / (root + 1e-8);
            QVERIFY(std::abs(weight[0][0].item<double>() - expected) < 1e-5);
        }
    }

    void vectorsDoNotDecay() {
        OptimizerOptions options;
        options.kind = OptimizerKind::AdamW;
        options.weightDecay = 1.0;
        const Tensor norm = leaf(torch::ones({3}));
        Optimizer optimizer({{"model.norm.weight", norm}}, options);
        norm.mutable_grad() = torch::zeros({3});
        optimizer.step(1.0);
        QVERIFY(torch::equal(norm.detach(), torch::ones({3})));
    }

    void orthogonalizedHasSingularValuesNearOne() {
        at::manual_seed(3);
        for (const auto& shape : {std::vector<std::int64_t>{2, 16, 48}, {3, 40, 8}}) {
            const Tensor result = orthogonalized(torch::randn(shape));
            QCOMPARE(result.sizes().vec(), shape);
            const auto decomposed = torch::svd(result);
            const Tensor values = std::get<1>(decomposed);
            QVERIFY(values.min().item<double>() > 0.5);
            QVERIFY(values.max().item<double>() < 1.3);
        }
    }

    void muonStepByHand() {
        OptimizerOptions options;
        options.matrixRate = 0.1;
        options.weightDecay = 0.0;
        const Tensor weight = leaf(torch::zeros({2, 2}));
        Optimizer optimizer({{"model.layers.0.mlp.up_proj.weight", weight}}, options);
        // Any multiple of a rotation is already orthogonal: the step is that rotation, whatever
        // its length, up to the accuracy of the iteration.
        const Tensor rotation = torch::tensor({{0.6F, -0.8F}, {0.8F, 0.6F}});
        weight.mutable_grad() = 7.0 * rotation;
        optimizer.step(1.0);
        const Tensor step = -weight.detach() / 0.1;
        const double length = step.norm().item<double>() / std::sqrt(2.0);
        QVERIFY(length > 0.6 && length < 1.3);
        QVERIFY((step / length - rotation).abs().max().item<double>() < 0.02);
    }

    void embeddingsUseAdam() {
        const Tensor embedding = leaf(torch::randn({4, 4}));
        const Optimizer optimizer({{"model.embed_tokens.weight", embedding}}, {});
        QVERIFY(optimizer.state().count("optimizer.second.model.embed_tokens.weight") == 1);
    }

    void restoredOptimizerGoesOn() {
        at::manual_seed(5);
        const Tensor start = torch::randn({4, 4});
        const auto name = std::string("model.layers.0.self_attn.q_proj.weight");
        const Tensor a = leaf(start);
        Optimizer first({{name, a}}, {});
        a.mutable_grad() = torch::randn({4, 4});
        first.step(1.0);
        NamedTensors saved;
        for (const auto& [key, tensor] : first.state()) {
            saved[key] = tensor.clone();
        }
        const Tensor b = leaf(a.detach());
        Optimizer second({{name, b}}, {});
        QCOMPARE(second.restore(saved, 1), std::string());
        const Tensor gradient = torch::randn({4, 4});
        a.mutable_grad() = gradient;
        b.mutable_grad() = gradient;
        first.step(1.0);
        second.step(1.0);
        QVERIFY(torch::equal(a.detach(), b.detach()));
        QVERIFY(!second.restore({}, 1).empty());
    }

    void clipping() {
        const Tensor a = leaf(torch::zeros({2}));
        const Tensor b = leaf(torch::zeros({1}));
        a.mutable_grad() = torch::tensor({3.0F, 0.0F});
        b.mutable_grad() = torch::tensor({4.0F});
        const NamedTensors parameters = {{"a", a}, {"b", b}};
        QVERIFY(std::abs(clipGradients(parameters, 10.0) - 5.0) < 1e-6);
        QCOMPARE(a.grad()[0].item<float>(), 3.0F);
        QVERIFY(std::abs(clipGradients(parameters, 1.0) - 5.0) < 1e-6);
        QVERIFY(std::abs(b.grad()[0].item<double>() - 0.8) < 1e-6);
    }
};

QTEST_GUILESS_MAIN(TestOptimizer)
#include "test_optimizer.moc"
