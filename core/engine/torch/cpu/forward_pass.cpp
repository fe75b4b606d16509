#include "engine/torch/cpu/forward_pass.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstring>

namespace linnet::engine::cpu {

namespace {

// About a microsecond's reading: small enough to share out evenly, large enough not to be felt.
constexpr std::size_t chunkBytes = 32 * 1024;
constexpr int serialColumns = 2; // up to here a loop over columns is shorter than sharing it
constexpr int laneColumns = 4;   // with which a weight read from a cache is used enough

int paddedTo(int size, int multiple) {
    return (size + multiple - 1) / multiple * multiple;
}

} // namespace

ForwardPass::ForwardPass(const ModelConfig& config, const DecoderWeights& weights,
                         const Kernels& kernels, ThreadTeam& team, bool fewAlone)
    : m_config(config)
    , m_weights(weights)
    , m_kernels(kernels)
    , m_team(team)
    , m_fewAlone(fewAlone)
    , m_weightsStay(weights.arena.size() <= lastCacheBytes() / 2)
    , m_rope(config.rope, config.headDim, config.maxPositions) {
    const auto stride = [](int size) {
        return static_cast<std::size_t>(paddedTo(size, groupInputs));
    };
    m_hidden.stride = stride(config.hiddenSize);
    m_normed.stride = m_hidden.stride;
    m_qkv.stride = stride((config.heads + 2 * config.kvHeads) * config.headDim);
    m_attended.stride = stride(config.heads * config.headDim);
    m_middle.stride = stride(config.intermediateSize);
    m_ropeRows.stride = stride(config.headDim);
    m_rest.stride = std::max({m_hidden.stride, m_attended.stride, m_middle.stride});
}

void ForwardPass::Inputs::resize(int count, int groups) {
    columns.groups = groups;
    const std::size_t all = static_cast<std::size_t>(count) * static_cast<std::size_t>(groups);
    values.resize(all * groupInputs);
    scales.resize(all);
    corrections.resize(all);
    columns.values = values.data();
    columns.scales = scales.data();
    columns.corrections = corrections.data();
}

// One of a column's `parts` equal parts, as a column of its own.
QuantisedColumns ForwardPass::Inputs::part(int column, int index, int parts) {
    const int groups = columns.groups / parts;
    const std::size_t first =
        static_cast<std::size_t>(column * parts + index) * static_cast<std::size_t>(groups);
    return {columns.values + first * groupInputs, columns.scales + first,
            columns.corrections + first, groups};
}

void ForwardPass::reserve(int columns, int length) {
    const auto threads = static_cast<std::size_t>(m_team.size());
    if (m_config.position == PositionKind::Rotary) {
        m_rope.reserve(length);
    }
    if (length > m_reservedLength) {
        const auto rounded = static_cast<int>(std::bit_ceil(static_cast<unsigned>(length) + 63));
        m_scores.stride = static_cast<std::size_t>(rounded);
        m_scores.data.resize(threads * maxQueries * m_scores.stride);
        m_reservedLength = rounded;
    }
    if (columns <= m_reservedColumns) {
        return;
    }
    const auto rounded = static_cast<int>(std::bit_ceil(static_cast<unsigned>(columns)));
    const auto count = static_cast<std::size_t>(rounded);
    for (Rows* rows : {&m_hidden, &m_qkv, &m_attended, &m_middle, &m_ropeRows}) {
        rows->data.resize(count * rows->stride);
    }
    m_normed.data.resize(threads * m_normed.stride);
    m_rest.data.resize(threads * m_rest.stride);
    const auto& layer = m_weights.layers.front();
    m_hiddenInputs.resize(rounded, layer.qkv.groups);
    m_attendedInputs.resize(rounded, layer.attentionOut.groups);
    m_middleInputs.resize(rounded, layer.mlpOut.groups);
    const auto queries = static_cast<std::size_t>(m_config.heads) * count;
    m_tasks.reserve(queries);
    m_lanes.reserve(count);
    m_wanted.resize(count);
    m_reservedColumns = rounded;
}

template <typename Body>
void ForwardPass::forColumns(const Lane& lane, int count, const Body& body) {
    if (lane.thread != everyThread || count <= serialColumns) {
        for (int column = 0; column < count; ++column) {
            body(lane.first + column, std::max(0, lane.thread));
        }
    } else {
        m_team.run(count, [&](int column, int thread) { body(lane.first + column, thread); });
    }
}

void ForwardPass::product(const Lane& lane, const PackedMatrix& matrix, const Inputs& inputs,
                          int count, TileOutput output) {
    output.bias = matrix.biasData();
    const int panels = matrix.panels;
    if (lane.thread != everyThread) {
        panelProducts(matrix, 0, panels, inputs, lane.first, count, output);
        return;
    }
    const int tiles = (count + maxTileColumns - 1) / maxTileColumns;
    const int atLeast = (panels + ThreadTeam::maxChunks - 1) / ThreadTeam::maxChunks;
    const auto wanted =
        static_cast<int>(chunkBytes / (matrix.panelBytes() * static_cast<std::size_t>(tiles)));
    const int chunkPanels = std::max({1, atLeast, wanted});
    const int chunks = (panels + chunkPanels - 1) / chunkPanels;
    m_team.run(chunks, [&](int chunk, int) {
        const int end = std::min(panels, (chunk + 1) * chunkPanels);
        panelProducts(matrix, chunk * chunkPanels, end, inputs, lane.first, count, output);
    });
}

void ForwardPass::panelProducts(const PackedMatrix& matrix, int begin, int end,
                                const Inputs& inputs, int first, int count,
                                const TileOutput& output) const {
    const int tiles = (count + maxTileColumns - 1) / maxTileColumns;
    float tile[maxTileColumns * panelRows];
    for (int panel = begin; panel < end; ++panel) {
        const std::byte* data = matrix.panel(panel);
        for (int t = 0; t < tiles; ++t) {
            const int column = count * t / tiles;
            const int width = count * (t + 1) / tiles - column;
            m_kernels.panelProduct(data, inputs.columns, first + column, width, tile);
            m_kernels.finishTile(output, tile, panel, column, width);
        }
    }
}

bool ForwardPass::run(const std::vector<Column>& columns, int first, int count,
                      const std::stop_token& stop) {
    m_columns = columns.data() + first;
    m_count = count;
    plan();
    if (m_fewAlone && isFew(count)) {
        return runLane({0, count, 0, m_tasks.size(), 0}, stop);
    }
    if (m_lanes.size() == 1) {
        return runLane(m_lanes.front(), stop);
    }
    std::atomic<bool> whole{true};
    m_team.run(static_cast<int>(m_lanes.size()), [&](int index, int thread) {
        Lane lane = m_lanes[static_cast<std::size_t>(index)];
        lane.thread = thread;
        if (!runLane(lane, stop)) {
            whole.store(false, std::memory_order_relaxed);
        }
    });
    return whole.load(std::memory_order_relaxed);
}

bool ForwardPass::runLane(const Lane& lane, const std::stop_token& stop) {
    embed(lane);
    for (int i = 0; i < m_config.layers; ++i) {
        if (stop.stop_requested()) {
            return false;
        }
        attention(lane, i);
        mlp(lane, m_weights.layers[static_cast<std::size_t>(i)]);
    }
    logits(lane);
    return true;
}

bool ForwardPass::isFew(int columns) const {
    return columns < m_team.size() * laneColumns;
}

// How many columns make a lane; all if the threads are to share every loop.
int ForwardPass::leastLane() const {
    const int threads = m_team.size();
    if (threads == 1 || !m_weightsStay || isFew(m_count)) {
        return m_count;
    }
    // As many for each thread, so that all end at once; small ones, so that who ends first helps.
    const int lanes = m_count / (threads * laneColumns) * threads;
    return (m_count + lanes - 1) / lanes;
}

void ForwardPass::plan() {
    m_tasks.clear();
    m_lanes.clear();
    const int least = leastLane();
    int longest = 0;
    Lane lane;
    for (int begin = 0; begin < m_count;) {
        int end = begin + 1;
        while (end < m_count && m_columns[end].sequence == m_columns[begin].sequence) {
            ++end;
        }
        planAttention(begin, end);
        lane.count += end - begin;
        longest = std::max(longest, end - begin);
        begin = end;
        if (lane.count >= least || begin == m_count) {
            lane.endTask = m_tasks.size();
            m_lanes.push_back(lane);
            lane = {begin, 0, m_tasks.size(), 0, everyThread};
        }
    }
    const int share = (m_count + m_team.size() - 1) / m_team.size();
    if (longest > share) { // one thread would work long after the others
        m_lanes.assign(1, {0, m_count, 0, m_tasks.size(), everyThread});
    }
}

void ForwardPass::planAttention(int begin, int end) {
    const int group = m_config.heads / m_config.kvHeads;
    const int rows = (end - begin) * group;
    for (int row = 0; row < rows; row += m_kernels.attentionQueries) {
        const int tile = std::min(m_kernels.attentionQueries, rows - row);
        for (int head = 0; head < m_config.kvHeads; ++head) {
            m_tasks.push_back({begin, head, row, tile});
        }
    }
}

void ForwardPass::embed(const Lane& lane) {
    forColumns(lane, lane.count, [&](int c, int) {
        const Column& column = m_columns[c];
        float* hidden = m_hidden.row(c);
        m_weights.embedding.readRow(column.token, hidden);
        if (m_config.position == PositionKind::Learned) {
            const auto size = static_cast<std::size_t>(m_config.hiddenSize);
            const float* position =
                m_weights.positions.data() + static_cast<std::size_t>(column.position) * size;
            for (std::size_t i = 0; i < size; ++i) {
                hidden[i] += position[i];
            }
        }
    });
}

void ForwardPass::normalise(const NormWeights& norm, const float* x, int thread, int column) {
    float* out = m_normed.row(thread);
    const auto size = static_cast<int>(m_hidden.stride);
    if (m_config.norm == NormKind::RmsNorm) {
        m_kernels.rmsNorm(x, norm.weight.data(), m_config.normEpsilon, m_config.hiddenSize, size,
                          out);
    } else {
        m_kernels.layerNorm(x, norm.weight.data(), norm.bias.data(), m_config.normEpsilon,
                            m_config.hiddenSize, size, out);
    }
    quantise(out, m_hiddenInputs, thread, column);
}

void ForwardPass::quantise(const float* x, Inputs& inputs, int thread, int column) {
    if (m_weights.terms == Terms::One) {
        m_kernels.quantise(x, inputs.columns, column);
        return;
    }
    // See Terms: the number, what its rounding left, and the number again.
    const QuantisedColumns first = inputs.part(column, 0, pairedParts);
    const QuantisedColumns again = inputs.part(column, 2, pairedParts);
    m_kernels.quantise(x, first, 0);
    float* rest = m_rest.row(thread);
    const int size = first.groups * groupInputs;
    for (int i = 0; i < size; ++i) {
        rest[i] = x[i] - first.scales[i / groupInputs] * static_cast<float>(first.values[i]);
    }
    m_kernels.quantise(rest, inputs.part(column, 1, pairedParts), 0);
    std::copy_n(first.values, size, again.values);
    std::copy_n(first.scales, first.groups, again.scales);
    std::copy_n(first.corrections, first.groups, again.corrections);
}

const float* ForwardPass::rope(int column) {
    const Column& c = m_columns[column];
    if (!m_rope.dependsOnLength(c.length)) {
        return m_rope.row(c.position);
    }
    return m_ropeRows.row(column);
}

void ForwardPass::appendKeysAndValues(int layerIndex, int column) {
    const Column& c = m_columns[column];
    float* query = m_qkv.row(column);
    const int headDim = m_config.headDim;
    float* key = query + m_config.heads * headDim;
    const float* value = key + m_config.kvHeads * headDim;
    if (m_config.position == PositionKind::Rotary) {
        if (layerIndex == 0 && m_rope.dependsOnLength(c.length)) {
            m_rope.compute(c.position, c.length, m_ropeRows.row(column));
        }
        const float* cosine = rope(column);
        const float* sine = cosine + m_rope.half();
        for (int head = 0; head < m_config.heads + m_config.kvHeads; ++head) {
            m_kernels.rotate(query + head * headDim, cosine, sine, m_rope.half());
        }
    }
    for (int head = 0; head < m_config.kvHeads; ++head) {
        m_kernels.storeKey(key + head * headDim, headDim,
                           c.sequence->keyBlock(layerIndex, head, c.position));
        m_kernels.storeValue(value + head * headDim, headDim,
                             c.sequence->valueRow(layerIndex, head, c.position));
    }
}

void ForwardPass::attendTask(const Lane& lane, int layerIndex, std::size_t index, int thread) {
    const AttentionTask& task = m_tasks[index];
    const int group = m_config.heads / m_config.kvHeads;
    const int headDim = m_config.headDim;
    AttentionTile tile;
    tile.cache = m_columns[task.column].sequence->head(layerIndex, task.kvHead);
    tile.queries = task.rows;
    tile.scale = 1.0F / std::sqrt(static_cast<float>(headDim));
    tile.scores = m_scores.row(thread * maxQueries);
    tile.scoreStride = m_scores.stride;
    for (int i = 0; i < task.rows; ++i) {
        const int column = task.column + (task.row + i) / group;
        const int head = task.kvHead * group + (task.row + i) % group;
        tile.query[i] = m_qkv.row(column) + head * headDim;
        tile.out[i] = m_attended.row(column) + head * headDim;
        tile.visible[i] = m_columns[column].position + 1;
    }
    if (index + 1 < lane.endTask) {
        const AttentionTask& next = m_tasks[index + 1];
        tile.next = m_columns[next.column].sequence->head(layerIndex, next.kvHead);
        tile.nextPositions = m_columns[next.column].position + 1;
    }
    m_kernels.attend(tile);
}

void ForwardPass::attention(const Lane& lane, int layerIndex) {
    const LayerWeights& layer = m_weights.layers[static_cast<std::size_t>(layerIndex)];
    forColumns(lane, lane.count, [&](int c, int thread) {
        normalise(layer.attentionNorm, m_hidden.row(c), thread, c);
    });
    product(lane, layer.qkv, m_hiddenInputs, lane.count,
            {m_qkv.row(lane.first), m_qkv.stride, nullptr, layer.qkv.rows, Finish::Store});
    forColumns(lane, lane.count, [&](int c, int) { appendKeysAndValues(layerIndex, c); });
    if (lane.thread != everyThread) {
        for (std::size_t task = lane.firstTask; task < lane.endTask; ++task) {
            attendTask(lane, layerIndex, task, lane.thread);
        }
    } else {
        m_team.run(static_cast<int>(m_tasks.size()), [&](int task, int thread) {
            attendTask(lane, layerIndex, static_cast<std::size_t>(task), thread);
        });
    }
    forColumns(lane, lane.count, [&](int c, int thread) {
        quantise(m_attended.row(c), m_attendedInputs, thread, c);
    });
    product(lane, layer.attentionOut, m_attendedInputs, lane.count,
            {m_hidden.row(lane.first), m_hidden.stride, nullptr, m_config.hiddenSize, Finish::Add});
}

void ForwardPass::mlp(const Lane& lane, const LayerWeights& layer) {
    const Finish finish = m_config.mlp == MlpKind::SwiGlu ? Finish::SwiGlu : Finish::GeluTanh;
    forColumns(lane, lane.count,
               [&](int c, int thread) { normalise(layer.mlpNorm, m_hidden.row(c), thread, c); });
    product(
        lane, layer.mlpIn, m_hiddenInputs, lane.count,
        {m_middle.row(lane.first), m_middle.stride, nullptr, m_config.intermediateSize, finish});
    forColumns(lane, lane.count,
               [&](int c, int thread) { quantise(m_middle.row(c), m_middleInputs, thread, c); });
    product(lane, layer.mlpOut, m_middleInputs, lane.count,
            {m_hidden.row(lane.first), m_hidden.stride, nullptr, m_config.hiddenSize, Finish::Add});
}

void ForwardPass::logits(const Lane& lane) {
    int* wanted = m_wanted.data();
    int count = 0;
    for (int c = lane.first; c < lane.first + lane.count; ++c) {
        if (m_columns[c].logits != nullptr) {
            wanted[lane.first + count++] = c;
        }
    }
    if (count == 0) {
        return;
    }
    forColumns(lane, count, [&](int i, int thread) {
        normalise(m_weights.finalNorm, m_hidden.row(wanted[i]), thread, i);
    });
    // Wanted rows of a pass are neighbours in the caller's buffer.
    product(lane, m_weights.head, m_hiddenInputs, count,
            {m_columns[wanted[lane.first]].logits,
             static_cast<std::size_t>(m_config.vocabularySize), nullptr, m_config.vocabularySize,
             Finish::Store});
}

} // namespace linnet::engine::cpu
