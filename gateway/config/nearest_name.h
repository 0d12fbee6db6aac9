// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <span>

namespace lunargate {

/// The candidate that `name` is most likely a misspelling of (edit distance with swapped neighbours, case ignored, at
/// most a third of its letters), or empty.
QByteArray nearestName(QByteArrayView name, std::span<const QByteArray> candidates);

/// "a, b, c".
QByteArray listOfNames(std::span<const QByteArray> names);

} // namespace lunargate
