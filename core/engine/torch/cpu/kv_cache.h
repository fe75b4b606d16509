#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "engine/torch/cpu/kernels.h"
#include "engine/torch/cpu/kv_pool.h"
#include "engine/torch/decoder_backend.h"

namespace linnet::engine::cpu {

// The measures of a cache chunk: chunkPositions positions of every layer and head, in float16.
// Keys first: [layer][head][position / 16][dimension][position % 16]; then values:
// [layer][head][position][dimension padded to 16].
struct KvLayout {
    int layers = 0;
    int heads = 0;
    int headDim = 0;
    int paddedHeadDim = 0;

    explicit KvLayout(const ModelConfig& config);
    std::size_t chunkElements() const;
    std::size_t keyOffset(int layer, int head) const;
    std::size_t valueOffset(int layer, int head) const;
};

// One sequence's keys and values, in chunks that forks share until one of them writes.
class CpuSequence final : public KvSequence {
public:
    // `pool`: of chunks of this layout.
    CpuSequence(const KvLayout& layout, std::shared_ptr<KvPool> pool)
        : m_layout(layout)
        , m_pool(std::move(pool)) {}

    int length() const override { return m_length; }
    void truncate(int length) override;

    // A sequence with the same content, sharing its memory.
    std::unique_ptr<CpuSequence> fork() const;

    // Room for positions up to `length`, writable from length() on. Throws std::bad_alloc and then
    // has changed nothing that can be seen.
    void reserve(int length);
    // Makes positions up to `length`, which have been written, part of the sequence.
    void commit(int length) { m_length = length; }

    HeadCache head(int layer, int head) const;
    std::uint16_t* keyBlock(int layer, int head, int position) const; // at the position's column
    std::uint16_t* valueRow(int layer, int head, int position) const;

private:
    KvLayout m_layout;
    std::shared_ptr<KvPool> m_pool;
    int m_length = 0;
    std::vector<KvPool::Chunk> m_chunks;
    std::vector<std::uint16_t*> m_pointers; // of m_chunks
};

} // namespace linnet::engine::cpu
