// Torch's headers come before Qt's, whose macros they do not know.
#include <torch/torch.h>

#include "engine/torch/caption/mobilenet.h"
#include "training/captions/caption_network.h"

#include <QtTest>

#include <cmath>

using namespace linnet;
using engine::CrossMemory;
using engine::Decoder;
using engine::KvCache;
using engine::MobileNet;
using engine::MobileNetConfig;
using engine::MobileNetStep;
using engine::ModelConfig;
using engine::TensorMap;
using torch::Tensor;

namespace {

ModelConfig decoderConfig() {
    ModelConfig config;
    config.architecture = "gpt2";
    config.vocabularySize = 40;
    config.hiddenSize = 16;
    config.layers = 2;
    config.heads = config.kvHeads = 2;
    config.headDim = 8;
    config.intermediateSize = 24;
    config.maxPositions = 24;
    config.norm = engine::NormKind::LayerNorm;
    config.position = engine::PositionKind::Learned;
    config.mlp = engine::MlpKind::GeluTanh;
    config.qkvBias = config.outputBias = config.mlpBias = true;
    config.tiedEmbeddings = config.crossAttention = true;
    return config;
}

MobileNetConfig smallNet() {
    MobileNetConfig config;
    config.imageSize = 22; // odd sizes on the way: 11, 6, 3
    config.stemChannels = 4;
    config.stages = {{1, 4, 1, 1}, {3, 6, 2, 2}, {2, 8, 1, 2}};
    config.hiddenSize = 10;
    config.classes = 5;
    return config;
}

template <typename Shapes>
training::NamedTensors randomTensors(const Shapes& shapes, double size) {
    at::manual_seed(5);
    training::NamedTensors tensors;
    for (const auto& [name, shape] : shapes) {
        const bool scale = name.find("ln_") != std::string::npos && name.ends_with("weight");
        tensors[name] = torch::randn(shape) * size + (scale ? 1.0 : 0.0);
    }
    return tensors;
}

TensorMap asMap(const training::NamedTensors& tensors) {
    return {tensors.begin(), tensors.end()};
}

/// GPT-2 with cross-attention, position by position and head by head in double precision, from
/// Radford et al. 2019 and Vaswani et al. 2017. The states after the last norm of one sequence.
class PlainDecoder {
public:
    PlainDecoder(const ModelConfig& config, const training::NamedTensors& tensors)
        : m_config(config) {
        for (const auto& [name, tensor] : tensors) {
            m_tensors[name] = tensor.to(torch::kDouble);
        }
    }

    Tensor run(const std::vector<std::int64_t>& ids, const Tensor& memory) const {
        std::vector<Tensor> x;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            x.push_back(at("wte.weight")[ids[i]] + at("wpe.weight")[static_cast<long>(i)]);
        }
        for (int layer = 0; layer < m_config.layers; ++layer) {
            const std::string h = "h." + std::to_string(layer) + ".";
            const std::vector<Tensor> before = x;
            for (std::size_t i = 0; i < x.size(); ++i) { // sees itself and what came before
                std::vector<Tensor> seen;
                for (std::size_t j = 0; j <= i; ++j) {
                    seen.push_back(affine(norm(before[j], h + "ln_1"), h + "attn.c_attn"));
                }
                const Tensor own = seen.back();
                const std::int64_t d = m_config.hiddenSize;
                std::vector<Tensor> keys;
                std::vector<Tensor> values;
                for (const Tensor& place : seen) {
                    keys.push_back(place.narrow(0, d, d));
                    values.push_back(place.narrow(0, 2 * d, d));
                }
                x[i] = before[i] +
                       affine(attend(own.narrow(0, 0, d), keys, values), h + "attn.c_proj");
            }
            for (Tensor& place : x) {
                place = place + cross(norm(place, h + "ln_cross_attn"), memory, h);
                const Tensor inner = affine(norm(place, h + "ln_2"), h + "mlp.c_fc");
                const Tensor bent =
                    0.5 * inner *
                    (1.0 + (std::sqrt(2.0 / M_PI) * (inner + 0.044715 * inner.pow(3))).tanh());
                place = place + affine(bent, h + "mlp.c_proj");
            }
        }
        for (Tensor& place : x) {
            place = norm(place, "ln_f");
        }
        return torch::stack(x);
    }

private:
    const Tensor& at(const std::string& name) const { return m_tensors.at("transformer." + name); }
    Tensor affine(const Tensor& x, const std::string& name) const {
        return x.matmul(at(name + ".weight")) + at(name + ".bias");
    }
    Tensor norm(const Tensor& x, const std::string& name) const {
        const Tensor centred = x - x.mean();
        return centred / (centred.square().mean() + m_config.normEpsilon).sqrt() *
                   at(name + ".weight") +
               at(name + ".bias");
    }
    Tensor attend(const Tensor& query, const std::vector<Tensor>& keys,
                  const std::vector<Tensor>& values) const {
        std::vector<Tensor> heads;
        for (int head = 0; head < m_config.heads; ++head) {
            const std::int64_t width = m_config.headDim;
            const auto part = [&](const Tensor& x) { return x.narrow(0, head * width, width); };
            Tensor sum = torch::zeros({width}, torch::kDouble);
            double total = 0.0;
            for (std::size_t j = 0; j < keys.size(); ++j) {
                const double score = part(query).dot(part(keys[j])).item<double>() /
                                     std::sqrt(static_cast<double>(width));
                sum = sum + part(values[j]) * std::exp(score);
                total += std::exp(score);
            }
            heads.push_back(sum / total);
        }
        return torch::cat(heads);
    }
    Tensor cross(const Tensor& x, const Tensor& memory, const std::string& h) const {
        const std::int64_t d = m_config.hiddenSize;
        std::vector<Tensor> keys;
        std::vector<Tensor> values;
        for (std::int64_t j = 0; j < memory.size(0); ++j) {
            const Tensor both = affine(memory[j].to(torch::kDouble), h + "crossattention.c_attn");
            keys.push_back(both.narrow(0, 0, d));
            values.push_back(both.narrow(0, d, d));
        }
        return affine(attend(affine(x, h + "crossattention.q_attn"), keys, values),
                      h + "crossattention.c_proj");
    }

