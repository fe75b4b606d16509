#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace linnet::serving {

// Answers to requests that would be answered the same again, the least recently used dropped
// first. A key is the whole request with the model's version: two requests never share an answer
// by chance. Any thread.
class ResultCache {
public:
    // `bytes` of keys and values together; 0: keeps nothing.
    explicit ResultCache(std::size_t bytes)
        : m_limit(bytes) {}

    std::optional<std::string> find(const std::string& key);
    // An answer that would take more than a sixteenth of the cache is not kept.
    void put(const std::string& key, std::string value);
    void clear();

    struct Stats {
        std::uint64_t hits = 0;
        std::uint64_t misses = 0;
        std::size_t bytes = 0;
        std::size_t entries = 0;
    };
    Stats stats() const;

private:
    using Entry = std::pair<std::string, std::string>;

    void dropLast();

    std::size_t m_limit;
    mutable std::mutex m_mutex;
    std::list<Entry> m_entries; // the most recently used first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> m_places; // keys of m_entries
    Stats m_stats;
};

} // namespace linnet::serving
