// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/leave_watch.h"

#include <QTcpSocket>

#include <poll.h>

namespace lunargate {

namespace {

// How soon it is noticed.
constexpr std::chrono::milliseconds kInterval{50};

// Whether the other side has closed, although not everything that it sent before was read. What fills the kernel's
// buffer too hides it; then it shows at the next write.
bool hasHungUp(qintptr socket)
{
    pollfd state{.fd = static_cast<int>(socket), .events = POLLRDHUP, .revents = 0};
    return ::poll(&state, 1, 0) > 0;
}

} // namespace

LeaveWatch::LeaveWatch(QTcpSocket &socket, std::function<void()> left)
    : m_socket(socket), m_left(std::move(left)), m_timer([this] { watch(); })
{
}

void LeaveWatch::watch()
{
    if (m_socket.bytesAvailable() < kReadAhead)
        return;
    if (hasHungUp(m_socket.socketDescriptor()))
        m_left();
    else
        m_timer.start(Clock::now() + kInterval);
}

} // namespace lunargate
