// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/finish_reason.h"
#include "tests/unit/providers/ollama/ollama_testing.h"

#include "gateway/chat/finish_reason.h"

#include <QTest>

#include <algorithm>

namespace lunargate {

class StreamReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void givesTheClientItsFrames();
    void givesToolCallsInSeveralLinesTheirOwnPlaces();
    void agreesWithTheWholeAnswer();
    void readsTheSameAtEverySplit_data();
    void readsTheSameAtEverySplit();
    void namesTheModelOnce();
    void tellsUsefulEvents_data();
    void tellsUsefulEvents();
    void countsTextBytes();
    void inventsIdsThatAreUniqueAndStable();
    void readsErrorsInsideOfTheStream_data();
    void readsErrorsInsideOfTheStream();
    void endsOnce();
    void refusesHugeLines();
};

namespace {

using Kind = ChatStreamEvent::Kind;

const OllamaProvider &provider()
{
    static const OllamaProvider provider([] {
        ProviderConfig config = test::ollamaConfig();
        config.apiKey = SecretString("sk-canary-0123456789");
        return config;
    }());
    return provider;
}

QByteArray clientFrames(const QByteArray &stream, bool includeUsage = false)
{
    return test::clientFrames(*test::ollamaCall(provider(), true), stream, includeUsage);
}

std::vector<ChatStreamEvent> read(const QByteArray &stream)
{
    const auto reader = test::ollamaCall(provider(), true)->streamReader();
    return test::readStream(*reader, stream, stream.size(), 1);
}

// One line an event.
QByteArrayList describe(const std::vector<ChatStreamEvent> &events)
{
    QByteArrayList result;
    for (const ChatStreamEvent &event : events) {
        switch (event.kind) {
        case Kind::Delta: {
            const ChatDelta &delta = event.delta;
            QByteArray text = "delta";
            if (!delta.text.isEmpty())
                text += " text " + delta.text;
            if (!delta.reasoning.isEmpty())
                text += " reasoning " + delta.reasoning;
            if (delta.toolCall)
                text += " call " + QByteArray::number(delta.toolCall->index) + ' ' + delta.toolCall->name +
                        delta.toolCall->arguments;
            if (delta.finishReason)
                text += " finish " + finishReasonText(*delta.finishReason).toByteArray();
            result.append(text);
            break;
        }
        case Kind::End:
            result.append("end");
            break;
        case Kind::Failure:
            result.append("failure " + event.error.reason);
            break;
        default:
            result.append("unexpected");
        }
    }
    return result;
}

// A chunk as a client gets it.
QByteArray frame(const QByteArray &delta, const QByteArray &finishReason = "null")
{
    return R"(data: {"id":"chatcmpl-own","object":"chat.completion.chunk","created":1700000000,"model":"q",)"
           R"("choices":[{"index":0,"delta":)" +
           delta + R"(,"finish_reason":)" + finishReason + "}]}\n\n";
}

QByteArray line(const QByteArray &message)
{
    return R"({"model":"q","created_at":"2026-06-01T10:00:00.1Z","message":)" + message + ",\"done\":false}\n";
}

const QByteArray kLastLine = R"({"model":"q","created_at":"2026-06-01T10:00:00.3Z","message":{"role":"assistant",)"
                             R"("content":""},"done":true,"done_reason":"stop","total_duration":1,)"
                             R"("prompt_eval_count":50,"eval_count":40})"
                             "\n";

} // namespace

void StreamReaderTest::givesTheClientItsFrames()
{
    const QByteArray stream = line(R"({"role":"assistant","content":"","thinking":"Hm"})") +
                              line(R"({"role":"assistant","content":"Hel"})") +
                              line(R"({"role":"assistant","content":"lo \ud83c\udf19"})") + kLastLine;
    QCOMPARE(clientFrames(stream), frame(R"({"role":"assistant","reasoning_content":"Hm"})") +
                                       frame(R"({"content":"Hel"})") + frame("{\"content\":\"lo \xF0\x9F\x8C\x99\"}") +
                                       frame("{}", R"("stop")") + "data: [DONE]\n\n");
    QVERIFY(clientFrames(stream, true)
                .endsWith(R"("choices":[],"usage":{"prompt_tokens":50,"completion_tokens":40,"total_tokens":90,)"
                          R"("prompt_tokens_details":{"cached_tokens":0},)"
                          R"("completion_tokens_details":{"reasoning_tokens":0}}})"
                          "\n\ndata: [DONE]\n\n"));
}

