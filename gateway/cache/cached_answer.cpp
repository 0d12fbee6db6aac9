// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/cache/cached_answer.h"

#include <numeric>

namespace lunargate {

namespace {

// What an allocator and reference counts add to a block.
constexpr qint64 kBlock = 32;

} // namespace

qint64 CachedAnswer::bytes() const
{
    const auto add = [](qint64 sum, const QByteArray &text) {
        return sum + kBlock + static_cast<qint64>(sizeof text) + text.size();
    };
    const qint64 texts = std::accumulate(droppedParams.begin(), droppedParams.end(), qint64(0), add);
    return static_cast<qint64>(sizeof *this) + 2 * kBlock + body.size() + texts +
           static_cast<qint64>(frameEnds.size() * sizeof(qsizetype));
}

} // namespace lunargate
