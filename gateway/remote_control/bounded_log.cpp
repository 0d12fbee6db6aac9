// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/remote_control/bounded_log.h"

#include "gateway/observability/logging.h"

#include <utility>

namespace lunargate {

BoundedLog::BoundedLog(QByteArrayView message, std::chrono::milliseconds interval)
    : m_message(message), m_interval(interval), m_end([this] { endInterval(); })
{
}

void BoundedLog::write(std::initializer_list<LogField> fields)
{
    if (++m_lines == 1)
        m_end.start(Clock::now() + m_interval);
    if (m_lines <= kMostLines)
        logEvent(remoteControlLog(), LogLevel::Info, m_message, fields);
}

void BoundedLog::endInterval()
{
    const qint64 left = std::exchange(m_lines, 0) - kMostLines;
    if (left > 0)
        logEvent(remoteControlLog(), LogLevel::Info, m_message, {{"more", left}});
}

} // namespace lunargate
