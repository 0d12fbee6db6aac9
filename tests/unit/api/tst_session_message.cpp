// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/session_message.h"

#include <QTest>

namespace lunargate::api {

class SessionMessageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void becomesTheBodyOfARequest_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("body");
        const auto row = [](const char *name, const char *text, const char *body) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(body);
        };
        row("members at the top", R"({"type":"response.create","model":"m","input":"hi"})",
            R"({"model":"m","input":"hi","stream":true})");
        row("members inside", R"({"type":"response.create","response":{"model":"m","input":"hi"}})",
            R"({"model":"m","input":"hi","stream":true})");
        row("the top wins", R"({"type":"response.create","model":"top","response":{"model":"m","input":"hi"}})",
            R"({"model":"top","input":"hi","stream":true})");
        row("stream is implied", R"({"stream":false,"type":"response.create","model":"m"})",
            R"({"model":"m","stream":true})");
        row("values stay as they are",
            R"({"type":"response.create","temperature":1.0,"x":{"a": [1,  12345678901234567890]}})",
            R"({"temperature":1.0,"x":{"a": [1,  12345678901234567890]},"stream":true})");
        row("what generates anyway", R"({"type":"response.create","generate":true,"model":"m"})",
            R"({"model":"m","stream":true})");
        row("what generates anyway, whatever stands inside",
            R"({"type":"response.create","generate":true,"response":{"generate":false,"model":"m"}})",
            R"({"model":"m","stream":true})");
        row("what does not", R"({"type":"response.create","generate":false,"model":"m"})",
            R"({"generate":false,"model":"m","stream":true})");
        row("nothing at all", R"({"type":"response.create"})", R"({"stream":true})");
        row("the lane is the message's", R"({"type":"response.create","stream_id":"a","event_id":"e","model":"m"})",
            R"({"model":"m","stream":true})");
    }

    void becomesTheBodyOfARequest()
    {
        QFETCH(const QByteArray, text);
        const auto message = readSessionMessage(text, 100);
        QVERIFY(message);
        QTEST(message->body, "body");
    }

    void tellsLaneAndPreviousResponse()
    {
        const auto message = readSessionMessage(
            R"({"type":"response.create","stream_id":"left","response":{"previous_response_id":"resp_1"}})", 100);
        QVERIFY(message);
        QCOMPARE(message->lane, "left");
        QCOMPARE(message->previousResponseId, "resp_1");
        const auto other = readSessionMessage(R"({"type":"response.create","previous_response_id":null})", 100);
        QVERIFY(other);
        QCOMPARE(other->lane, "");
        QCOMPARE(other->previousResponseId, "");
    }

    void asksForNothingWhereItOnlyAcknowledges()
    {
        const auto message = readSessionMessage(R"({"type":"response.processed","response_id":"resp_1"})", 100);
        QVERIFY(message);
        QVERIFY(message->body.isEmpty());
    }

    void tellsWhatIsWrong_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("reason");
        QTest::addColumn<QByteArray>("param");
        const auto row = [](const char *name, const char *text, const char *reason, const char *param) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(reason) << QByteArray(param);
        };
        row("nothing", "", "empty_body", "");
        row("no JSON", "{", "invalid_json", "");
        row("no object", "[]", "invalid_json", "");
        row("too deep", R"({"type":"response.create","a":[[[[[[]]]]]]})", "json_too_deep", "");
        row("no type", "{}", "invalid_type", "type");
        row("a type of another kind", R"({"type":1})", "invalid_type", "type");
        row("an unknown type", R"({"type":"response.steer"})", "unsupported_event_type", "type");
        row("response is no object", R"({"type":"response.create","response":"x"})", "invalid_type", "response");
        row("generate is no boolean", R"({"type":"response.create","generate":"no"})", "invalid_type", "generate");
        row("a lane without a name", R"({"type":"response.create","stream_id":""})", "invalid_stream_id", "stream_id");
        row("a lane of another kind", R"({"type":"response.create","stream_id":7})", "invalid_stream_id", "stream_id");
    }

    void tellsWhatIsWrong()
    {
        QFETCH(const QByteArray, text);
        const auto message = readSessionMessage(text, 5);
        QVERIFY(!message);
        QCOMPARE(httpStatus(message.error().error), 400);
        QTEST(message.error().error.reason, "reason");
        QTEST(message.error().error.param, "param");
    }

    void tellsTheLaneOfAMistake()
    {
        const auto message = readSessionMessage(R"({"type":"nonsense","stream_id":"left"})", 100);
        QVERIFY(!message);
        QCOMPARE(message.error().lane, "left");
    }
};

} // namespace lunargate::api

QTEST_GUILESS_MAIN(lunargate::api::SessionMessageTest)
#include "tst_session_message.moc"
