// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/exchange.h"
#include "gateway/own_requests/own_call.h"

#include <QObject>
#include <QThread>

#include <chrono>
#include <functional>
#include <memory>

namespace lunargate {

/// Requests of the program itself, which need no connection and no key: a thread of its own runs them, as a worker does
/// those of clients. Main thread.
class OwnRequests : public QObject
{
    Q_OBJECT

public:
    /// Makes what answers them; called once, in this one's thread.
    using HandlerFactory = std::function<std::unique_ptr<RequestHandler>()>;

    /// What `makeHandler` uses outlives this.
    explicit OwnRequests(HandlerFactory makeHandler);
    /// Cancels what runs.
    ~OwnRequests() override;

    /// `request` says whose it is (HttpRequest::builtInCaller).
    std::unique_ptr<OwnCall> send(HttpRequest request);

    /// What is sent from now on is answered with why it is refused. stopped() follows when the last one that runs
    /// ended, or after `timeout` (zero: wait for ever), when the rest is cut, with an answer that says why.
    void stop(std::chrono::milliseconds timeout);

Q_SIGNALS:
    void stopped();

private:
    friend OwnCall;
    class Runner;

    /// Any thread, while there is more to come of it.
    void cancel(const std::shared_ptr<OwnAnswer> &answer);

    const HandlerFactory m_makeHandler;
    bool m_isStopping = false;
    std::unique_ptr<Runner> m_runner; // lives in m_thread
    QThread m_thread;
};

} // namespace lunargate
