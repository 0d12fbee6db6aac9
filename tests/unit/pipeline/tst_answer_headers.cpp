// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/answer_headers.h"
#include "tests/unit/pipeline/gateway_in_memory.h"

namespace lunargate {

using namespace std::chrono_literals;
using test::GatewayInMemory;
using test::Script;

class AnswerHeadersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void tellWhoServedTheRequest();
    void echoTheClientsRequestId();
    void keepTheProvidersRequestIdUnderItsOwnName();
    void passWhatHelpsClientsAndNothingElse();
    void tellTheSourceOfErrors();
    void streamsHaveNoLatency();
    void roundWaitsUp();
    void nameWhatWasDroppedOnce();
};

void AnswerHeadersTest::tellWhoServedTheRequest()
{
    GatewayInMemory gateway({std::move(Script().bytes(test::kWholeAnswer))});
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.header("X-LunarGate-Route"), "main");
    QCOMPARE(gateway.header("X-LunarGate-Provider"), "one");
    QCOMPARE(gateway.header("X-LunarGate-Model"), "one/m1");
    QCOMPARE(gateway.header("X-LunarGate-Attempts"), "1");
    QCOMPARE(gateway.header("X-LunarGate-Request-ID").size(), 36);
    bool isNumber = false;
    QVERIFY(gateway.header("X-LunarGate-Latency-Ms").toInt(&isNumber) >= 0 && isNumber);
    QVERIFY(gateway.header("X-LunarGate-Overhead-Duration-Ms").toInt(&isNumber) >= 0 && isNumber);
    QCOMPARE(gateway.header("X-LunarGate-Error-Source"), "");
}

void AnswerHeadersTest::echoTheClientsRequestId()
{
    GatewayInMemory gateway({});
    gateway.get("/health", "X-Request-Id: mine-1\r\n");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.header("X-Request-Id"), "mine-1");
    QVERIFY(gateway.header("X-LunarGate-Request-ID") != "mine-1");
}

void AnswerHeadersTest::keepTheProvidersRequestIdUnderItsOwnName()
{
    GatewayInMemory gateway({std::move(Script(200, {{"x-request-id", "req_7"}}).bytes(test::kWholeAnswer))});
    gateway.post("{}", "X-Request-Id: mine-1\r\n");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.header("X-LunarGate-Upstream-Request-ID"), "req_7");
    QCOMPARE(gateway.header("X-Request-Id"), "mine-1");
}

void AnswerHeadersTest::passWhatHelpsClientsAndNothingElse()
{
    const HeaderList fromProvider{{"X-RateLimit-Remaining-Tokens", "9"},
                                  {"anthropic-ratelimit-requests-limit", "8"},
                                  {"OpenAI-Processing-Ms", "7"},
                                  {"Set-Cookie", "secret"},
                                  {"Server", "cloud"},
                                  {"Content-Length", "99999"},
                                  {"Connection", "close"},
                                  {"X-LunarGate-Provider", "forged"},
                                  {"Access-Control-Allow-Origin", "*"}};
    GatewayInMemory gateway({std::move(Script(200, fromProvider).bytes(test::kWholeAnswer))});
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.body(), test::kWholeAnswer);
    QCOMPARE(gateway.header("X-RateLimit-Remaining-Tokens"), "9");
    QCOMPARE(gateway.header("anthropic-ratelimit-requests-limit"), "8");
    QCOMPARE(gateway.header("OpenAI-Processing-Ms"), "7");
    QCOMPARE(gateway.header("X-LunarGate-Provider"), "one");
    for (const char *name : {"Set-Cookie", "Server", "Connection", "Access-Control-Allow-Origin"})
        QCOMPARE(gateway.header(name), "");
}

void AnswerHeadersTest::tellTheSourceOfErrors()
{
    GatewayInMemory gateway({});
    gateway.post("no JSON");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 400);
    QCOMPARE(gateway.header("X-LunarGate-Error-Source"), "gateway");
    QCOMPARE(gateway.header("Content-Type"), "application/json");
    QCOMPARE(gateway.requests(400), 1);

    Config config = test::twoProviders();
    config.retry.enabled = false;
    config.routing.routes.front().fallback.clear();
    GatewayInMemory unreachable({Script::failing(test::transportError())}, config);
    test::expectFailedAttempts(1);
    unreachable.post();
    QTRY_VERIFY(unreachable.isAnswered());
    QCOMPARE(unreachable.status(), 502);
    QCOMPARE(unreachable.header("X-LunarGate-Error-Source"), "gateway"); // nobody upstream said anything
    QCOMPARE(unreachable.header("X-LunarGate-Provider"), "");
    QCOMPARE(unreachable.header("X-LunarGate-Attempts"), "1");
    QCOMPARE(unreachable.header("X-LunarGate-Route"), "main");
}

void AnswerHeadersTest::streamsHaveNoLatency()
{
    GatewayInMemory gateway({Script::stream({test::contentChunk("a")})});
    gateway.postStream();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.header("X-LunarGate-Latency-Ms"), "");
    QVERIFY(!gateway.header("X-LunarGate-Overhead-Duration-Ms").isEmpty());
}

void AnswerHeadersTest::roundWaitsUp()
{
    QCOMPARE(headers::retryAfterSeconds(0ms), "0");
    QCOMPARE(headers::retryAfterSeconds(1ms), "1");
    QCOMPARE(headers::retryAfterSeconds(1000ms), "1");
    QCOMPARE(headers::retryAfterSeconds(1001ms), "2");
}

void AnswerHeadersTest::nameWhatWasDroppedOnce()
{
    Config config = test::twoProviders();
    config.providers[0].quirks.refused = {"user", "metadata", "user"};
    GatewayInMemory gateway({std::move(Script().bytes(R"({"data":[]})"))}, config);
    gateway.post(R"({"model":"m1","input":"a","user":"u","metadata":{"a":"b"}})", {}, "/v1/embeddings");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    QCOMPARE(gateway.header("X-LunarGate-Dropped-Params"), "user, metadata");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::AnswerHeadersTest)
#include "tst_answer_headers.moc"
