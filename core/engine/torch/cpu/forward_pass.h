#pragma once

#include <memory>
#include <stop_token>
#include <vector>

#include "engine/torch/cpu/decoder_weights.h"
#include "engine/torch/cpu/kernels.h"
#include "engine/torch/cpu/kv_cache.h"
#include "engine/torch/cpu/rope_table.h"
#include "engine/torch/cpu/thread_team.h"

namespace linnet::engine::cpu {

// One token on its way through the network.
struct Column {
    CpuSequence* sequence = nullptr;
    TokenId token = 0;
    int position = 0;
    int length = 0;          // of the text that this forward call makes
    float* logits = nullptr; // where they are wanted, else null
};

// The network over up to maxColumns tokens of any sequences at once. Working memory grows with
// the widest call so far and is then used again: nothing is allocated per token.
class ForwardPass {
public:
    static constexpr int maxColumns = 128;

    ForwardPass(const ModelConfig& config, const DecoderWeights& weights, const Kernels& kernels,
                ThreadTeam& team);

    // Memory for passes of `columns` tokens of texts of up to `length` tokens. Throws
    // std::bad_alloc.
    void reserve(int columns, int length);

    // Columns of one sequence are neighbours and in order; the sequences have room. False: `stop`
    // was requested, and not all was done. Does not throw.
    bool run(const std::vector<Column>& columns, int first, int count, const std::stop_token& stop);

private:
    // Float rows, one per column, of `stride` floats (a multiple of 32; padding stays zero).
    struct Rows {
        std::vector<float> data;
        std::size_t stride = 0;
        float* row(int column) { return data.data() + static_cast<std::size_t>(column) * stride; }
    };
    struct Inputs {
        std::vector<std::int8_t> values;
        std::vector<float> scales;
        std::vector<std::int32_t> corrections;
        QuantisedColumns columns;
        void resize(int count, int groups);
        QuantisedColumns part(int column, int index, int parts);
    };
    // Neighbouring query rows (column * heads per key-value head + head) over one head's cache.
    struct AttentionTask {
        int column = 0; // first of its sequence
        int kvHead = 0;
        int row = 0;
        int rows = 0;
    };

    void embed();
    void attention(int layerIndex);
    void attendTask(int layerIndex, std::size_t index, int thread);
    void appendKeysAndValues(int layerIndex, int column);
    void mlp(const LayerWeights& layer);
    void logits();
    void planAttention();
    void normalise(const NormWeights& norm, const float* x, int thread, int column);
    void quantise(const float* x, Inputs& inputs, int thread, int column);
    const float* rope(int column);

    // out = finish(matrix x inputs + bias) for `count` columns.
    void product(const PackedMatrix& matrix, const Inputs& inputs, int count, TileOutput output);
    // Calls body(column, thread) for all columns, on all threads if that pays.
    template <typename Body>
    void forColumns(int count, const Body& body);

    const ModelConfig& m_config;
    const DecoderWeights& m_weights;
    const Kernels& m_kernels;
    ThreadTeam& m_team;
    RopeTable m_rope;

    const Column* m_columns = nullptr; // of the running pass
    int m_count = 0;

    int m_reservedColumns = 0;
    int m_reservedLength = 0;
    Rows m_hidden;
    Rows m_qkv;
    Rows m_attended;
    Rows m_middle;
    Rows m_normed;   // one row per thread
    Rows m_rest;     // the same: what one term leaves
    Rows m_scores;   // maxQueries rows of scores per thread
    Rows m_ropeRows; // only where angles depend on the text's length
    Inputs m_hiddenInputs;
    Inputs m_attendedInputs;
    Inputs m_middleInputs;
    std::vector<AttentionTask> m_tasks;
    std::vector<int> m_wanted;
};

} // namespace linnet::engine::cpu
