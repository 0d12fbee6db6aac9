// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QtTypes>

#include <compare>

namespace lunargate {

/// An amount of US dollars, in whole picodollars (1e-12): one token at a millionth of a dollar per million tokens. So
/// prices are whole numbers a token, a call's cost is a sum of products of whole numbers, and sums are exact in
/// whatever order they are made, which doubles are not. Never negative; above 9.2 million dollars it stays there.
class Money
{
public:
    constexpr Money() = default;
    /// Rounded to the nearest picodollar; nothing for what is below zero.
    static Money fromDollars(double dollars);
    /// What one token costs at so many dollars per million.
    static Money perToken(double dollarsPerMillion) { return fromDollars(dollarsPerMillion / 1e6); }

    /// For metrics and JSON, which have nothing better.
    double dollars() const { return static_cast<double>(m_picodollars) / 1e12; }
    /// Exactly, without exponent and without zeros at the end: `0.0000125`.
    QByteArray toText() const;

    Money &operator+=(Money other);
    friend Money operator+(Money a, Money b) { return a += b; }
    /// The price of `count` of what costs so much each; `count` is not negative.
    friend Money operator*(Money each, qint64 count);

    auto operator<=>(const Money &) const = default;

private:
    explicit constexpr Money(qint64 picodollars) : m_picodollars(picodollars) {}

    qint64 m_picodollars = 0;
};

} // namespace lunargate
