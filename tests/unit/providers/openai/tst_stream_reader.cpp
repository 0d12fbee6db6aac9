// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/stream_reader.h"

#include <QTest>

namespace lunargate {

class StreamReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsTheSameAtEverySplit_data();
    void readsTheSameAtEverySplit();
    void passesPayloadsByteForByte();
    void tellsUsefulChunks_data();
    void tellsUsefulChunks();
    void countsWhatWasWritten_data();
    void countsWhatWasWritten();
    void readsUsage_data();
    void readsUsage();
    void readsErrorsInsideOfTheStream_data();
    void readsErrorsInsideOfTheStream();
    void endsOnce();
    void refusesHugeEvents();
    void readsManyChoicesInLinearTime();
    void readsDeltasForClientsOfOtherProtocols();
    void tellsClientsOfOtherProtocolsThatAnAnswerWasCut_data();
    void tellsClientsOfOtherProtocolsThatAnAnswerWasCut();
};

namespace {

using Kind = ChatStreamEvent::Kind;

const SecretString kKey{QByteArrayLiteral("sk-canary-0123456789")};

// One line an event.
QByteArrayList describe(const std::vector<ChatStreamEvent> &events)
{
    QByteArrayList result;
    for (const ChatStreamEvent &event : events) {
        switch (event.kind) {
        case Kind::Chunk:
            result.append("chunk " + event.payload + (event.isUseful ? " useful" : "") +
                          (event.isUsageOnly ? " usage" : ""));
            break;
        case Kind::Delta:
            result.append("delta");
            break;
        case Kind::Comment:
            result.append("comment " + event.payload);
            break;
        case Kind::End:
            result.append("end");
            break;
        case Kind::Failure:
            result.append("failure " + event.error.reason);
            break;
        }
    }
    return result;
}

std::vector<ChatStreamEvent> read(QByteArrayView bytes, qsizetype first, qsizetype size)
{
    openai::StreamReader reader(kKey);
    std::vector<ChatStreamEvent> events;
    for (qsizetype at = 0, length = first; at < bytes.size(); at += length, length = size) {
        length = std::min(length, bytes.size() - at);
        reader.feed(bytes.sliced(at, length), events);
    }
    reader.finish(events);
    return events;
}

std::vector<ChatStreamEvent> read(QByteArrayView bytes)
{
    return read(bytes, bytes.size(), bytes.size());
}

// The only event of a stream with this payload.
ChatStreamEvent readOne(const QByteArray &payload)
{
    std::vector<ChatStreamEvent> events = read("data: " + payload + "\n\ndata: [DONE]\n\n");
    return events.empty() ? ChatStreamEvent() : events.front();
}

} // namespace

