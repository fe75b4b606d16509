#include "serving/result_cache.h"

namespace linnet::serving {

namespace {

constexpr std::size_t overhead = 128; // of an entry, about

std::size_t sizeOf(const std::string& key, const std::string& value) {
    return key.size() + value.size() + overhead;
}

} // namespace

std::optional<std::string> ResultCache::find(const std::string& key) {
    const std::lock_guard lock(m_mutex);
    const auto place = m_places.find(key);
    if (place == m_places.end()) {
        ++m_stats.misses;
        return std::nullopt;
    }
    ++m_stats.hits;
    m_entries.splice(m_entries.begin(), m_entries, place->second);
    return place->second->second;
}

void ResultCache::put(const std::string& key, std::string value) {
    const std::size_t size = sizeOf(key, value);
    const std::lock_guard lock(m_mutex);
    if (size > m_limit / 16 || m_places.contains(key)) {
        return; // what is known already is the same answer
    }
    m_entries.emplace_front(key, std::move(value));
    m_places.emplace(m_entries.front().first, m_entries.begin());
    m_stats.bytes += size;
    while (m_stats.bytes > m_limit) {
        dropLast();
    }
}

void ResultCache::dropLast() {
    const auto& [key, value] = m_entries.back();
    m_stats.bytes -= sizeOf(key, value);
    m_places.erase(key);
    m_entries.pop_back();
}

void ResultCache::clear() {
    const std::lock_guard lock(m_mutex);
    m_places.clear();
    m_entries.clear();
    m_stats.bytes = 0;
}

ResultCache::Stats ResultCache::stats() const {
    const std::lock_guard lock(m_mutex);
    Stats stats = m_stats;
    stats.entries = m_entries.size();
    return stats;
}

} // namespace linnet::serving
