// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/remote_control/remote_control_status.h"

#include <QtAssert>

namespace lunargate {

const char *nameOf(RemoteControlStatus::State state)
{
    using State = RemoteControlStatus::State;
    switch (state) {
    case State::Off:
        return "off";
    case State::Connecting:
        return "connecting";
    case State::Connected:
        return "connected";
    case State::Waiting:
        return "waiting";
    case State::Failed:
        return "failed";
    }
    Q_UNREACHABLE_RETURN("");
}

RemoteControlStatus RemoteControlBoard::status() const
{
    const std::scoped_lock lock(m_mutex);
    return m_status;
}

void RemoteControlBoard::update(const std::function<void(RemoteControlStatus &)> &change)
{
    const std::scoped_lock lock(m_mutex);
    change(m_status);
}

} // namespace lunargate
