// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/chat_frames.h"
#include "gateway/providers/simulator/tokens.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::simulator;

namespace {

const ChatEnvelope kEnvelope{.id = "chatcmpl-sim-1", .model = "a \"model\"", .created = 1'780'000'000};

ChatAnswer textAnswer()
{
    return {
        .choices = {{.reasoning = {"Let", " me"}, .content = {"Grüße", "!"}, .toolCalls = {}, .finishReason = "stop"}},
        .promptTokens = 5,
        .completionTokens = 4,
        .reasoningTokens = 2};
}

ChatAnswer toolAnswer()
{
    SimulatedToolCall weather{.id = "call_a", .name = "get_weather", .arguments = splitTokens(R"({"city":"Bonn"})")};
    SimulatedToolCall code{.id = "call_b", .name = "run", .arguments = {"print", "()"}, .isCustom = true};
    return {.choices = {{.reasoning = {}, .content = {}, .toolCalls = {weather, code}, .finishReason = "tool_calls"}},
            .promptTokens = 5,
            .completionTokens = 9};
}

/// Parsed frames; the documents keep the values alive.
std::vector<json::Document> frames(ChatEnvelope envelope, ChatAnswer answer)
{
    std::vector<json::Document> documents;
    bool isDone = false;
    for (Chunk &&chunk : chatFrames(std::move(envelope), std::move(answer))) {
        if (isDone || !chunk.bytes.startsWith("data: ") || !chunk.bytes.endsWith("\n\n"))
            qFatal("not a frame: %s", chunk.bytes.constData());
        const QByteArray data = chunk.bytes.sliced(6).chopped(2);
        isDone = data == "[DONE]";
        if (isDone != chunk.isEnd)
            qFatal("only [DONE] is the end");
        if (isDone)
            continue;
        std::optional<json::Document> document = json::Document::parse(data);
        if (!document)
            qFatal("not JSON: %s", data.constData());
        documents.push_back(std::move(*document));
    }
    if (!isDone)
        qFatal("no [DONE]");
    return documents;
}

json::Value choiceOf(const json::Document &frame)
{
    return frame.root()["choices"].at(0);
}

} // namespace

class TestChatFrames : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void writesAWholeCompletion()
    {
        const std::optional<json::Document> document = json::Document::parse(chatCompletion(kEnvelope, textAnswer()));
        QVERIFY(document);
        const json::Value root = document->root();
        QCOMPARE(root["id"].string(), "chatcmpl-sim-1");
        QCOMPARE(root["object"].string(), "chat.completion");
        QCOMPARE(root["created"].integer(), 1'780'000'000);
        QCOMPARE(root["model"].string(), "a \"model\"");
        const json::Value choice = root["choices"].at(0);
        QCOMPARE(choice["finish_reason"].string(), "stop");
        QCOMPARE(choice["message"]["role"].string(), "assistant");
        QCOMPARE(choice["message"]["content"].string(), "Grüße!");
        QCOMPARE(choice["message"]["reasoning_content"].string(), "Let me");
        QVERIFY(!choice["message"]["tool_calls"].exists());
        QCOMPARE(root["usage"]["prompt_tokens"].integer(), 5);
        QCOMPARE(root["usage"]["completion_tokens"].integer(), 4);
        QCOMPARE(root["usage"]["total_tokens"].integer(), 9);
        QCOMPARE(root["usage"]["completion_tokens_details"]["reasoning_tokens"].integer(), 2);
        QCOMPARE(root["usage"]["prompt_tokens_details"]["cached_tokens"].integer(), 0);
    }

