// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/dispatcher.h"
#include "gateway/http/client_connection.h"
#include "gateway/json/document.h"
#include "gateway/resilience/circuit_breakers.h"
#include "gateway/resilience/concurrency_slots.h"
#include "tests/unit/http/connected_client.h"
#include "tests/unit/observability/exposition.h"
#include "tests/unit/pipeline/scripted_transport.h"

#include <QLoggingCategory>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

namespace lunargate::test {

/// For /admin, with twoProviders().
inline const QByteArray kAsAdmin = "Authorization: Bearer the-admin-token\r\n";

/// Providers `one` and `two`; the route `main` goes to `one/m1` and falls back to `two/m2`. Three attempts at each,
/// a millisecond apart.
inline Config twoProviders()
{
    Config config;
    config.admin.token = SecretString("the-admin-token");
    for (const char *id : {"one", "two"}) {
        ProviderConfig provider;
        provider.id = id;
        provider.type = "openai";
        provider.baseUrl = "http://" + provider.id + ".test/v1";
        provider.apiKey = SecretString("sk-canary-" + provider.id);
        config.providers.push_back(provider);
    }
    RouteConfig route;
    route.name = "main";
    route.targets.push_back({.provider = "one", .model = "m1"});
    route.fallback.push_back({.provider = "two", .model = "m2"});
    config.routing.routes.push_back(route);
    config.retry.initialDelay = config.retry.maxDelay = std::chrono::milliseconds(1);
    return config;
}

/// One client's connection to a whole gateway whose providers are scripts.
class GatewayInMemory
{
public:
    explicit GatewayInMemory(std::deque<Script> scripts, Config config = twoProviders(), qint64 clientBuffer = 0,
                             Dispatcher::Port port = {})
        : client(clientBuffer),
          m_config(std::make_shared<const Config>(std::move(config))),
          m_services(*m_config),
          m_runtimes(std::make_shared<const Runtime>(m_config, m_services))
    {
        QLoggingCategory::setFilterRules(QStringLiteral("lunargate.access*=false"));
        auto network = std::make_unique<ScriptedTransport>(std::move(scripts));
        transport = network.get();
        m_dispatcher = std::make_unique<Dispatcher>(Dispatcher::Shared{m_runtimes, m_services, m_status}, port,
                                                    std::move(network));
        connection = std::make_unique<ClientConnection>(client.takePeer(), m_limits, *m_dispatcher);
    }

    void post(const QByteArray &body = R"({"model":"m1","messages":[]})", const QByteArray &fields = {},
              const QByteArray &path = "/v1/chat/completions")
    {
        client.send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields +
                    "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    }
    void postStream(const QByteArray &options = {}) { post(R"({"model":"m1","stream":true)" + options + "}"); }
    void get(const QByteArray &path, const QByteArray &fields = {})
    {
        client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n");
    }

    /// Makes room for the answer to the next request.
    void forgetAnswer() { client.forget(); }

    /// One more client of the same gateway, for requests at the same time.
    struct Client
    {
        explicit Client(GatewayInMemory &gateway)
            : connection(client.takePeer(), gateway.m_limits, *gateway.m_dispatcher)
        {
        }

        void post(const QByteArray &body = R"({"model":"m1","messages":[]})")
        {
            client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                        QByteArray::number(body.size()) + "\r\n\r\n" + body);
        }

        ConnectedClient client;
        ClientConnection connection; // goes first
    };
    std::unique_ptr<Client> connectClient() { return std::make_unique<Client>(*this); }

    Services &services() { return m_services; }

    /// Whether an answer is complete.
    bool isAnswered()
    {
        const QByteArray &text = client.received();
        const qsizetype headEnd = text.indexOf("\r\n\r\n");
        if (headEnd < 0)
            return false;
        if (text.contains("Transfer-Encoding: chunked\r\n"))
            return text.endsWith("\r\n0\r\n\r\n");
        return text.size() >= headEnd + 4 + header("Content-Length").toLongLong();
    }
    void setPaused(bool paused) { m_status.isPaused = paused; }
    int status() { return client.received().sliced(9, 3).toInt(); }
    /// Of the answer; empty if it is not there.
    QByteArray header(const QByteArray &name)
    {
        const QByteArray &text = client.received();
        const qsizetype at = text.indexOf("\r\n" + name + ": ");
        if (at < 0 || at > text.indexOf("\r\n\r\n"))
            return {};
        const qsizetype begin = at + name.size() + 4;
        return text.sliced(begin, text.indexOf("\r\n", begin) - begin);
    }
    /// As far as it came, without the framing of its chunks.
    QByteArray body()
    {
        QByteArrayView rest = client.received();
        const qsizetype headEnd = rest.indexOf("\r\n\r\n");
        if (headEnd < 0)
            return {};
        rest = rest.sliced(headEnd + 4);
        if (header("Transfer-Encoding").isEmpty())
            return rest.toByteArray();
        QByteArray result;
        for (;;) {
            const qsizetype lineEnd = rest.indexOf("\r\n");
            const qsizetype size = lineEnd < 0 ? 0 : rest.first(lineEnd).toByteArray().toLongLong(nullptr, 16);
            if (size == 0 || rest.size() < lineEnd + 2 + size)
                return result;
            result += rest.sliced(lineEnd + 2, size);
            rest = rest.sliced(std::min(lineEnd + 2 + size + 2, rest.size()));
        }
    }
    /// A member of the answer's error object.
    QByteArray error(const QByteArray &member)
    {
        const auto document = json::Document::parse(body());
        return document ? document->root()["error"][member].toByteArray() : QByteArray();
    }

    Exposition metrics() const { return Exposition(m_services.metrics.render()); }
    double attempts(const QByteArray &provider, const QByteArray &outcome) const
    {
        return metrics().value("lunargate_attempts_total{outcome=\"" + outcome + "\",provider=\"" + provider + "\"}");
    }
    double requests(int statusCode) const
    {
        double sum = 0;
        const Exposition all = metrics();
        for (const QByteArray &series : all.series("ai_router_requests_total")) {
            if (series.contains("status_code=\"" + QByteArray::number(statusCode) + '"'))
                sum += all.value(series);
        }
        return sum;
    }

    ConnectedClient client;
    ScriptedTransport *transport = nullptr;

private:
    ConnectionLimits m_limits;
    std::shared_ptr<const Config> m_config;
    Services m_services;
    RuntimeStore m_runtimes;
    GatewayStatus m_status;
    std::unique_ptr<Dispatcher> m_dispatcher;

public:
    std::unique_ptr<ClientConnection> connection; // goes first: its requests use all of the above
};

/// The next `count` warnings are about attempts that failed.
inline void expectFailedAttempts(int count)
{
    for (int i = 0; i < count; ++i)
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("^attempt failed ")));
}

inline Error transportError()
{
    return {.kind = ErrorKind::UpstreamTransport, .reason = "connection_reset", .message = "the connection broke"};
}

inline QByteArray contentChunk(const QByteArray &text)
{
    return R"({"choices":[{"delta":{"content":")" + text + R"("}}]})";
}

inline const QByteArray kRoleChunk = R"({"choices":[{"delta":{"role":"assistant","content":""}}]})";
inline const QByteArray kUsageChunk = R"({"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}})";
inline const QByteArray kWholeAnswer =
    R"({"choices":[{"message":{"content":"hi"}}],"usage":{"prompt_tokens":3,"completion_tokens":4}})";

} // namespace lunargate::test
