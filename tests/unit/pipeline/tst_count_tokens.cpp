// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/pipeline/gateway_in_memory.h"

namespace lunargate {

using test::GatewayInMemory;
using test::Script;

/// Counting asks about a call, and is none.
class CountTokensTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void takesNoTurn_data();
    void takesNoTurn();
    void asksWhoCanBeAsked();
};

namespace {

/// Both are targets in turn.
Config inTurn()
{
    Config config = test::twoProviders();
    RouteConfig &route = config.routing.routes[0];
    route.strategy = Strategy::RoundRobin;
    route.targets.push_back({.provider = "two", .model = "m2"});
    route.fallback.clear();
    return config;
}

QByteArray ask(GatewayInMemory &gateway, const QByteArray &path, const QByteArray &body)
{
    gateway.forgetAnswer();
    gateway.post(body, {}, path);
    if (!QTest::qWaitFor([&] { return gateway.isAnswered(); }))
        return "nothing";
    return gateway.status() == 200 ? gateway.header("X-LunarGate-Provider") : gateway.body();
}

} // namespace

void CountTokensTest::takesNoTurn_data()
{
    QTest::addColumn<QByteArray>("call");
    QTest::addColumn<QByteArray>("count");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("messages") << QByteArray("/v1/messages") << QByteArray("/v1/messages/count_tokens")
                              << QByteArray(R"({"max_tokens":9,"messages":[{"role":"user","content":"Hi"}]})");
    QTest::newRow("responses") << QByteArray("/v1/responses") << QByteArray("/v1/responses/input_tokens")
                               << QByteArray(R"({"input":"Hi"})");
}

// Clients count before each call.
void CountTokensTest::takesNoTurn()
{
    QFETCH(const QByteArray, call);
    QFETCH(const QByteArray, count);
    QFETCH(const QByteArray, body);
    const auto whole = [] { return std::move(Script().bytes(test::kWholeAnswer)); };
    GatewayInMemory gateway({whole(), whole(), whole()}, inTurn());
    for (const char *provider : {"one", "two", "one"}) {
        QCOMPARE(ask(gateway, count, body), "");
        QCOMPARE(gateway.status(), 200);
        QCOMPARE(ask(gateway, call, body), provider);
    }
}

// What only Anthropic can be told is counted there.
void CountTokensTest::asksWhoCanBeAsked()
{
    Config config = inTurn();
    config.providers[1].type = "anthropic";
    config.providers[1].protocol = Protocol::Anthropic;
    Script counted;
    counted.bytes(R"({"input_tokens":42})");
    GatewayInMemory gateway({counted}, config);
    const QByteArray body = R"({"messages":[{"role":"user","content":[{"type":"document","source":)"
                            R"({"type":"file","file_id":"f"}}]}]})";
    QCOMPARE(ask(gateway, "/v1/messages/count_tokens", body), "two");
    QCOMPARE(gateway.body(), R"({"input_tokens":42})");
    QVERIFY(gateway.transport->requests.front().url.toEncoded().endsWith("/v1/messages/count_tokens"));
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::CountTokensTest)
#include "tst_count_tokens.moc"
