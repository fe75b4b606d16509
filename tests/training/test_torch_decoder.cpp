// Torch's headers come before Qt's, whose macros they do not know.
#include <torch/types.h>

#include "engine/torch/decoder.h"
#include "engine/torch/fused_ops.h"
#include "training/compute_device.h"
#include "training/token_loss.h"

#include <QtTest>

#include <cmath>
#include <map>

using namespace linnet;
using engine::Decoder;
using engine::ModelConfig;
using engine::TensorMap;
using torch::Tensor;

namespace {

ModelConfig llama(int kvHeads) {
    ModelConfig config;
    config.architecture = "llama";
    config.vocabularySize = 96;
    config.hiddenSize = 32;
    config.layers = 2;
    config.heads = 4;
    config.kvHeads = kvHeads;
    config.headDim = 8;
    config.intermediateSize = 48;
    config.maxPositions = 32;
    config.tiedEmbeddings = true;
    return config;
}

ModelConfig gpt2() {
    ModelConfig config = llama(4);
    config.architecture = "gpt2";
    config.norm = engine::NormKind::LayerNorm;
    config.position = engine::PositionKind::Learned;
    config.mlp = engine::MlpKind::GeluTanh;
    config.qkvBias = config.outputBias = config.mlpBias = true;
    return config;
}

TensorMap randomWeights(const ModelConfig& config) {
    at::manual_seed(11);
    TensorMap weights;
    for (const auto& [name, shape] : engine::expectedTensors(config)) {
        const Tensor noise = torch::randn(shape) * 0.2;
        const bool scale = shape.size() == 1 && name.find("bias") == std::string::npos;
        weights[name] = (scale ? noise + 1.0 : noise).requires_grad_(true);
    }
    return weights;
}

double difference(const Tensor& a, const Tensor& b) {
    return ((a - b).norm() / (b.norm() + 1e-12)).item<double>();
}

/// Loss and gradients of a batch in the given type.
std::pair<double, TensorMap> lossAndGradients(const ModelConfig& config, TensorMap& weights,
                                              torch::ScalarType type) {
    at::manual_seed(12);
    const Tensor ids = torch::randint(0, config.vocabularySize, {3, 17}, torch::kLong);
    for (auto& [name, weight] : weights) {
        weight.mutable_grad() = Tensor();
    }
    const Decoder model(config, weights, type);
    const Tensor hidden = model.hidden(ids.narrow(1, 0, 16));
    const Tensor loss = training::tokenLoss(hidden.flatten(0, 1), model.outputWeight(),
                                            ids.narrow(1, 1, 16).reshape({-1}));
    loss.backward();
    TensorMap gradients;
    for (const auto& [name, weight] : weights) {
        gradients[name] = weight.grad().clone();
    }
    return {loss.item<double>(), gradients};
}

} // namespace

