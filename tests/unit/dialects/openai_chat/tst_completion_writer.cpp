// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_chat/completion_writer.h"

#include "gateway/json/document.h"

#include <QTest>

namespace lunargate {

namespace {

QByteArray body(const Completion &completion, const std::optional<Usage> &usage = {})
{
    return openai_chat::completionBody(completion, usage, "own", "model", 7);
}

// The body with everything around the message.
QByteArray around(const QByteArray &message, const QByteArray &reason)
{
    return R"({"id":"own","object":"chat.completion","created":7,"model":"model","choices":[{"index":0,"message":)" +
           message + ",\"logprobs\":null,\"finish_reason\":\"" + reason + "\"}]}";
}

} // namespace

class CompletionWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void writesText()
    {
        QCOMPARE(body({.text = "a\n"}),
                 around("{\"role\":\"assistant\",\"content\":\"a\\n\",\"refusal\":null}", "stop"));
        QCOMPARE(body({.finishReason = FinishReason::Length}),
                 around(R"({"role":"assistant","content":"","refusal":null})", "length"));
    }

    void writesThoughtsAndTheirDetails()
    {
        QCOMPARE(
            body({.text = "a",
                  .reasoning = "hm",
                  .reasoningDetails = {"{\"x\":1}", "{}"},
                  .annotations = {"{\"y\":2}"}}),
            around(
                R"({"role":"assistant","content":"a","refusal":null,"reasoning_content":"hm","reasoning_details":[{"x":1},{}],"annotations":[{"y":2}]})",
                "stop"));
    }

    void writesToolCalls()
    {
        const Completion completion{
            .toolCalls = {{.id = "c1", .name = "f", .arguments = "{}", .extraContent = "{\"google\":{}}"},
                          {.id = "c2", .name = "patch", .arguments = "x", .isCustom = true}},
            .finishReason = FinishReason::ToolCalls};
        QCOMPARE(
            body(completion),
            around(
                R"({"role":"assistant","content":null,"refusal":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{}}},{"id":"c2","type":"custom","custom":{"name":"patch","input":"x"}}]})",
                "tool_calls"));
    }

    void writesRefusals()
    {
        QCOMPARE(body({.refusal = "no", .finishReason = FinishReason::ContentFilter}),
                 around(R"({"role":"assistant","content":null,"refusal":"no"})", "content_filter"));
    }

    void prefersWhatTheProviderSays()
    {
        const auto document = json::Document::parse(body({.id = "msg_1", .model = "claude", .created = 99}));
        QVERIFY(document);
        QCOMPARE(document->root()["id"].string(), "msg_1");
        QCOMPARE(document->root()["model"].string(), "claude");
        QCOMPARE(document->root()["created"].integer(), 99);
    }

    void usageAddsUp()
    {
        const Usage usage{.input = 1,
                          .cachedInput = 2,
                          .cacheWrite = 1,
                          .cacheWriteHour = 2,
                          .output = 4,
                          .reasoning = 5,
                          .cost = 0.25};
        QCOMPARE(
            openai_chat::usageObject(usage),
            R"({"prompt_tokens":6,"completion_tokens":9,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":2,"cache_write_tokens":3},"completion_tokens_details":{"reasoning_tokens":5},"cost":0.25})");
        QVERIFY(body({.text = "a"}, usage).endsWith("\"usage\":" + openai_chat::usageObject(usage) + '}'));
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::CompletionWriterTest)
#include "tst_completion_writer.moc"
