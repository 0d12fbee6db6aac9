// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/stream_keep_alive.h"

namespace lunargate {

using namespace std::chrono_literals;

StreamKeepAlive::StreamKeepAlive(ResponseWriter &response, QByteArrayView frame, std::chrono::milliseconds interval,
                                 std::function<bool()> mayWrite)
    : m_response(response),
      m_frame(frame),
      m_interval(frame.isEmpty() ? 0ms : interval),
      m_mayWrite(std::move(mayWrite)),
      m_timer([this] { onTimeout(); })
{
    restart();
}

void StreamKeepAlive::restart()
{
    if (m_interval > 0ms)
        m_timer.start(Clock::now() + m_interval);
}

void StreamKeepAlive::onTimeout()
{
    restart();
    if (!m_response.isCongested() && (!m_mayWrite || m_mayWrite()))
        m_response.write(m_frame);
}

} // namespace lunargate
