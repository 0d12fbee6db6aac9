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

namespace {

const QByteArray kTwoKeys = "security:\n"
                            "  enabled: true\n"
                            "  provider: api_key\n"
                            "  api_key:\n"
                            "    keys:\n"
                            "      - name: ann\n"
                            "        value: key-of-ann\n"
                            "      - name: bob\n"
                            "        value: key-of-bob\n";
const HeaderList kAnn = {{"Authorization", "Bearer key-of-ann"}};
const HeaderList kBob = {{"Authorization", "Bearer key-of-bob"}};

const QByteArray kGoesOnFromItem =
    R"({"model":"fake-model","input":[{"type":"item_reference","id":"msg_1"},{"role":"user","content":"go on"}]})";

} // namespace

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
    void whatAProviderKeepsStaysItsOwnersWhenItIsNotKeptHere();
    void aReloadKeepsResponsesWithinItsLimits();
    void errorsHaveOpenAisForm_data();
    void errorsHaveOpenAisForm();
    void inputTokensAreEstimated();
    void compactionNeedsATargetThatCan();
    void nativeTargetsAreAsked();
    void nativeTargetsDecideOnIdsThatNobodyKnowsHere();
    void itemsThatAProviderKeepsAreKnownToAllOthers();
    void itemsThatAProviderKeepsBelongToWhoAskedForThem();
    void aProviderDeletesWhatItKeeps();
    void whatAProviderHasNoMoreIsDeleted();
    void onlyItsKeeperGoesOnFromWhatStillRuns();
    void nativeTargetsGetWhatIsKeptHere();
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

