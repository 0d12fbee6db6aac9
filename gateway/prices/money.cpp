// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/prices/money.h"

#include <cmath>
#include <limits>

namespace lunargate {

namespace {

constexpr qint64 kMost = std::numeric_limits<qint64>::max();
constexpr qint64 kPicodollars = 1'000'000'000'000; // of a dollar
constexpr qsizetype kDecimals = 12;

} // namespace

Money Money::fromDollars(double dollars)
{
    const double picodollars = dollars * kPicodollars;
    if (!(picodollars > 0))
        return {};
    return Money(picodollars < static_cast<double>(kMost) ? std::llround(picodollars) : kMost);
}

QByteArray Money::toText() const
{
    QByteArray text = QByteArray::number(m_picodollars / kPicodollars);
    QByteArray decimals = QByteArray::number(m_picodollars % kPicodollars).rightJustified(kDecimals, '0');
    while (decimals.endsWith('0'))
        decimals.chop(1);
    return decimals.isEmpty() ? text : text + '.' + decimals;
}

Money &Money::operator+=(Money other)
{
    if (__builtin_add_overflow(m_picodollars, other.m_picodollars, &m_picodollars))
        m_picodollars = kMost;
    return *this;
}

Money operator*(Money each, qint64 count)
{
    qint64 product = 0;
    return Money(__builtin_mul_overflow(each.m_picodollars, count, &product) ? kMost : product);
}

} // namespace lunargate
