// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/api/session_fixture.h"

#include <QTest>

#include <algorithm>

namespace lunargate::api {

using test::SessionFixture;
using test::textAt;

/// When a WebSocket connection is closed, and what becomes of its requests then.
class ResponsesSessionEndsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void closesWhereTheKeyIsNotValidAnyMore();
    void otherLanesGetALastWordThen();
    void staysOpenWhereAProviderRefusesItsOwnKey();
    void forgetsEverythingThatWasKeptForIt();
    void endsAtOnceWhenIdle();
    void endsAfterWhatRuns();
    void saysThatItIsTooOld();
    void cutsWithALastWord();
    void cancelsWhatRunsWhenTheClientLeaves();
};

void ResponsesSessionEndsTest::closesWhereTheKeyIsNotValidAnyMore()
{
    SessionFixture f;
    f.create("no", R"(,"status":401,"source":"gateway")");
    QCOMPARE(f.channel.types(), QByteArrayList{"error"});
    QCOMPARE(f.channel.closed, WebSocketClose::PolicyViolation);
}

void ResponsesSessionEndsTest::otherLanesGetALastWordThen()
{
    SessionFixture f;
    f.create("runs", R"(,"stream_id":"left")");
    f.create("waits", R"(,"stream_id":"left")");
    f.create("no", R"(,"status":401,"source":"gateway","stream_id":"right")");
    QCOMPARE(f.channel.types(), (QByteArrayList{"response.created", "error", "error", "error"}));
    QCOMPARE(textAt(f.channel.texts[1], "stream_id"), "right");
    for (const int told : {2, 3}) {
        QCOMPARE(textAt(f.channel.texts[told], "stream_id"), "left");
        QCOMPARE(textAt(f.channel.texts[told], "error.code"), "connection_not_allowed");
    }
    QCOMPARE(f.channel.closed, WebSocketClose::PolicyViolation);
}

void ResponsesSessionEndsTest::staysOpenWhereAProviderRefusesItsOwnKey()
{
    SessionFixture f;
    f.create("no", R"(,"status":401,"source":"upstream")");
    QCOMPARE(f.channel.types(), QByteArrayList{"error"});
    QVERIFY(!f.channel.closed);
    f.create("one");
    QCOMPARE(f.handler.begun().last(), "one");
}

void ResponsesSessionEndsTest::forgetsEverythingThatWasKeptForIt()
{
    SessionFixture f;
    f.keep("unnoticed");
    f.store->insert("key:a", std::make_shared<const StoredResponse>(StoredResponse{
                                 .id = "stored", .object = {}, .inputItems = {}, .outputItems = {}, .providerId = {}}));
    f.session.reset();
    QVERIFY(!f.isKept("unnoticed"));
    QVERIFY(f.store->find("key:a", "stored"));
}

void ResponsesSessionEndsTest::endsAtOnceWhenIdle()
{
    SessionFixture f;
    f.session->end(WebSocketSession::End::Shutdown);
    QCOMPARE(f.channel.closed, WebSocketClose::GoingAway);
}

void ResponsesSessionEndsTest::endsAfterWhatRuns()
{
    SessionFixture f;
    f.create("one");
    f.create("two");
    f.session->end(WebSocketSession::End::Shutdown);
    f.create("three");
    QCOMPARE(textAt(f.channel.texts.last(), "error.code"), "shutting_down");
    QVERIFY(!f.channel.closed);
    f.handler.finish("one");
    f.handler.finish("two");
    QCOMPARE(f.handler.begun(), (QByteArrayList{"one", "two"}));
    QCOMPARE(f.channel.closed, WebSocketClose::GoingAway);
}

void ResponsesSessionEndsTest::saysThatItIsTooOld()
{
    SessionFixture f;
    f.session->end(WebSocketSession::End::TooOld);
    QCOMPARE(textAt(f.channel.texts.last(), "error.code"), "websocket_connection_limit_reached");
    QCOMPARE(f.channel.closed, WebSocketClose::Normal);
}

void ResponsesSessionEndsTest::cutsWithALastWord()
{
    SessionFixture f;
    f.create("one");
    f.create("two");
    f.session->end(WebSocketSession::End::Shutdown);
    f.session->cut();
    QTRY_VERIFY(f.channel.closed);
    QCOMPARE(f.handler.cut, QByteArrayList{"one"});
    QCOMPARE(f.handler.begun(), QByteArrayList{"one"});
    QCOMPARE(f.channel.types(), (QByteArrayList{"response.created", "error", "error"}));
}

void ResponsesSessionEndsTest::cancelsWhatRunsWhenTheClientLeaves()
{
    SessionFixture f;
    f.create("one", R"(,"stream_id":"left")");
    f.create("two", R"(,"stream_id":"right")");
    f.session.reset();
    std::ranges::sort(f.handler.cut);
    QCOMPARE(f.handler.cut, (QByteArrayList{"one", "two"}));
}

} // namespace lunargate::api

QTEST_GUILESS_MAIN(lunargate::api::ResponsesSessionEndsTest)
#include "tst_responses_session_ends.moc"
