// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_upstream.h"
#include "tests/support/http_client.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"
#include "tests/support/sse_events.h"

#include <QTest>

using namespace lunargate::test;
using namespace std::chrono_literals;

class FakeUpstreamTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void answersPlausiblyByDefault()
    {
        const FakeUpstream upstream;
        const HttpAnswer answer = HttpClient(upstream.port()).chat(chatBody("m"));
        QCOMPARE(answer.status, 200);
        QCOMPARE(textAt(answer.body, "choices.0.message.content"), "Hello from upstream");
        QCOMPARE(upstream.requestCount(), 1);
        QCOMPARE(upstream.request(0).method, "POST");
        QCOMPARE(upstream.request(0).path, "/v1/chat/completions");
        QCOMPARE(upstream.request(0).body, chatBody("m"));
        QCOMPARE(upstream.request(0).header("content-type"), "application/json");
    }

    void streamsByDefaultWhenAsked()
    {
        const FakeUpstream upstream;
        const HttpAnswer answer = HttpClient(upstream.port()).chat(chatBody("m", R"("stream": true)"));
        const SseEvents events = SseEvents::parse(answer.body);
        QCOMPARE(events.content(), "Hello");
        QVERIFY(events.endsWithDone());
        QVERIFY(answer.error.isEmpty());
    }

    void queueComesBeforePathBeforeDefault()
    {
        FakeUpstream upstream;
        upstream.enqueue(Script::json(500, "{}"));
        upstream.on("/v1/chat/completions", Script::json(404, "{}"));
        const HttpClient client(upstream.port());
        QCOMPARE(client.chat("{}").status, 500);
        QCOMPARE(client.chat("{}").status, 404);
        QCOMPARE(client.post("/other", "{}").status, 200);
    }

    void gateHoldsTheNextFrame()
    {
        FakeUpstream upstream;
        const GatePointer gate = Gate::make();
        upstream.enqueue(Script::eventStream().data("one").hold(gate).data("two").end());
        RawClient client(upstream.port());
        client.sendRequest("POST", "/x", "{}");
        QVERIFY(client.waitForBody("one"));
        QVERIFY(!client.answer().body().contains("two"));
        gate->open();
        QVERIFY(client.waitForAnswer());
        QVERIFY(client.answer().body().contains("two"));
        QVERIFY(upstream.waitForAnswer(0));
        QVERIFY(!upstream.request(0).wasCancelled);
    }

    void bytesCanGoOneByOne()
    {
        FakeUpstream upstream;
        upstream.enqueue(Script::eventStream().byteByByte().data("one").end());
        const HttpAnswer answer = HttpClient(upstream.port()).post("/x", "{}");
        QCOMPARE(answer.body, "data: one\n\n");
        QVERIFY(answer.error.isEmpty());
    }

    void seesThePeerLeave()
    {
        FakeUpstream upstream;
        upstream.enqueue(Script::eventStream().data("one").stall());
        RawClient client(upstream.port());
        client.sendRequest("POST", "/x", "{}");
        QVERIFY(client.waitForBody("one"));
        client.close();
        QVERIFY(upstream.waitForCancel(0));
        QVERIFY(!upstream.request(0).wasAnswered);
    }

    void cutsTheConnection_data()
    {
        QTest::addColumn<bool>("reset");
        QTest::newRow("in order") << false;
        QTest::newRow("by reset") << true;
    }

    void cutsTheConnection()
    {
        QFETCH(bool, reset);
        FakeUpstream upstream;
        Script script = Script::eventStream().data("one");
        upstream.enqueue(reset ? script.reset() : script.close());
        RawClient client(upstream.port());
        client.sendRequest("POST", "/x", "{}");
        QVERIFY(!client.waitForAnswer());
        QVERIFY(client.isClosedByPeer());
        QCOMPARE(client.answer().body(), "data: one\n\n");
        QVERIFY(client.answer().failed());
    }

    void hugeBodyIsWrittenNoFasterThanTaken()
    {
        FakeUpstream upstream;
        upstream.enqueue(Script::eventStream().repeat(QByteArray(1024 * 1024, 'x'), 32).end());
        RawClient client(upstream.port());
        client.stopReading();
        client.sendRequest("POST", "/x", "{}");
        QVERIFY(upstream.waitForRequests(1));
        QVERIFY(!upstream.waitForAnswer(0, 300ms));
        QVERIFY(upstream.request(0).bytesSent < 8 * 1024 * 1024);
        client.resumeReading();
        QVERIFY(client.waitForAnswer());
        QCOMPARE(client.answer().body().size(), 32 * 1024 * 1024);
    }

    void bodiesAreHeldBack()
    {
        FakeUpstream upstream;
        const GatePointer gate = Gate::make();
        upstream.holdBodies(gate);
        RawClient client(upstream.port());
        client.sendRequest("POST", "/x", QByteArray(1024 * 1024, 'x'));
        QVERIFY(waitUntil([&] { return upstream.requestCount() == 1; }));
        QVERIFY(!upstream.waitForRequests(1, 200ms));
        gate->open();
        QVERIFY(upstream.waitForRequests(1));
        QVERIFY(client.waitForAnswer());
        QCOMPARE(upstream.request(0).body.size(), 1024 * 1024);
    }

    void connectionsAreKeptAndCounted()
    {
        FakeUpstream upstream;
        RawClient client(upstream.port());
        for (int i = 0; i < 2; ++i) {
            client.sendRequest("POST", "/x", "{}");
            QVERIFY(client.waitForAnswer());
            client.nextAnswer();
        }
        QCOMPARE(upstream.connectionCount(), 1);
        QCOMPARE(upstream.request(1).connection, 0);
    }

    void deafPortLetsConnectionsWait()
    {
        const DeafPort deaf;
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, deaf.port());
        QVERIFY(!waitUntil([&] { return socket.state() != QAbstractSocket::ConnectingState; }, 300ms));
    }

    void refusingPortRefuses()
    {
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, refusingPort());
        QVERIFY(waitUntil([&] { return socket.error() == QAbstractSocket::ConnectionRefusedError; }));
    }
};

QTEST_GUILESS_MAIN(FakeUpstreamTest)
#include "tst_fake_upstream.moc"
