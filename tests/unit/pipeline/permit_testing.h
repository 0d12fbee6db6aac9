// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/unit/pipeline/gateway_in_memory.h"

// What the tests of circuits and slots share.
namespace lunargate::test {

/// The route goes to `one` alone, which is asked once.
inline Config oneProvider(milliseconds openFor = 30s)
{
    Config config = twoProviders();
    config.routing.routes.front().fallback.clear();
    config.retry.enabled = false;
    config.circuitBreaker.openFor = openFor;
    return config;
}

/// The same, with at most `limit` calls at the same time.
inline Config limited(int limit, int queueSize = 10, milliseconds queueTimeout = 30s)
{
    Config config = oneProvider();
    config.providers.front().concurrency = {.limit = limit, .queueSize = queueSize, .queueTimeout = queueTimeout};
    return config;
}

inline Script whole()
{
    return std::move(Script().bytes(kWholeAnswer));
}

inline Script status(int code, HeaderList headers = {}, QByteArray body = R"({"error":{"message":"m","type":"t"}})")
{
    return std::move(Script(code, std::move(headers)).bytes(std::move(body)));
}

inline void expectChange(const char *to)
{
    QTest::ignoreMessage(
        QtWarningMsg,
        QRegularExpression(QStringLiteral("^circuit breaker state change .*to=%1 ").arg(QLatin1String(to))));
}

inline void expectCutRoute()
{
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("^no target of the route")));
}

/// A circuit opens, and with it no target of the route is left.
inline void expectOpening()
{
    expectChange("open");
    expectCutRoute();
}

/// One request on a connection that stays; returns the status.
inline int ask(GatewayInMemory &gateway)
{
    gateway.forgetAnswer();
    gateway.post();
    if (!QTest::qWaitFor([&] { return gateway.isAnswered(); }))
        return -1;
    return gateway.status();
}

inline double state(const GatewayInMemory &gateway, const QByteArray &provider = "one")
{
    return gateway.metrics().value("ai_router_circuit_breaker_state{provider=\"" + provider + "\"}");
}

inline double refusals(const GatewayInMemory &gateway, const QByteArray &reason)
{
    return gateway.metrics().value("lunargate_refused_calls_total{provider=\"one\",reason=\"" + reason + "\"}");
}

inline ConcurrencySlots::View queue(GatewayInMemory &gateway)
{
    return gateway.services().slots->views().front();
}

} // namespace lunargate::test
