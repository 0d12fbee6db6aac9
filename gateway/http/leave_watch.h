// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/timer.h"

#include <functional>

class QTcpSocket;

namespace lunargate {

/// A part of ClientConnection: notices that a client left although what it sent early is not read at the moment. A full
/// buffer is not read any more, and with that the end of the connection stays unseen.
class LeaveWatch
{
public:
    /// What may be read ahead of a client that sends its next request early; more stays in the kernel and slows it
    /// down.
    static constexpr qint64 kReadAhead = 256 * 1024;

    /// `socket`, whose buffer is of kReadAhead, outlives this. `left` is called when its client is gone.
    LeaveWatch(QTcpSocket &socket, std::function<void()> left);

    /// Watches for as long as the buffer stays full.
    void watch();
    void stop() { m_timer.stop(); }

private:
    QTcpSocket &m_socket;
    const std::function<void()> m_left;
    Timer m_timer;
};

} // namespace lunargate
