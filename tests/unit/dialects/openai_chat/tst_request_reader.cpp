// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_chat/request_reader.h"

#include <QTest>

namespace lunargate {

class RequestReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsWhatTheGatewayDecidesBy();
    void needsNothingButAnObject_data();
    void needsNothingButAnObject();
    void leavesTheRestToTheProvider();
    void refusesWithTheFieldAtFault_data();
    void refusesWithTheFieldAtFault();
    void saysWhereTheJsonBreaks();
    void limitsTheDepth();
    void readsManyMembersInLinearTime();
};

namespace {

Result<ChatRequest> read(const QByteArray &body, int maxDepth = 512)
{
    return openai_chat::readRequest(body, maxDepth);
}

} // namespace

void RequestReaderTest::readsWhatTheGatewayDecidesBy()
{
    const QByteArray body = " {\"model\":\"gpt-4o\",\"messages\":[],\"stream\":true,"
                            "\"stream_options\":{\"include_usage\":true}}\n";
    const Result<ChatRequest> request = read(body);
    QVERIFY(request);
    QCOMPARE(request->model, "gpt-4o");
    QVERIFY(request->stream);
    QVERIFY(request->includeUsage);
    QCOMPARE(request->body, body);
    QCOMPARE(request->object.of(request->body).toByteArray(), body.trimmed());
    QCOMPARE(request->members.size(), 4);
    QCOMPARE(request->members[0].value.of(request->body).toByteArray(), "\"gpt-4o\"");
}

void RequestReaderTest::needsNothingButAnObject_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("empty object") << QByteArray("{}");
    QTest::newRow("nulls") << QByteArray(R"({"model":null,"messages":null,"stream":null,"stream_options":null})");
    QTest::newRow("null inside") << QByteArray(R"({"stream_options":{"include_usage":null}})");
}

void RequestReaderTest::needsNothingButAnObject()
{
    QFETCH(const QByteArray, body);
    const Result<ChatRequest> request = read(body);
    QVERIFY(request);
    QCOMPARE(request->model, "");
    QVERIFY(!request->stream);
    QVERIFY(!request->includeUsage);
}

void RequestReaderTest::leavesTheRestToTheProvider()
{
    QVERIFY(read(R"({"messages":[1,"x"],"temperature":"hot","max_tokens":100.0,"tools":7,"n":1,"n":2,"new":{}})"));
}

void RequestReaderTest::refusesWithTheFieldAtFault_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("reason");
    QTest::addColumn<QByteArray>("param");
    const auto row = [](const char *name, QByteArray body, QByteArray reason, QByteArray param = {}) {
        QTest::newRow(name) << body << reason << param;
    };
    row("no body", "", "empty_body");
    row("no JSON", "hello", "invalid_json");
    row("cut off", R"({"model":"x")", "invalid_json");
    row("second value", "{} {}", "invalid_json");
    row("null", "null", "invalid_json");
    row("list", "[]", "invalid_json");
    row("invalid UTF-8", "{\"model\":\"\xFF\"}", "invalid_json");
    row("model", R"({"model":1})", "invalid_type", "model");
    row("messages", R"({"messages":{}})", "invalid_type", "messages");
    row("stream", R"({"stream":"true"})", "invalid_type", "stream");
    row("stream options", R"({"stream_options":true})", "invalid_type", "stream_options");
    row("include usage", R"({"stream_options":{"include_usage":1}})", "invalid_type", "stream_options");
    row("two models", R"({"model":"a","messages":[],"model":"b"})", "duplicate_key", "model");
    row("two models, one escaped", R"({"model":"a","\u006dodel":"b"})", "duplicate_key", "model");
    row("two equal streams", R"({"stream":true,"stream":true})", "duplicate_key", "stream");
}

void RequestReaderTest::refusesWithTheFieldAtFault()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, reason);
    QFETCH(const QByteArray, param);
    const Result<ChatRequest> request = read(body);
    QVERIFY(!request);
    QCOMPARE(request.error().kind, ErrorKind::InvalidRequest);
    QCOMPARE(request.error().reason, reason);
    QCOMPARE(request.error().param, param);
    QVERIFY(request.error().message.contains(param));
}

void RequestReaderTest::saysWhereTheJsonBreaks()
{
    const Result<ChatRequest> request = read(R"({"a": tru})");
    QVERIFY(!request);
    QVERIFY(request.error().message.startsWith("invalid JSON in request body: "));
    QVERIFY(request.error().message.endsWith(" (byte 6)"));
}

void RequestReaderTest::limitsTheDepth()
{
    const auto nested = [](int depth) { // the object itself is one level
        return "{\"a\":" + QByteArray("[").repeated(depth - 1) + QByteArray("]").repeated(depth - 1) + "}";
    };
    QVERIFY(read(nested(10), 10));
    const Result<ChatRequest> request = read(nested(11), 10);
    QVERIFY(!request);
    QCOMPARE(request.error().reason, "json_too_deep");
    QVERIFY(request.error().message.contains("server.max_json_depth"));
    QCOMPARE(read(nested(1'000'000)).error().reason, "json_too_deep");
}

void RequestReaderTest::readsManyMembersInLinearTime()
{
    // 500,000 members: comparing each with each would take minutes.
    const Result<ChatRequest> request =
        read("{" + QByteArray("\"\\u0061\":[],").repeated(500'000) + "\"model\":\"m\"}");
    QVERIFY(request);
    QCOMPARE(request->model, "m");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::RequestReaderTest)
#include "tst_request_reader.moc"
