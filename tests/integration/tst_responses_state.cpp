// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/responses_bodies.h"
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/sse_events.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// What of POST /v1/responses is there for later calls.
class ResponsesStateTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void aLaterCallGoesOnFromAnEarlierOne_data();
    void aLaterCallGoesOnFromAnEarlierOne();
    void unknownIdsAreRefusedWithOpenAisCode();
    void whatIsNotToBeStoredIsNot();
    void nothingIsSaidToBeStoredWhereNothingMayBe();
    void responsesAreThereAgain();
    void inputItemsComeInPages();
    void deletedResponsesAreGone();
    void nothingThatIsOverCanBeCancelled();
    void responsesBelongToWhoAskedForThem();
    void aReloadKeepsResponsesWithinItsLimits();
    void errorsHaveOpenAisForm_data();
    void errorsHaveOpenAisForm();
    void inputTokensAreEstimated();
    void compactionNeedsATargetThatCan();
};

void ResponsesStateTest::aLaterCallGoesOnFromAnEarlierOne_data()
{
    QTest::addColumn<bool>("stream");
    QTest::newRow("whole") << false;
    QTest::newRow("streamed") << true;
}

// T83: a streamed answer is in the history, too.
void ResponsesStateTest::aLaterCallGoesOnFromAnEarlierOne()
{
    QFETCH(const bool, stream);
    GatewayFixture f;
    f.upstream.enqueue(stream ? Script::chatStream({"Blue", " it is"}) : Script::chat("Blue it is"));
    QVERIFY(f.start());
    const HttpAnswer first =
        f.client().post("/v1/responses", body("my colour is blue", stream ? R"(,"stream":true)" : ""));
    QVERIFY2(first.status == 200, first.summary().constData());
    const QByteArray last = stream ? SseEvents::parse(first.body).data().back() : QByteArray();
    const QByteArray id = stream ? textAt(last, "response.id") : textAt(first.body, "id");
    QVERIFY(id.startsWith("resp_"));
    const HttpAnswer second =
        f.client().post("/v1/responses", body("which one?", R"(,"previous_response_id":")" + id + "\""));
    QVERIFY2(second.status == 200, second.summary().constData());
    QCOMPARE(textAt(second.body, "previous_response_id"), id);

    const QByteArray sent = f.upstream.lastRequest().body;
    QCOMPARE(jsonAt(sent, "messages").toArray().size(), 3);
    QVERIFY(sent.contains("my colour is blue"));
    QVERIFY(sent.contains("Blue it is"));
    QCOMPARE(textAt(sent, "messages.1.role"), "assistant");
    QVERIFY(!sent.contains("previous_response_id"));
}

void ResponsesStateTest::unknownIdsAreRefusedWithOpenAisCode()
{
    GatewayFixture f;
    QVERIFY(f.start());
    const HttpAnswer answer = f.client().post("/v1/responses", body("hi", R"(,"previous_response_id":"resp_x")"));
    QCOMPARE(answer.status, 400);
    QCOMPARE(textAt(answer.body, "error.code"), "previous_response_not_found");
    QCOMPARE(textAt(answer.body, "error.param"), "previous_response_id");
    QCOMPARE(textAt(answer.body, "error.type"), "invalid_request_error");
    QCOMPARE(textAt(answer.body, "error.message"), "Previous response with id 'resp_x' not found.");
    QCOMPARE(f.upstream.requestCount(), 0);
}

void ResponsesStateTest::whatIsNotToBeStoredIsNot()
{
    GatewayFixture f;
    QVERIFY(f.start());
    const HttpAnswer answer = f.client().post("/v1/responses", body("hi", R"(,"store":false)"));
    QCOMPARE(answer.status, 200);
    QCOMPARE(jsonAt(answer.body, "store").toBool(true), false);
    const QByteArray id = textAt(answer.body, "id");
    QCOMPARE(f.client().get("/v1/responses/" + id).status, 404);
    const HttpAnswer next = f.client().post("/v1/responses", body("hi", R"(,"previous_response_id":")" + id + "\""));
    QCOMPARE(textAt(next.body, "error.code"), "previous_response_not_found");
}

void ResponsesStateTest::nothingIsSaidToBeStoredWhereNothingMayBe()
{
    for (const char *limit : {"max_entries: 0", "max_bytes: 0"}) {
        GatewayFixture f;
        QVERIFY(f.start({.sections = "stored_responses:\n  " + QByteArray(limit) + '\n'}));
        const HttpAnswer answer = f.client().post("/v1/responses", body("hi"));
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(jsonAt(answer.body, "store").toBool(true), false);
    }
}

