// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/waiting_call.h"

namespace lunargate {

using std::chrono::milliseconds;

Task<Result<UpstreamHead>> WaitingCall::head(TimePoint deadline)
{
    while (!hasHead()) {
        if (m_isDone)
            co_return std::unexpected(m_error.value());
        const TimePoint connectDeadline = m_connectTimeout.count() <= 0 ? kNever : m_wentOut + m_connectTimeout;
        m_waitsForConnection = isConnecting() && connectDeadline < deadline;
        if (!co_await m_changed.wait(m_waitsForConnection ? connectDeadline : deadline)) {
            co_return std::unexpected(giveUp(m_waitsForConnection ? connectTimeoutError(facts(), m_connectTimeout)
                                                                  : headerTimeoutError(facts())));
        }
        m_waitsForConnection = false;
    }
    co_return takeHead();
}

Task<Result<QByteArray>> WaitingCall::read(TimePoint deadline)
{
    const TimePoint waitingSince = Clock::now();
    for (;;) {
        if (QByteArray bytes = takeBuffered(); !bytes.isEmpty())
            co_return bytes;
        if (m_isDone)
            break;
        if (!co_await m_changed.wait(deadline)) {
            const auto waited = std::chrono::duration_cast<milliseconds>(Clock::now() - waitingSince);
            co_return std::unexpected(giveUp(readTimeoutError(facts(), waited)));
        }
    }
    if (m_error)
        co_return std::unexpected(*m_error);
    co_return QByteArray();
}

Error WaitingCall::giveUp(Error error)
{
    abandon();
    m_isDone = true;
    m_error = error;
    return error;
}

} // namespace lunargate
