#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/torch/cpu/huge_arena.h"

namespace linnet::engine::cpu {

// Memory for the chunks of a decoder's sequences, on huge pages: a batch touches some thousand
// places of its texts' keys and values in every layer, and on small pages each was a miss of the
// TLB. What a text gives back the next one gets, still in the cache.
class KvPool : public std::enable_shared_from_this<KvPool> {
public:
    // A chunk; its memory returns to the pool, which it keeps alive, with the last reference.
    using Chunk = std::shared_ptr<std::uint16_t[]>;

    static std::shared_ptr<KvPool> create(std::size_t chunkElements);
    KvPool(const KvPool&) = delete;
    KvPool& operator=(const KvPool&) = delete;

    // Holds anything. Throws std::bad_alloc. Any thread.
    Chunk take();

    // Of all memory held, in use or not.
    std::size_t bytes() const;

private:
    // Some chunks' memory.
    struct Slab {
        HugeArena arena;
        std::vector<std::uint16_t*> free; // the last one given back is taken first
    };

    explicit KvPool(std::size_t chunkElements);
    void giveBack(Slab* slab, std::uint16_t* chunk);
    Slab& slabWithRoom();

    const std::size_t m_chunkBytes; // from chunk to chunk
    const std::size_t m_slabChunks;
    mutable std::mutex m_mutex;
    std::vector<std::unique_ptr<Slab>> m_slabs;
};

} // namespace linnet::engine::cpu
