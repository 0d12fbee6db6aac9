// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"

#include <QtTypes>

#include <optional>

namespace lunargate {

/// What fills again at an even pace, up to a capacity. It may owe: what was used over what there was. Exact: time is
/// counted in whole microseconds and nothing is rounded away. Plain value; time is an argument, and one that lies
/// before an earlier one counts as that.
class TokenBucket
{
public:
    struct Size
    {
        qint64 perMinute = 0; ///< 0: no limit. At most INT32_MAX, like the next
        qint64 capacity = 0;  ///< at least 1 where there is a limit

        bool operator==(const Size &) const = default;
    };

    /// Without a limit.
    TokenBucket() = default;
    /// Full.
    TokenBucket(Size size, TimePoint now);

    bool isLimited() const { return m_size.perMinute > 0; }
    Size size() const { return m_size; }

    /// What may be taken, whole ones only; below 0 while it owes. Of a bucket without limit INT64_MAX.
    qint64 available(TimePoint now) const;
    bool isFull(TimePoint now) const;

    /// How long until `count` are there; nothing if they never are. To wait so long is enough, if nobody else takes.
    std::optional<std::chrono::nanoseconds> timeUntil(qint64 count, TimePoint now) const;

    /// Takes `count`, be they there or not: the bucket owes the rest, but no more than what comes in within a day.
    void take(qint64 count, TimePoint now);
    /// Undoes take(), as far as there is room.
    void giveBack(qint64 count, TimePoint now);

    /// Another size. What is in it keeps its part of the whole; what it owes stays the same number.
    void resize(Size size, TimePoint now);

private:
    TokenBucket refilled(TimePoint now) const;
    qint64 lowest() const;

    Size m_size;
    qint64 m_level = 0; // in units of which a minute's worth of microseconds makes one token
    TimePoint m_filledAt{};
};

} // namespace lunargate