void StreamReaderTest::givesToolCallsInSeveralLinesTheirOwnPlaces()
{
    // As the server sends them: complete, their own index starting again, `stop` in the end.
    const QByteArray stream =
        line(R"({"role":"assistant","content":"Let me see."})") +
        line(R"({"role":"assistant","content":"","tool_calls":[)"
             R"({"id":"call_x1","function":{"index":0,"name":"get_time","arguments":{"tz":"UTC","a":1}}},)"
             R"({"id":"call_x2","function":{"index":1,"name":"get_time","arguments":{"tz":"CET"}}}]})") +
        line(
            R"({"role":"assistant","content":"","tool_calls":[{"id":"call_x3","function":{"index":0,"name":"now"}}]})") +
        kLastLine;
    const auto call = [](const char *index, const char *id, const char *name, const char *arguments) {
        return frame(QByteArray(R"({"tool_calls":[{"index":)") + index + R"(,"id":")" + id +
                     R"(","type":"function","function":{"name":")" + name + R"(","arguments":")" + arguments +
                     R"("}}]})");
    };
    const QByteArray calls = call("0", "call_x1", "get_time", R"({\"tz\":\"UTC\",\"a\":1})") +
                             call("1", "call_x2", "get_time", R"({\"tz\":\"CET\"})") +
                             call("2", "call_x3", "now", "{}");
    QCOMPARE(clientFrames(stream), frame(R"({"role":"assistant","content":"Let me see."})") + calls +
                                       frame("{}", R"("tool_calls")") + "data: [DONE]\n\n");
}

void StreamReaderTest::agreesWithTheWholeAnswer()
{
    const QByteArray calls = R"("tool_calls":[{"id":"a","function":{"name":"f","arguments":{"z":1,"b":[]}}},)"
                             R"({"id":"a","function":{"name":"g","arguments":{}}}])";
    const QByteArray end = R"("done":true,"done_reason":"stop","prompt_eval_count":5,"eval_count":6})";
    const QByteArray start = R"({"model":"q","created_at":"2026-06-01T10:00:00Z","message":{"role":"assistant",)";
    const auto whole =
        test::ollamaCall(provider())->readAnswer(start + R"("content":"Hello","thinking":"Hm",)" + calls + "}," + end);
    QVERIFY(whole);
    const auto events = read(start + R"("content":"","thinking":"Hm"},"done":false})" + '\n' + start +
                             R"("content":"Hel"},"done":false})" + '\n' + start + R"("content":"lo",)" + calls +
                             R"(},"done":false})" + '\n' + start + R"("content":""},)" + end);
    Completion streamed;
    std::optional<Usage> usage;
    for (const ChatStreamEvent &event : events) {
        streamed.model += event.delta.model;
        streamed.text += event.delta.text;
        streamed.reasoning += event.delta.reasoning;
        if (const auto &call = event.delta.toolCall)
            streamed.toolCalls.push_back({.id = call->id, .name = call->name, .arguments = call->arguments});
        if (event.delta.finishReason)
            streamed.finishReason = *event.delta.finishReason;
        if (event.usage)
            usage = event.usage;
    }
    streamed.created = whole->completion->created;
    QCOMPARE(openai_chat::completionBody(streamed, usage, "id", "m", 1),
             openai_chat::completionBody(*whole->completion, whole->usage, "id", "m", 1));
    QCOMPARE(events.back().kind, Kind::End);
}

