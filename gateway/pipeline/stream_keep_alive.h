// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/timer.h"
#include "gateway/http/response_writer.h"

#include <chrono>
#include <functional>

namespace lunargate {

/// Sends the client of a stream a sign of life whenever nothing else was sent for some time. It has timers of its own,
/// so that the provider's silence is measured as without it.
class StreamKeepAlive
{
public:
    /// `frame` is sent after each `interval` of silence; an empty one, or none: never. `mayWrite` says whether the
    /// stream stands between two events; empty: it always does. The response outlives this.
    StreamKeepAlive(ResponseWriter &response, QByteArrayView frame, std::chrono::milliseconds interval,
                    std::function<bool()> mayWrite = {});

    /// Something was sent.
    void restart();

private:
    void onTimeout();

    ResponseWriter &m_response;
    const QByteArrayView m_frame;
    const std::chrono::milliseconds m_interval; // 0: never
    const std::function<bool()> m_mayWrite;
    Timer m_timer;
};

} // namespace lunargate
