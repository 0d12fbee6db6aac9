// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/stream_assembly.h"
#include "gateway/observability/request_record.h"
#include "tests/support/json_path.h"

#include <QJsonArray>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

QByteArray chunk(const QByteArray &delta, const QByteArray &more = {})
{
    return "data: "
           "{\"id\":\"chatcmpl-7\",\"model\":\"m-1\",\"created\":1775000000,\"choices\":[{\"index\":0,\"delta\":" +
           delta + more + "}]}\n\n";
}

QByteArray assembled(const QByteArray &frames)
{
    RequestRecord record;
    record.requestId = "request-1";
    record.model = "fallback-model";
    record.usage = Usage{.input = 12, .output = 9};
    return assembledCompletion(frames, record);
}

} // namespace

/// The chunks of a stream become one answer.
class StreamAssemblyTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void textAndReasoning()
    {
        const QByteArray body = assembled(": keep-alive\n\n" + chunk(R"({"role":"assistant","content":""})") +
                                          chunk(R"({"reasoning_content":"think"})") + chunk(R"({"reasoning":"ing"})") +
                                          chunk(R"({"content":"Hel"})") + chunk(R"({"content":"lo"})") +
                                          chunk("{}", ",\"finish_reason\":\"length\"") + "data: [DONE]\n\n");
        QCOMPARE(textAt(body, "object"), QByteArray("chat.completion"));
        QCOMPARE(textAt(body, "id"), QByteArray("request-1"));
        QCOMPARE(textAt(body, "model"), QByteArray("m-1"));
        QCOMPARE(jsonAt(body, "created").toInteger(), 1775000000);
        QCOMPARE(textAt(body, "choices.0.message.content"), QByteArray("Hello"));
        QCOMPARE(textAt(body, "choices.0.message.reasoning_content"), QByteArray("thinking"));
        QCOMPARE(textAt(body, "choices.0.finish_reason"), QByteArray("length"));
        QCOMPARE(jsonAt(body, "usage.prompt_tokens").toInteger(), 12);
        QCOMPARE(jsonAt(body, "usage.completion_tokens").toInteger(), 9);
    }

    void toolCalls()
    {
        const QByteArray body = assembled(
            chunk(
                R"({"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"time","arguments":""}}]})") +
            chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"[1,"}}]})") +
            chunk(R"({"tool_calls":[{"index":1,"id":"c2","type":"custom","custom":{"name":"run","input":"l"}}]})") +
            chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"2]"}},{"index":1,"custom":{"input":"s"}}]})") +
            chunk("{}", ",\"finish_reason\":\"tool_calls\""));
        QVERIFY(jsonAt(body, "choices.0.message.content").isNull());
        QCOMPARE(textAt(body, "choices.0.message.tool_calls.0.id"), QByteArray("c1"));
        QCOMPARE(textAt(body, "choices.0.message.tool_calls.0.function.name"), QByteArray("time"));
        QCOMPARE(textAt(body, "choices.0.message.tool_calls.0.function.arguments"), QByteArray("[1,2]"));
        QCOMPARE(textAt(body, "choices.0.message.tool_calls.1.custom.input"), QByteArray("ls"));
        QCOMPARE(textAt(body, "choices.0.finish_reason"), QByteArray("tool_calls"));
    }

    void otherChoicesAndNonsenseAreLeftOut()
    {
        const QByteArray body = assembled("data: nonsense\n\ndata: []\n\n" + chunk(R"({"content":"a"})") +
                                          "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"b\"}}]}\n\n");
        QCOMPARE(textAt(body, "choices.0.message.content"), QByteArray("a"));
        QCOMPARE(jsonAt(body, "choices").toArray().size(), 1);
    }

    void aStreamThatWasCutDidNotStop_data()
    {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<bool>("hasFailed");
        QTest::addColumn<QByteArray>("reason");
        const QByteArray finish = ",\"finish_reason\":\"length\"";
        QTest::newRow("cut") << QByteArray() << true << QByteArray("error");
        QTest::newRow("cut after the reason") << finish << true << QByteArray("length");
        QTest::newRow("whole without one") << QByteArray() << false << QByteArray("stop");
    }
    void aStreamThatWasCutDidNotStop()
    {
        QFETCH(QByteArray, more);
        QFETCH(bool, hasFailed);
        QFETCH(QByteArray, reason);
        RequestRecord record;
        if (hasFailed)
            record.setError({.kind = ErrorKind::ClientCancelled, .reason = "client_cancelled", .message = {}});
        const QByteArray body = assembledCompletion(chunk(R"({"content":"a"})", more), record);
        QCOMPARE(textAt(body, "choices.0.finish_reason"), reason);
    }

    void namesThatAreMissingComeFromTheRecord()
    {
        QCOMPARE(textAt(assembled("data: {}\n\n"), "model"), QByteArray("fallback-model"));
    }
};

QTEST_APPLESS_MAIN(StreamAssemblyTest)
#include "tst_stream_assembly.moc"
