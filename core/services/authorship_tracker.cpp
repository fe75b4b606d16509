#include "services/authorship_tracker.h"

#include <algorithm>

#include "services/text_statistics.h"

namespace linnet::services {

namespace {
// As many acceptances as somebody may undo and redo.
constexpr size_t maxAccepted = 256;
} // namespace

void AuthorshipTracker::clear() {
    m_ranges.clear();
    m_accepted.clear();
}

void AuthorshipTracker::documentChanged(int position, int removed, const QString& added) {
    const int length = static_cast<int>(added.size());
    shift(position, removed, length);
    for (Accepted& accepted : m_accepted) {
        const int size = static_cast<int>(accepted.text.size());
        const bool here = !accepted.present && accepted.start >= position &&
                          accepted.start + size <= position + length;
        if (here && QStringView(added).sliced(accepted.start - position, size) == accepted.text) {
            accepted.present = true;
            add(accepted.start, size);
        }
    }
}

void AuthorshipTracker::suggestionInserted(int position, const QString& text) {
    add(position, static_cast<int>(text.size()));
    if (text.size() < 2) {
        return; // a single letter that returns may as well have been typed
    }
    if (m_accepted.size() == maxAccepted) {
        m_accepted.erase(m_accepted.begin());
    }
    m_accepted.push_back({position, text, true});
}

void AuthorshipTracker::shift(int position, int removed, int added) {
    const int end = position + removed;
    const int delta = added - removed;
    std::vector<Range> kept;
    kept.reserve(m_ranges.size() + 1);
    const auto keep = [&kept](int start, int length) {
        // What a removal brings together becomes one range.
        if (!kept.empty() && kept.back().start + kept.back().length == start) {
            kept.back().length += length;
        } else {
            kept.push_back({start, length});
        }
    };
    for (const Range& range : m_ranges) {
        const int rangeEnd = range.start + range.length;
        if (range.start < position) {
            keep(range.start, std::min(rangeEnd, position) - range.start);
        }
        if (rangeEnd > end) {
            const int start = std::max(range.start, end);
            keep(start + delta, rangeEnd - start);
        }
    }
    m_ranges = std::move(kept);

    for (Accepted& accepted : m_accepted) {
        const int acceptedEnd = accepted.start + static_cast<int>(accepted.text.size());
        if (accepted.present && accepted.start < end && acceptedEnd > position) {
            accepted.present = false; // taken back, or changed
            continue;
        }
        // One that is gone stays where an undo would bring it back.
        if (accepted.start >= end && (accepted.present || accepted.start > position)) {
            accepted.start += delta;
        }
    }
}

void AuthorshipTracker::add(int start, int length) {
    if (length <= 0) {
        return;
    }
    int end = start + length;
    const auto first =
        std::lower_bound(m_ranges.begin(), m_ranges.end(), start,
                         [](const Range& one, int at) { return one.start + one.length < at; });
    auto last = first;
    while (last != m_ranges.end() && last->start <= end) {
        start = std::min(start, last->start);
        end = std::max(end, last->start + last->length);
        ++last;
    }
    m_ranges.insert(m_ranges.erase(first, last), Range{start, end - start});
}

int AuthorshipTracker::covered(int start, int length) const {
    int sum = 0;
    auto range =
        std::lower_bound(m_ranges.begin(), m_ranges.end(), start,
                         [](const Range& one, int at) { return one.start + one.length <= at; });
    for (; range != m_ranges.end() && range->start < start + length; ++range) {
        sum +=
            std::min(range->start + range->length, start + length) - std::max(range->start, start);
    }
    return sum;
}

int AuthorshipTracker::wordsFromSuggestions(QStringView block, int start) const {
    if (covered(start, static_cast<int>(block.size())) == 0) {
        return 0;
    }
    int words = 0;
    forEachWord(block, [&](qsizetype at, qsizetype length) {
        const int ours = covered(start + static_cast<int>(at), static_cast<int>(length));
        words += 2 * ours >= static_cast<int>(length) && ours > 0 ? 1 : 0;
    });
    return words;
}

int AuthorshipTracker::wordsFromSuggestions(QStringView text) const {
    const auto isEnd = [](QChar c) { return c == u'\n' || c == QChar::ParagraphSeparator; };
    int words = 0;
    qsizetype done = 0;
    for (const Range& range : m_ranges) {
        if (range.start + range.length <= done || range.start >= text.size()) {
            continue;
        }
        qsizetype start = std::max<qsizetype>(done, range.start);
        while (start > done && !isEnd(text[start - 1])) {
            --start;
        }
        qsizetype end = std::min<qsizetype>(text.size(), range.start + range.length);
        while (end < text.size() && !isEnd(text[end])) {
            ++end;
        }
        words += wordsFromSuggestions(text.sliced(start, end - start), static_cast<int>(start));
        done = end;
    }
    return words;
}

} // namespace linnet::services
