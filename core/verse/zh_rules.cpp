#include "verse/zh_rules.h"

#include <algorithm>

namespace linnet::verse {

namespace {

bool endsWith(const Pattern& pattern, Place secondLast, Place last) {
    const std::size_t n = pattern.size();
    return n >= 5 && pattern[n - 2] == secondLast && pattern[n - 1] == last;
}

} // namespace

Place demandedTone(const Pattern& pattern, std::size_t position, std::span<const ZhSound> before,
                   bool given) {
    const Place place = pattern[position];
    const std::size_t n = pattern.size();
    if (place != Place::Any) {
        return place;
    }
    if (endsWith(pattern, Place::Level, Place::Level)) {
        return position == n - 3 ? Place::Oblique : place;
    }
    if (endsWith(pattern, Place::Oblique, Place::Level) && pattern[n - 4] == Place::Level) {
        const std::size_t first = n - 5;
        if (position == first && !given) {
            return Place::Level;
        }
        if (position == n - 3 && !canStand(before[first], Place::Level)) {
            return Place::Level;
        }
    }
    return place;
}

bool canStand(const ZhSound& sound, Place place) {
    if (!sound.known()) {
        return true;
    }
    return place == Place::Level ? sound.level : place == Place::Oblique ? sound.oblique : true;
}

std::optional<std::size_t> firstMisfit(const Pattern& pattern, std::span<const ZhSound> line) {
    const std::size_t both = std::min(pattern.size(), line.size());
    for (std::size_t i = 0; i < both; ++i) {
        if (!canStand(line[i], pattern[i])) {
            return i;
        }
    }
    return pattern.size() == line.size() ? std::nullopt : std::optional(both);
}

std::vector<Pattern> licensedPatterns(const Form& form, const LineForm& line) {
    std::vector<Pattern> all = line.patterns;
    for (const Pattern& pattern : line.patterns) {
        for (const Licence& licence : form.licences) {
            if (auto changed = withLicence(pattern, licence)) {
                all.push_back(*std::move(changed));
            }
        }
    }
    return all;
}

} // namespace linnet::verse
