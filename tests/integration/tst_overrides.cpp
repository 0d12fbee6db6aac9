// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"

#include <QTest>
#include <QTimer>

using namespace lunargate;
using namespace lunargate::test;

namespace {

/// One provider with defaults, and routes whose targets have it otherwise.
QByteArray config(const FakeUpstream &upstream)
{
    return "providers:\n"
           "  fake:\n"
           "    type: openai\n"
           "    base_url: \"" +
           upstream.url() +
           "\"\n"
           "    temperature: 0.5\n"
           "    max_tokens: 100\n"
           "    headers: {x-plan: free, x-team: red}\n"
           "retry: {initial_delay: 1ms, max_delay: 5ms}\n"
           "routing:\n"
           "  routes:\n"
           "    - name: hasty\n"
           "      match: {headers: {x-route: hasty}}\n"
           "      timeouts: {first_content: 150ms}\n"
           "      targets:\n"
           "        - {provider: fake, model: hasty}\n"
           "        - {provider: fake, model: patient, timeouts: {first_content: 20s}}\n"
           "    - name: default\n"
           "      targets:\n"
           "        - {provider: fake, model: plain}\n"
           "        - provider: fake\n"
           "          model: other\n"
           "          temperature: 0.25\n"
           "          top_p: 0.75\n"
           "          max_tokens: 7\n"
           "          headers: {X-Team: blue, X-Region: eu}\n"
           "      fallback:\n"
           "        - {provider: fake, model: plain, temperature: 1.5}\n";
}

struct Fixture : GatewayFixture
{
    bool start() { return gateway.start(config(upstream)); }
    const ReceivedRequest &sent() const { return upstream.lastRequest(); }
    double number(QByteArrayView path) const { return jsonAt(sent().body, path).toDouble(-1); }
};

} // namespace

/// What a target sends otherwise than its provider, as the provider sees it.
class OverridesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void targetsSendTheirOwnValues()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        QCOMPARE(fixture.chat(chatBody("other")).status, 200);
        QCOMPARE(fixture.number("temperature"), 0.25);
        QCOMPARE(fixture.number("top_p"), 0.75);
        QCOMPARE(fixture.number("max_tokens"), 7.0);
        QCOMPARE(fixture.sent().header("X-Team"), "blue");
        QCOMPARE(fixture.sent().header("X-Region"), "eu");
        QCOMPARE(fixture.sent().header("X-Plan"), "free");
    }

    void theirSiblingsDoNot()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        QCOMPARE(fixture.chat(chatBody("plain")).status, 200);
        QCOMPARE(fixture.number("temperature"), 0.5);
        QVERIFY(jsonAt(fixture.sent().body, "top_p").isUndefined());
        QCOMPARE(fixture.number("max_tokens"), 100.0);
        QCOMPARE(fixture.sent().header("X-Team"), "red");
        QCOMPARE(fixture.sent().header("X-Region"), "");
    }

    void theClientsOwnValuesWin()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        QCOMPARE(fixture.chat(chatBody("other", R"("temperature":1,"max_tokens":3)")).status, 200);
        QCOMPARE(fixture.number("temperature"), 1.0);
        QCOMPARE(fixture.number("max_tokens"), 3.0);
        QCOMPARE(fixture.number("top_p"), 0.75);
    }

    void embeddingsHaveTheHeadersToo()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        fixture.upstream.otherwise([](const ReceivedRequest &) { return Script::json(200, R"({"data":[]})"); });
        QCOMPARE(fixture.client().post("/v1/embeddings", R"({"model":"other","input":"x"})").status, 200);
        QCOMPARE(fixture.sent().header("X-Team"), "blue");
        QVERIFY(jsonAt(fixture.sent().body, "temperature").isUndefined());
    }

    void targetsHaveTimeLimitsOfTheirOwn()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        fixture.upstream.otherwise([](const ReceivedRequest &) {
            const GatePointer gate = Gate::make();
            QTimer::singleShot(std::chrono::milliseconds(600), gate.get(), [gate] { gate->open(); });
            const QByteArray answer = R"({"choices":[{"message":{"content":"late"}}]})";
            return Script::head(200, {{"Content-Length", QByteArray::number(answer.size())}},
                                Script::Framing::ContentLength)
                .hold(gate)
                .body(answer)
                .end();
        });
        const HeaderList headers = {{"X-Route", "hasty"}, {"X-LunarGate-No-Retry", "true"}};
        const HttpAnswer hasty = fixture.chat(chatBody("hasty"), headers);
        QCOMPARE(hasty.status, 502);
        QCOMPARE(textAt(hasty.body, "error.type"), "upstream_timeout");
        QVERIFY2(textAt(hasty.body, "error.message").contains("timeouts.first_content 150 ms"), hasty.body.constData());
        QCOMPARE(fixture.chat(chatBody("patient"), headers).status, 200);
    }

    void aFallbackMayAskTheSameModelOtherwise()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        fixture.upstream.enqueue(Script::json(403, R"({"error":{"message":"m","type":"t"}})"));
        QCOMPARE(fixture.chat(chatBody("fake/plain")).status, 200);
        QCOMPARE(fixture.upstream.requestCount(), 2);
        QCOMPARE(fixture.number("temperature"), 1.5);
    }
};

QTEST_GUILESS_MAIN(OverridesTest)
#include "tst_overrides.moc"