void StreamReaderTest::readsTheSameAtEverySplit_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<QByteArrayList>("events");
    const auto row = [](const char *name, QByteArray stream, QByteArrayList events) {
        QTest::newRow(name) << std::move(stream) << std::move(events);
    };
    const QByteArray chunk = R"({"choices":[{"delta":{"content":"a"}}]})";
    const QByteArray seen = "chunk " + chunk + " useful";
    row("OpenAI", "data: " + chunk + "\n\ndata: [DONE]\n\n", {seen, "end"});
    row("without space, CRLF", "data:" + chunk + "\r\n\r\ndata:[DONE]\r\n\r\n", {seen, "end"});
    row("spaces around the end mark", "data:  [DONE] \n\n", {"end"});
    row("OpenRouter", ": OPENROUTER PROCESSING\n\ndata: " + chunk + "\n\n: OPENROUTER PROCESSING\n\ndata: [DONE]\n\n",
        {"comment OPENROUTER PROCESSING", seen, "comment OPENROUTER PROCESSING", "end"});
    row("a misspelt keep-alive", "data: : keepalive\n\ndata:\n\ndata: [DONE]\n\n",
        {"comment : keepalive", "comment ", "end"});
    row("end mark without blank line", "data: " + chunk + "\n\ndata: [DONE]", {seen, "end"});
    row("chunk without blank line", "data: " + chunk + "\n", {seen, "failure upstream_incomplete"});
    const QByteArray last = R"({"choices":[{"delta":{},"finish_reason":"stop"}]})";
    row("no end mark after a finish reason", "data: " + last + "\n\n", {"chunk " + last + " useful", "end"});
    const auto choice = [](int index, const QByteArray &rest) {
        return "{\"choices\":[{\"index\":" + QByteArray::number(index) + "," + rest + "}]}";
    };
    const QByteArray first = choice(0, R"("delta":{"content":"a"},"finish_reason":"stop")");
    const QByteArray other = choice(1, R"("delta":{"content":"b"})");
    const QByteArray otherLast = choice(1, R"("delta":{},"finish_reason":"stop")");
    row("no end mark, one choice of two has finished", "data: " + other + "\n\ndata: " + first + "\n\n",
        {"chunk " + other + " useful", "chunk " + first + " useful", "failure upstream_incomplete"});
    row("no end mark, both choices have finished",
        "data: " + other + "\n\ndata: " + first + "\n\ndata: " + otherLast + "\n\n",
        {"chunk " + other + " useful", "chunk " + first + " useful", "chunk " + otherLast + " useful", "end"});
    const QByteArray beyond = choice(1'000'000'000, R"("delta":{"content":"c"})");
    row("a choice beyond every number", "data: " + first + "\n\ndata: " + beyond + "\n\n",
        {"chunk " + first + " useful", "chunk " + beyond + " useful", "failure upstream_incomplete"});
    row("no end mark", "data: " + chunk + "\n\n", {seen, "failure upstream_incomplete"});
    row("half a chunk", "data: " + chunk + "\n\ndata: {\"choi", {seen, "failure upstream_incomplete"});
    row("nothing", "", {"failure upstream_incomplete"});
    row("only comments", ": a\n\n", {"comment a", "failure upstream_incomplete"});
    row("after the end", "data: [DONE]\n\ndata: " + chunk + "\n\n: late\n\n", {"end"});
    row("no JSON", "data: oops\n\ndata: [DONE]\n\n", {"failure upstream_malformed_event"});
    row("no object", "data: [1]\n\n", {"failure upstream_malformed_event"});
    row("an error", "data: {\"error\":{\"message\":\"m\"}}\n\ndata: [DONE]\n\n", {"failure upstream_error"});
    row("an error in the choice", "data: {\"choices\":[{\"error\":{\"code\":429},\"finish_reason\":\"error\"}]}\n\n",
        {"failure upstream_error"});
    const QByteArray second = R"({"choices":[{"index":1,"error":{"code":429},"finish_reason":"error"}]})";
    row("an error in one choice of several", "data: " + second + "\n\ndata: [DONE]\n\n",
        {"chunk " + second + " useful", "end"});
    row("event types and ids", "id: 1\nevent: x\ndata: " + chunk + "\n\ndata: [DONE]\n\n", {seen, "end"});
    row("a page of HTML", "<html>\n\n", {"failure upstream_incomplete"});
}

void StreamReaderTest::readsTheSameAtEverySplit()
{
    QFETCH(const QByteArray, stream);
    QFETCH(const QByteArrayList, events);
    for (qsizetype first = 1; first <= std::max<qsizetype>(stream.size(), 1); ++first)
        QCOMPARE(describe(read(stream, first, stream.size())), events);
    QCOMPARE(describe(read(stream, 1, 1)), events);
}

void StreamReaderTest::passesPayloadsByteForByte()
{
    const QByteArray payload = "{ \"id\" : 1.50,\"choices\":[ ],\"x\":\"\\u0041\xE2\x82\xAC\" }";
    QCOMPARE(readOne(payload).payload, payload);
}

void StreamReaderTest::tellsUsefulChunks_data()
{
    QTest::addColumn<QByteArray>("choices");
    QTest::addColumn<bool>("isUseful");
    const auto row = [](const char *name, QByteArray choices, bool isUseful) {
        QTest::newRow(name) << std::move(choices) << isUseful;
    };
    row("role only", R"([{"delta":{"role":"assistant"}}])", false);
    row("role and empty content", R"([{"delta":{"role":"assistant","content":""},"finish_reason":null}])", false);
    row("role and nulls", R"([{"delta":{"role":"assistant","content":null,"refusal":null}}])", false);
    row("no choice", "[]", false);
    row("no list", "null", false);
    row("empty delta", R"([{"delta":{}}])", false);
    row("null delta", R"([{"delta":null}])", false);
    row("filter results", R"([{"content_filter_results":{}}])", false);
    row("content", R"([{"delta":{"content":" "}}])", true);
    row("role and content", R"([{"delta":{"role":"assistant","content":"a"}}])", true);
    row("reasoning", R"([{"delta":{"reasoning_content":"hm"}}])", true);
    row("reasoning of OpenRouter", R"([{"delta":{"reasoning":"hm","content":""}}])", true);
    row("tool call", R"([{"delta":{"tool_calls":[{"index":0}]}}])", true);
    row("no tool calls", R"([{"delta":{"tool_calls":[]}}])", false);
    row("legacy function call", R"([{"delta":{"function_call":{"name":"f"}}}])", true);
    row("refusal", R"([{"delta":{"refusal":"no"}}])", true);
    row("audio", R"([{"delta":{"audio":{"data":"x"}}}])", true);
    row("finish reason", R"([{"delta":{},"finish_reason":"stop"}])", true);
    row("empty finish reason", R"([{"delta":{"role":"assistant"},"finish_reason":""}])", false);
    row("second choice", R"([{"delta":{}},{"delta":{"content":"b"}}])", true);
    row("legacy text", R"([{"text":"a"}])", true);
}

