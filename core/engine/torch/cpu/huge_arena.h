#pragma once

#include <cstddef>
#include <optional>

namespace linnet::engine::cpu {

// One zeroed block of memory on huge pages where the system grants them: weights are read once a
// token from end to end, and 4 KiB pages cost 10 to 35 % of the bandwidth in TLB misses.
class HugeArena {
public:
    HugeArena() = default;
    ~HugeArena();
    HugeArena(HugeArena&& other) noexcept;
    HugeArena& operator=(HugeArena&& other) noexcept;

    // None when the system refuses.
    static std::optional<HugeArena> allocate(std::size_t bytes);

    std::byte* data() const { return m_data; } // 2 MiB aligned
    std::size_t size() const { return m_size; }

private:
    void release();

    void* m_mapping = nullptr;
    std::size_t m_mappedBytes = 0;
    std::byte* m_data = nullptr;
    std::size_t m_size = 0;
};

} // namespace linnet::engine::cpu
