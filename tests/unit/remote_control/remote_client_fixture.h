// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/event.h"
#include "gateway/config/config.h"
#include "gateway/remote_control/remote_control.h"
#include "tests/support/fake_backend.h"

#include <QDeadlineTimer>
#include <QRegularExpression>
#include <QTest>
#include <QThread>

#include <atomic>
#include <functional>

namespace lunargate::test {

using namespace std::chrono_literals;
using State = RemoteControlStatus::State;

inline constexpr const char *kKey = "lgw_canary_51c7d0aa93";

inline constexpr RemoteControlTiming kQuick{.heartbeat = 20ms, .silence = 5s, .connecting = 5s, .firstRetry = 1ms};

inline std::atomic<int> runningCommands = 0;
inline std::atomic<int> modelLists = 0;

/// Knows one model, and answers all chats but those that are to wait. The first lists may be refused.
class Answering : public RequestHandler
{
public:
    explicit Answering(int refusedLists = 0) : m_refusedLists(refusedLists) {}

    Task<> handle(Exchange &exchange) override
    {
        if (exchange.request.target == "/v1/models") {
            ++modelLists;
            if (m_refusedLists-- > 0)
                exchange.response.send(503, "application/json", R"({"data":[]})");
            else
                exchange.response.send(200, "application/json", R"({"data":[{"id":"p/m"},{"id":"lunargate/auto"}]})");
            co_return;
        }
        const struct Count
        {
            Count() { ++runningCommands; }
            ~Count() { --runningCommands; }
        } count;
        if (exchange.request.body.contains("wait")) {
            const struct LastWord
            {
                Exchange &exchange;
                ~LastWord()
                {
                    if (exchange.cutReason == CutReason::Shutdown)
                        exchange.response.send(503, "text/plain", "shutting down");
                }
            } lastWord{exchange};
            Event never;
            co_await never.wait();
        }
        exchange.response.send(200, "application/json", exchange.request.body);
    }

    void refuse(Exchange &exchange, const Error &error) override
    {
        exchange.response.send(httpStatus(error), "text/plain", error.reason);
    }

private:
    int m_refusedLists;
};

/// Until `condition` holds, while this thread does not run its events.
inline bool waitWithoutEvents(const std::function<bool()> &condition)
{
    const QDeadlineTimer limit(kPatience);
    while (!condition()) {
        if (limit.hasExpired())
            return false;
        QThread::msleep(1);
    }
    return true;
}

inline Config configFor(const QByteArray &url)
{
    Config config;
    config.dataSharing.remoteControl = true;
    config.dataSharing.apiKey = SecretString(kKey);
    config.dataSharing.backendUrl = url;
    config.routing.routes.push_back({.name = "main"});
    return config;
}

/// Remote control of the gateway, and its backend.
struct RemoteClientFixture
{
    FakeBackend backend;
    RemoteControlBoard board;
    Config config = configFor(backend.url());
    std::unique_ptr<RemoteControl> remote;

    explicit RemoteClientFixture(const RemoteControlTiming &timing = kQuick, int refusedLists = 0)
        : remote(
              std::make_unique<RemoteControl>(board, [=] { return std::make_unique<Answering>(refusedLists); }, timing))
    {
        runningCommands = 0;
        modelLists = 0;
    }

    void apply() const { remote->apply(config); }
    /// Connected, with the first hello.
    bool start() const
    {
        apply();
        return backend.waitForMessages("hello", 1);
    }
    /// Until the gateway has that to say of the connection, while nothing is read here and no ping answered.
    bool waitUnread(const QByteArray &lastError)
    {
        return waitWithoutEvents([&] {
            backend.send(R"({"type":"heartbeat"})");
            backend.flush();
            return board.status().lastError == lastError;
        });
    }
    bool waitForState(State state) const
    {
        return waitUntil([&] { return board.status().state == state; });
    }
};

inline void expectWarning(const char *pattern)
{
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QString::fromLatin1(pattern)));
}

} // namespace lunargate::test