    ModelConfig m_config;
    training::NamedTensors m_tensors;
};

double difference(const Tensor& a, const Tensor& b) {
    return (a.to(torch::kDouble) - b.to(torch::kDouble)).abs().max().item<double>();
}

/// A convolution as a sum over the kernel, with TensorFlow's `same` padding worked out by its
/// documentation: pad_along = max((ceil(n / s) - 1) s + k - n, 0), the odd one after.
Tensor plainConvolution(const Tensor& x, const Tensor& weight, const Tensor& bias, int stride,
                        bool depthwise) {
    const auto a = x.accessor<double, 3>();
    const auto w = weight.accessor<double, 4>();
    const auto b = bias.accessor<double, 1>();
    const auto size = a.size(1);
    const auto kernel = w.size(2);
    const auto outputs = (size + stride - 1) / stride;
    const auto pad = std::max<std::int64_t>((outputs - 1) * stride + kernel - size, 0) / 2;
    Tensor result = torch::zeros({w.size(0), outputs, outputs}, torch::kDouble);
    auto y = result.accessor<double, 3>();
    for (std::int64_t o = 0; o < w.size(0); ++o) {
        for (std::int64_t row = 0; row < outputs; ++row) {
            for (std::int64_t column = 0; column < outputs; ++column) {
                double sum = b[o];
                for (std::int64_t i = 0; i < w.size(1); ++i) {
                    for (std::int64_t u = 0; u < kernel; ++u) {
                        for (std::int64_t v = 0; v < kernel; ++v) {
                            const auto r = row * stride + u - pad;
                            const auto c = column * stride + v - pad;
                            if (r >= 0 && c >= 0 && r < size && c < size) {
                                sum += w[o][i][u][v] * a[depthwise ? o : i][r][c];
                            }
                        }
                    }
                }
                y[o][row][column] = sum;
            }
        }
    }
    return result;
}

/// The block structure of Sandler et al. 2018, table 2, in its own words.
Tensor plainGrid(const MobileNetConfig& config, const training::NamedTensors& tensors,
                 const Tensor& pixels) {
    int number = 0;
    const auto next = [&](const Tensor& x, int stride, bool depthwise, bool bends) {
        char name[8] = {};
        std::snprintf(name, sizeof name, "l%02d", number++);
        const Tensor y = plainConvolution(
            x, tensors.at(std::string(name) + ".weight").to(torch::kDouble),
            tensors.at(std::string(name) + ".bias").to(torch::kDouble), stride, depthwise);
        return bends ? y.minimum(torch::full({}, 6.0, torch::kDouble))
                           .maximum(torch::zeros({}, torch::kDouble))
                     : y;
    };
    Tensor x = next(pixels.to(torch::kDouble), 2, false, true);
    int channels = config.stemChannels;
    for (const auto& stage : config.stages) {
        for (int block = 0; block < stage.repeats; ++block) {
            const int stride = block == 0 ? stage.stride : 1;
            Tensor y = stage.expansion == 1 ? x : next(x, 1, false, true);
            y = next(y, stride, true, true);
            y = next(y, 1, false, false);
            if (stride == 1 && channels == stage.channels) {
                y = y + x;
                ++number;
            }
            channels = stage.channels;
            x = y;
        }
    }
    return next(x, 1, false, true);
}

} // namespace

