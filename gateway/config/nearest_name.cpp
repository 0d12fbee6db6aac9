// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/nearest_name.h"

#include <QByteArrayList>

#include <algorithm>
#include <vector>

namespace lunargate {

namespace {

/// Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours count one each.
qsizetype editDistance(QByteArrayView left, QByteArrayView right)
{
    const auto width = static_cast<size_t>(right.size()) + 1;
    std::vector<qsizetype> beforeLast(width), last(width), current(width);
    for (size_t column = 0; column < width; ++column)
        last[column] = static_cast<qsizetype>(column);
    for (qsizetype row = 1; row <= left.size(); ++row) {
        current[0] = row;
        for (size_t column = 1; column < width; ++column) {
            const auto at = static_cast<qsizetype>(column);
            const bool isSame = left[row - 1] == right[at - 1];
            current[column] =
                std::min({last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1)});
            if (row > 1 && at > 1 && left[row - 1] == right[at - 2] && left[row - 2] == right[at - 1])
                current[column] = std::min(current[column], beforeLast[column - 2] + 1);
        }
        beforeLast.swap(last);
        last.swap(current);
    }
    return last[width - 1];
}

} // namespace

QByteArray nearestName(QByteArrayView name, std::span<const QByteArray> candidates)
{
    // A name that long is no misspelling of ours, and the comparison costs the product of both lengths.
    if (name.size() > 100)
        return {};
    const QByteArray wanted = name.toByteArray().toLower();
    QByteArray nearest;
    qsizetype smallest = std::max<qsizetype>(1, wanted.size() / 3) + 1;
    for (const QByteArray &candidate : candidates) {
        const qsizetype distance = editDistance(wanted, candidate.toLower());
        if (distance < smallest) {
            smallest = distance;
            nearest = candidate;
        }
    }
    return nearest;
}

QByteArray listOfNames(std::span<const QByteArray> names)
{
    return QByteArrayList(names.begin(), names.end()).join(", ");
}

} // namespace lunargate
