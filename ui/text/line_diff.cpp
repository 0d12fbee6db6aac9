// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/text/line_diff.h"

#include <QStringList>

#include <algorithm>
#include <utility>

namespace lunargate::ui {

namespace {

using Lines = QList<QStringView>;

// So many added and removed lines: what is kept of the search grows with the square, 16 MB here.
constexpr int kMostEdits = 2000;

Lines linesOf(const QString &text)
{
    Lines lines = QStringView(text).split(u'\n');
    if (lines.constLast().isEmpty())
        lines.removeLast();
    return lines;
}

/// Finds the shortest way from one list of lines to another by the greedy algorithm of E. W. Myers, "An O(ND)
/// Difference Algorithm and Its Variations" (1986).
class Comparison
{
public:
    Comparison(const Lines &before, const Lines &after) : m_before(before), m_after(after) {}

    std::vector<DiffLine> run()
    {
        qsizetype head = 0;
        const qsizetype shorter = std::min(m_before.size(), m_after.size());
        while (head < shorter && m_before[head] == m_after[head])
            ++head;
        qsizetype tail = 0;
        while (tail < shorter - head && m_before[m_before.size() - 1 - tail] == m_after[m_after.size() - 1 - tail])
            ++tail;
        m_head = static_cast<int>(head);
        m_width = static_cast<int>(m_before.size() - head - tail);
        m_height = static_cast<int>(m_after.size() - head - tail);
        for (int i = 0; i < m_head; ++i)
            addSame(i, i);
        if (!search())
            replaceAll();
        for (qsizetype i = tail; i > 0; --i)
            addSame(m_before.size() - i, m_after.size() - i);
        return std::move(m_lines);
    }

private:
    bool isSame(int x, int y) const { return m_before[m_head + x] == m_after[m_head + y]; }

    void addSame(qsizetype x, qsizetype y)
    {
        m_lines.push_back(
            {DiffLine::Kind::Same, static_cast<int>(x) + 1, static_cast<int>(y) + 1, m_after[y].toString()});
    }
    void addRemoved(int x)
    {
        m_lines.push_back({DiffLine::Kind::Removed, m_head + x + 1, 0, m_before[m_head + x].toString()});
    }
    void addAdded(int y)
    {
        m_lines.push_back({DiffLine::Kind::Added, 0, m_head + y + 1, m_after[m_head + y].toString()});
    }

    void replaceAll()
    {
        for (int x = 0; x < m_width; ++x)
            addRemoved(x);
        for (int y = 0; y < m_height; ++y)
            addAdded(y);
    }

    /// Diagonal k is where x - y = k; `furthest` has the furthest x on it, for each k from -edits to edits.
    static int &on(std::vector<int> &furthest, int k)
    {
        return furthest[static_cast<size_t>(static_cast<int>(furthest.size() / 2) + k)];
    }

    /// Whether the step to diagonal k with that many edits adds a line, and not removes one.
    static bool isDown(std::vector<int> &last, int k, int edits)
    {
        return k == -edits || (k != edits && on(last, k - 1) < on(last, k + 1));
    }

    bool search()
    {
        std::vector<std::vector<int>> steps; // furthest points before each number of edits
        std::vector<int> last(3, 0);
        const int most = std::min(m_width + m_height, kMostEdits);
        for (int edits = 0; edits <= most; ++edits) {
            std::vector<int> next(static_cast<size_t>(2 * edits + 3), 0);
            for (int k = -edits; k <= edits; k += 2) {
                int x = edits == 0 ? 0 : isDown(last, k, edits) ? on(last, k + 1) : on(last, k - 1) + 1;
                while (x < m_width && x - k < m_height && isSame(x, x - k))
                    ++x;
                on(next, k) = x;
                if (x >= m_width && x - k >= m_height) {
                    steps.push_back(std::move(last));
                    walkBack(steps, edits);
                    return true;
                }
            }
            steps.push_back(std::exchange(last, std::move(next)));
        }
        return false;
    }

    void walkBack(std::vector<std::vector<int>> &steps, int edits)
    {
        std::vector<std::pair<int, int>> points{{m_width, m_height}}; // after each edit and its equal lines
        int x = m_width;
        int y = m_height;
        for (; edits > 0; --edits) {
            std::vector<int> &last = steps[static_cast<size_t>(edits)];
            const int k = x - y;
            const int from = isDown(last, k, edits) ? k + 1 : k - 1;
            x = on(last, from);
            y = x - from;
            points.emplace_back(x, y);
        }
        x = y = 0;
        std::ranges::reverse(points);
        for (size_t i = 0; i < points.size(); ++i) {
            const auto [toX, toY] = points[i];
            if (i > 0 && toX - x < toY - y)
                addAdded(y++);
            else if (i > 0)
                addRemoved(x++);
            for (; x < toX; ++x, ++y)
                addSame(m_head + x, m_head + y);
        }
    }

    const Lines &m_before;
    const Lines &m_after;
    int m_head = 0; // equal lines that come first
    int m_width = 0;
    int m_height = 0;
    std::vector<DiffLine> m_lines;
};

} // namespace

std::vector<DiffLine> lineDiff(const QString &before, const QString &after)
{
    const Lines old = linesOf(before);
    const Lines now = linesOf(after);
    return Comparison(old, now).run();
}

std::vector<DiffHunk> hunksOf(const std::vector<DiffLine> &lines, qsizetype context)
{
    const auto count = static_cast<qsizetype>(lines.size());
    std::vector<DiffHunk> hunks;
    qsizetype shown = 0; // lines up to here are in hunks, or skipped
    for (qsizetype i = 0; i < count; ++i) {
        if (lines[static_cast<size_t>(i)].kind == DiffLine::Kind::Same)
            continue;
        const qsizetype begin = std::max(shown, i - context);
        if (hunks.empty() || begin > shown)
            hunks.push_back({.skipped = begin - shown, .lines = {}});
        qsizetype end = i; // behind the differences and the equal lines after them
        for (qsizetype j = i; j < count && j <= end + context; ++j) {
            if (lines[static_cast<size_t>(j)].kind != DiffLine::Kind::Same)
                end = j;
        }
        const qsizetype behind = std::min(count, end + context + 1);
        hunks.back().lines.insert(hunks.back().lines.end(), lines.begin() + begin, lines.begin() + behind);
        shown = behind;
        i = behind - 1;
    }
    return hunks;
}

} // namespace lunargate::ui
