// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"

#include <QJsonObject>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

// Everything that a rebuilt document would lose: unknown fields, number spelling, key order, escapes, white space.
const QByteArray kOddRequest = R"({
  "zeta": {"b": 1.0, "a": 12345678901234567890, "c": 1e2, "d": -0.0},
  "model": "fake-model",
  "messages": [ {"role":"user","content":"caf\u00e9 \/ \ud83d\ude00 é","cache_control":{"type":"ephemeral"}} ],
  "response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"z":1,"a":2}}},
  "metadata":{"k":"v"},"parallel_tool_calls":false,"max_completion_tokens":100,
  "tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object","properties":{}}}}],
  "nothing": null
})";

const QByteArray kOddAnswer = R"({ "id":"x", "zeta":1.0, "object":"chat.completion","model":"upstream-model",
  "choices":[{"index":0,"message":{"role":"assistant","content":"a\u0062c <&>","refusal":null,"annotations":[]},
  "logprobs":null,"finish_reason":"stop"}], "citations":["x.example?a=1&b=2"],
  "usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2,"prompt_tokens_details":{"cached_tokens":1}},
  "big":12345678901234567890 }
)";

} // namespace

/// Between an OpenAI client and an OpenAI provider bytes pass through; only what policy changes is changed.
class ChatPassthroughTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void requestBytesReachTheProviderUntouched()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat(kOddRequest);
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(fixture.upstream.lastRequest().body, kOddRequest);
    }

    void onlyTheModelNameIsReplaced()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const QByteArray request = QByteArray(kOddRequest).replace("\"fake-model\"", "\"fake/fake-model\"");
        QCOMPARE(fixture.chat(request).status, 200);
        QCOMPARE(fixture.upstream.lastRequest().body, kOddRequest);
    }

    void answerBytesReachTheClientUntouched()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::json(200, kOddAnswer));
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat();
        QCOMPARE(answer.status, 200);
        QCOMPARE(answer.header("Content-Type").split(';').first(), "application/json");
        QCOMPARE(answer.body, kOddAnswer);
    }

    void streamFramesReachTheClientUntouched()
    {
        GatewayFixture fixture;
        const QByteArray odd =
            R"({"id":"x","zeta":1.0,"choices":[{"index":0,"delta":{"content":"\u0061","extra":null}}]})";
        fixture.upstream.enqueue(Script::eventStream().data(odd).content("b").data("[DONE]").end());
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat(chatBody("fake-model", R"("stream":true)"));
        QVERIFY2(answer.body.startsWith("data: " + odd + "\n\n"), answer.body.constData());
    }

    void modelIsAddedWhenTheClientNamesNone_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("absent") << chatBody();
        QTest::newRow("empty") << QByteArray(R"({"model":"","messages":[]})");
        QTest::newRow("null") << QByteArray(R"({"model":null,"messages":[]})");
        QTest::newRow("auto") << QByteArray(R"({"model":"lunargate/auto","messages":[]})");
        QTest::newRow("auto in capitals") << QByteArray(R"({"model":"LunarGate/Auto","messages":[]})");
        QTest::newRow("empty object") << QByteArray("{}");
    }

    void modelIsAddedWhenTheClientNamesNone()
    {
        QFETCH(QByteArray, body);
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat(body);
        QVERIFY2(answer.status == 200, answer.summary().constData());
        const QByteArray sent = fixture.upstream.lastRequest().body;
        QVERIFY2(isJson(sent), sent.constData());
        QCOMPARE(textAt(sent, "model"), "fake-model");
        QCOMPARE(sent.count("\"model\""), 1);
    }

    void modelInsideOtherObjectsIsLeftAlone()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const QByteArray body = R"({"metadata":{"model":"fake/inner"},"model":"fake/fake-model",)"
                                "\"messages\":[{\"role\":\"user\",\"content\":\"\\\"model\\\":\\\"fake/text\\\"\"}]}";
        QCOMPARE(fixture.chat(body).status, 200);
        QCOMPARE(fixture.upstream.lastRequest().body, QByteArray(body).replace("fake/fake-model", "fake-model"));
    }

    void escapedModelNameIsUnderstood()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        QCOMPARE(fixture.chat(R"({"mod\u0065l":"f\u0061ke\/fake-model","messages":[]})").status, 200);
        const QByteArray sent = fixture.upstream.lastRequest().body;
        QCOMPARE(textAt(sent, "model"), "fake-model");
    }

    void providerDefaultsAreAddedOnlyIfAbsent_data()
    {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<double>("temperature");
        QTest::addColumn<double>("topP");
        QTest::newRow("none given") << QByteArray() << 0.25 << 0.95;
        QTest::newRow("temperature given") << QByteArray(R"("temperature":1.5)") << 1.5 << 0.95;
        QTest::newRow("zero given") << QByteArray(R"("temperature":0,"top_p":0)") << 0.0 << 0.0;
        QTest::newRow("both given") << QByteArray(R"("top_p":0.5,"temperature":1.0)") << 1.0 << 0.5;
    }

    void providerDefaultsAreAddedOnlyIfAbsent()
    {
        QFETCH(QByteArray, more);
        QFETCH(double, temperature);
        QFETCH(double, topP);
        GatewayFixture fixture;
        QVERIFY(fixture.start({.provider = "temperature: 0.25\ntop_p: 0.95\ntop_k: 64"}));
        QCOMPARE(fixture.chat(chatBody("fake-model", more)).status, 200);
        const QByteArray sent = fixture.upstream.lastRequest().body;
        QCOMPARE(jsonAt(sent, "temperature").toDouble(-1), temperature);
        QCOMPARE(jsonAt(sent, "top_p").toDouble(-1), topP);
        // OpenAI's chat API knows no top_k.
        QVERIFY(jsonAt(sent, "top_k").isUndefined());
        QCOMPARE(sent.count("\"temperature\""), 1);
    }

    void nothingIsInventedWithoutDefaults()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        QCOMPARE(fixture.chat(chatBody("fake-model")).status, 200);
        QCOMPARE(fixture.upstream.lastRequest().body, chatBody("fake-model"));
    }

    void developerRoleBecomesSystemWhereAskedFor_data()
    {
        QTest::addColumn<QByteArray>("provider");
        QTest::addColumn<QByteArray>("role");
        QTest::newRow("plain OpenAI") << QByteArray() << QByteArray("developer");
        QTest::newRow("deepseek") << QByteArray("compatibility_profile: deepseek") << QByteArray("system");
        QTest::newRow("deepseek in capitals") << QByteArray("compatibility_profile: DeepSeek") << QByteArray("system");
        QTest::newRow("switch") << QByteArray("normalize_developer_role: true") << QByteArray("system");
        QTest::newRow("profile beats switch")
            << QByteArray("compatibility_profile: deepseek\nnormalize_developer_role: false") << QByteArray("system");
        QTest::newRow("extra profile") << QByteArray("extra:\n  compatibility_profile: deepseek")
                                       << QByteArray("system");
        QTest::newRow("extra switch") << QByteArray("extra:\n  normalize_developer_role: \"yes\"")
                                      << QByteArray("system");
        QTest::newRow("other profile") << QByteArray("compatibility_profile: other") << QByteArray("developer");
    }

    void developerRoleBecomesSystemWhereAskedFor()
    {
        QFETCH(QByteArray, provider);
        QFETCH(QByteArray, role);
        GatewayFixture fixture;
        QVERIFY(fixture.start({.provider = provider}));
        const QByteArray body = R"({"model":"fake-model","messages":[{"role":"developer","content":"be 1.0"},)"
                                R"({"role":"user","content":"developer"}]})";
        QCOMPARE(fixture.chat(body).status, 200);
        const QByteArray expected = QByteArray(body).replace(R"("role":"developer")", "\"role\":\"" + role + '"');
        QCOMPARE(fixture.upstream.lastRequest().body, expected);
    }

    void answerInACodingThatWasNotAskedForIsRefusedByName()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::json(200, "packed", {{"Content-Encoding", "gzip"}}));
        QVERIFY(fixture.start({.retry = "max_attempts: 1"}));
        const HttpAnswer answer = fixture.chat();
        // Bytes pass through, so they must be readable: no coding is asked for.
        QCOMPARE(fixture.upstream.lastRequest().header("Accept-Encoding"), "identity");
        QVERIFY2(answer.status == 502, answer.summary().constData());
        QVERIFY2(textAt(answer.body, "error.message").contains("gzip"), answer.body.constData());
        QVERIFY(!answer.headers.contains("Content-Encoding"));
    }

    void providerIsCalledWithoutDoubleSlash()
    {
        GatewayFixture fixture;
        QByteArray yaml = simpleConfig(fixture.upstream);
        yaml.replace(fixture.upstream.url(), fixture.upstream.url() + '/');
        QVERIFY(fixture.gateway.start(yaml));
        QCOMPARE(fixture.chat().status, 200);
        QCOMPARE(fixture.upstream.lastRequest().path, "/v1/chat/completions");
    }

    void redirectsAreNotFollowed()
    {
        GatewayFixture fixture;
        const FakeUpstream elsewhere;
        fixture.upstream.enqueue(Script::json(307, "{}", {{"Location", elsewhere.url("/v1/chat/completions")}}));
        QVERIFY(fixture.start({.retry = "enabled: false"}));
        const HttpAnswer answer = fixture.chat();
        QVERIFY2(answer.status == 502, answer.summary().constData());
        QCOMPARE(errorShapeProblem(answer), "");
        // A key goes nowhere but to the configured origin.
        QCOMPARE(elsewhere.connectionCount(), 0);
    }

    void unreadableAnswerGets502_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("not JSON") << QByteArray("<html>hello</html>");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("cut") << QByteArray(R"({"id":"x","choices":[)");
    }

    void unreadableAnswerGets502()
    {
        QFETCH(QByteArray, body);
        GatewayFixture fixture;
        fixture.upstream.otherwise([body](const ReceivedRequest &) { return Script::json(200, body); });
        QVERIFY(fixture.start({.retry = "enabled: false"}));
        const HttpAnswer answer = fixture.chat();
        QVERIFY2(answer.status == 502, answer.summary().constData());
        QCOMPARE(errorShapeProblem(answer), "");
        QCOMPARE(textAt(answer.body, "error.type"), "provider_error");
    }
};

QTEST_GUILESS_MAIN(ChatPassthroughTest)
#include "tst_chat_passthrough.moc"
