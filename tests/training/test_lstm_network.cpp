// Torch's headers come before Qt's, whose macros they do not know.
#include <torch/types.h>

#include "training/lstm_network.h"

#include <QtTest>

#include <cmath>

using namespace linnet::training;

namespace {

linnet::engine::ModelConfig config() {
    linnet::engine::ModelConfig c;
    c.architecture = "lstm";
    c.vocabularySize = 7;
    c.hiddenSize = 5;
    c.layers = 2;
    return c;
}

using Matrix = std::vector<std::vector<double>>;

Matrix matrixOf(const torch::Tensor& tensor) {
    Matrix rows;
    for (std::int64_t i = 0; i < tensor.size(0); ++i) {
        rows.emplace_back();
        for (std::int64_t k = 0; k < tensor.size(1); ++k) {
            rows.back().push_back(tensor[i][k].item<double>());
        }
    }
    return rows;
}

double sigmoid(double x) {
    return 1.0 / (1.0 + std::exp(-x));
}

/// One layer over a sequence, by the formulas of the long short-term memory as torch.nn.LSTM's
/// documentation gives them.
Matrix layer(const NamedTensors& weights, const std::string& end, const Matrix& inputs) {
    const Matrix fromInput = matrixOf(weights.at("model.lstm.weight_ih" + end));
    const Matrix fromHidden = matrixOf(weights.at("model.lstm.weight_hh" + end));
    const auto bias =
        (weights.at("model.lstm.bias_ih" + end) + weights.at("model.lstm.bias_hh" + end))
            .contiguous();
    const std::size_t width = inputs.front().size();
    std::vector<double> hidden(width, 0.0);
    std::vector<double> cell(width, 0.0);
    Matrix outputs;
    for (const auto& input : inputs) {
        std::vector<double> gates(4 * width);
        for (std::size_t g = 0; g < gates.size(); ++g) {
            gates[g] = bias[static_cast<std::int64_t>(g)].item<double>();
            for (std::size_t k = 0; k < width; ++k) {
                gates[g] += fromInput[g][k] * input[k] + fromHidden[g][k] * hidden[k];
            }
        }
        for (std::size_t k = 0; k < width; ++k) {
            cell[k] = sigmoid(gates[width + k]) * cell[k] +
                      sigmoid(gates[k]) * std::tanh(gates[2 * width + k]);
            hidden[k] = sigmoid(gates[3 * width + k]) * std::tanh(cell[k]);
        }
        outputs.push_back(hidden);
    }
    return outputs;
}

} // namespace

class TestLstmNetwork : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agreesWithTheFormulas() {
        NamedTensors weights = initialLstm(config(), 3);
        for (auto& [name, tensor] : weights) {
            tensor += torch::randn(tensor.sizes()) * 0.3;
        }
        const LstmNetwork network(config(), weights);
        const torch::Tensor ids = torch::tensor({3, 1, 6, 0, 3}, torch::kLong).view({1, 5});
        const torch::Tensor hidden = network.hidden(ids);
        QCOMPARE(hidden.dim(), std::int64_t(3));
        Matrix expected =
            matrixOf(weights.at("model.embed_tokens.weight").index_select(0, ids.view({-1})));
        expected = layer(weights, "_l1", layer(weights, "_l0", expected));
        for (std::int64_t t = 0; t < 5; ++t) {
            for (std::int64_t k = 0; k < 5; ++k) {
                const double value = hidden[0][t][k].item<double>();
                const double wanted =
                    expected[static_cast<std::size_t>(t)][static_cast<std::size_t>(k)];
                QVERIFY2(std::abs(value - wanted) < 1e-5, qPrintable(QString::number(value)));
            }
        }
    }

    void startsTheSameFromOneSeed() {
        const NamedTensors first = initialParameters(config(), 11);
        const NamedTensors second = initialParameters(config(), 11);
        QCOMPARE(first.size(), std::size_t(9)); // the embedding, four tensors a layer
        for (const auto& [name, tensor] : first) {
            QVERIFY(torch::equal(tensor, second.at(name)));
        }
        const torch::Tensor bias = first.at("model.lstm.bias_ih_l1");
        QCOMPARE(bias[5].item<float>(), 1.0F); // the forget gate's come second
        QCOMPARE(bias[4].item<float>(), 0.0F);
    }

    void gradientsReachEveryTensor() {
        NamedTensors weights = initialLstm(config(), 3);
        for (auto& [name, tensor] : weights) {
            tensor.requires_grad_(true);
        }
        const auto network = makeNetwork(config(), weights, torch::kFloat);
        network->hidden(torch::ones({2, 4}, torch::kLong)).square().sum().backward();
        for (const auto& [name, tensor] : weights) {
            QVERIFY2(tensor.grad().defined(), name.c_str());
            QVERIFY2(tensor.grad().abs().sum().item<double>() > 0.0, name.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestLstmNetwork)
#include "test_lstm_network.moc"
