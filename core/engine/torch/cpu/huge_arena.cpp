#include "engine/torch/cpu/huge_arena.h"

#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/mman.h>
#define LINNET_HAS_MMAP 1
#endif

namespace linnet::engine::cpu {

namespace {

constexpr std::size_t hugePage = std::size_t{2} << 20;

} // namespace

HugeArena::~HugeArena() {
    release();
}

HugeArena::HugeArena(HugeArena&& other) noexcept
    : m_mapping(std::exchange(other.m_mapping, nullptr))
    , m_mappedBytes(std::exchange(other.m_mappedBytes, 0))
    , m_data(std::exchange(other.m_data, nullptr))
    , m_size(std::exchange(other.m_size, 0)) {
}

HugeArena& HugeArena::operator=(HugeArena&& other) noexcept {
    if (this != &other) {
        release();
        m_mapping = std::exchange(other.m_mapping, nullptr);
        m_mappedBytes = std::exchange(other.m_mappedBytes, 0);
        m_data = std::exchange(other.m_data, nullptr);
        m_size = std::exchange(other.m_size, 0);
    }
    return *this;
}

std::optional<HugeArena> HugeArena::allocate(std::size_t bytes) {
    if (bytes > std::numeric_limits<std::size_t>::max() / 2) {
        return std::nullopt;
    }
    const std::size_t rounded = (bytes + hugePage - 1) / hugePage * hugePage;
    HugeArena arena;
    arena.m_mappedBytes = rounded + hugePage;
#if defined(LINNET_HAS_MMAP)
    void* mapping = mmap(nullptr, arena.m_mappedBytes, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED) {
        return std::nullopt;
    }
#else
    void* mapping = ::operator new(arena.m_mappedBytes, std::nothrow);
    if (mapping == nullptr) {
        return std::nullopt;
    }
    std::memset(mapping, 0, arena.m_mappedBytes);
#endif
    arena.m_mapping = mapping;
    const auto address = reinterpret_cast<std::uintptr_t>(mapping);
    const std::uintptr_t aligned = (address + hugePage - 1) / hugePage * hugePage;
    arena.m_data = static_cast<std::byte*>(mapping) + (aligned - address);
    arena.m_size = bytes;
#if defined(LINNET_HAS_MMAP) && defined(MADV_HUGEPAGE)
    // Only advice: without it the arena works on small pages.
    (void)madvise(arena.m_data, rounded, MADV_HUGEPAGE);
#endif
    return arena;
}

void HugeArena::release() {
    if (m_mapping == nullptr) {
        return;
    }
#if defined(LINNET_HAS_MMAP)
    munmap(m_mapping, m_mappedBytes);
#else
    ::operator delete(m_mapping);
#endif
    m_mapping = nullptr;
}

} // namespace linnet::engine::cpu