void StreamReaderTest::readsTheSameAtEverySplit_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<QByteArrayList>("events");
    const auto row = [](const char *name, QByteArray stream, QByteArrayList events) {
        QTest::newRow(name) << std::move(stream) << std::move(events);
    };
    const QByteArray a = R"({"message":{"role":"assistant","content":"a"},"done":false})";
    const QByteArray done = R"({"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"})";
    row("text", a + '\n' + done + '\n', {"delta text a", "delta finish stop", "end"});
    row("CRLF and blank lines", "\r\n" + a + "\r\n\n" + done + "\r\n", {"delta text a", "delta finish stop", "end"});
    row("last line without line feed", a + '\n' + done, {"delta text a", "delta finish stop", "end"});
    row("text in the last line", R"({"message":{"content":"b"},"done":true,"done_reason":"length"})",
        {"delta text b", "delta finish length", "end"});
    row("thoughts and text in one line",
        R"({"message":{"content":"b","thinking":"t"}})"
        "\n" +
            done,
        {"delta text b reasoning t", "delta finish stop", "end"});
    row("a call in the last line",
        R"({"message":{"tool_calls":[{"function":{"name":"f"}}]},"done":true,"done_reason":"stop"})",
        {"delta", "delta call 0 f{}", "delta finish tool_calls", "end"});
    row("cut after a call",
        R"({"message":{"tool_calls":[{"function":{"name":"f"}}]}})"
        "\n"
        R"({"done":true,"done_reason":"length"})",
        {"delta", "delta call 0 f{}", "delta finish tool_calls", "end"});
    row("a model that was loaded only", R"({"message":{"content":""},"done":true,"done_reason":"load"})",
        {"delta", "delta finish stop", "end"});
    row("no end mark", a + '\n', {"delta text a", "failure upstream_incomplete"});
    row("half a line", a + '\n' + R"({"message":{"cont)", {"delta text a", "failure upstream_incomplete"});
    row("nothing", "", {"failure upstream_incomplete"});
    row("blank lines only", "\n\n", {"failure upstream_incomplete"});
    row("done, but not true",
        R"({"done":"true"})"
        "\n",
        {"delta", "failure upstream_incomplete"});
    row("after the end", done + '\n' + a + "\noops\n", {"delta", "delta finish stop", "end"});
    row("no JSON", a + "\noops\n" + done, {"delta text a", "failure upstream_malformed_event"});
    row("two values in a line", a + a + '\n', {"failure upstream_malformed_event"});
    row("no object", "[1]\n", {"failure upstream_malformed_event"});
    row("a call of nothing",
        R"({"message":{"tool_calls":[{"function":{}}]}})"
        "\n",
        {"delta", "failure upstream_malformed_event"});
    row("odd types",
        R"({"message":7})"
        "\n"
        R"({"message":{"content":{},"thinking":[],"tool_calls":"x"}})"
        "\n" +
            done,
        {"delta", "delta finish stop", "end"});
    row("unknown members",
        R"({"status":"loading","x":{"message":1}})"
        "\n" +
            done,
        {"delta", "delta finish stop", "end"});
    row("an error", a + '\n' + R"({"error":"m"})" + '\n' + done, {"delta text a", "failure upstream_error"});
    row("no error",
        R"({"error":"","message":{"content":"a"}})"
        "\n" +
            done,
        {"delta text a", "delta finish stop", "end"});
}

void StreamReaderTest::readsTheSameAtEverySplit()
{
    QFETCH(const QByteArray, stream);
    QFETCH(const QByteArrayList, events);
    const auto readAt = [&](qsizetype first, qsizetype size) {
        const auto reader = test::ollamaCall(provider(), true)->streamReader();
        return describe(test::readStream(*reader, stream, first, size));
    };
    for (qsizetype first = 1; first <= std::max<qsizetype>(stream.size(), 1); ++first)
        QCOMPARE(readAt(first, std::max<qsizetype>(stream.size(), 1)), events);
    QCOMPARE(readAt(1, 1), events);
}

void StreamReaderTest::namesTheModelOnce()
{
    const auto events = read(line(R"({"content":"a"})") + line(R"({"content":"b"})") + kLastLine);
    QCOMPARE(events.size(), 4);
    QCOMPARE(events[0].delta.model, "q");
    QVERIFY(std::ranges::all_of(events.begin() + 1, events.end(),
                                [](const ChatStreamEvent &event) { return event.delta.model.isEmpty(); }));
}

void StreamReaderTest::tellsUsefulEvents_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<bool>("isUseful");
    QTest::newRow("text") << line(R"({"content":" "})") << true;
    QTest::newRow("thoughts") << line(R"({"content":"","thinking":"t"})") << true;
    QTest::newRow("a call") << line(R"({"tool_calls":[{"function":{"name":"f"}}]})") << true;
    QTest::newRow("the end") << kLastLine << true;
    QTest::newRow("a role") << line(R"({"role":"assistant","content":""})") << false;
    QTest::newRow("no message") << QByteArray("{\"model\":\"q\"}\n") << false;
    QTest::newRow("no calls") << line(R"({"content":"","tool_calls":[]})") << false;
}

void StreamReaderTest::tellsUsefulEvents()
{
    QFETCH(const QByteArray, stream);
    QFETCH(const bool, isUseful);
    const auto events = read(stream);
    QCOMPARE(std::ranges::any_of(events, &ChatStreamEvent::isUseful), isUseful);
}

