// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <chrono>

namespace lunargate {

/// `2026-11-28T10:30:00.123Z`
QByteArray timeText(std::chrono::system_clock::time_point time);

} // namespace lunargate
