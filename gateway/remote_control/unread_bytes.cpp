// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/remote_control/unread_bytes.h"

#include <QRandomGenerator>

#include <algorithm>

namespace lunargate {

namespace {

// A connection that takes less in a second is as good as none.
constexpr qint64 kSlowestBytesPerSecond = 64 * 1024;

} // namespace

// Who has not read a ping cannot know its answer.
QByteArray UnreadBytes::sent(qint64 bytes)
{
    m_sent += bytes;
    m_pings.push_back({QByteArray::number(QRandomGenerator::system()->generate64(), 16), m_sent});
    return m_pings.back().text;
}

// Only the last of several pings need be answered (RFC 6455, 5.5.3).
bool UnreadBytes::answered(const QByteArray &ping)
{
    const auto found = std::ranges::find(m_pings, ping, &Ping::text);
    if (found == m_pings.end())
        return false;
    m_read = found->sent;
    m_pings.erase(m_pings.begin(), std::next(found));
    return true;
}

std::chrono::milliseconds UnreadBytes::patience(std::chrono::milliseconds silence) const
{
    return silence + std::chrono::milliseconds(count() * 1000 / kSlowestBytesPerSecond);
}

} // namespace lunargate
