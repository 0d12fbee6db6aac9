// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/normalise.h"
#include "tests/unit/dialects/ollama/ollama_calls.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

class CallReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void keepsTheClientsOwnBytes()
    {
        const QByteArray body =
            " {\"zeta\": 1.0,\"model\":\"m\", \"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
        const auto call = callOf(body);
        QVERIFY(call->request.native);
        const NativeRequest &native = *call->request.native;
        QCOMPARE(native.protocol, ChatProtocol::Ollama);
        QCOMPARE(native.path, "/api/chat");
        QCOMPARE(native.body, body);
        QCOMPARE(native.object.of(native.body).toByteArray(), body.trimmed());
        QCOMPARE(native.members.size(), 3u);
        QCOMPARE(call->request.model, "m");
        const auto generated = callOf(R"({"model":"m","prompt":"Hi"})", &ollama_api::readGenerateCall);
        QCOMPARE(generated->request.native->path, "/api/generate");
    }

    void streamsUnlessItIsToldNotTo_data()
    {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<bool>("isStream");
        QTest::newRow("nothing said") << QByteArray() << true;
        QTest::newRow("null") << QByteArray(R"("stream":null)") << true;
        QTest::newRow("true") << QByteArray(R"("stream":true)") << true;
        QTest::newRow("false") << QByteArray(R"("stream":false)") << false;
    }

    void streamsUnlessItIsToldNotTo()
    {
        QFETCH(const QByteArray, more);
        QFETCH(const bool, isStream);
        const auto call = callOf(chatOf(more));
        QCOMPARE(call->request.stream, isStream);
        QCOMPARE(call->request.includeUsage, isStream);
        QCOMPARE(written(*call, "stream"), QByteArray(isStream ? "true" : "false"));
    }

    void membersBecomeThoseOfChatCompletions_data()
    {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<QByteArray>("member");
        QTest::addColumn<QByteArray>("json"); // empty: it is not there
        const auto row = [](const char *name, QByteArray more, QByteArray member, QByteArray json) {
            QTest::newRow(name) << std::move(more) << std::move(member) << std::move(json);
        };
        row("temperature", R"("options":{"temperature":0.5})", "temperature", "0.5");
        row("top_p", R"("options":{"top_p":0.9})", "top_p", "0.9");
        row("top_k", R"("options":{"top_k":40})", "top_k", "40");
        row("seed", R"("options":{"seed":7})", "seed", "7");
        row("presence_penalty", R"("options":{"presence_penalty":1})", "presence_penalty", "1");
        row("num_predict", R"("options":{"num_predict":64})", "max_tokens", "64");
        row("no limit", R"("options":{"num_predict":-1})", "max_tokens", "");
        row("num_ctx", R"("options":{"num_ctx":8192})", "num_ctx", "8192");
        row("option of later versions", R"("options":{"mirostat":2})", "options.mirostat", "2");
        row("option named like a member", R"("options":{"messages":[]})", "options.messages", "[]");
        row("null", R"("options":{"temperature":null,"top_k":null})", "temperature", "");
        row("one stop", R"("options":{"stop":"a"})", "stop", R"(["a"])");
        row("stops", R"("options":{"stop":["a","b"]})", "stop", R"(["a","b"])");
        row("no stop", R"("options":{"stop":[]})", "stop", "");
        row("keep_alive", R"("keep_alive":"5m")", "keep_alive", R"("5m")");
        row("json", R"("format":"json")", "response_format", R"({"type":"json_object"})");
        row("no format", R"("format":"")", "response_format", "");
        row("schema", R"("format":{"type":"object"})", "response_format",
            R"({"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object"}}})");
        row("think", R"("think":true)", "reasoning_effort", R"("medium")");
        row("think hard", R"("think":"high")", "reasoning_effort", R"("high")");
        row("think as hard as can be", R"("think":"max")", "reasoning_effort", R"("high")");
        row("do not think", R"("think":false)", "reasoning", R"({"enabled":false})");
        row("do not think, without a word for it", R"("think":false)", "reasoning_effort", "");
        row("tools", R"("tools":[{"type":"function","function":{"name":"f","parameters":{}}}])", "tools",
            R"([{"type":"function","function":{"name":"f","parameters":{}}}])");
        row("members that Ollama does not know", R"("n":2,"user":"u")", "n", "");
    }

    void membersBecomeThoseOfChatCompletions()
    {
        QFETCH(const QByteArray, more);
        QFETCH(const QByteArray, member);
        QFETCH(const QByteArray, json);
        QCOMPARE(written(*callOf(chatOf(more)), member), json);
    }

    void namesWhatOpenAiDoesNotHave()
    {
        const auto call = callOf(chatOf(
            R"("keep_alive":0,"options":{"temperature":1,"top_k":1,"num_ctx":2048,"repeat_penalty":1.1,"mirostat":2})"));
        QCOMPARE(call->request.foreignMembers,
                 (std::vector<QByteArray>{"top_k", "num_ctx", "repeat_penalty", "options.mirostat", "keep_alive"}));
    }

    void messagesBecomeThoseOfChatCompletions()
    {
        const auto call = callOf(R"({"messages":[{"role":"system","content":"Be short."},)"
                                 R"({"role":"user","content":"See","images":["iVBORw0KGgoAAA","/9j/4AAQ"]},)"
                                 R"({"role":"assistant","content":"","thinking":"Hm.","tool_calls":[)"
                                 R"({"id":"call_1","function":{"name":"f","arguments":{"b":1,"a":{"c":[]}}}}]},)"
                                 R"({"role":"tool","tool_name":"f","content":"1"}]})");
        QCOMPARE(written(*call, "messages"),
                 QByteArray(R"([{"role":"system","content":"Be short."},)"
                            R"({"role":"user","content":[{"type":"text","text":"See"},)"
                            R"({"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgoAAA"}},)"
                            R"({"type":"image_url","image_url":{"url":"data:image/jpeg;base64,/9j/4AAQ"}}]},)"
                            R"({"role":"assistant","content":"","reasoning_content":"Hm.","tool_calls":[)"
                            R"({"id":"call_1","type":"function","function":{"name":"f",)"
                            "\"arguments\":\"{\\\"b\\\":1,\\\"a\\\":{\\\"c\\\":[]}}\"}}]},"
                            R"({"role":"tool","content":"1","tool_call_id":"call_1"}])"));
    }

    // Older clients know no ids: each result belongs to the next call of its tool.
    void resultsFindTheirCalls()
    {
        const QByteArray body = R"({"messages":[{"role":"assistant","content":"","tool_calls":[)"
                                R"({"function":{"name":"f","arguments":{"x":1}}},)"
                                R"({"function":{"name":"g","arguments":{}}},)"
                                R"({"function":{"name":"f","arguments":{"x":2}}}]},)"
                                R"({"role":"tool","tool_name":"f","content":"one"},)"
                                R"({"role":"tool","tool_name":"f","content":"two"},)"
                                R"({"role":"tool","content":"three"}]})";
        const auto call = callOf(body);
        const json::Value messages = call->request.document.root()["messages"];
        const json::Value calls = messages.at(0)["tool_calls"];
        // SHA-256 of place, name and arguments: the same in every turn, and from one version to the next.
        QCOMPARE(calls.at(0)["id"].toByteArray(), "call_a93fec8bbc05884fd6f4bcaa");
        QCOMPARE(calls.at(2)["id"].toByteArray(), "call_f42565972e7365dbedec84a6");
        QCOMPARE(messages.at(1)["tool_call_id"].toByteArray(), calls.at(0)["id"].toByteArray());
        QCOMPARE(messages.at(2)["tool_call_id"].toByteArray(), calls.at(2)["id"].toByteArray());
        QCOMPARE(messages.at(3)["tool_call_id"].toByteArray(), calls.at(1)["id"].toByteArray());
        QCOMPARE(written(*callOf(body), "messages"), written(*call, "messages")); // prompt caches depend on it
    }

    void promptBecomesAConversation()
    {
        const auto call = callOf(R"({"model":"m","system":"Be short.","prompt":"Hi","images":["R0lGODlh"]})",
                                 &ollama_api::readGenerateCall);
        QCOMPARE(written(*call, "messages"),
                 QByteArray(R"([{"role":"system","content":"Be short."},{"role":"user","content":[)"
                            R"({"type":"text","text":"Hi"},)"
                            R"({"type":"image_url","image_url":{"url":"data:image/gif;base64,R0lGODlh"}}]}])"));
    }

    void onlyOllamaCanDoSomeThings_data()
    {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<QByteArray>("param");
        QTest::newRow("suffix") << QByteArray(R"("suffix":"b")") << QByteArray("suffix");
        QTest::newRow("raw") << QByteArray(R"("raw":true)") << QByteArray("raw");
        QTest::newRow("template") << QByteArray(R"("template":"{{ .Prompt }}")") << QByteArray("template");
        QTest::newRow("context") << QByteArray(R"("context":[1,2])") << QByteArray("context");
        QTest::newRow("logprobs") << QByteArray(R"("logprobs":true)") << QByteArray("logprobs");
        QTest::newRow("none of them") << QByteArray(
                                             R"("suffix":"","raw":false,"template":"","context":[],"logprobs":false)")
                                      << QByteArray();
    }

    void onlyOllamaCanDoSomeThings()
    {
        QFETCH(const QByteArray, more);
        QFETCH(const QByteArray, param);
        const auto call = callOf(R"({"model":"m","prompt":"Hi",)" + more + '}', &ollama_api::readGenerateCall);
        QCOMPARE(call->request.untranslatable.has_value(), !param.isEmpty());
        if (!param.isEmpty())
            QCOMPARE(call->request.untranslatable->param, param);
        QVERIFY(normalise(call->request));
        QCOMPARE(call->request.conversation.has_value(), param.isEmpty());
    }

    void tellsCallsThatOnlyLoad_data()
    {
        QTest::addColumn<bool>("isChat");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("reason");
        QTest::newRow("no messages") << true << QByteArray(R"({"model":"m"})") << QByteArray("load");
        QTest::newRow("empty list") << true << QByteArray(R"({"model":"m","messages":[]})") << QByteArray("load");
        QTest::newRow("unload") << true << QByteArray(R"({"model":"m","keep_alive":0})") << QByteArray("unload");
        QTest::newRow("no prompt") << false << QByteArray(R"({"model":"m"})") << QByteArray("load");
        QTest::newRow("empty prompt") << false << QByteArray(R"({"model":"m","prompt":""})") << QByteArray("load");
        QTest::newRow("unload by text") << false << QByteArray(R"({"model":"m","keep_alive":"0"})")
                                        << QByteArray("unload");
        QTest::newRow("unload by seconds")
            << true << QByteArray(R"({"model":"m","keep_alive":"0s"})") << QByteArray("unload");
        QTest::newRow("unload by minutes")
            << true << QByteArray(R"({"model":"m","keep_alive":"0h0m0.0s"})") << QByteArray("unload");
        QTest::newRow("keep ten minutes")
            << true << QByteArray(R"({"model":"m","keep_alive":"10m"})") << QByteArray("load");
        QTest::newRow("keep forever") << true << QByteArray(R"({"model":"m","keep_alive":-1})") << QByteArray("load");
        QTest::newRow("keep, said with nothing")
            << true << QByteArray(R"({"model":"m","keep_alive":""})") << QByteArray("load");
    }

    void tellsCallsThatOnlyLoad()
    {
        QFETCH(const bool, isChat);
        QFETCH(const QByteArray, body);
        QFETCH(const QByteArray, reason);
        const auto call = (isChat ? &ollama_api::readChatCall : &ollama_api::readGenerateCall)(body, 512, &sameName);
        QVERIFY(call && call->call);
        QCOMPARE(call->call->request.native->body, body);
        const auto answer = json::Document::parse(call->loadAnswer);
        QVERIFY(answer);
        QCOMPARE(answer->root()["model"].toByteArray(), "m");
        QCOMPARE(answer->root()["done"].boolean(), std::optional(true));
        QCOMPARE(answer->root()["done_reason"].toByteArray(), reason);
        QVERIFY(isChat ? answer->root()["message"]["content"].isString() : answer->root()["response"].isString());
    }

    void modelsGetTheirOwnNames()
    {
        const auto call = ollama_api::readChatCall(
            chatOf({}), 512, [](QByteArrayView name) -> QByteArray { return name == "m" ? "meant" : "wrong"; });
        QVERIFY(call);
        QCOMPARE(call->call->request.model, "meant");
        QCOMPARE(written(*call->call, "model"), R"("meant")");
    }

    void refusesWithTheFieldAtFault_data()
    {
        QTest::addColumn<bool>("isChat");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("param");
        const auto chat = [](const char *name, QByteArray body, QByteArray param) {
            QTest::newRow(name) << true << std::move(body) << std::move(param);
        };
        chat("no JSON", "{", "");
        chat("no object", "[]", "");
        chat("model", R"({"model":1,"messages":[]})", "model");
        chat("twice", R"({"model":"a","model":"b"})", "model");
        chat("messages", R"({"messages":{}})", "messages");
        chat("stream", chatOf(R"("stream":1)"), "stream");
        QTest::newRow("prompt") << false << QByteArray(R"({"prompt":1})") << QByteArray("prompt");
        QTest::newRow("system") << false << QByteArray(R"({"prompt":"a","system":[]})") << QByteArray("system");
    }

    void refusesWithTheFieldAtFault()
    {
        QFETCH(const bool, isChat);
        QFETCH(const QByteArray, body);
        QFETCH(const QByteArray, param);
        const auto call = (isChat ? &ollama_api::readChatCall : &ollama_api::readGenerateCall)(body, 512, &sameName);
        QVERIFY(!call);
        QCOMPARE(call.error().kind, ErrorKind::InvalidRequest);
        QCOMPARE(call.error().param, param);
        QVERIFY(!call.error().message.isEmpty());
    }

    void leavesWhatItCannotTranslateToOllama_data()
    {
        QTest::addColumn<bool>("isChat");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("param");
        const auto chat = [](const char *name, QByteArray body, QByteArray param) {
            QTest::newRow(name) << true << std::move(body) << std::move(param);
        };
        chat("message", R"({"messages":[1]})", "messages[0]");
        chat("content", R"({"messages":[{"role":"user","content":[]}]})", "messages[0].content");
        chat("images", R"({"messages":[{"role":"user","content":"","images":"a"}]})", "messages[0].images");
        chat("image", R"({"messages":[{"role":"user","content":"","images":[1]}]})", "messages[0].images");
        chat("tool calls", R"({"messages":[{"role":"assistant","tool_calls":{}}]})", "messages[0].tool_calls");
        chat("nameless call", R"({"messages":[{"role":"assistant","tool_calls":[{}]}]})",
             "messages[0].tool_calls[0].function.name");
        chat("tools", chatOf(R"("tools":{})"), "tools");
        chat("format", chatOf(R"("format":"xml")"), "format");
        chat("options", chatOf(R"("options":[])"), "options");
        chat("temperature", chatOf(R"("options":{"temperature":"hot"})"), "options.temperature");
        chat("num_ctx", chatOf(R"("options":{"num_ctx":"big"})"), "options.num_ctx");
        chat("num_predict", chatOf(R"("options":{"num_predict":1.5})"), "options.num_predict");
        chat("stop", chatOf(R"("options":{"stop":[1]})"), "options.stop");
        chat("think", chatOf(R"("think":"a lot")"), "think");
        QTest::newRow("prompt's images") << false << QByteArray(R"({"prompt":"a","images":1})") << QByteArray("images");
    }

    void leavesWhatItCannotTranslateToOllama()
    {
        QFETCH(const bool, isChat);
        QFETCH(const QByteArray, body);
        QFETCH(const QByteArray, param);
        const auto call = callOf(body, isChat ? &ollama_api::readChatCall : &ollama_api::readGenerateCall);
        QVERIFY(call->request.untranslatable);
        QCOMPARE(call->request.untranslatable->kind, ErrorKind::InvalidRequest);
        QCOMPARE(call->request.untranslatable->param, param);
        QVERIFY(!call->request.untranslatable->message.isEmpty());
        QCOMPARE(call->request.native->body, body);
        QCOMPARE(written(*call, "messages"), "[]");
        QCOMPARE(written(*call, "stream"), "true");
    }

    void limitsTheDepth()
    {
        const auto call = ollama_api::readChatCall(chatOf(R"("format":{"a":{"b":{}}})"), 3, &sameName);
        QVERIFY(!call);
        QCOMPARE(call.error().reason, "json_too_deep");
    }
};

QTEST_APPLESS_MAIN(CallReaderTest)
#include "tst_call_reader.moc"
