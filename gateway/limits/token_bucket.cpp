// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/limits/token_bucket.h"

#include <algorithm>
#include <limits>

namespace lunargate {

namespace {

using std::chrono::microseconds;

// In a microsecond `perMinute` units come in, and a token is as many as a minute has microseconds: no division.
constexpr qint64 kUnit = 60'000'000;

// The largest numbers of tokens whose units are far from overflowing.
constexpr qint64 kMost = std::numeric_limits<qint32>::max();
constexpr qint64 kMinutesOfDebt = 24 * 60;

qint64 ceilDiv(qint64 dividend, qint64 divisor)
{
    return (dividend + divisor - 1) / divisor;
}

TokenBucket::Size bounded(TokenBucket::Size size)
{
    return {std::clamp<qint64>(size.perMinute, 0, kMost), std::clamp<qint64>(size.capacity, 1, kMost)};
}

} // namespace

TokenBucket::TokenBucket(Size size, TimePoint now)
    : m_size(bounded(size)), m_level(m_size.capacity * kUnit), m_filledAt(now)
{
}

TokenBucket TokenBucket::refilled(TimePoint now) const
{
    TokenBucket result = *this;
    if (now <= m_filledAt || !isLimited())
        return result;
    const qint64 elapsed = std::chrono::duration_cast<microseconds>(now - m_filledAt).count();
    const qint64 capacity = m_size.capacity * kUnit;
    if (elapsed >= ceilDiv(capacity - m_level, m_size.perMinute)) {
        result.m_level = capacity;
        result.m_filledAt = now;
    } else {
        result.m_level += elapsed * m_size.perMinute;
        result.m_filledAt += microseconds(elapsed); // the rest of a microsecond counts next time
    }
    return result;
}

qint64 TokenBucket::available(TimePoint now) const
{
    if (!isLimited())
        return std::numeric_limits<qint64>::max();
    const qint64 level = refilled(now).m_level;
    return level >= 0 ? level / kUnit : -ceilDiv(-level, kUnit);
}

bool TokenBucket::isFull(TimePoint now) const
{
    return !isLimited() || refilled(now).m_level == m_size.capacity * kUnit;
}

std::optional<std::chrono::nanoseconds> TokenBucket::timeUntil(qint64 count, TimePoint now) const
{
    if (!isLimited())
        return std::chrono::nanoseconds(0);
    if (count > m_size.capacity)
        return std::nullopt;
    const TokenBucket current = refilled(now);
    const qint64 missing = count * kUnit - current.m_level;
    if (missing <= 0)
        return std::chrono::nanoseconds(0);
    return current.m_filledAt + microseconds(ceilDiv(missing, m_size.perMinute)) - now;
}

void TokenBucket::take(qint64 count, TimePoint now)
{
    if (!isLimited())
        return;
    *this = refilled(now);
    m_level = std::max(m_level - std::clamp<qint64>(count, 0, 2 * kMost) * kUnit, lowest());
}

void TokenBucket::giveBack(qint64 count, TimePoint now)
{
    if (!isLimited())
        return;
    *this = refilled(now);
    m_level = std::min(m_level + std::clamp<qint64>(count, 0, 2 * kMost) * kUnit, m_size.capacity * kUnit);
}

void TokenBucket::resize(Size size, TimePoint now)
{
    if (bounded(size) == m_size || (size.perMinute <= 0 && !isLimited()))
        return;
    const TokenBucket before = refilled(now);
    *this = TokenBucket(size, now);
    if (!before.isLimited() || before.isFull(now))
        return;
    if (before.m_level < 0) {
        m_level = std::max(before.m_level, lowest());
        return;
    }
    const double part = static_cast<double>(before.m_level) / static_cast<double>(before.m_size.capacity * kUnit);
    m_level = std::min(m_level, static_cast<qint64>(part * static_cast<double>(m_level)));
}

qint64 TokenBucket::lowest() const
{
    return -std::min(m_size.perMinute * kMinutesOfDebt, kMost) * kUnit;
}

} // namespace lunargate
