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

// The network over up to maxColumns tokens of any sequences at once. Threads share each loop of a
// layer, so that weights are read once; but where those stay in a cache and there are texts enough,
// each thread runs the whole network over some of them, and none ever waits for another. Working
// memory grows with the widest call so far and is then used again: nothing is allocated per token.
class ForwardPass {
public:
    static constexpr int maxColumns = 128;

    ForwardPass(const ModelConfig& config, const DecoderWeights& weights, const Kernels& kernels,
                ThreadTeam& team, bool fewAlone = false);

    // Memory for passes of `columns` tokens of texts of up to `length` tokens. Throws
    // std::bad_alloc.
    void reserve(int columns, int length);

    // Columns of one sequence are neighbours and in order; the sequences have room. False: `stop`
    // was requested, and not all was done. Does not throw.
    bool run(const std::vector<Column>& columns, int first, int count, const std::stop_token& stop);

    // In a cache, from one pass to the next.
    bool weightsStay() const { return m_weightsStay; }
    // Too few columns for each thread to have some: with `fewAlone` the caller runs them alone.
    bool isFew(int columns) const;

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

    // Neighbouring columns, whole sequences, and their tasks.
    struct Lane {
        int first = 0;
        int count = 0;
        std::size_t firstTask = 0;
        std::size_t endTask = 0;
        int thread = everyThread; // that runs it
    };
    static constexpr int everyThread = -1;

    void plan();
    int leastLane() const;
    bool runLane(const Lane& lane, const std::stop_token& stop);
    void embed(const Lane& lane);
    void attention(const Lane& lane, int layerIndex);
    void attendTask(const Lane& lane, int layerIndex, std::size_t index, int thread);
    void appendKeysAndValues(int layerIndex, int column);
    void mlp(const Lane& lane, const LayerWeights& layer);
    void logits(const Lane& lane);
    void planAttention(int begin, int end);
    void normalise(const NormWeights& norm, const float* x, int thread, int column);
    void quantise(const float* x, Inputs& inputs, int thread, int column);
    const float* rope(int column);

    // out = finish(matrix x inputs + bias) for a lane's first `count` columns; output.out is the
    // first one's.
    void product(const Lane& lane, const PackedMatrix& matrix, const Inputs& inputs, int count,
                 TileOutput output);
    void panelProducts(const PackedMatrix& matrix, int begin, int end, const Inputs& inputs,
                       int first, int count, const TileOutput& output) const;
    // Calls body(column, thread) for a lane's first `count` columns, on all threads if that pays.
    template <typename Body>
    void forColumns(const Lane& lane, int count, const Body& body);

    const ModelConfig& m_config;
    const DecoderWeights& m_weights;
    const Kernels& m_kernels;
    ThreadTeam& m_team;
    const bool m_fewAlone;
    const bool m_weightsStay;
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
    std::vector<Lane> m_lanes;
    std::vector<int> m_wanted; // columns with logits, each lane's from its first column on
};

} // namespace linnet::engine::cpu
