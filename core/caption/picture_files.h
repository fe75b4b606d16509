#pragma once

#include <filesystem>
#include <stop_token>
#include <string_view>
#include <vector>

namespace linnet::caption {

// Whether a file's name ends as those of pictures that can be read do.
bool hasPictureName(const std::filesystem::path& file);

// Whether `a` comes before `b` in the order of a reader: "2.jpg" before "10.jpg", capitals beside
// small letters.
bool naturallyBefore(std::string_view a, std::string_view b);

// The pictures that the paths mean: files as they are, whatever their name; folders by the pictures
// in them and their folders, in natural order, without what is hidden and without following links
// to folders. At most `most`. A folder that cannot be read has no pictures. Ends early when
// stopped.
std::vector<std::filesystem::path> findPictures(const std::vector<std::filesystem::path>& paths,
                                                std::size_t most, const std::stop_token& stop = {});

} // namespace linnet::caption
