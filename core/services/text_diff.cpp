#include "services/text_diff.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace linnet::services {

namespace {

// The middle parts of two texts, between their common head and tail.
struct Middle {
    const QStringList& before;
    const QStringList& after;
    int head = 0;
    int beforeCount = 0;
    int afterCount = 0;

    bool equal(int x, int y) const { return before[head + x] == after[head + y]; }
};

void append(QVector<DiffHunk>& hunks, DiffKind kind, int oldLine, int newLine, int count) {
    if (count == 0) {
        return;
    }
    if (!hunks.isEmpty() && hunks.last().kind == kind &&
        (kind == DiffKind::Added || hunks.last().oldLine + hunks.last().count == oldLine)) {
        hunks.last().count += count;
        return;
    }
    hunks.push_back({kind, oldLine, newLine, count});
}

enum class Step : char { Down, Right }; // Down: a line added; Right: a line removed

// Myers' greedy algorithm, forward. Returns the furthest-reaching ends of every round, from which
// the path is read backwards; empty when more than `limit` differences are needed.
std::vector<std::vector<int>> search(const Middle& middle, int limit) {
    const int n = middle.beforeCount;
    const int m = middle.afterCount;
    std::vector<std::vector<int>> rounds;
    std::vector<int> ends(static_cast<size_t>(2 * limit + 3), 0);
    const auto at = [limit](int k) { return static_cast<size_t>(k + limit + 1); };
    for (int d = 0; d <= limit; ++d) {
        for (int k = -d; k <= d; k += 2) {
            const bool down = k == -d || (k != d && ends[at(k - 1)] < ends[at(k + 1)]);
            int x = down ? ends[at(k + 1)] : ends[at(k - 1)] + 1;
            int y = x - k;
            while (x < n && y < m && x >= 0 && y >= 0 && middle.equal(x, y)) {
                ++x;
                ++y;
            }
            ends[at(k)] = x;
            if (x >= n && y >= m) {
                rounds.emplace_back(ends.begin() + static_cast<std::ptrdiff_t>(at(-d)),
                                    ends.begin() + static_cast<std::ptrdiff_t>(at(d)) + 1);
                return rounds;
            }
        }
        rounds.emplace_back(ends.begin() + static_cast<std::ptrdiff_t>(at(-d)),
                            ends.begin() + static_cast<std::ptrdiff_t>(at(d)) + 1);
    }
    return {};
}

// Reads the path backwards: round d holds the ends of the diagonals -d to d.
std::vector<Step> trace(const Middle& middle, const std::vector<std::vector<int>>& rounds) {
    std::vector<Step> steps;
    int k = middle.beforeCount - middle.afterCount;
    for (int d = static_cast<int>(rounds.size()) - 1; d > 0; --d) {
        const std::vector<int>& previous = rounds[static_cast<size_t>(d - 1)];
        const auto end = [&](int diagonal) {
            return std::abs(diagonal) > d - 1 ? -1
                                              : previous[static_cast<size_t>(diagonal + d - 1)];
        };
        const bool down = k == -d || (k != d && end(k - 1) < end(k + 1));
        steps.push_back(down ? Step::Down : Step::Right);
        k += down ? 1 : -1;
    }
    std::reverse(steps.begin(), steps.end());
    return steps;
}

// Follows the steps from the start, with the runs of equal lines between them.
void walk(const Middle& middle, const std::vector<Step>& steps, QVector<DiffHunk>& hunks) {
    int x = 0;
    int y = 0;
    const auto slide = [&] {
        const int start = x;
        while (x < middle.beforeCount && y < middle.afterCount && middle.equal(x, y)) {
            ++x;
            ++y;
        }
        append(hunks, DiffKind::Equal, middle.head + start, middle.head + y - (x - start),
               x - start);
    };
    slide();
    for (const Step step : steps) {
        if (step == Step::Down) {
            append(hunks, DiffKind::Added, middle.head + x, middle.head + y, 1);
            ++y;
        } else {
            append(hunks, DiffKind::Removed, middle.head + x, middle.head + y, 1);
            ++x;
        }
        slide();
    }
}

// Removals before additions within each change, as people read a diff.
QVector<DiffHunk> ordered(const QVector<DiffHunk>& hunks) {
    QVector<DiffHunk> result;
    for (int i = 0; i < hunks.size();) {
        if (hunks[i].kind == DiffKind::Equal) {
            result.push_back(hunks[i++]);
            continue;
        }
        const int oldLine = hunks[i].oldLine;
        const int newLine = hunks[i].newLine;
        int removed = 0;
        int added = 0;
        for (; i < hunks.size() && hunks[i].kind != DiffKind::Equal; ++i) {
            (hunks[i].kind == DiffKind::Removed ? removed : added) += hunks[i].count;
        }
        if (removed > 0) {
            result.push_back({DiffKind::Removed, oldLine, newLine, removed});
        }
        if (added > 0) {
            result.push_back({DiffKind::Added, oldLine + removed, newLine, added});
        }
    }
    return result;
}

} // namespace

QVector<DiffHunk> diffLines(const QStringList& before, const QStringList& after,
                            int maxDifferences) {
    const int shorter = static_cast<int>(std::min(before.size(), after.size()));
    int head = 0;
    while (head < shorter && before[head] == after[head]) {
        ++head;
    }
    int tail = 0;
    while (tail < shorter - head &&
           before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) {
        ++tail;
    }
    const Middle middle{before, after, head, static_cast<int>(before.size()) - head - tail,
                        static_cast<int>(after.size()) - head - tail};

    QVector<DiffHunk> hunks;
    append(hunks, DiffKind::Equal, 0, 0, head);
    const int limit = std::clamp(middle.beforeCount + middle.afterCount, 0, maxDifferences);
    const std::vector<std::vector<int>> rounds = search(middle, limit);
    if (rounds.empty()) {
        append(hunks, DiffKind::Removed, head, head, middle.beforeCount);
        append(hunks, DiffKind::Added, head + middle.beforeCount, head, middle.afterCount);
    } else {
        walk(middle, trace(middle, rounds), hunks);
    }
    append(hunks, DiffKind::Equal, head + middle.beforeCount, head + middle.afterCount, tail);
    return ordered(hunks);
}

QVector<DiffHunk> diffText(const QString& before, const QString& after, int maxDifferences) {
    return diffLines(before.split(u'\n'), after.split(u'\n'), maxDifferences);
}

} // namespace linnet::services
