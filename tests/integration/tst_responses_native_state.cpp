// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/responses_bodies.h"
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

const QByteArray kGoesOnFromItem =
    R"({"model":"fake-model","input":[{"type":"item_reference","id":"msg_1"},{"role":"user","content":"go on"}]})";

/// The first gets what a client sends with `x-to: first`, the second, over the Responses API, all else.
QByteArray twoProviders(const FakeUpstream &first, const QByteArray &firstTarget, const FakeUpstream &second)
{
    const auto provider = [](const char *name, const FakeUpstream &upstream) {
        return "  " + QByteArray(name) + ": {type: openai, base_url: \"" + upstream.url() + "\"}\n";
    };
    return "providers:\n" + provider("first", first) + provider("second", second) +
           "routing:\n"
           "  routes:\n"
           "    - name: first\n"
           "      match: {headers: {x-to: first}}\n"
           "      targets: [{provider: first, model: m, " +
           firstTarget +
           "}]\n"
           "    - name: second\n"
           "      targets: [{provider: second, model: m, upstream_request_type: responses}]\n";
}

} // namespace

/// What the gateway keeps of POST /v1/responses where providers keep responses, too.
class ResponsesNativeStateTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void whatAProviderKeepsStaysItsOwnersWhenItIsNotKeptHere();
    void nativeTargetsAreAsked();
    void nativeTargetsDecideOnIdsThatNobodyKnowsHere();
    void itemsThatAProviderKeepsAreKnownToAllOthers();
    void itemsThatAProviderKeepsBelongToWhoAskedForThem();
    void aProviderDeletesWhatItKeeps();
    void whatAProviderHasNoMoreIsDeleted();
    void onlyItsKeeperGoesOnFromWhatStillRuns();
    void nativeTargetsGetWhatIsKeptHere();
};

void ResponsesNativeStateTest::whatAProviderKeepsStaysItsOwnersWhenItIsNotKeptHere()
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

void ResponsesNativeStateTest::nativeTargetsAreAsked()
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

void ResponsesNativeStateTest::nativeTargetsDecideOnIdsThatNobodyKnowsHere()
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
void ResponsesNativeStateTest::itemsThatAProviderKeepsAreKnownToAllOthers()
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

void ResponsesNativeStateTest::itemsThatAProviderKeepsBelongToWhoAskedForThem()
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

void ResponsesNativeStateTest::aProviderDeletesWhatItKeeps()
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

void ResponsesNativeStateTest::whatAProviderHasNoMoreIsDeleted()
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

void ResponsesNativeStateTest::onlyItsKeeperGoesOnFromWhatStillRuns()
{
    FakeUpstream keeper;
    FakeUpstream other;
    GatewayProcess gateway;
    QVERIFY(gateway.start(twoProviders(keeper, "upstream_request_type: responses", other)));

    const HttpClient client(gateway.port());
    keeper.enqueue(
        Script::json(200, R"({"id":"resp_up","object":"response","status":"queued","background":true,"output":[]})"));
    const QByteArray input = R"({"input":"hi","background":true})";
    QCOMPARE(client.post("/v1/responses", input, {{"x-to", "first"}}).status, 200);
    const QByteArray next = R"({"input":"on","previous_response_id":"resp_up"})";
    const HttpAnswer refused = client.post("/v1/responses", next);
    QCOMPARE(refused.status, 400);
    QCOMPARE(textAt(refused.body, "error.code"), "previous_response_not_finished");
    QCOMPARE(other.requestCount(), 0);
    keeper.enqueue(Script::json(200, kNativeAnswer));
    QCOMPARE(client.post("/v1/responses", next, {{"x-to", "first"}}).status, 200);
    QCOMPARE(textAt(keeper.lastRequest().body, "previous_response_id"), "resp_up");
}

// They know no response of the gateway's own.
void ResponsesNativeStateTest::nativeTargetsGetWhatIsKeptHere()
{
    FakeUpstream chat;
    FakeUpstream native;
    GatewayProcess gateway;
    QVERIFY(gateway.start(twoProviders(chat, "upstream_request_type: chat_completions", native)));

    const HttpClient client(gateway.port());
    chat.enqueue(Script::chat("Blue it is"));
    const QByteArray id =
        textAt(client.post("/v1/responses", R"({"input":"my colour is blue"})", {{"x-to", "first"}}).body, "id");
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

QTEST_GUILESS_MAIN(ResponsesNativeStateTest)
#include "tst_responses_native_state.moc"
