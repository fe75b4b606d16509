#include "engine/torch/cpu/kv_pool.h"

#include <algorithm>
#include <new>
#include <utility>

namespace linnet::engine::cpu {

namespace {

constexpr std::size_t page = 4096;
constexpr std::size_t hugePage = std::size_t{2} << 20;
constexpr std::size_t leastChunks = 4;                    // of a slab
constexpr std::size_t spareBytes = std::size_t{64} << 20; // with nothing in them

// An odd number of pages, so that the same head of several texts lies in different sets of a cache.
std::size_t strideOf(std::size_t chunkElements) {
    const std::size_t pages = (chunkElements * sizeof(std::uint16_t) + page - 1) / page;
    return (pages | 1U) * page;
}

// As many as fill the huge pages that a few of them take.
std::size_t chunksPerSlab(std::size_t stride) {
    return (leastChunks * stride + hugePage - 1) / hugePage * hugePage / stride;
}

} // namespace

KvPool::KvPool(std::size_t chunkElements)
    : m_chunkBytes(strideOf(chunkElements))
    , m_slabChunks(chunksPerSlab(m_chunkBytes)) {
}

std::shared_ptr<KvPool> KvPool::create(std::size_t chunkElements) {
    return std::shared_ptr<KvPool>(new KvPool(chunkElements));
}

KvPool::Chunk KvPool::take() {
    Slab* slab = nullptr;
    std::uint16_t* chunk = nullptr;
    {
        const std::lock_guard lock(m_mutex);
        slab = &slabWithRoom();
        chunk = slab->free.back();
        slab->free.pop_back();
    }
    // If this finds no memory, it gives the chunk back.
    return {chunk,
            [pool = shared_from_this(), slab](std::uint16_t* gone) { pool->giveBack(slab, gone); }};
}

// The fullest with room, so that others become empty.
KvPool::Slab& KvPool::slabWithRoom() {
    Slab* best = nullptr;
    for (const auto& slab : m_slabs) {
        if (!slab->free.empty() && (best == nullptr || slab->free.size() < best->free.size())) {
            best = slab.get();
        }
    }
    if (best != nullptr) {
        return *best;
    }
    auto arena = HugeArena::allocate(m_slabChunks * m_chunkBytes);
    if (!arena) {
        throw std::bad_alloc();
    }
    auto slab = std::make_unique<Slab>();
    slab->arena = std::move(*arena);
    slab->free.reserve(m_slabChunks);
    for (std::size_t i = m_slabChunks; i-- > 0;) {
        slab->free.push_back(
            reinterpret_cast<std::uint16_t*>(slab->arena.data() + i * m_chunkBytes));
    }
    m_slabs.push_back(std::move(slab));
    return *m_slabs.back();
}

void KvPool::giveBack(Slab* slab, std::uint16_t* chunk) {
    const std::lock_guard lock(m_mutex);
    slab->free.push_back(chunk); // has room for all
    const auto isSpare = [this](const auto& one) { return one->free.size() == m_slabChunks; };
    const auto spare = std::count_if(m_slabs.begin(), m_slabs.end(), isSpare);
    if (slab->free.size() == m_slabChunks &&
        static_cast<std::size_t>(spare) * slab->arena.size() > spareBytes) {
        std::erase_if(m_slabs, [slab](const auto& one) { return one.get() == slab; });
    }
}

std::size_t KvPool::bytes() const {
    const std::lock_guard lock(m_mutex);
    std::size_t sum = 0;
    for (const auto& slab : m_slabs) {
        sum += slab->arena.size();
    }
    return sum;
}

} // namespace linnet::engine::cpu
