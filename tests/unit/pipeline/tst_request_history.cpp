// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history.h"
#include "tests/unit/async/run_task.h"
#include "tests/unit/pipeline/gateway_in_memory.h"

namespace lunargate {

using namespace std::chrono_literals;
using test::GatewayInMemory;
using test::Script;

/// What the history learns of requests from the stages that they go through.
class RequestHistoryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void aWholeAnswer();
    void aStream();
    void retriesAndFallback();
    void theLoserOfAHedgeIsSuperseded();
    void whatIsNotKnownIsLeftOut();
    void otherRequestsAreNotKept();
    void aFloodOfWrongKeysLeavesTheOthers();
    void noBodiesOfThoseWithoutAKey();
};

namespace {

Config kept(Config config = test::twoProviders())
{
    config.history.path = ":memory:";
    return config;
}

Config withKey()
{
    Config config = kept();
    config.security.enabled = true;
    config.security.provider = AuthProvider::ApiKey;
    config.security.keys = {{.name = "app", .value = SecretString("app-key")}};
    config.security.slowDown.maxDelay = 0ms;
    return config;
}

/// The newest request, after one was answered.
HistoryRecord newest(GatewayInMemory &gateway)
{
    const std::optional<HistoryPage> page = test::runTask(gateway.services().history->find({}));
    if (!page || page->records.empty())
        return {};
    return page->records.front();
}

QByteArrayList outcomes(const HistoryRecord &record)
{
    QByteArrayList result;
    for (const HistoryAttempt &attempt : record.attempts)
        result.append(attempt.provider + ' ' + attempt.outcome);
    return result;
}

} // namespace

void RequestHistoryTest::aWholeAnswer()
{
    const QByteArray answer = R"({"model":"m1-2026","choices":[{"message":{"content":"hi"},"finish_reason":"length"}],)"
                              R"("usage":{"prompt_tokens":3,"completion_tokens":4}})";
    GatewayInMemory gateway({std::move(Script().bytes(answer))}, kept());
    gateway.services().history->start();
    gateway.post(R"({"model":"m1","messages":[]})", "User-Agent: test/1\r\nX-LunarGate-SessionID: s1\r\n");
    QTRY_VERIFY(gateway.isAnswered());
    const HistoryRecord record = newest(gateway);
    QCOMPARE(record.id, gateway.header("X-LunarGate-Request-ID"));
    QCOMPARE(record.status, 200);
    QCOMPARE(record.client.userAgent, QByteArray("test/1"));
    QCOMPARE(record.client.session, QByteArray("s1"));
    QCOMPARE(record.modelAsked, QByteArray("m1"));
    QCOMPARE(record.model, QByteArray("m1"));
    QCOMPARE(record.modelServed, QByteArray("m1-2026"));
    QCOMPARE(record.finishReason, QByteArray("length"));
    QCOMPARE(record.usage->totalTokens(), 7);
    QCOMPARE(outcomes(record), QByteArrayList({"one success"}));
    QVERIFY(record.attempts[0].timeToFirstByte);
    QVERIFY(record.attempts[0].duration <= record.duration);
}

void RequestHistoryTest::aStream()
{
    Script script;
    script.data(R"({"model":"","choices":[]})");
    script.data(R"({"model":"m1-2026","choices":[{"index":0,"delta":{"content":"a"}}]})");
    script.data(R"({"model":"m1-2026","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]})");
    script.data("[DONE]");
    GatewayInMemory gateway({script}, kept());
    gateway.services().history->start();
    gateway.postStream();
    QTRY_VERIFY(gateway.isAnswered());
    const HistoryRecord record = newest(gateway);
    QVERIFY(record.stream);
    QCOMPARE(record.modelServed, QByteArray("m1-2026"));
    QCOMPARE(record.finishReason, QByteArray("tool_calls"));
    QCOMPARE(outcomes(record), QByteArrayList({"one success"}));
}

