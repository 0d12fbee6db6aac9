// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <chrono>

namespace lunargate::ui {

/// `840 µs`, `312 ms`, `1.24 s`, `2 m 05 s`
QString durationText(std::chrono::microseconds duration);

/// `950`, `12.4 k`, `1.20 M`
QString countText(qint64 count);

/// `$0.0123`: three digits that count, but no less than a ten-thousandth of a cent
QString costText(double usd);

/// `14 B`, `3.2 KiB`
QString sizeText(qint64 bytes);

} // namespace lunargate::ui