void ResponsesStateTest::responsesAreThereAgain()
{
    GatewayFixture f;
    QVERIFY(f.start());
    const HttpAnswer answer = f.client().post("/v1/responses", body("hi"));
    const HttpAnswer again = f.client().get("/v1/responses/" + textAt(answer.body, "id") + "?include[]=a");
    QVERIFY2(again.status == 200, again.summary().constData());
    QCOMPARE(again.body, answer.body);
    const HttpAnswer streamed = f.client().get("/v1/responses/" + textAt(answer.body, "id") + "?stream=true");
    QCOMPARE(streamed.status, 400);
    QCOMPARE(textAt(streamed.body, "error.param"), "stream");
}

void ResponsesStateTest::inputItemsComeInPages()
{
    GatewayFixture f;
    QVERIFY(f.start());
    const QByteArray input =
        R"([{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}])";
    const HttpAnswer answer = f.client().post("/v1/responses", R"({"model":"fake-model","input":)" + input + '}');
    QVERIFY2(answer.status == 200, answer.summary().constData());
    const QByteArray path = "/v1/responses/" + textAt(answer.body, "id") + "/input_items";
    const HttpAnswer all = f.client().get(path + "?order=asc");
    QVERIFY2(all.status == 200, all.summary().constData());
    QCOMPARE(textAt(all.body, "object"), "list");
    QCOMPARE(jsonAt(all.body, "data").toArray().size(), 3);
    QCOMPARE(textAt(all.body, "data.0.content.0.text"), "a");
    QCOMPARE(jsonAt(all.body, "has_more").toBool(true), false);
    const QByteArray firstId = textAt(all.body, "first_id");
    QCOMPARE(textAt(all.body, "data.0.id"), firstId);
    QVERIFY(!firstId.isEmpty());

    const HttpAnswer newest = f.client().get(path + "?limit=1"); // the newest first, unless said
    QCOMPARE(textAt(newest.body, "data.0.content.0.text"), "c");
    QCOMPARE(jsonAt(newest.body, "has_more").toBool(), true);
    const HttpAnswer next = f.client().get(path + "?limit=2&after=" + textAt(newest.body, "last_id"));
    QCOMPARE(textAt(next.body, "data.0.content.0.text"), "b");
    QCOMPARE(textAt(next.body, "data.1.content.0.text"), "a");
    QCOMPARE(jsonAt(next.body, "has_more").toBool(true), false);
    const HttpAnswer end = f.client().get(path + "?after=" + firstId);
    QCOMPARE(jsonAt(end.body, "data").toArray().size(), 0);
    QVERIFY(jsonAt(end.body, "first_id").isNull());
    for (const char *query : {"?limit=0", "?limit=101", "?limit=x", "?order=up", "?after=nothing"})
        QCOMPARE(f.client().get(path + query).status, 400);
}

void ResponsesStateTest::deletedResponsesAreGone()
{
    GatewayFixture f;
    QVERIFY(f.start());
    const QByteArray id = textAt(f.client().post("/v1/responses", body("hi")).body, "id");
    const HttpAnswer deleted = f.client().request("DELETE", "/v1/responses/" + id);
    QVERIFY2(deleted.status == 200, deleted.summary().constData());
    QCOMPARE(textAt(deleted.body, "id"), id);
    QCOMPARE(textAt(deleted.body, "object"), "response");
    QCOMPARE(jsonAt(deleted.body, "deleted").toBool(), true);
    QCOMPARE(f.client().request("DELETE", "/v1/responses/" + id).status, 404);
    QCOMPARE(f.client().get("/v1/responses/" + id).status, 404);
}

void ResponsesStateTest::nothingThatIsOverCanBeCancelled()
{
    GatewayFixture f;
    QVERIFY(f.start());
    const QByteArray id = textAt(f.client().post("/v1/responses", body("hi")).body, "id");
    const HttpAnswer answer = f.client().post("/v1/responses/" + id + "/cancel", {});
    QCOMPARE(answer.status, 400);
    QCOMPARE(textAt(answer.body, "error.code"), "cannot_cancel_response");
    QCOMPARE(f.client().post("/v1/responses/resp_x/cancel", {}).status, 404);
}

// T97
void ResponsesStateTest::responsesBelongToWhoAskedForThem()
{
    GatewayFixture f;
    QVERIFY(f.start({.sections = kTwoKeys}));
    const QByteArray id = textAt(f.client().post("/v1/responses", body("hi"), kAnn).body, "id");
    QVERIFY(!id.isEmpty());
    const QByteArray path = "/v1/responses/" + id;
    QCOMPARE(f.client().get(path, kBob).status, 404);
    QCOMPARE(f.client().get(path + "/input_items", kBob).status, 404);
    QCOMPARE(f.client().request("DELETE", path, {}, kBob).status, 404);
    QCOMPARE(f.client().post(path + "/cancel", {}, kBob).status, 404);
    QCOMPARE(f.client().get(path).status, 401);
    const QByteArray next = body("go on", R"(,"previous_response_id":")" + id + "\"");
    QCOMPARE(textAt(f.client().post("/v1/responses", next, kBob).body, "error.code"), "previous_response_not_found");
    QCOMPARE(f.client().get(path, kAnn).status, 200);
    QCOMPARE(f.client().post("/v1/responses", next, kAnn).status, 200);
}

