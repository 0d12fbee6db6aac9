// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/timer.h"
#include "gateway/observability/log_line.h"

#include <chrono>
#include <initializer_list>

namespace lunargate {

/// Lines of remote control that somebody else can cause as often as he likes: so many in a time are written, and one
/// at its end says how many were not. Single-threaded; its thread needs an event loop.
class BoundedLog
{
public:
    /// `message` is a constant text.
    explicit BoundedLog(QByteArrayView message, std::chrono::milliseconds interval = std::chrono::minutes(1));
    /// Says how many were not written.
    ~BoundedLog() { endInterval(); }
    BoundedLog(const BoundedLog &) = delete;
    BoundedLog &operator=(const BoundedLog &) = delete;

    void write(std::initializer_list<LogField> fields);

    static constexpr int kMostLines = 20;

private:
    void endInterval();

    const QByteArrayView m_message;
    const std::chrono::milliseconds m_interval;
    qint64 m_lines = 0; // of this interval, written or not
    Timer m_end;
};

} // namespace lunargate
