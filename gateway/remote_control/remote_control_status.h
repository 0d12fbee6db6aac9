// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>

namespace lunargate {

/// How remote control fares.
struct RemoteControlStatus
{
    enum class State {
        Off,        ///< not switched on, or there is no key
        Connecting, ///< the backend is asked for a connection
        Connected,
        Waiting, ///< until it is asked again
        Failed,  ///< the settings cannot work
    };
    using Time = std::chrono::system_clock::time_point;

    /// Commands that are over, by what became of them.
    struct Commands
    {
        qint64 ok = 0;
        qint64 failed = 0;    ///< ran, and got an error status
        qint64 refused = 0;   ///< not run
        qint64 timedOut = 0;  ///< took longer than remote_control.timeout
        qint64 cancelled = 0; ///< as the connection was lost: nobody was there to be answered
    };

    State state = State::Off;
    QByteArray why = "data_sharing.remote_control is off"; ///< a sentence
    Time since = std::chrono::system_clock::now();
    QByteArray instanceId = {}; ///< what the backend knows this process by
    QByteArray url = {};        ///< masked; empty: there is none
    QByteArray lastError = {};  ///< of the connection
    std::optional<Time> nextAttempt = {};
    Commands commands = {};
    qint64 ignored = 0; ///< messages that are no commands
    int running = 0;
};

/// `off`, `connecting` …
const char *nameOf(RemoteControlStatus::State state);

/// Where that stands for all who ask. Any thread.
class RemoteControlBoard
{
public:
    RemoteControlStatus status() const;
    void update(const std::function<void(RemoteControlStatus &)> &change);

private:
    mutable std::mutex m_mutex; // protects m_status
    RemoteControlStatus m_status;
};

} // namespace lunargate
