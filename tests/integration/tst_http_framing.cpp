// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

const QByteArray kPost = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

QByteArray withLength(const QByteArray &body)
{
    return "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

} // namespace

/// HTTP/1.1 as RFC 9112 has it: where requests begin and end, and what is refused because others could read it
/// otherwise.
class HttpFramingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void ambiguousRequestsGet400AndTheConnectionCloses_data()
    {
        QTest::addColumn<QByteArray>("request");
        const QByteArray chunked = kPost + "Transfer-Encoding: chunked\r\n\r\n";
        QTest::newRow("length and chunked")
            << kPost + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
        QTest::newRow("two different lengths") << kPost + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ";
        QTest::newRow("the same length twice") << kPost + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}";
        QTest::newRow("list of lengths") << kPost + "Content-Length: 2, 2\r\n\r\n{}";
        QTest::newRow("negative length") << kPost + "Content-Length: -2\r\n\r\n{}";
        QTest::newRow("length with sign") << kPost + "Content-Length: +2\r\n\r\n{}";
        QTest::newRow("length beyond 64 bits") << kPost + "Content-Length: 99999999999999999999\r\n\r\n{}";
        QTest::newRow("chunk size is no number") << chunked + "xyz\r\n{}\r\n0\r\n\r\n";
        QTest::newRow("chunk size beyond 64 bits") << chunked + "fffffffffffffffff\r\n{}\r\n0\r\n\r\n";
        QTest::newRow("chunk longer than its size") << chunked + "2\r\n{}x\r\n0\r\n\r\n";
        QTest::newRow("unknown transfer coding") << kPost + "Transfer-Encoding: cow\r\n\r\n{}";
        QTest::newRow("chunked is not last") << kPost + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n";
        QTest::newRow("folded header") << kPost + "X-Folded: one\r\n two\r\n" + withLength("{}");
        QTest::newRow("space before the colon") << kPost + "Content-Length : 2\r\n\r\n{}";
        QTest::newRow("header without colon") << kPost + "nonsense\r\n" + withLength("{}");
        QTest::newRow("NUL in a header") << kPost + QByteArray("X-Nul: a\0b\r\n", 12) + withLength("{}");
        QTest::newRow("no Host") << QByteArray("GET /health HTTP/1.1\r\n\r\n");
        QTest::newRow("two Hosts") << QByteArray("GET /health HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n");
        QTest::newRow("not HTTP at all") << QByteArray("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15);
        QTest::newRow("unknown version") << QByteArray("GET /health HTTP/3.7\r\nHost: localhost\r\n\r\n");
    }

    void ambiguousRequestsGet400AndTheConnectionCloses()
    {
        QFETCH(QByteArray, request);
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        client.send(request);
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        const HttpReader &answer = client.answer();
        QCOMPARE(answer.status(), 400);
        QVERIFY(!textAt(answer.body(), "error.message").isEmpty());
        QCOMPARE(textAt(answer.body(), "error.type"), "invalid_request_error");
        QVERIFY(client.waitForClose());
        QCOMPARE(fixture.upstream.requestCount(), 0);
    }

    void requestMayComeByteByByte()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        client.sendByteByByte(kPost + withLength(chatBody("fake-model")));
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QCOMPARE(client.answer().status(), 200);
        QCOMPARE(fixture.upstream.lastRequest().body, chatBody("fake-model"));
    }

    void chunkedRequestIsReadWhole()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const QByteArray body = chatBody("fake-model");
        RawClient client(fixture.port());
        QByteArray chunks;
        for (qsizetype at = 0; at < body.size(); at += 10) {
            const QByteArray piece = body.mid(at, 10);
            chunks += QByteArray::number(piece.size(), 16) + "\r\n" + piece + "\r\n";
        }
        client.send(kPost + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n");
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QCOMPARE(client.answer().status(), 200);
        QCOMPARE(fixture.upstream.lastRequest().body, body);
        QCOMPARE(fixture.upstream.lastRequest().header("Content-Length").toInt(), body.size());
    }

    void pipelinedRequestsAreAnsweredInOrder()
    {
        GatewayFixture fixture;
        const GatePointer gate = Gate::make();
        fixture.upstream.enqueue(Script().hold(gate).wire("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                                          "Content-Length: 25\r\n\r\n{\"choices\":[{\"index\":0}]}"));
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        client.send(kPost + withLength(chatBody("fake-model")) + "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n" +
                    "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QVERIFY(fixture.upstream.waitForRequests(1));
        QVERIFY(!client.waitForHead(200ms));
        gate->open();
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QCOMPARE(client.answer().body(), R"({"choices":[{"index":0}]})");
        client.nextAnswer();
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QVERIFY(client.answer().body().contains("healthy"));
        client.nextAnswer();
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QCOMPARE(client.answer().status(), 404);
    }

    void expectationIsMetBeforeTheBody()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        const QByteArray body = chatBody("fake-model");
        const QByteArray request = kPost + "Expect: 100-continue\r\n" + withLength(body);
        client.send(request.chopped(body.size()));
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QCOMPARE(client.answer().status(), 100);
        client.nextAnswer();
        client.send(body);
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QCOMPARE(client.answer().status(), 200);
        QCOMPARE(fixture.upstream.lastRequest().body, body);
        QVERIFY(!fixture.upstream.lastRequest().headers.contains("Expect"));
    }

    void connectionCloseIsHonoured()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        client.sendRequest("GET", "/health", {}, {{"Connection", "close"}});
        QVERIFY(client.waitForAnswer());
        QCOMPARE(client.answer().header("Connection").toLower(), "close");
        QVERIFY(client.waitForClose());
    }

    void connectionStaysByDefault()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        for (int i = 0; i < 3; ++i) {
            client.sendRequest("GET", i == 1 ? "/nowhere" : "/health");
            QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
            client.nextAnswer();
        }
        QVERIFY(client.isConnected());
    }

    void http10ClosesUnlessAskedToStay()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        client.send("GET /health HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QCOMPARE(client.answer().header("Connection").toLower(), "keep-alive");
        client.nextAnswer();
        client.send("GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n");
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QCOMPARE(client.answer().status(), 200);
        QVERIFY(client.waitForClose());
    }

    void http10StreamEndsWithTheConnectionAndIsNotChunked()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        const QByteArray body = chatBody("fake-model", R"("stream":true)");
        client.send(QByteArray(kPost).replace("HTTP/1.1", "HTTP/1.0") + withLength(body));
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QVERIFY(client.answer().endsWithConnection());
        QVERIFY(!client.answer().headers().contains("Transfer-Encoding"));
        QVERIFY(client.answer().body().endsWith("data: [DONE]\n\n"));
    }
};

QTEST_GUILESS_MAIN(HttpFramingTest)
#include "tst_http_framing.moc"