class TestTorchDecoder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fusedGradientsMatchTheLibrarys_data() {
        QTest::addColumn<int>("kvHeads");
        QTest::newRow("all heads") << 4;
        QTest::newRow("grouped heads") << 2;
        QTest::newRow("one key head") << 1;
    }
    void fusedGradientsMatchTheLibrarys() {
        QFETCH(int, kvHeads);
        const ModelConfig config = llama(kvHeads);
        TensorMap weights = randomWeights(config);
        const auto [wideLoss, wide] = lossAndGradients(config, weights, torch::kFloat);
        const auto [fusedLoss, fused] = lossAndGradients(config, weights, torch::kBFloat16);
        QVERIFY(std::abs(fusedLoss - wideLoss) < 0.01 * wideLoss);
        // Without bfloat16 instructions libtorch rounds partial sums to bfloat16 too.
        const double bound = training::multipliesBfloat16Fast(torch::kCPU) ? 0.05 : 0.1;
        for (const auto& [name, gradient] : wide) {
            const double error = difference(fused.at(name), gradient);
            QVERIFY2(error < bound, (name + " " + std::to_string(error)).c_str());
        }
    }

    void gradientsMatchFiniteDifferences() {
        const ModelConfig config = llama(2);
        TensorMap weights = randomWeights(config);
        const auto [loss, gradients] = lossAndGradients(config, weights, torch::kFloat);
        for (const char* name : {"model.layers.0.self_attn.k_proj.weight", "model.norm.weight",
                                 "model.layers.1.mlp.gate_proj.weight"}) {
            const Tensor direction = gradients.at(name) / gradients.at(name).norm();
            const double slope = (gradients.at(name) * direction).sum().item<double>();
            const Tensor kept = weights.at(name).detach().clone();
            double sides[2] = {};
            for (int side = 0; side < 2; ++side) {
                TensorMap moved = weights;
                moved[name] = (kept + (side == 0 ? 1e-2 : -1e-2) * direction).requires_grad_(true);
                sides[side] = lossAndGradients(config, moved, torch::kFloat).first;
            }
            QVERIFY(std::abs((sides[0] - sides[1]) / 2e-2 - slope) < 0.02 * std::abs(slope) + 1e-4);
        }
    }

    void cacheGivesTheSameStates_data() {
        QTest::addColumn<int>("kind");
        QTest::newRow("llama") << 0;
        QTest::newRow("grouped heads") << 1;
        QTest::newRow("gpt2") << 2;
    }
    void cacheGivesTheSameStates() {
        QFETCH(int, kind);
        const ModelConfig config = kind == 2 ? gpt2() : llama(kind == 0 ? 4 : 2);
        const TensorMap weights = randomWeights(config);
        const at::NoGradGuard guard;
        const Decoder model(config, weights, torch::kFloat);
        const Tensor ids = torch::arange(20, torch::kLong).view({2, 10});
        const Tensor whole = model.hidden(ids);
        engine::KvCache cache;
        std::vector<Tensor> parts;
        for (const auto& [begin, count] : {std::pair{0, 4}, {4, 1}, {5, 3}, {8, 2}}) {
            parts.push_back(model.hidden(ids.narrow(1, begin, count), &cache));
        }
        QCOMPARE(cache.length(), std::int64_t(10));
        QVERIFY(difference(torch::cat(parts, 1), whole) < 1e-5);
    }

    void stopEndsAPass() {
        const ModelConfig config = llama(4);
        const TensorMap weights = randomWeights(config);
        const at::NoGradGuard guard;
        const Decoder decoder(config, weights, torch::kFloat);
        std::stop_source stop;
        engine::DecoderPass pass;
        pass.stop = stop.get_token();
        const Tensor ids = torch::arange(5, torch::kLong).view({1, 5});
        QVERIFY(decoder.hidden(ids, pass).defined());
        stop.request_stop();
        QVERIFY(!decoder.hidden(ids, pass).defined());
    }

    void laterTokensDoNotChangeEarlierStates() {
        const ModelConfig config = llama(4);
        const TensorMap weights = randomWeights(config);
        const at::NoGradGuard guard;
        for (const auto type : {torch::kFloat, torch::kBFloat16}) {
            const Decoder model(config, weights, type);
            const Tensor ids = torch::arange(12, torch::kLong).view({1, 12});
            Tensor other = ids.clone();
            other[0][11] = 90;
            const Tensor a = model.hidden(ids).narrow(1, 0, 11);
            const Tensor b = model.hidden(other).narrow(1, 0, 11);
            QVERIFY(torch::equal(a, b));
        }
    }

    void slicedLossMatchesTheLibrarys() {
        at::manual_seed(2);
        const Tensor hidden = torch::randn({2100, 16}).requires_grad_(true);
        const Tensor output = torch::randn({50, 16}).requires_grad_(true);
        const Tensor targets = torch::randint(0, 50, {2100}, torch::kLong);
        const Tensor loss = training::tokenLoss(hidden, output, targets);
        (2.0 * loss).backward();
        const Tensor h = hidden.detach().clone().requires_grad_(true);
        const Tensor o = output.detach().clone().requires_grad_(true);
        const Tensor expected =
            torch::nll_loss(torch::log_softmax(torch::mm(h, o.t()), -1), targets);
        (2.0 * expected).backward();
        QVERIFY(std::abs(loss.item<double>() - expected.item<double>()) < 1e-5);
        QVERIFY(difference(hidden.grad(), h.grad()) < 1e-5);
        QVERIFY(difference(output.grad(), o.grad()) < 1e-5);
        const Tensor surprisals = training::tokenSurprisals(hidden, output, targets);
        QVERIFY(std::abs(surprisals.mean().item<double>() - expected.item<double>()) < 1e-5);
    }
};

QTEST_GUILESS_MAIN(TestTorchDecoder)
#include "test_torch_decoder.moc"
