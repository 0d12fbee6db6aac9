// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/upstream/call_helpers.h"
#include "tests/unit/upstream/http2_upstream.h"

#include <QTemporaryFile>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

/// A provider that resets a stream and asks for HTTP/1.1 (HTTP_1_1_REQUIRED): libcurl sends the request again by
/// itself, however much of an answer there was.
class TestCurlHttp2Resets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_certificate.open());
        QCOMPARE(m_certificate.write(kCertificate), kCertificate.size());
        QVERIFY(m_certificate.flush());
    }
    void init()
    {
        QTest::failOnWarning();
        m_upstream = std::make_unique<Http2Upstream>();
        m_upstream->answer = [](QTcpSocket *socket) { socket->write(RawUpstream::ok("over HTTP/1.1")); };
        m_upstream->answerStream = [](const Http2Upstream::Stream &stream) {
            Http2Upstream::resetStream(stream, Http2Upstream::kHttp11Required);
        };
        m_transport = std::make_unique<CurlTransport>(
            CurlTransport::Options{.proxies = {}, .extraCertificateFile = m_certificate.fileName().toUtf8()});
    }
    void cleanup()
    {
        m_transport.reset(); // before its server
        m_upstream.reset();
    }

    void anUnansweredRequestGoesOverHttp1();
    void whatMayGoOutOnceIsNotSentAgain();
    void anAnsweredRequestIsNotSentAgain_data();
    void anAnsweredRequestIsNotSentAgain();

private:
    Outcome call(UpstreamRequest request) { return wholeCall(m_transport.get(), std::move(request), 10s, 10s); }

    QTemporaryFile m_certificate;
    std::unique_ptr<Http2Upstream> m_upstream;
    std::unique_ptr<CurlTransport> m_transport;
};

void TestCurlHttp2Resets::anUnansweredRequestGoesOverHttp1()
{
    const Outcome outcome = call(post(m_upstream->url(), "question"));
    QVERIFY2(outcome.head, outcome.head ? "" : outcome.head.error().detail);
    QCOMPARE(outcome.body, "over HTTP/1.1");
    QCOMPARE(m_upstream->streams.size(), 1);
    QCOMPARE(m_upstream->requests.size(), 1);
    QVERIFY(m_upstream->requests.first().endsWith("\r\n\r\nquestion"));
}

void TestCurlHttp2Resets::whatMayGoOutOnceIsNotSentAgain()
{
    UpstreamRequest request = post(m_upstream->url(), "question");
    request.mayResend = false;
    const Outcome outcome = call(std::move(request));
    QVERIFY(!outcome.head);
    QCOMPARE(outcome.head.error().reason, "connection_closed");
    QCOMPARE(m_upstream->streams.size(), 1);
    QCOMPARE(m_upstream->requests.size(), 0);
}

void TestCurlHttp2Resets::anAnsweredRequestIsNotSentAgain_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("after the head") << QByteArray();
    QTest::newRow("in the body") << QByteArray("half of it");
}

// What was sent is gone by then; and the second answer would go on where the first one ended.
void TestCurlHttp2Resets::anAnsweredRequestIsNotSentAgain()
{
    QFETCH(const QByteArray, body);
    m_upstream->answerStream = [body](const Http2Upstream::Stream &stream) {
        Http2Upstream::sendHead(stream);
        if (!body.isEmpty())
            Http2Upstream::sendBody(stream, body);
    };
    const std::unique_ptr<UpstreamCall> call = m_transport->send(post(m_upstream->url(), "question"));
    const auto head = runTask(call->head(deadlineIn(10s)));
    QVERIFY(head && *head);
    QCOMPARE((*head)->status, 200);
    if (!body.isEmpty()) {
        const auto piece = runTask(call->read(deadlineIn(10s)));
        QVERIFY(piece && *piece);
        QCOMPARE(**piece, body);
    }
    QCOMPARE(m_upstream->streams.size(), 1);
    Http2Upstream::resetStream(m_upstream->streams.first(), Http2Upstream::kHttp11Required);
    const auto rest = runTask(call->read(deadlineIn(10s)));
    QVERIFY(rest && !*rest);
    QCOMPARE(rest->error().reason, "connection_closed");
    QCOMPARE(m_upstream->requests.size(), 0);
}

QTEST_GUILESS_MAIN(TestCurlHttp2Resets)
#include "tst_curl_http2_resets.moc"
