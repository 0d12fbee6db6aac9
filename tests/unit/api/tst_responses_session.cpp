// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/api/session_fixture.h"

#include <QTest>

namespace lunargate::api {

using test::jsonAt;
using test::SessionFixture;
using test::textAt;

namespace {

// The end of the response `one` waits until the client has taken what waits for it.
void isHeldBack(SessionFixture &f)
{
    f.channel.waiting = 1024 * 1024;
    f.handler.finish("one");
    QCOMPARE(f.channel.texts.size(), 1);
    f.channel.waiting = 0;
    f.session->onBytesWritten();
    QCOMPARE(f.channel.texts.size(), 2);
}

} // namespace

/// What becomes of the messages of a WebSocket connection, and what comes back.
class ResponsesSessionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void makesARequestOfItsOwnOfEachMessage();
    void sendsEventsAsMessages();
    void oneLaneTakesTurns();
    void lanesRunAtTheSameTimeAndAreTold();
    void runsNoMoreThanItMay();
    void knowsNoMoreLanesThanItMay();
    void letsOnlySoManyWait();
    void letsOnlySoMuchWait();
    void tellsRefusalsWithTheirStatus();
    void mistakesLeaveTheConnectionUsable();
    void lanesTakeTurns();
    void tellsThatARequestBrokeOff();
    void sendsTogetherWhatCameTogether();
    void keepsTheLastResponseOfEachLane();
    void forgetsWhatAFailureWentOnFrom();
    void isHeldBackByASlowClient();
    void isHeldBackAlsoIfTheClientTookSomethingBefore();
};

void ResponsesSessionTest::makesARequestOfItsOwnOfEachMessage()
{
    SessionFixture f;
    f.create("one");
    QCOMPARE(f.handler.requests.size(), size_t(1));
    const HttpRequest &request = f.handler.requests.front();
    QCOMPARE(request.method, "POST");
    QCOMPARE(request.target, "/v1/responses?a=b");
    QCOMPARE(request.webSocket, "connection");
    QCOMPARE(request.peer, QHostAddress(QStringLiteral("192.0.2.7")));
    QCOMPARE(request.headers.value("Authorization"), "Bearer k");
    QCOMPARE(request.headers.value("Content-Type"), "application/json");
    QVERIFY(request.headers.contains("OpenAI-Beta"));
    for (const char *name : {"Upgrade", "Connection", "Sec-WebSocket-Key"})
        QVERIFY2(!request.headers.contains(name), name);
    QCOMPARE(request.body, R"({"answer":"one","stream":true})");
}

void ResponsesSessionTest::sendsEventsAsMessages()
{
    SessionFixture f;
    f.create("one");
    QVERIFY(f.session->isBusy());
    f.handler.finish("one");
    QCOMPARE(f.channel.texts, (QByteArrayList{R"({"type":"response.created"})",
                                              R"({"type":"response.completed","response":{"id":"one"}})"}));
    QVERIFY(!f.session->isBusy());
}

void ResponsesSessionTest::oneLaneTakesTurns()
{
    SessionFixture f;
    f.create("one");
    f.create("two");
    QCOMPARE(f.handler.begun(), QByteArrayList{"one"});
    f.handler.finish("one");
    QCOMPARE(f.handler.begun(), (QByteArrayList{"one", "two"}));
    f.handler.finish("two");
    QCOMPARE(f.channel.types(),
             (QByteArrayList{"response.created", "response.completed", "response.created", "response.completed"}));
}

void ResponsesSessionTest::lanesRunAtTheSameTimeAndAreTold()
{
    SessionFixture f;
    f.create("one", R"(,"stream_id":"left")");
    f.create("two", R"(,"stream_id":"right")");
    f.handler.finish("two");
    f.handler.finish("one");
    QByteArrayList lanes;
    for (const QByteArray &text : std::as_const(f.channel.texts))
        lanes.append(textAt(text, "stream_id"));
    QCOMPARE(lanes, (QByteArrayList{"left", "right", "right", "left"}));
}

void ResponsesSessionTest::runsNoMoreThanItMay()
{
    SessionFixture f;
    for (int lane = 0; lane < 20; ++lane)
        f.create("r" + QByteArray::number(lane), R"(,"stream_id":")" + QByteArray::number(lane) + "\"");
    QCOMPARE(std::ssize(f.handler.requests), ResponsesSession::kMostRunning);
    f.handler.finish("r0");
    QCOMPARE(std::ssize(f.handler.requests), ResponsesSession::kMostRunning + 1);
}

void ResponsesSessionTest::knowsNoMoreLanesThanItMay()
{
    SessionFixture f;
    for (int lane = 0; lane < ResponsesSession::kMostLanes; ++lane) {
        const QByteArray name = QByteArray::number(lane);
        f.create(name, R"(,"stream_id":")" + name + "\"");
        f.handler.finish(name);
    }
    f.create("more", R"(,"stream_id":"more")");
    QCOMPARE(textAt(f.channel.texts.last(), "error.code"), "websocket_stream_limit_reached");
    QCOMPARE(textAt(f.channel.texts.last(), "stream_id"), "more");
    f.create("again", R"(,"stream_id":"0")"); // known ones still work
    QCOMPARE(f.handler.begun().last(), "again");
}