class TestCaptionNetwork : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void crossAttentionAgreesWithPlainLoops() {
        const ModelConfig config = decoderConfig();
        const auto tensors = randomTensors(engine::expectedTensors(config), 0.3);
        const Decoder decoder(config, asMap(tensors), torch::kFloat);
        const Tensor states = torch::randn({2, 5, config.hiddenSize});
        const CrossMemory memory = decoder.crossMemory(states);
        const std::vector<std::vector<std::int64_t>> rows = {
            {3, 9, 27, 1}, {4, 4, 2, 39}, {0, 1, 2, 3}, {7, 5, 3, 1}};
        const Tensor ids =
            torch::tensor({3, 9, 27, 1, 4, 4, 2, 39, 0, 1, 2, 3, 7, 5, 3, 1}).view({4, 4});
        const Tensor whole = decoder.hidden(ids, {nullptr, &memory});
        const PlainDecoder plain(config, tensors);
        for (std::size_t row = 0; row < rows.size(); ++row) { // two rows a memory
            const Tensor expected = plain.run(rows[row], states[static_cast<long>(row / 2)]);
            QVERIFY(difference(whole[static_cast<long>(row)], expected) < 1e-4);
        }
        // In parts, over a cache, with the memories dealt out by row.
        const CrossMemory dealt = memory.selected(torch::tensor({0, 0, 1, 1}));
        KvCache cache;
        const Tensor first = decoder.hidden(ids.narrow(1, 0, 3), {&cache, &dealt});
        const Tensor last = decoder.hidden(ids.narrow(1, 3, 1), {&cache, &dealt});
        QVERIFY(difference(torch::cat({first, last}, 1), whole) < 1e-5);
    }

    void mobileNetAgreesWithPlainLoops() {
        const MobileNetConfig config = smallNet();
        const auto tensors = randomTensors(engine::mobileNetTensors(config), 0.4);
        const MobileNet net(config, asMap(tensors), "", torch::kFloat);
        const Tensor pixels = torch::rand({2, 3, 22, 22}) * 2.0 - 1.0;
        const Tensor grid = net.grid(pixels);
        QCOMPARE(grid.sizes().vec(), (std::vector<std::int64_t>{2, 10, 3, 3}));
        for (int i = 0; i < 2; ++i) {
            QVERIFY(difference(grid[i], plainGrid(config, tensors, pixels[i])) < 1e-4);
        }
        for (int stage = 0; stage <= 3; ++stage) { // cut anywhere, it is the same network
            QVERIFY(difference(net.from(stage, net.before(stage, pixels)), grid) < 1e-6);
        }
        const Tensor head = tensors.at("l16.weight").flatten(1).matmul(grid.mean({2, 3}).t()).t() +
                            tensors.at("l16.bias");
        QVERIFY(difference(net.classLogits(grid), head) < 1e-4);
    }

    // As TensorFlow Lite's converter numbers the network of 224 pixels: see its data's README.
    void stepsHaveTheNamesOfTheData() {
        const auto steps = engine::mobileNetSteps({});
        QCOMPARE(steps.back().name, std::string("l63"));
        QCOMPARE(steps[steps.size() - 2].name, std::string("l61"));
        const auto first = std::find_if(steps.begin(), steps.end(),
                                        [](const MobileNetStep& step) { return step.stage == 5; });
        QCOMPARE(first->name, std::string("l47"));
    }

    // A prompt shared by the captions of a photo is the same as a prompt of each, and smoothing is
    // the mixture of targets that it stands for.
    void lossIsThatOfSeparateSequences() {
        training::CaptionShape shape{smallNet(), decoderConfig()};
        const auto tensors = randomTensors(training::captionTensors(shape), 0.3);
        const training::CaptionNetwork network(shape, tensors, torch::kFloat);
        const Tensor grid = torch::rand({2, 10, 3, 3});
        const CrossMemory memory = network.memory(grid);
        const Tensor prompts = torch::tensor({30, 31, 32, 33, 34, 32}).view({2, 3});
        const Tensor tokens =
            torch::tensor({5, 6, 1, -1, 7, 1, -1, -1, 8, 9, 10, 1, 11, 1, -1, -1}).view({4, 4});
        std::int64_t count = 0;
        const double loss =
            network.loss({prompts, tokens, 2}, memory, 0.0, 0.1, count).item<double>();
        QCOMPARE(count, std::int64_t{11});
        double expected = 0.0;
        for (int row = 0; row < 4; ++row) {
            std::vector<std::int64_t> ids;
            for (int i = 0; i < 3; ++i) {
                ids.push_back(prompts[row / 2][i].item<std::int64_t>());
            }
            for (int i = 0; i < 4 && tokens[row][i].item<std::int64_t>() >= 0; ++i) {
                ids.push_back(tokens[row][i].item<std::int64_t>());
            }
            const auto length = static_cast<std::int64_t>(ids.size());
            const CrossMemory own = memory.selected(torch::tensor({row / 2}));
            const Tensor logits = network.decoder().logits(network.decoder().hidden(
                torch::tensor(ids).unsqueeze(0).narrow(1, 0, length - 1), {nullptr, &own}));
            const Tensor logProbs = torch::log_softmax(logits[0], -1);
            for (std::int64_t i = 2; i < length - 1; ++i) {
                expected -= 0.9 * logProbs[i][ids[static_cast<std::size_t>(i) + 1]].item<double>() +
                            0.1 * logProbs[i].mean().item<double>();
            }
        }
        QVERIFY2(std::abs(loss - expected / 11.0) < 1e-4, qPrintable(QString::number(loss)));
    }
};

QTEST_GUILESS_MAIN(TestCaptionNetwork)
#include "test_caption_network.moc"
