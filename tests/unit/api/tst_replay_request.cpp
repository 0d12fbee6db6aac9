// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/replay_request.h"

#include <QTest>

using namespace lunargate;

namespace {

const QByteArray kBody = R"({"model": "gpt-4o", "seed": 1e2})";

HistoryRecord recordOf(HistoryMessage message, const QByteArray &endpoint = "chat_completions")
{
    auto messages = std::make_shared<HistoryMessages>();
    (*messages)[HistoryPart::ClientRequest] = std::move(message);
    return {.id = "id-1", .endpoint = endpoint, .messages = std::move(messages)};
}

HistoryMessage sent()
{
    return {.headers = {{"Host", "127.0.0.1:8080"},
                        {"Content-Length", "12"},
                        {"Origin", "http://localhost:3000"},
                        {"sec-fetch-mode", "cors"},
                        {"traceparent", "00-1-2-01"},
                        {"X-Forwarded-For", "10.0.0.1"},
                        {"X-Request-Id", "theirs"},
                        {"X-Team", "search"},
                        {"X-LunarGate-SessionID", "s-1"},
                        {"X-LunarGate-Route", "coding"},
                        {"X-LunarGate-Provider", "openai"}},
            .body = kBody};
}

QByteArray header(const HttpRequest &request, QByteArrayView name)
{
    return request.headers.value(name).value_or("(none)");
}

} // namespace

/// Requests of the history that are sent once more.
class ReplayRequestTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void keepsWhatRoutesMatchOn()
    {
        const HttpRequest request = replayRequest(recordOf(sent()), {.body = kBody});
        QCOMPARE(request.method, "POST");
        QCOMPARE(request.target, "/v1/chat/completions");
        QCOMPARE(request.body, kBody);
        QCOMPARE(request.builtInCaller, "desktop-app");
        QCOMPARE(header(request, "X-Team"), "search");
        QCOMPARE(header(request, "X-LunarGate-SessionID"), "s-1");
        QCOMPARE(header(request, "X-LunarGate-Route"), "coding");
        QCOMPARE(header(request, "X-LunarGate-Provider"), "openai");
        QCOMPARE(header(request, "Content-Type"), "application/json");
    }

    void leavesOutWhatBelongedToTheCall()
    {
        const HttpRequest request = replayRequest(recordOf(sent()), {.body = kBody});
        for (const char *name :
             {"Host", "Content-Length", "Origin", "Sec-Fetch-Mode", "Traceparent", "X-Forwarded-For"})
            QVERIFY2(!request.headers.contains(name), name);
        QCOMPARE(header(request, "X-Request-Id"), "replay-of-id-1");
    }

    void goesPastTheCacheUnlessItMayUseIt()
    {
        QCOMPARE(header(replayRequest(recordOf(sent()), {.body = kBody}), "X-LunarGate-No-Cache"), "true");
        const HttpRequest cached = replayRequest(recordOf(sent()), {.body = kBody, .mayUseCache = true});
        QVERIFY(!cached.headers.contains("X-LunarGate-No-Cache"));
    }

    void goesToAnotherRoute()
    {
        const HttpRequest request = replayRequest(recordOf(sent()), {.body = kBody, .route = "local"});
        QCOMPARE(header(request, "X-LunarGate-Route"), "local");
        QVERIFY(!request.headers.contains("X-LunarGate-Provider"));
        QCOMPARE(request.body, R"({"model": "lunargate/auto", "seed": 1e2})");
    }

    void goesToAnotherModel()
    {
        const HttpRequest request =
            replayRequest(recordOf(sent()), {.body = kBody, .route = "local", .model = "ollama/qwen3"});
        QCOMPARE(header(request, "X-LunarGate-Model"), "ollama/qwen3");
        QCOMPARE(header(request, "X-LunarGate-Route"), "local");
        QVERIFY(!request.headers.contains("X-LunarGate-Provider"));
        QCOMPARE(request.body, kBody);
        const HttpRequest anyRoute = replayRequest(recordOf(sent()), {.body = kBody, .model = "ollama/qwen3"});
        QVERIFY(!anyRoute.headers.contains("X-LunarGate-Route"));
    }

    void otherEndpointsHaveTheirPath()
    {
        QCOMPARE(replayRequest(recordOf(sent(), "embeddings"), {.body = kBody}).target, "/v1/embeddings");
    }

    void saysWhyARequestCannotBeSentAgain_data()
    {
        QTest::addColumn<HistoryRecord>("record");
        QTest::addColumn<QByteArray>("why");
        HistoryMessage cut = sent();
        cut.leftOut = 1;
        QTest::newRow("no bodies") << HistoryRecord{.endpoint = "chat_completions"} << QByteArray("history.capture");
        QTest::newRow("cut") << recordOf(cut) << QByteArray("history.max_body_bytes");
        QTest::newRow("no text") << recordOf({.body = "\xff\xfe"}) << QByteArray("no text");
        QTest::newRow("another endpoint") << recordOf(sent(), "models") << QByteArray("this kind of request");
    }

    void saysWhyARequestCannotBeSentAgain()
    {
        QFETCH(const HistoryRecord, record);
        QFETCH(const QByteArray, why);
        const Result<HistoryMessage> message = replayableMessage(record);
        QVERIFY(!message);
        QVERIFY2(message.error().message.contains(why), message.error().message.constData());
    }
};

QTEST_APPLESS_MAIN(ReplayRequestTest)
#include "tst_replay_request.moc"
