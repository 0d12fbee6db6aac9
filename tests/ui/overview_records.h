// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/ui/test_desktop.h"

namespace lunargate::test {

inline std::chrono::sys_time<std::chrono::microseconds> now()
{
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

/// A request that began so long ago.
inline HistoryRecord recent(std::chrono::seconds age, const QByteArray &provider = "openai")
{
    static int number = 0;
    HistoryRecord record = sampleRecord(++number);
    record.position = positionOf(now() - age);
    record.provider = provider;
    return record;
}

} // namespace lunargate::test
