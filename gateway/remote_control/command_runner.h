// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/http/local_request.h"
#include "gateway/remote_control/backend_message.h"
#include "gateway/remote_control/bounded_log.h"
#include "gateway/remote_control/remote_control_status.h"

#include <functional>
#include <list>
#include <memory>
#include <optional>

namespace lunargate {

/// Runs the backend's commands through the gateway's own pipeline, within limits, and answers each exactly once unless
/// it was cancelled, or has the id of one that runs. Writes one line to the log for each that ran, and for refusals as
/// many as may be. Single-threaded; its thread needs an event loop.
class CommandRunner
{
public:
    /// `send` gets the answers, possibly from inside take(). It may call cancelAll().
    using Send = std::function<void(const QByteArray &message)>;

    /// `handler` and `board` outlive this.
    CommandRunner(RequestHandler &handler, RemoteControlBoard &board, QByteArray instanceId, Send send);
    ~CommandRunner();
    CommandRunner(const CommandRunner &) = delete;
    CommandRunner &operator=(const CommandRunner &) = delete;

    /// For the commands that come from now on.
    void setLimits(const RemoteControlConfig &limits) { m_limits = limits; }

    /// While it is held all commands are refused, as too much waits already to be sent. What runs goes on.
    void hold(bool isHeld) { m_isHeld = isHeld; }

    /// Anything that came from the backend.
    void take(const QByteArray &message);

    /// Ends what runs without an answer: nobody is there any more to get it.
    void cancelAll();
    /// Ends what runs with an answer that says why; then calls `ended`, once. Nothing is run from now on.
    void cutAll(std::function<void()> ended);

private:
    struct Running;
    using Position = std::list<std::unique_ptr<Running>>::iterator;

    void ignore(const IgnoredMessage &message);
    void refuse(const RefusedCommand &command);
    void run(SandboxCommand command);
    std::optional<RefusedCommand> refusalOf(const SandboxCommand &command) const;
    bool isRunning(const QByteArray &id) const;
    void cut(Position position, CutReason reason);
    void end(Position position, bool isCut);

    RequestHandler &m_handler;
    RemoteControlBoard &m_board;
    const QByteArray m_instanceId;
    const Send m_send;
    RemoteControlConfig m_limits;
    std::list<std::unique_ptr<Running>> m_running;
    std::function<void()> m_ended; // set while it waits for the last one
    bool m_isEnding = false;
    bool m_isHeld = false;
    BoundedLog m_refusals{"remote command refused"};
    BoundedLog m_ignored{"message of the backend ignored"};
};

} // namespace lunargate
