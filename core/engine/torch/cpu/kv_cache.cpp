#include "engine/torch/cpu/kv_cache.h"

#include <algorithm>

namespace linnet::engine::cpu {

KvLayout::KvLayout(const ModelConfig& config)
    : layers(config.layers)
    , heads(config.kvHeads)
    , headDim(config.headDim)
    , paddedHeadDim((config.headDim + 15) / 16 * 16) {
}

std::size_t KvLayout::chunkElements() const {
    return valueOffset(layers, 0);
}

std::size_t KvLayout::keyOffset(int layer, int head) const {
    return static_cast<std::size_t>(layer * heads + head) *
           static_cast<std::size_t>(chunkPositions * headDim);
}

std::size_t KvLayout::valueOffset(int layer, int head) const {
    return keyOffset(layers, 0) + static_cast<std::size_t>(layer * heads + head) *
                                      static_cast<std::size_t>(chunkPositions * paddedHeadDim);
}

void CpuSequence::truncate(int length) {
    m_length = std::clamp(length, 0, m_length);
    // One chunk in hand saves the next words of a writer an allocation.
    const auto keep =
        static_cast<std::size_t>((m_length + chunkPositions - 1) / chunkPositions + 1);
    if (m_chunks.size() > keep) {
        m_chunks.resize(keep);
        m_pointers.resize(keep);
    }
}

std::unique_ptr<CpuSequence> CpuSequence::fork() const {
    return std::make_unique<CpuSequence>(*this);
}

void CpuSequence::reserve(int length) {
    const auto chunks = static_cast<std::size_t>((length + chunkPositions - 1) / chunkPositions);
    m_chunks.reserve(chunks);
    m_pointers.reserve(chunks);
    for (auto i = static_cast<std::size_t>(m_length / chunkPositions); i < chunks; ++i) {
        if (i < m_chunks.size() && m_chunks[i].use_count() == 1) {
            continue;
        }
        KvPool::Chunk chunk = m_pool->take();
        if (i < m_chunks.size()) {
            std::copy_n(m_chunks[i].get(), m_layout.chunkElements(), chunk.get());
            m_pointers[i] = chunk.get();
            m_chunks[i] = std::move(chunk);
        } else {
            m_pointers.push_back(chunk.get());
            m_chunks.push_back(std::move(chunk));
        }
    }
}

HeadCache CpuSequence::head(int layer, int head) const {
    HeadCache cache;
    cache.chunks = m_pointers.data();
    cache.keyOffset = m_layout.keyOffset(layer, head);
    cache.valueOffset = m_layout.valueOffset(layer, head);
    cache.headDim = m_layout.headDim;
    cache.paddedHeadDim = m_layout.paddedHeadDim;
    return cache;
}

std::uint16_t* CpuSequence::keyBlock(int layer, int head, int position) const {
    const int inChunk = position % chunkPositions;
    return m_pointers[static_cast<std::size_t>(position / chunkPositions)] +
           m_layout.keyOffset(layer, head) +
           static_cast<std::size_t>(inChunk / cpu::keyBlock * cpu::keyBlock * m_layout.headDim +
                                    inChunk % cpu::keyBlock);
}

std::uint16_t* CpuSequence::valueRow(int layer, int head, int position) const {
    return m_pointers[static_cast<std::size_t>(position / chunkPositions)] +
           m_layout.valueOffset(layer, head) +
           static_cast<std::size_t>(position % chunkPositions * m_layout.paddedHeadDim);
}

} // namespace linnet::engine::cpu
