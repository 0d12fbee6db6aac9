// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/caching_fixture.h"
#include "tests/support/raw_client.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

const QByteArray kStream = R"("stream":true)";

} // namespace

/// Streams are kept whole and replayed as they came.
class CachedStreamsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void streamsAreNotKeptUnlessAskedFor()
    {
        CachingFixture fixture;
        QVERIFY(fixture.start());
        for (int i = 0; i < 2; ++i)
            QCOMPARE(cacheStatus(fixture.chat(chatBody({}, kStream))), "");
        QCOMPARE(fixture.upstream.requestCount(), 2);
    }

    void streamsAreReplayedFrameByFrame_data()
    {
        QTest::addColumn<QByteArray>("interval");
        QTest::addColumn<QByteArray>("options");
        QTest::newRow("as fast as it can be taken") << QByteArray() << kStream;
        QTest::newRow("in a rhythm") << QByteArray("stream_interval: 2ms") << kStream;
        QTest::newRow("with usage") << QByteArray() << kStream + R"(,"stream_options":{"include_usage":true})";
    }

    void streamsAreReplayedFrameByFrame()
    {
        QFETCH(const QByteArray, interval);
        QFETCH(const QByteArray, options);
        CachingFixture fixture;
        QVERIFY(fixture.start("streams: true\n" + interval));
        const HttpAnswer first = fixture.chat(chatBody({}, options));
        QCOMPARE(cacheStatus(first), "MISS");
        const HttpAnswer second = fixture.chat(chatBody({}, options));
        QCOMPARE(cacheStatus(second), "HIT");
        QCOMPARE(second.body, first.body);
        QVERIFY(second.body.endsWith("data: [DONE]\n\n"));
        for (const char *name : {"Content-Type", "Cache-Control", "X-Accel-Buffering", "X-LunarGate-Model"})
            QCOMPARE(second.header(name), first.header(name));
        QVERIFY(!second.header("Age").isEmpty());
        QCOMPARE(fixture.upstream.requestCount(), 1);
        // A whole answer is something else than a stream.
        QCOMPARE(cacheStatus(fixture.chat(chatBody({}, R"("stream":false)"))), "MISS");
    }

    void replaysKeepTheRhythm()
    {
        CachingFixture fixture;
        QVERIFY(fixture.start("streams: true\nstream_interval: 30ms"));
        fixture.chat(chatBody({}, kStream));
        const auto begin = std::chrono::steady_clock::now();
        const HttpAnswer answer = fixture.chat(chatBody({}, kStream));
        QCOMPARE(cacheStatus(answer), "HIT");
        const qsizetype frames = answer.body.count("\n\n");
        QVERIFY(frames >= 5);
        QVERIFY(std::chrono::steady_clock::now() - begin >= 30ms * (frames - 1));
    }

    void replaysEndWithTheirClient()
    {
        CachingFixture fixture;
        QVERIFY(fixture.start("streams: true\nstream_interval: 20s"));
        fixture.chat(chatBody({}, kStream));
        {
            RawClient client(fixture.port());
            client.sendRequest("POST", "/v1/chat/completions", chatBody({}, kStream));
            QVERIFY(client.waitForBody("data: "));
            client.reset();
            QVERIFY(waitUntil([&] { return fixture.metrics().sum("ai_router_active_requests") == 0; }));
        }
        QCOMPARE(fixture.metrics().sum("ai_router_requests_total", {{"status_code", "499"}}), 1);
        QCOMPARE(fixture.number("entries"), 1);
    }

    void replaysGoAsFastAsTheClient()
    {
        CachingFixture fixture;
        QVERIFY(fixture.start("streams: true"));
        const QByteArray piece(64 * 1024, 'x');
        fixture.upstream.otherwise(
            [&](const ReceivedRequest &) { return Script::chatStream(std::vector<QByteArray>(200, piece)); });
        const HttpAnswer first = fixture.chat(chatBody({}, kStream));
        QCOMPARE(cacheStatus(first), "MISS");
        QVERIFY(first.body.size() > 200 * piece.size());
        RawClient slow(fixture.port());
        slow.stopReading();
        slow.sendRequest("POST", "/v1/chat/completions", chatBody({}, kStream));
        // It comes again, whole, although somebody else takes nothing.
        QCOMPARE(fixture.chat(chatBody({}, kStream)).body, first.body);
        QCOMPARE(fixture.metrics().sum("ai_router_active_requests"), 1);
        slow.resumeReading();
        QVERIFY(slow.waitForAnswer());
        QCOMPARE(slow.answer().body(), first.body);
        QCOMPARE(fixture.upstream.requestCount(), 1);
    }

    void brokenStreamsAreNotKept_data()
    {
        QTest::addColumn<Script>("script");
        QTest::newRow("cut") << Script::eventStream().content("a").close();
        QTest::newRow("error") << Script::eventStream().content("a").data(R"({"error":{"message":"no"}})").end();
        QTest::newRow("without its end mark") << Script::eventStream().content("a").end();
    }

    void brokenStreamsAreNotKept()
    {
        QFETCH(const Script, script);
        CachingFixture fixture;
        QVERIFY(fixture.start("streams: true"));
        fixture.upstream.enqueue(script);
        QVERIFY(!fixture.chat(chatBody({}, kStream)).body.contains("[DONE]"));
        QCOMPARE(cacheStatus(fixture.chat(chatBody({}, kStream))), "MISS");
        QCOMPARE(cacheStatus(fixture.chat(chatBody({}, kStream))), "HIT");
    }

    void streamsWithoutTheirClientAreNotKept()
    {
        CachingFixture fixture;
        QVERIFY(fixture.start("streams: true"));
        fixture.upstream.enqueue(Script::eventStream().content("a").stall());
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody({}, kStream));
        QVERIFY(client.waitForBody("data: "));
        client.reset();
        QVERIFY(fixture.upstream.waitForCancel(0));
        QCOMPARE(cacheStatus(fixture.chat(chatBody({}, kStream))), "MISS");
    }
};

QTEST_GUILESS_MAIN(CachedStreamsTest)
#include "tst_cached_streams.moc"
