#include "engine/torch/files/caption/mobilenet_layout.h"

#include <cstdio>

namespace linnet::engine {

using Kind = MobileNetStep::Kind;

namespace {

// Collects steps and gives them their names.
class StepList {
public:
    std::vector<MobileNetStep> steps;

    void add(MobileNetStep step) {
        char name[16] = {};
        std::snprintf(name, sizeof name, "l%02d", m_count++);
        step.name = name;
        steps.push_back(std::move(step));
    }
    void skipName() { ++m_count; }

private:
    int m_count = 0;
};

void addBlock(StepList& list, const MobileNetStage& stage, int index, int inputs, int stride) {
    const int wide = inputs * stage.expansion;
    if (stage.expansion != 1) {
        list.add({Kind::Convolution, {}, inputs, wide, 1, 1, true, index});
    }
    list.add({Kind::Depthwise, {}, wide, wide, 3, stride, true, index});
    list.add({Kind::Convolution, {}, wide, stage.channels, 1, 1, false, index});
    if (stride == 1 && inputs == stage.channels) {
        list.add({Kind::Sum, {}, inputs, inputs, 0, 1, false, index});
    }
}

} // namespace

std::vector<MobileNetStep> mobileNetSteps(const MobileNetConfig& config) {
    StepList list;
    list.add({Kind::Convolution, {}, 3, config.stemChannels, 3, 2, true, -1});
    int channels = config.stemChannels;
    const int stages = static_cast<int>(config.stages.size());
    for (int index = 0; index < stages; ++index) {
        const MobileNetStage& stage = config.stages[static_cast<std::size_t>(index)];
        for (int block = 0; block < stage.repeats; ++block) {
            addBlock(list, stage, index, channels, block == 0 ? stage.stride : 1);
            channels = stage.channels;
        }
    }
    list.add({Kind::Convolution, {}, channels, config.hiddenSize, 1, 1, true, stages});
    list.skipName(); // the pooling
    list.add({Kind::Head, {}, config.hiddenSize, config.classes, 1, 1, false, stages});
    return list.steps;
}

std::vector<std::pair<std::string, std::vector<std::int64_t>>>
mobileNetTensors(const MobileNetConfig& config) {
    std::vector<std::pair<std::string, std::vector<std::int64_t>>> list;
    for (const MobileNetStep& step : mobileNetSteps(config)) {
        if (step.kind == Kind::Sum) {
            continue;
        }
        const int inputs = step.kind == Kind::Depthwise ? 1 : step.inputs;
        list.push_back({step.name + ".weight", {step.outputs, inputs, step.kernel, step.kernel}});
        list.push_back({step.name + ".bias", {step.outputs}});
    }
    return list;
}

} // namespace linnet::engine
