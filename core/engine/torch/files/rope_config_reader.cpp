#include "engine/torch/files/rope_config_reader.h"

namespace linnet::engine {

namespace {

constexpr double maxTheta = 1e12;
constexpr double maxFactor = 1e4;
constexpr int maxOriginalPositions = 1 << 22;

void readLlama3(JsonFields& scaling, RopeConfig& rope) {
    rope.scaling = RopeConfig::Scaling::Llama3;
    rope.lowFrequencyFactor = scaling.number("low_freq_factor", 1e-3, maxFactor);
    rope.highFrequencyFactor = scaling.number("high_freq_factor", 1e-3, maxFactor);
    rope.originalMaxPositions =
        scaling.integer("original_max_position_embeddings", 1, maxOriginalPositions);
    if (!scaling.error() && rope.highFrequencyFactor <= rope.lowFrequencyFactor) {
        scaling.corrupt("high_freq_factor", "must be over low_freq_factor");
    }
}

void readYarn(JsonFields& scaling, RopeConfig& rope, int maxPositions) {
    rope.scaling = RopeConfig::Scaling::Yarn;
    rope.originalMaxPositions =
        scaling.integer("original_max_position_embeddings", 1, maxOriginalPositions, maxPositions);
    rope.betaFast = scaling.number("beta_fast", 1e-3, maxFactor, 32.0);
    rope.betaSlow = scaling.number("beta_slow", 1e-3, maxFactor, 1.0);
    if (scaling.has("attention_factor")) {
        rope.attentionFactor = scaling.number("attention_factor", 1e-3, maxFactor);
    }
    if (!scaling.error() && rope.betaFast < rope.betaSlow) {
        scaling.corrupt("beta_fast", "must not be under beta_slow");
    }
    for (const char* const key : {"mscale", "mscale_all_dim"}) {
        if (scaling.has(key)) {
            scaling.unsupported(key, "is a yarn variant that is not supported");
        }
    }
    if (!scaling.boolean("truncate", true)) {
        scaling.unsupported("truncate", "must be true; other yarn variants are not supported");
    }
}

void readScaling(JsonFields& scaling, RopeConfig& rope, int maxPositions) {
    const bool newSpelling = scaling.has("rope_type");
    const char* const key = newSpelling ? "rope_type" : "type";
    const std::string type = scaling.string(key, "default");
    if (scaling.error() || type == "default") {
        return;
    }
    const bool known = type == "linear" || type == "dynamic" || type == "llama3" || type == "yarn";
    if (!known) {
        scaling.unsupported(key, "is '" + type +
                                     "'; supported are default, linear, dynamic, llama3 and yarn");
        return;
    }
    rope.factor = scaling.number("factor", 1.0, maxFactor);
    if (type == "linear") {
        rope.scaling = RopeConfig::Scaling::Linear;
    } else if (type == "dynamic") {
        rope.scaling = RopeConfig::Scaling::Dynamic;
        rope.originalMaxPositions = scaling.integer("original_max_position_embeddings", 1,
                                                    maxOriginalPositions, maxPositions);
    } else if (type == "llama3") {
        readLlama3(scaling, rope);
    } else {
        readYarn(scaling, rope, maxPositions);
    }
}

void refusePartialRotary(JsonFields& fields) {
    if (fields.number("partial_rotary_factor", 0.0, 1.0, 1.0) < 1.0) {
        fields.unsupported("partial_rotary_factor", "under 1 is not supported");
    }
}

} // namespace

RopeConfig readRopeConfig(JsonFields& fields, int maxPositions) {
    RopeConfig rope;
    rope.theta = fields.number("rope_theta", 1.0, maxTheta, 10000.0);
    refusePartialRotary(fields);
    const bool combined = fields.has("rope_parameters");
    const char* const key = combined ? "rope_parameters" : "rope_scaling";
    const Json* const json = fields.object(key);
    if (json == nullptr) {
        return rope;
    }
    JsonFields scaling(*json, fields.where(), std::string(key) + ".");
    if (combined) {
        rope.theta = scaling.number("rope_theta", 1.0, maxTheta, rope.theta);
        refusePartialRotary(scaling);
        for (const auto& [name, value] : json->items()) {
            if (value.is_object()) {
                scaling.unsupported(name, "differs by layer, which is not supported");
            }
        }
    }
    readScaling(scaling, rope, maxPositions);
    if (scaling.error()) {
        fields.take(*scaling.error());
    }
    return rope;
}

} // namespace linnet::engine