void StreamReaderTest::tellsUsefulChunks()
{
    QFETCH(const QByteArray, choices);
    QFETCH(const bool, isUseful);
    const ChatStreamEvent event = readOne("{\"choices\":" + choices + "}");
    QCOMPARE(event.kind, Kind::Chunk);
    QCOMPARE(event.isUseful, isUseful);
}

void StreamReaderTest::countsWhatWasWritten_data()
{
    QTest::addColumn<QByteArray>("delta");
    QTest::addColumn<int>("bytes");
    QTest::newRow("content") << QByteArray(R"({"content":"abc"})") << 3;
    QTest::newRow("thoughts") << QByteArray(R"({"reasoning_content":"abcd","content":"a"})") << 5;
    QTest::newRow("thoughts of OpenRouter") << QByteArray(R"({"reasoning":"abcd"})") << 4;
    QTest::newRow("thoughts under both names") << QByteArray(R"({"reasoning":"abcd","reasoning_content":"abcd"})") << 4;
    QTest::newRow("tool call") << QByteArray(R"({"tool_calls":[{"function":{"arguments":"{}"}}]})") << 2;
    QTest::newRow("nothing") << QByteArray("null") << 0;
}

void StreamReaderTest::countsWhatWasWritten()
{
    QFETCH(const QByteArray, delta);
    const ChatStreamEvent event = readOne("{\"choices\":[{\"delta\":" + delta + "},{\"index\":1}]}");
    QTEST(static_cast<int>(event.textBytes), "bytes");
}

void StreamReaderTest::readsUsage_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<bool>("hasUsage");
    QTest::addColumn<bool>("isUsageOnly");
    QTest::newRow("extra chunk") << QByteArray(R"({"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}})")
                                 << true << true;
    QTest::newRow("with content")
        << QByteArray(R"({"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":3,"completion_tokens":4}})")
        << true << false;
    QTest::newRow("null") << QByteArray(R"({"choices":[{"delta":{"content":"a"}}],"usage":null})") << false << false;
    QTest::newRow("Azure's filter results")
        << QByteArray(R"({"choices":[],"prompt_filter_results":[]})") << false << false;
}

void StreamReaderTest::readsUsage()
{
    QFETCH(const QByteArray, payload);
    QFETCH(const bool, hasUsage);
    QFETCH(const bool, isUsageOnly);
    const ChatStreamEvent event = readOne(payload);
    QCOMPARE(event.usage.has_value(), hasUsage);
    QCOMPARE(event.isUsageOnly, isUsageOnly);
    if (hasUsage)
        QCOMPARE(*event.usage, (Usage{.input = 3, .output = 4}));
}

void StreamReaderTest::readsErrorsInsideOfTheStream_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<int>("status");
    QTest::newRow("OpenAI") << QByteArray(R"({"error":{"message":"m","type":"server_error"}})") << QByteArray("m")
                            << 502;
    QTest::newRow("OpenRouter")
        << QByteArray(R"({"error":{"code":503,"message":"m"},"choices":[{"delta":{},"finish_reason":"error"}]})")
        << QByteArray("m") << 503;
    QTest::newRow("text") << QByteArray(R"({"error":"m"})") << QByteArray("m") << 502;
    QTest::newRow("the key in it") << QByteArray(R"({"error":{"message":"sk-canary-0123456789"}})") << QByteArray("***")
                                   << 502;
}

void StreamReaderTest::readsErrorsInsideOfTheStream()
{
    QFETCH(const QByteArray, payload);
    QFETCH(const QByteArray, message);
    QFETCH(const int, status);
    const ChatStreamEvent event = readOne(payload);
    QCOMPARE(event.kind, Kind::Failure);
    QCOMPARE(event.error.message, message);
    QCOMPARE(httpStatus(event.error), status);
}