void StreamReaderTest::countsTextBytes()
{
    const auto events = read(line(R"({"content":"ab\u20ac","thinking":"t"})") +
                             line(R"({"tool_calls":[{"function":{"name":"f","arguments":{"a":1}}}]})") + kLastLine);
    QCOMPARE(events.size(), 4);
    QCOMPARE(events[0].textBytes, 6);
    QCOMPARE(events[1].textBytes, 7);
    QCOMPARE(events[2].textBytes, 0);
    QCOMPARE(events[2].usage, (Usage{.input = 50, .output = 40}));
}

void StreamReaderTest::inventsIdsThatAreUniqueAndStable()
{
    const QByteArray same = line(R"({"tool_calls":[{"function":{"name":"f","arguments":{}}}]})");
    const QByteArray stream =
        same + same + line(R"({"tool_calls":[{"id":"x","function":{"name":"f"}}]})").repeated(2) + kLastLine;
    QByteArrayList ids;
    for (const ChatStreamEvent &event : read(stream)) {
        if (event.delta.toolCall)
            ids.append(event.delta.toolCall->id);
    }
    QCOMPARE(ids.size(), 4);
    QCOMPARE(QSet<QByteArray>(ids.begin(), ids.end()).size(), 4);
    QCOMPARE(ids[2], "x");
    for (const qsizetype invented : {0, 1, 3})
        QVERIFY2(ids[invented].startsWith("call_"), ids[invented].constData());
    // Every frame has them: the frames are the same however the bytes are split.
    const QByteArray frames = clientFrames(stream);
    QVERIFY2(frames.contains(ids[0]) && frames.contains(ids[3]), frames.constData());
}

void StreamReaderTest::readsErrorsInsideOfTheStream_data()
{
    QTest::addColumn<QByteArray>("lines");
    QTest::addColumn<QByteArray>("message");
    QTest::newRow("first") << QByteArray(R"({"error":"an error was encountered while running the model"})")
                           << QByteArray("an error was encountered while running the model");
    QTest::newRow("in the middle") << line(R"({"content":"a"})") + R"({"error":"unexpected EOF"})" + '\n'
                                   << QByteArray("unexpected EOF");
    QTest::newRow("an object") << QByteArray(R"({"error":{"message":"m"}})") << QByteArray("m");
    QTest::newRow("an empty object") << QByteArray(R"({"error":{}})") << QByteArray("the provider reported an error");
    QTest::newRow("the key in it") << QByteArray(R"({"error":"sk-canary-0123456789"})") << QByteArray("***");
}

void StreamReaderTest::readsErrorsInsideOfTheStream()
{
    QFETCH(const QByteArray, lines);
    QFETCH(const QByteArray, message);
    const Error error = test::streamError(*test::ollamaCall(provider(), true), lines);
    QCOMPARE(error.message, message);
    QCOMPARE(error.reason, "upstream_error");
    QCOMPARE(httpStatus(error), 502);
}

void StreamReaderTest::endsOnce()
{
    const auto reader = test::ollamaCall(provider(), true)->streamReader();
    std::vector<ChatStreamEvent> events;
    reader->feed(kLastLine, events);
    reader->feed(kLastLine, events);
    reader->finish(events);
    reader->finish(events);
    QCOMPARE(describe(events), (QByteArrayList{"delta", "delta finish stop", "end"}));

    const auto broken = test::ollamaCall(provider(), true)->streamReader();
    events.clear();
    broken->finish(events);
    broken->finish(events);
    broken->feed(kLastLine, events);
    QCOMPARE(describe(events), (QByteArrayList{"failure upstream_incomplete"}));
}

void StreamReaderTest::refusesHugeLines()
{
    // Without any limit one line could fill the memory; a tool call with a file in it comes in one of some megabytes.
    const auto withText = [](qsizetype megabytes) {
        return line("{\"content\":\"" + QByteArray(megabytes * 1024 * 1024, 'x') + "\"}") + kLastLine;
    };
    QCOMPARE(read(withText(3)).size(), 3);
    QCOMPARE(describe(read(line(R"({"content":"a"})") + withText(5))),
             (QByteArrayList{"delta text a", "failure upstream_event_too_large"}));
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::StreamReaderTest)
#include "tst_stream_reader.moc"