void ResponsesStateTest::whatAProviderKeepsStaysItsOwnersWhenItIsNotKeptHere()
{
    GatewayFixture f;
    const QByteArray onlyOne = "stored_responses:\n  max_entries: 1\n";
    QVERIFY(f.gateway.start(asNative(simpleConfig(f.upstream, {.sections = kTwoKeys + onlyOne}))));
    f.upstream.enqueue(Script::json(200, kNativeAnswer));
    QCOMPARE(f.client().post("/v1/responses", body("hi"), kAnn).status, 200);
    f.upstream.enqueue(
        Script::json(200, QByteArray(kNativeAnswer).replace("resp_up", "resp_b").replace("msg_1", "msg_2")));
    QCOMPARE(f.client().post("/v1/responses", body("hi"), kBob).status, 200);
    QCOMPARE(f.client().get("/v1/responses/resp_up", kAnn).status, 404); // it had to go

    const QByteArray next = body("go on", R"(,"previous_response_id":"resp_up")");
    const HttpAnswer refused = f.client().post("/v1/responses", next, kBob);
    QCOMPARE(refused.status, 400);
    QCOMPARE(textAt(refused.body, "error.code"), "previous_response_not_found");
    const HttpAnswer item = f.client().post("/v1/responses", kGoesOnFromItem, kBob);
    QCOMPARE(item.status, 400);
    QCOMPARE(textAt(item.body, "error.code"), "item_not_found");
    QCOMPARE(f.upstream.requestCount(), 2);

    f.upstream.enqueue(Script::json(200, QByteArray(kNativeAnswer).replace("resp_up", "resp_c")));
    QCOMPARE(f.client().post("/v1/responses", next, kAnn).status, 200); // its provider still has it
    QCOMPARE(textAt(f.upstream.lastRequest().body, "previous_response_id"), "resp_up");
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

void ResponsesStateTest::nativeTargetsAreAsked()
{
    FakeUpstream upstream;
    GatewayProcess gateway;
    QVERIFY(gateway.start(asNative(simpleConfig(upstream))));
    const HttpClient client(gateway.port());
    upstream.enqueue(Script::json(200, R"({"object":"response.input_tokens","input_tokens":7})"));
    const HttpAnswer tokens =
        client.post("/v1/responses/input_tokens", R"({"model": "fake-model","input":"hi","x":1.0})");
    QCOMPARE(tokens.body, R"({"object":"response.input_tokens","input_tokens":7})");
    QCOMPARE(upstream.lastRequest().path, "/v1/responses/input_tokens");
    QCOMPARE(upstream.lastRequest().body, R"({"model": "fake-model","input":"hi","x":1.0})");

    const QByteArray compacted =
        R"({"id":"resp_c","object":"response.compaction","output":[],"usage":{"input_tokens":5,"output_tokens":2,"total_tokens":7}})";
    upstream.enqueue(Script::json(200, compacted));
    const HttpAnswer answer = client.post("/v1/responses/compact", body("hi"));
    QCOMPARE(answer.body, compacted);
    QCOMPARE(answer.header("X-LunarGate-Provider"), "fake");
    QCOMPARE(upstream.lastRequest().path, "/v1/responses/compact");

    upstream.enqueue(
        Script::json(404, R"({"error":{"message":"no","type":"invalid_request_error","code":"not_found"}})"));
    const HttpAnswer refused = client.post("/v1/responses/compact", body("hi"));
    QCOMPARE(refused.status, 404);
    QCOMPARE(textAt(refused.body, "error.code"), "not_found");
}

void ResponsesStateTest::nativeTargetsDecideOnIdsThatNobodyKnowsHere()
{
    FakeUpstream upstream;
    GatewayProcess gateway;
    QVERIFY(gateway.start(asNative(simpleConfig(upstream))));
    upstream.enqueue(Script::json(200, kNativeAnswer));
    const HttpAnswer answer =
        HttpClient(gateway.port()).post("/v1/responses", body("hi", R"(,"previous_response_id":"resp_elsewhere")"));
    QVERIFY2(answer.status == 200, answer.summary().constData());
    QCOMPARE(textAt(upstream.lastRequest().body, "previous_response_id"), "resp_elsewhere");
}

// The provider gave the items their ids, and the next target does not speak its protocol.
void ResponsesStateTest::itemsThatAProviderKeepsAreKnownToAllOthers()
{
    GatewayFixture f;
    QVERIFY(f.gateway.start(asNative(simpleConfig(f.upstream))));
    f.upstream.enqueue(Script::json(200, kNativeAnswer));
    QCOMPARE(f.client().post("/v1/responses", body("hi")).status, 200);

    f.upstream.enqueue(Script::json(200, kNativeAnswer));
    QCOMPARE(f.client().post("/v1/responses", kGoesOnFromItem).status, 200);
    QCOMPARE(textAt(f.upstream.lastRequest().body, "input.0.type"), "item_reference"); // its own provider knows it

    QVERIFY(f.gateway.writeConfig(simpleConfig(f.upstream)));
    QCOMPARE(f.client().post("/admin/v1/reload", "{}", {{"Content-Type", "application/json"}}).status, 200);
    const HttpAnswer answer = f.client().post("/v1/responses", kGoesOnFromItem);
    QVERIFY2(answer.status == 200, answer.summary().constData());
    QCOMPARE(f.upstream.lastRequest().path, "/v1/chat/completions");
    QCOMPARE(textAt(f.upstream.lastRequest().body, "messages.0.role"), "assistant");
    QCOMPARE(textAt(f.upstream.lastRequest().body, "messages.0.content"), "Done.");
}

void ResponsesStateTest::itemsThatAProviderKeepsBelongToWhoAskedForThem()
{
    GatewayFixture f;
    QVERIFY(f.gateway.start(asNative(simpleConfig(f.upstream, {.sections = kTwoKeys}))));
    f.upstream.enqueue(Script::json(200, kNativeAnswer));
    QCOMPARE(f.client().post("/v1/responses", body("hi"), kAnn).status, 200);
    const HttpAnswer refused = f.client().post("/v1/responses", kGoesOnFromItem, kBob);
    QCOMPARE(refused.status, 400);
    QCOMPARE(textAt(refused.body, "error.code"), "item_not_found");
    QCOMPARE(f.upstream.requestCount(), 1);
    f.upstream.enqueue(Script::json(200, kNativeAnswer));
    QCOMPARE(f.client().post("/v1/responses", kGoesOnFromItem, kAnn).status, 200);
}

void ResponsesStateTest::aProviderDeletesWhatItKeeps()
{
    FakeUpstream upstream;
    GatewayProcess gateway;
    QVERIFY(gateway.start(asNative(simpleConfig(upstream))));
    const HttpClient client(gateway.port());
    upstream.enqueue(Script::json(200, kNativeAnswer));
    QCOMPARE(client.post("/v1/responses", body("hi")).status, 200);
    QCOMPARE(client.get("/v1/responses/resp_up").status, 200);
    QCOMPARE(upstream.requestCount(), 1); // what is over is known here
    upstream.enqueue(Script::json(403, R"({"error":{"message":"no","type":"x","code":"forbidden"}})"));
    QCOMPARE(client.request("DELETE", "/v1/responses/resp_up").status, 403);
    QCOMPARE(client.get("/v1/responses/resp_up").status, 200); // it is still there, everywhere
    upstream.enqueue(Script::json(200, R"({"id":"resp_up","object":"response","deleted":true})"));
    QCOMPARE(client.request("DELETE", "/v1/responses/resp_up").status, 200);
    QCOMPARE(upstream.lastRequest().method, "DELETE");
    QCOMPARE(upstream.lastRequest().path, "/v1/responses/resp_up");
    QCOMPARE(client.get("/v1/responses/resp_up").status, 404);
}

void ResponsesStateTest::whatAProviderHasNoMoreIsDeleted()
{
    FakeUpstream upstream;
    GatewayProcess gateway;
    QVERIFY(gateway.start(asNative(simpleConfig(upstream))));
    const HttpClient client(gateway.port());
    upstream.enqueue(Script::json(200, kNativeAnswer));
    QCOMPARE(client.post("/v1/responses", body("hi")).status, 200);
    upstream.enqueue(Script::json(404, R"({"error":{"message":"gone","type":"invalid_request_error"}})"));
    const HttpAnswer deleted = client.request("DELETE", "/v1/responses/resp_up");
    QVERIFY2(deleted.status == 200, deleted.summary().constData());
    QCOMPARE(jsonAt(deleted.body, "deleted").toBool(), true);
    QCOMPARE(client.get("/v1/responses/resp_up").status, 404);
}

void ResponsesStateTest::onlyItsKeeperGoesOnFromWhatStillRuns()
{
    FakeUpstream keeper;
    FakeUpstream other;
    GatewayProcess gateway;
    const auto provider = [](const char *name, const FakeUpstream &upstream) {
        return "  " + QByteArray(name) + ": {type: openai, base_url: \"" + upstream.url() + "\"}\n";
    };
    QVERIFY(gateway.start("providers:\n" + provider("keeper", keeper) + provider("other", other) +
                          "routing:\n"
                          "  routes:\n"
                          "    - name: first\n"
                          "      match: {headers: {x-to: keeper}}\n"
                          "      targets: [{provider: keeper, model: m, upstream_request_type: responses}]\n"
                          "    - name: second\n"
                          "      targets: [{provider: other, model: m, upstream_request_type: responses}]\n"));
    const HttpClient client(gateway.port());
    keeper.enqueue(
        Script::json(200, R"({"id":"resp_up","object":"response","status":"queued","background":true,"output":[]})"));
    const QByteArray input = R"({"input":"hi","background":true})";
    QCOMPARE(client.post("/v1/responses", input, {{"x-to", "keeper"}}).status, 200);
    const QByteArray next = R"({"input":"on","previous_response_id":"resp_up"})";
    const HttpAnswer refused = client.post("/v1/responses", next);
    QCOMPARE(refused.status, 400);
    QCOMPARE(textAt(refused.body, "error.code"), "previous_response_not_finished");
    QCOMPARE(other.requestCount(), 0);
    keeper.enqueue(Script::json(200, kNativeAnswer));
    QCOMPARE(client.post("/v1/responses", next, {{"x-to", "keeper"}}).status, 200);
    QCOMPARE(textAt(keeper.lastRequest().body, "previous_response_id"), "resp_up");
}

// They know no response of the gateway's own.
void ResponsesStateTest::nativeTargetsGetWhatIsKeptHere()
{
    FakeUpstream chat;
    FakeUpstream native;
    GatewayProcess gateway;
    const auto provider = [](const char *name, const FakeUpstream &upstream) {
        return "  " + QByteArray(name) + ": {type: openai, base_url: \"" + upstream.url() + "\"}\n";
    };
    QVERIFY(gateway.start("providers:\n" + provider("chat", chat) + provider("native", native) +
                          "routing:\n"
                          "  routes:\n"
                          "    - name: first\n"
                          "      match: {headers: {x-to: chat}}\n"
                          "      targets: [{provider: chat, model: m}]\n"
                          "    - name: second\n"
                          "      targets: [{provider: native, model: m, upstream_request_type: responses}]\n"));
    const HttpClient client(gateway.port());
    chat.enqueue(Script::chat("Blue it is"));
    const QByteArray id =
        textAt(client.post("/v1/responses", R"({"input":"my colour is blue"})", {{"x-to", "chat"}}).body, "id");
    QVERIFY(!id.isEmpty());
    for (const char *tool : {"compact", "input_tokens"}) {
        native.enqueue(Script::json(200, R"({"id":"c","object":"o","output":[]})"));
        const HttpAnswer answer = client.post("/v1/responses/" + QByteArray(tool),
                                              R"({"input":"which one?","previous_response_id":")" + id + "\"}");
        QVERIFY2(answer.status == 200, answer.summary().constData());
        const QByteArray sent = native.lastRequest().body;
        QVERIFY2(sent.contains("my colour is blue") && sent.contains("Blue it is"), sent.constData());
        QVERIFY2(!sent.contains("previous_response_id") && !sent.contains(id.sliced(5)), sent.constData());
    }
}

QTEST_GUILESS_MAIN(ResponsesStateTest)
#include "tst_responses_state.moc"
