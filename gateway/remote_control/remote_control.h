// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/remote_control/remote_client.h"

#include <QThread>

namespace lunargate {

struct Config;

/// Lets the backend of `data_sharing` send commands, if `remote_control` says so: a connection from here to there, in
/// a thread of its own that also runs what is commanded. Main thread.
class RemoteControl
{
public:
    /// Makes what answers the requests that commands become; called once, in this one's thread.
    using HandlerFactory = std::function<std::unique_ptr<RequestHandler>()>;

    /// `board` outlives this, and so does what `makeHandler` uses.
    RemoteControl(RemoteControlBoard &board, HandlerFactory makeHandler, const RemoteControlTiming &timing = {});
    /// stop(), and waits for its end: a second at most.
    ~RemoteControl();
    RemoteControl(const RemoteControl &) = delete;
    RemoteControl &operator=(const RemoteControl &) = delete;

    /// Takes over these settings: connects, or disconnects, or goes on.
    void apply(const Config &config);

    /// Ends the commands that run, with an answer that says why, and disconnects for good.
    void stop();

private:
    void start();

    RemoteControlBoard &m_board;
    const HandlerFactory m_makeHandler;
    const RemoteControlTiming m_timing;
    bool m_isStopped = false;
    std::unique_ptr<RemoteClient> m_client; // lives in m_thread; null: it was never wanted
    QThread m_thread;
};

} // namespace lunargate