void StreamReaderTest::endsOnce()
{
    openai::StreamReader reader(kKey);
    std::vector<ChatStreamEvent> events;
    reader.feed("data: [DONE]\n\n", events);
    reader.feed("data: [DONE]\n\n", events);
    reader.finish(events);
    reader.finish(events);
    QCOMPARE(describe(events), (QByteArrayList{"end"}));

    openai::StreamReader broken(kKey);
    events.clear();
    broken.finish(events);
    broken.finish(events);
    broken.feed("data: [DONE]\n\n", events);
    QCOMPARE(describe(events), (QByteArrayList{"failure upstream_incomplete"}));
}

void StreamReaderTest::refusesHugeEvents()
{
    // Without any limit one event could fill the memory; images come in single events of some megabytes.
    const auto withImage = [](qsizetype megabytes) {
        return "data: {\"choices\":[{\"delta\":{\"content\":\"" + QByteArray(megabytes * 1024 * 1024, 'x') +
               "\"}}]}\n\ndata: [DONE]\n\n";
    };
    QCOMPARE(read(withImage(3)).size(), 2);
    QCOMPARE(describe(read(withImage(5))), (QByteArrayList{"failure upstream_event_too_large"}));
}

void StreamReaderTest::readsManyChoicesInLinearTime()
{
    const ChatStreamEvent event = readOne("{\"choices\":[" + QByteArray("{},").repeated(500'000) + "{}]}");
    QCOMPARE(event.kind, Kind::Chunk);
    QVERIFY(!event.isUseful);
}

void StreamReaderTest::readsDeltasForClientsOfOtherProtocols()
{
    openai::StreamReader reader(kKey, openai::AnswerForm::Canonical);
    std::vector<ChatStreamEvent> events;
    reader.feed(R"(data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"role":"assistant"}}]})"
                "\n\n"
                R"(data: {"choices":[{"index":0,"delta":{"content":"a","tool_calls":[{"index":0,"id":"t",)"
                R"("function":{"name":"f","arguments":"{"}},{"index":1,"id":"u","function":{"name":"g"}}]}}]})"
                "\n\n"
                R"(data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]})"
                "\n\n"
                R"(data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}})"
                "\n\ndata: [DONE]\n\n",
                events);
    QCOMPARE(events.size(), 6U);
    QCOMPARE(events[0].delta.id, "c");
    QCOMPARE(events[0].delta.model, "m");
    QVERIFY(!events[0].isUseful);
    QCOMPARE(events[1].delta.text, "a");
    QCOMPARE(events[1].delta.toolCall->name, "f");
    QVERIFY(events[1].isUseful);
    QCOMPARE(events[2].delta.toolCall->index, 1);
    QVERIFY(events[2].delta.text.isEmpty());
    QCOMPARE(events[3].delta.finishReason, FinishReason::ToolCalls);
    QCOMPARE(events[4].usage->promptTokens(), 3);
    QCOMPARE(events[5].kind, Kind::End);
    for (const ChatStreamEvent &event : events)
        QVERIFY(event.kind == Kind::End || (event.kind == Kind::Delta && event.payload.isEmpty()));
}

void StreamReaderTest::tellsClientsOfOtherProtocolsThatAnAnswerWasCut_data()
{
    QTest::addColumn<QByteArray>("choice");
    QTest::addColumn<bool>("hasText");
    QTest::newRow("alone") << QByteArray(R"("delta":{},"finish_reason":"error")") << false;
    QTest::newRow("DeepSeek's word") << QByteArray(R"("delta":{},"finish_reason":"insufficient_system_resource")")
                                     << false;
    QTest::newRow("with the last text") << QByteArray(R"("delta":{"content":"a"},"finish_reason":"error")") << true;
}

void StreamReaderTest::tellsClientsOfOtherProtocolsThatAnAnswerWasCut()
{
    QFETCH(const QByteArray, choice);
    QFETCH(const bool, hasText);
    openai::StreamReader reader(kKey, openai::AnswerForm::Canonical);
    std::vector<ChatStreamEvent> events;
    reader.feed("data: {\"choices\":[{\"index\":0," + choice + "}]}\n\ndata: [DONE]\n\n", events);
    QCOMPARE(events.size(), 2U);
    QCOMPARE(events[0].delta.text, QByteArray(hasText ? "a" : ""));
    QCOMPARE(events[0].isUseful, hasText); // so that another provider can be asked
    QVERIFY(!events[0].delta.finishReason);
    QCOMPARE(events[1].kind, Kind::Failure);
    QCOMPARE(events[1].error.reason, "upstream_incomplete");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::StreamReaderTest)
#include "tst_stream_reader.moc"