void ResponsesStateTest::aReloadKeepsResponsesWithinItsLimits()
{
    GatewayFixture f;
    QVERIFY(f.start());
    const QByteArray one = textAt(f.client().post("/v1/responses", body("one")).body, "id");
    const QByteArray two = textAt(f.client().post("/v1/responses", body("two")).body, "id");
    const auto reload = [&f](const QByteArray &sections) {
        if (!f.gateway.writeConfig(simpleConfig(f.upstream, {.sections = sections})))
            return false;
        return f.client().post("/admin/v1/reload", "{}", {{"Content-Type", "application/json"}}).status == 200;
    };
    QVERIFY(reload("stored_responses:\n  max_entries: 1\n"));
    QCOMPARE(f.client().get("/v1/responses/" + two).status, 200);
    QCOMPARE(f.client().get("/v1/responses/" + one).status, 404);
    QVERIFY(reload("stored_responses:\n  max_entries: 0\n"));
    QCOMPARE(f.client().get("/v1/responses/" + two).status, 404);
}

void ResponsesStateTest::errorsHaveOpenAisForm_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<int>("status");
    QTest::newRow("unknown") << QByteArray("GET") << QByteArray("/v1/responses/resp_x") << 404;
    QTest::newRow("stream of the unknown")
        << QByteArray("GET") << QByteArray("/v1/responses/resp_x?stream=true") << 404;
    QTest::newRow("items of the unknown") << QByteArray("GET") << QByteArray("/v1/responses/resp_x/input_items") << 404;
    QTest::newRow("no such path") << QByteArray("GET") << QByteArray("/v1/responses/resp_x/else") << 404;
    QTest::newRow("delete unknown") << QByteArray("DELETE") << QByteArray("/v1/responses/resp_x") << 404;
    QTest::newRow("post to a response") << QByteArray("POST") << QByteArray("/v1/responses/resp_x") << 404;
    QTest::newRow("no WebSocket") << QByteArray("GET") << QByteArray("/v1/responses") << 426;
    QTest::newRow("get a tool") << QByteArray("GET") << QByteArray("/v1/responses/compact") << 405;
}

void ResponsesStateTest::errorsHaveOpenAisForm()
{
    QFETCH(const QByteArray, method);
    QFETCH(const QByteArray, path);
    QFETCH(const int, status);
    GatewayFixture f;
    QVERIFY(f.start());
    const HttpAnswer answer = f.client().request(method, path, method == "POST" ? "{}" : "");
    QCOMPARE(answer.status, status);
    QCOMPARE(errorShapeProblem(answer), "");
}

void ResponsesStateTest::inputTokensAreEstimated()
{
    GatewayFixture f;
    QVERIFY(f.start());
    const QByteArray text = QByteArray("some words of plain English ").repeated(100);
    const HttpAnswer answer = f.client().post("/v1/responses/input_tokens", body(text));
    QVERIFY2(answer.status == 200, answer.summary().constData());
    QCOMPARE(textAt(answer.body, "object"), "response.input_tokens");
    const int tokens = jsonAt(answer.body, "input_tokens").toInt();
    QVERIFY2(tokens > 450 && tokens < 550, answer.body.constData()); // a token a word
    QCOMPARE(f.upstream.requestCount(), 0);

    const QByteArray id = textAt(f.client().post("/v1/responses", body(text)).body, "id");
    const HttpAnswer more =
        f.client().post("/v1/responses/input_tokens", body("more", R"(,"previous_response_id":")" + id + "\""));
    QVERIFY2(jsonAt(more.body, "input_tokens").toInt() > tokens, more.body.constData());
    const HttpAnswer unknown =
        f.client().post("/v1/responses/input_tokens", body("more", R"(,"previous_response_id":"resp_x")"));
    QCOMPARE(textAt(unknown.body, "error.code"), "previous_response_not_found");
}

void ResponsesStateTest::compactionNeedsATargetThatCan()
{
    GatewayFixture f;
    QVERIFY(f.start());
    const HttpAnswer answer = f.client().post("/v1/responses/compact", body("hi"));
    QCOMPARE(answer.status, 400);
    QCOMPARE(textAt(answer.body, "error.code"), "compaction_not_supported");
    QCOMPARE(f.upstream.requestCount(), 0);
}

QTEST_GUILESS_MAIN(ResponsesStateTest)
#include "tst_responses_state.moc"