void RequestHistoryTest::retriesAndFallback()
{
    Config config = kept();
    config.retry.maxAttempts = 2;
    config.retry.initialDelay = config.retry.maxDelay = 5ms;
    config.retry.jitterFactor = 0;
    const Script busy = std::move(Script(503).bytes("{}"));
    GatewayInMemory gateway(
        {busy, Script::failing(test::transportError()), std::move(Script().bytes(test::kWholeAnswer))}, config);
    gateway.services().history->start();
    test::expectFailedAttempts(2);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    const HistoryRecord record = newest(gateway);
    QCOMPARE(outcomes(record), QByteArrayList({"one server_error", "one transport", "two success"}));
    QCOMPARE(record.attempts[0].status, 503);
    QCOMPARE(record.attempts[1].error, QByteArray("connection_reset"));
    QVERIFY(record.attempts[0].waited == 0ms);
    QVERIFY(record.attempts[1].waited == 5ms);
    QVERIFY(record.attempts[1].startedAfter > record.attempts[0].startedAfter);
    QVERIFY(record.fallbackUsed);
    QCOMPARE(record.attemptCount, 3);
}

void RequestHistoryTest::theLoserOfAHedgeIsSuperseded()
{
    Config config = kept();
    config.routing.routes.front().hedgeAfter = 10ms;
    GatewayInMemory gateway({Script::silent(), std::move(Script().bytes(test::kWholeAnswer))}, config);
    gateway.services().history->start();
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    const HistoryRecord record = newest(gateway);
    QVERIFY(record.isHedged);
    QCOMPARE(outcomes(record), QByteArrayList({"one superseded", "two success"}));
}

void RequestHistoryTest::whatIsNotKnownIsLeftOut()
{
    GatewayInMemory gateway({}, kept());
    gateway.services().history->start();
    gateway.post("{");
    QTRY_VERIFY(gateway.isAnswered());
    const HistoryRecord record = newest(gateway);
    QCOMPARE(record.status, 400);
    QVERIFY(!record.error.isEmpty());
    QVERIFY(!record.errorMessage.isEmpty());
    QVERIFY(record.attempts.empty());
    QVERIFY(!record.usage);
    QVERIFY(!record.costUsd);
    QVERIFY(!record.timeToFirstByte);
}

void RequestHistoryTest::otherRequestsAreNotKept()
{
    GatewayInMemory gateway({}, kept());
    gateway.services().history->start();
    gateway.get("/v1/models");
    QTRY_VERIFY(gateway.isAnswered());
    QVERIFY(newest(gateway).id.isEmpty());
}

void RequestHistoryTest::aFloodOfWrongKeysLeavesTheOthers()
{
    GatewayInMemory gateway({std::move(Script().bytes(test::kWholeAnswer))}, withKey());
    gateway.services().history->start();
    gateway.post(R"({"model":"m1","messages":[]})", "Authorization: Bearer app-key\r\n");
    QTRY_VERIFY(gateway.isAnswered());
    const QByteArray id = gateway.header("X-LunarGate-Request-ID");
    gateway.forgetAnswer();
    for (int i = 0; i < 1100; ++i) // more than the memory keeps
        gateway.post("{}", "Authorization: Bearer wrong\r\n");
    QTRY_COMPARE(gateway.client.received().count("HTTP/1.1 401 "), 1100);
    QVERIFY(*test::runTask(gateway.services().history->record(id)));
    QCOMPARE(newest(gateway).status, 401);
    const HistoryStatus status = gateway.services().history->status();
    QVERIFY(status.inMemory >= 101 && status.inMemory <= 110); // one a minute more
    QCOMPARE(status.leftOut, 1101 - status.inMemory);
}

void RequestHistoryTest::noBodiesOfThoseWithoutAKey()
{
    Config config = withKey();
    config.history.capture = HistoryCapture::Bodies;
    GatewayInMemory gateway({std::move(Script().bytes(test::kWholeAnswer))}, config);
    gateway.services().history->start();
    const auto kept = [&](const QByteArray &key) {
        gateway.forgetAnswer();
        gateway.post(R"({"model":"m1","messages":[]})", "Authorization: Bearer " + key + "\r\n");
        if (!QTest::qWaitFor([&] { return gateway.isAnswered(); }))
            return std::optional<HistoryRecord>();
        return *test::runTask(gateway.services().history->record(gateway.header("X-LunarGate-Request-ID")));
    };
    QVERIFY(kept("app-key")->messages);
    QVERIFY(!kept("wrong")->messages);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::RequestHistoryTest)
#include "tst_request_history.moc"