void ResponsesSessionTest::letsOnlySoManyWait()
{
    SessionFixture f;
    for (int i = 0; i <= ResponsesSession::kMostWaiting; ++i)
        f.create(QByteArray::number(i));
    const qsizetype before = f.channel.texts.size();
    f.create("too many");
    QCOMPARE(f.channel.texts.size(), before + 1);
    QCOMPARE(jsonAt(f.channel.texts.last(), "status").toInt(), 429);
    QCOMPARE(textAt(f.channel.texts.last(), "error.code"), "websocket_queue_full");
    QCOMPARE(textAt(f.channel.texts.last(), "headers.retry-after"), "1");
    f.create("elsewhere", R"(,"stream_id":"free")"); // which need not wait
    QCOMPARE(f.handler.begun().last(), "elsewhere");
}

void ResponsesSessionTest::letsOnlySoMuchWait()
{
    SessionFixture f;
    const QByteArray padding = R"(,"x":")" + QByteArray(3000, 'x') + "\"";
    f.create("one", padding);
    f.create("two", padding);
    f.create("three", padding);
    QCOMPARE(textAt(f.channel.texts.last(), "error.code"), "websocket_queue_full");
}

void ResponsesSessionTest::tellsRefusalsWithTheirStatus()
{
    SessionFixture f;
    f.create("no", R"(,"status":429,"stream_id":"left")");
    QCOMPARE(f.channel.texts.size(), 1);
    const QByteArray told = f.channel.texts.first();
    QCOMPARE(textAt(told, "type"), "error");
    QCOMPARE(jsonAt(told, "status").toInt(), 429);
    QCOMPARE(textAt(told, "error.code"), "because");
    QCOMPARE(textAt(told, "headers.retry-after"), "3");
    QCOMPARE(textAt(told, "stream_id"), "left");
    QVERIFY(!f.channel.closed);
    QVERIFY(!f.session->isBusy());
}

void ResponsesSessionTest::mistakesLeaveTheConnectionUsable()
{
    SessionFixture f;
    f.session->onText("{");
    f.session->onText(R"({"type":"response.append"})");
    QCOMPARE(f.channel.types(), (QByteArrayList{"error", "error"}));
    f.create("one");
    QCOMPARE(f.handler.begun(), QByteArrayList{"one"});
}

void ResponsesSessionTest::lanesTakeTurns()
{
    SessionFixture f;
    for (int lane = 0; lane < ResponsesSession::kMostRunning; ++lane)
        f.create("r" + QByteArray::number(lane), R"(,"stream_id":")" + QByteArray::number(lane) + "\"");
    f.create("patient", R"(,"stream_id":"z")");
    f.create("more", R"(,"stream_id":"0")");
    f.handler.finish("r0");
    QCOMPARE(f.handler.begun().last(), "patient");
    f.handler.finish("r1");
    QCOMPARE(f.handler.begun().last(), "more");
}

void ResponsesSessionTest::tellsThatARequestBrokeOff()
{
    SessionFixture f;
    f.create("one", R"(,"throws":true,"stream_id":"left")");
    f.handler.finish("one");
    QCOMPARE(f.channel.types(), (QByteArrayList{"response.created", "error"}));
    QCOMPARE(textAt(f.channel.texts.last(), "error.code"), "internal_error");
    QCOMPARE(textAt(f.channel.texts.last(), "stream_id"), "left");
    QVERIFY(!f.session->isBusy());
    f.create("two", R"(,"stream_id":"left")");
    QCOMPARE(f.handler.begun().last(), "two");
}

void ResponsesSessionTest::sendsTogetherWhatCameTogether()
{
    SessionFixture f;
    f.create("one", R"(,"begins":5)");
    QCOMPARE(f.channel.texts.size(), 5);
    QCOMPARE(f.channel.sends, 1);
}

void ResponsesSessionTest::keepsTheLastResponseOfEachLane()
{
    SessionFixture f;
    f.keep("one");
    f.create("one");
    f.handler.finish("one");
    QVERIFY(f.isKept("one"));
    f.keep("two");
    f.create("two");
    f.handler.finish("two");
    QVERIFY(!f.isKept("one"));
    QVERIFY(f.isKept("two"));
    f.keep("other");
    f.create("other", R"(,"stream_id":"other")");
    f.handler.finish("other");
    QVERIFY(f.isKept("two"));
    f.session.reset();
    QVERIFY(!f.isKept("two"));
    QVERIFY(!f.isKept("other"));
}

void ResponsesSessionTest::forgetsWhatAFailureWentOnFrom()
{
    SessionFixture f;
    f.keep("one");
    f.create("one");
    f.handler.finish("one");
    f.create("no", R"(,"status":500,"previous_response_id":"one")");
    QVERIFY(!f.isKept("one"));
}

void ResponsesSessionTest::isHeldBackByASlowClient()
{
    SessionFixture f;
    f.create("one");
    isHeldBack(f);
}

// What left while nobody waited for it says nothing of what waits later.
void ResponsesSessionTest::isHeldBackAlsoIfTheClientTookSomethingBefore()
{
    SessionFixture f;
    f.create("one");
    f.session->onBytesWritten();
    isHeldBack(f);
}

} // namespace lunargate::api

QTEST_GUILESS_MAIN(lunargate::api::ResponsesSessionTest)
#include "tst_responses_session.moc"
