#include "verse/form.h"

#include <algorithm>
#include <set>

namespace linnet::verse {

std::string_view toString(Language language) {
    return language == Language::Chinese ? "zh" : "en";
}

std::string toString(const Pattern& pattern, Language language) {
    std::string text;
    for (const Place place : pattern) {
        switch (place) {
        case Place::Any:
            text += language == Language::Chinese ? "中" : ".";
            break;
        case Place::Level:
            text += "平";
            break;
        case Place::Oblique:
            text += "仄";
            break;
        case Place::Weak:
            text += "x";
            break;
        case Place::Strong:
            text += "/";
            break;
        }
    }
    return text;
}

Layout layoutOf(const Variant& variant, int blocks) {
    Layout layout;
    int letters = 0;
    for (const RhymeMark& mark : variant.rhymes) {
        letters = std::max(letters, mark.letter + 1);
    }
    for (int block = 0; block < blocks; ++block) {
        const int start = static_cast<int>(layout.lines.size());
        if (block > 0 && variant.breakBetween) {
            layout.breaks.push_back(start);
        }
        for (const int at : variant.breaks) {
            layout.breaks.push_back(start + at);
        }
        layout.lines.insert(layout.lines.end(), variant.lines.begin(), variant.lines.end());
        for (RhymeMark mark : variant.rhymes) {
            mark.letter += mark.letter >= 0 ? block * letters : 0;
            layout.rhymes.push_back(mark);
        }
    }
    return layout;
}

std::optional<int> blocksFor(const Variant& variant, int lines) {
    const int size = static_cast<int>(variant.lines.size());
    const int blocks = lines / size;
    if (lines % size != 0 || blocks < variant.minBlocks || blocks > variant.maxBlocks) {
        return std::nullopt;
    }
    return blocks;
}

std::optional<Pattern> withLicence(const Pattern& pattern, const Licence& licence) {
    const int length = static_cast<int>(pattern.size());
    const auto& lengths = licence.lengths;
    if (pattern.size() < licence.usual.size() ||
        (!lengths.empty() && std::find(lengths.begin(), lengths.end(), length) == lengths.end())) {
        return std::nullopt;
    }
    const auto start = pattern.end() - static_cast<std::ptrdiff_t>(licence.usual.size());
    const bool fits = std::equal(start, pattern.end(), licence.usual.begin(), [](Place a, Place b) {
        return a == b || a == Place::Any || b == Place::Any;
    });
    if (!fits) {
        return std::nullopt;
    }
    Pattern changed(pattern.begin(), start);
    changed.insert(changed.end(), licence.instead.begin(), licence.instead.end());
    return changed;
}

const Variant* Form::findVariant(std::string_view variantName) const {
    const auto found = std::find_if(variants.begin(), variants.end(), [&](const Variant& variant) {
        return variant.name == variantName;
    });
    return found != variants.end() ? &*found : nullptr;
}

bool Form::hasRhyme() const {
    return std::any_of(variants.begin(), variants.end(), [](const Variant& variant) {
        return std::any_of(variant.rhymes.begin(), variant.rhymes.end(),
                           [](RhymeMark mark) { return mark.letter >= 0; });
    });
}

bool Form::hasPattern() const {
    return std::any_of(variants.begin(), variants.end(), [](const Variant& variant) {
        return std::any_of(variant.lines.begin(), variant.lines.end(),
                           [](const LineForm& line) { return !line.patterns.empty(); });
    });
}

std::vector<int> Form::lineCounts(std::size_t limit) const {
    std::set<int> counts;
    for (const Variant& variant : variants) {
        const int size = static_cast<int>(variant.lines.size());
        const int most = variant.minBlocks + static_cast<int>(limit);
        for (int blocks = variant.minBlocks; blocks <= std::min(variant.maxBlocks, most);
             ++blocks) {
            counts.insert(blocks * size);
        }
    }
    std::vector<int> all(counts.begin(), counts.end());
    all.resize(std::min(all.size(), limit));
    return all;
}

} // namespace linnet::verse
