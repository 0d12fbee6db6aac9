// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <chrono>
#include <deque>

namespace lunargate {

/// How much of what was sent has not been read at the other side. A ping goes out behind each message, and its answer
/// shows that all before it was read: with TLS nothing else tells what still waits on this side.
class UnreadBytes
{
public:
    /// A message of that size is sent; the text of the ping that is to follow it.
    QByteArray sent(qint64 bytes);
    /// A ping was answered, or something came that says so; whether it was one of ours.
    bool answered(const QByteArray &ping);
    void reset() { *this = {}; }

    qint64 count() const { return m_sent - m_read; }

    /// How long a side that was silent, or read nothing, is borne with: `silence`, and the time that a slow connection
    /// takes for what is unread.
    std::chrono::milliseconds patience(std::chrono::milliseconds silence) const;

private:
    struct Ping
    {
        QByteArray text;
        qint64 sent; // with all before it
    };

    std::deque<Ping> m_pings; // without an answer
    qint64 m_sent = 0;
    qint64 m_read = 0;
};

} // namespace lunargate