    void writesToolCallsOfACompletion()
    {
        const std::optional<json::Document> document = json::Document::parse(chatCompletion(kEnvelope, toolAnswer()));
        QVERIFY(document);
        const json::Value message = document->root()["choices"].at(0)["message"];
        QVERIFY(message["content"].isNull());
        QCOMPARE(message["tool_calls"].size(), size_t(2));
        QCOMPARE(message["tool_calls"].at(0)["id"].string(), "call_a");
        QCOMPARE(message["tool_calls"].at(0)["type"].string(), "function");
        QCOMPARE(message["tool_calls"].at(0)["function"]["arguments"].string(), R"({"city":"Bonn"})");
        QCOMPARE(message["tool_calls"].at(1)["type"].string(), "custom");
        QCOMPARE(message["tool_calls"].at(1)["custom"]["input"].string(), "print()");
    }

    void streamsRoleThinkingContentAndFinishReason()
    {
        const std::vector<json::Document> documents = frames(kEnvelope, textAnswer());
        QCOMPARE(documents.size(), size_t(6));
        for (const json::Document &document : documents) {
            QCOMPARE(document.root()["object"].string(), "chat.completion.chunk");
            QCOMPARE(document.root()["id"].string(), "chatcmpl-sim-1");
            QVERIFY(!document.root()["usage"].exists());
        }
        QCOMPARE(choiceOf(documents[0])["delta"]["role"].string(), "assistant");
        QCOMPARE(choiceOf(documents[1])["delta"]["reasoning_content"].string(), "Let");
        QCOMPARE(choiceOf(documents[2])["delta"]["reasoning_content"].string(), " me");
        QCOMPARE(choiceOf(documents[3])["delta"]["content"].string(), "Grüße");
        QCOMPARE(choiceOf(documents[4])["delta"]["content"].string(), "!");
        QVERIFY(choiceOf(documents[4])["finish_reason"].isNull());
        QCOMPARE(choiceOf(documents[5])["delta"].size(), size_t(0));
        QCOMPARE(choiceOf(documents[5])["finish_reason"].string(), "stop");
    }

    void streamsUsageLastIfAskedFor()
    {
        ChatEnvelope envelope = kEnvelope;
        envelope.includeUsage = true;
        const std::vector<json::Document> documents = frames(envelope, textAnswer());
        QCOMPARE(documents.size(), size_t(7));
        for (size_t i = 0; i + 1 < documents.size(); ++i)
            QVERIFY(documents[i].root()["usage"].isNull());
        QVERIFY(documents.back().root()["choices"].isArray());
        QCOMPARE(documents.back().root()["choices"].size(), size_t(0));
        QCOMPARE(documents.back().root()["usage"]["total_tokens"].integer(), 9);
    }

    void streamsArgumentsInFragments()
    {
        QByteArray arguments[2];
        int fragments[2] = {0, 0};
        const std::vector<json::Document> documents = frames(kEnvelope, toolAnswer());
        QVERIFY(choiceOf(documents[0])["delta"]["content"].isNull());
        for (const json::Document &document : documents) {
            const json::Value call = choiceOf(document)["delta"]["tool_calls"].at(0);
            if (!call.exists())
                continue;
            const qint64 index = call["index"].integer().value_or(-1);
            QVERIFY(index == 0 || index == 1);
            // Id and name come with the first fragment and never again.
            QCOMPARE(call["id"].exists(), fragments[index] == 0);
            arguments[index] += index == 0 ? call["function"]["arguments"].string() : call["custom"]["input"].string();
            ++fragments[index];
        }
        QCOMPARE(arguments[0], R"({"city":"Bonn"})");
        QCOMPARE(arguments[1], "print()");
        QVERIFY(fragments[0] > 3);
        QCOMPARE(choiceOf(documents.back())["finish_reason"].string(), "tool_calls");
    }

    void everyTokenOfTheUsageHasItsTime()
    {
        int tokens = 0;
        for (const Chunk &chunk : chatFrames(kEnvelope, textAnswer()))
            tokens += chunk.tokens;
        QCOMPARE(tokens, textAnswer().completionTokens);
    }
};

QTEST_APPLESS_MAIN(TestChatFrames)
#include "tst_chat_frames.moc"
