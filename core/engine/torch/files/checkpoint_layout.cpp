#include "engine/torch/files/checkpoint_layout.h"

namespace linnet::engine {

namespace {

// Collects the places of one architecture.
class LayoutBuilder {
public:
    explicit LayoutBuilder(bool transposed)
        : m_transposed(transposed) {}

    void vector(const std::string& name, const std::string& stored, std::int64_t size) {
        m_places.push_back({name, stored, size, {}, false, size, 0});
    }

    // Never transposed: embeddings.
    void table(const std::string& name, const std::string& stored, std::int64_t rows,
               std::int64_t columns) {
        m_places.push_back({name, stored, rows, columns, false, rows, 0});
    }

    void norm(const std::string& name, const std::string& stored, std::int64_t size, bool bias) {
        vector(name + ".weight", stored + ".weight", size);
        if (bias) {
            vector(name + ".bias", stored + ".bias", size);
        }
    }

    void linear(const std::string& name, const std::string& stored, std::int64_t rows,
                std::int64_t columns, bool bias) {
        part(name, stored, rows, columns, bias, rows, 0);
    }

    // Rows [firstRow, firstRow + rows) of a fused matrix of `storedRows`.
    void part(const std::string& name, const std::string& stored, std::int64_t rows,
              std::int64_t columns, bool bias, std::int64_t storedRows, std::int64_t firstRow) {
        m_places.push_back({name + ".weight", stored + ".weight", rows, columns, m_transposed,
                            storedRows, firstRow});
        if (bias) {
            m_places.push_back(
                {name + ".bias", stored + ".bias", rows, {}, false, storedRows, firstRow});
        }
    }

    std::vector<WeightPlace> take() { return std::move(m_places); }

private:
    bool m_transposed;
    std::vector<WeightPlace> m_places;
};

// GPT-2's linear layers are "Conv1D": [in][out], with query, key and value side by side.
std::vector<WeightPlace> gpt2Layout(const ModelConfig& config) {
    LayoutBuilder layout(true);
    const std::int64_t hidden = config.hiddenSize;
    const std::int64_t inner = config.intermediateSize;
    layout.table("embedding.weight", "transformer.wte.weight", config.vocabularySize, hidden);
    layout.table("positions.weight", "transformer.wpe.weight", config.maxPositions, hidden);
    for (int i = 0; i < config.layers; ++i) {
        const std::string to = "layers." + std::to_string(i) + ".";
        const std::string from = "transformer.h." + std::to_string(i) + ".";
        layout.norm(to + "attention_norm", from + "ln_1", hidden, true);
        layout.part(to + "query", from + "attn.c_attn", hidden, hidden, true, 3 * hidden, 0);
        layout.part(to + "key", from + "attn.c_attn", hidden, hidden, true, 3 * hidden, hidden);
        layout.part(to + "value", from + "attn.c_attn", hidden, hidden, true, 3 * hidden,
                    2 * hidden);
        layout.linear(to + "output", from + "attn.c_proj", hidden, hidden, true);
        layout.norm(to + "mlp_norm", from + "ln_2", hidden, true);
        layout.linear(to + "up", from + "mlp.c_fc", inner, hidden, true);
        layout.linear(to + "down", from + "mlp.c_proj", hidden, inner, true);
    }
    layout.norm("final_norm", "transformer.ln_f", hidden, true);
    return layout.take();
}

std::vector<WeightPlace> llamaLayout(const ModelConfig& config) {
    LayoutBuilder layout(false);
    const std::int64_t hidden = config.hiddenSize;
    const std::int64_t inner = config.intermediateSize;
    const std::int64_t queries = static_cast<std::int64_t>(config.heads) * config.headDim;
    const std::int64_t keys = static_cast<std::int64_t>(config.kvHeads) * config.headDim;
    layout.table("embedding.weight", "model.embed_tokens.weight", config.vocabularySize, hidden);
    for (int i = 0; i < config.layers; ++i) {
        const std::string to = "layers." + std::to_string(i) + ".";
        const std::string from = "model.layers." + std::to_string(i) + ".";
        const std::string attention = from + "self_attn.";
        layout.norm(to + "attention_norm", from + "input_layernorm", hidden, false);
        layout.linear(to + "query", attention + "q_proj", queries, hidden, config.qkvBias);
        layout.linear(to + "key", attention + "k_proj", keys, hidden, config.qkvBias);
        layout.linear(to + "value", attention + "v_proj", keys, hidden, config.qkvBias);
        layout.linear(to + "output", attention + "o_proj", hidden, queries, config.outputBias);
        layout.norm(to + "mlp_norm", from + "post_attention_layernorm", hidden, false);
        layout.linear(to + "gate", from + "mlp.gate_proj", inner, hidden, config.mlpBias);
        layout.linear(to + "up", from + "mlp.up_proj", inner, hidden, config.mlpBias);
        layout.linear(to + "down", from + "mlp.down_proj", hidden, inner, config.mlpBias);
    }
    layout.norm("final_norm", "model.norm", hidden, false);
    return layout.take();
}

} // namespace

std::vector<WeightPlace> checkpointLayout(const ModelConfig& config) {
    return config.architecture == "gpt2" ? gpt2Layout(config) : llamaLayout(config);
}

WeightPlace headPlace(const ModelConfig& config) {
    return {"head.weight",
            "lm_head.weight",
            config.vocabularySize,
            config.hiddenSize,
            false,
            config.vocabularySize,
            0};
}

std::string optionalPrefix(const ModelConfig& config) {
    return config.architecture == "gpt2" ? "transformer." : "model.";
}

} // namespace linnet::engine
