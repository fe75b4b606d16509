#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/api/result.h"

namespace linnet::verse {

// What classical Chinese verse may say of things that it has no word for: coffee is bitter, has a
// scent, keeps awake. Immutable: any thread.
class ThemeImages {
public:
    // Reads resources/lexicons/zh-images.tsv, which says what its columns are. Errors: NotFound,
    // Io, CorruptFile.
    static engine::Result<ThemeImages> open(const std::filesystem::path& path);
    static engine::Result<ThemeImages> parse(std::string_view table);

    // A theme with every word of today in it replaced by its images, longer words first.
    struct Reading {
        std::u32string plain;  // the rest of the theme
        std::u32string images; // characters, the nearest first
    };
    // `theme` is simplified.
    Reading read(std::u32string_view theme) const;

    std::size_t size() const { return m_images.size(); }

private:
    std::unordered_map<std::u32string, std::u32string> m_images; // of each word
    std::size_t m_longest = 0;                                   // word
};

} // namespace linnet::verse
