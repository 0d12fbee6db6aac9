// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/curl_transport.h"
#include "tests/unit/upstream/call_helpers.h"
#include "tests/unit/upstream/nginx.h"
#include "tests/unit/upstream/raw_upstream.h"

#include <QSet>
#include <QTest>

#include <malloc.h>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

constexpr qint64 kLargeSize = 96 * 1024 * 1024;

} // namespace

class TestCurlHttp2 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(!Nginx::program().isEmpty(), "nginx is not installed; ./dev setup installs it");
        m_server = std::make_unique<Nginx>(kLargeSize);
        QVERIFY(m_server->start());
    }
    void init()
    {
        QTest::failOnWarning();
        m_transport = std::make_unique<CurlTransport>(
            CurlTransport::Options{.proxies = {}, .extraCertificateFile = m_server->certificateFile()});
    }
    void cleanup() { m_transport.reset(); }
    void cleanupTestCase() { m_server.reset(); }

    void speaksHttp2OverOneConnection();
    void sendsStreamsOverHttp1();
    void runsStreamsBesideEachOther();
    void holdsBackAStreamThatNobodyReads();
    void abortsOneStreamOnly();
    void letsAResumedCoroutineEndItsNeighbours();

private:
    UpstreamRequest get(const QString &path) const
    {
        return {.method = "GET", .url = m_server->url(path), .headers = {}, .body = {}};
    }
    Outcome call(UpstreamRequest request) { return wholeCall(m_transport.get(), std::move(request), 10s, 10s, 30s); }

    std::unique_ptr<Nginx> m_server;
    std::unique_ptr<CurlTransport> m_transport;
};

void TestCurlHttp2::speaksHttp2OverOneConnection()
{
    QSet<QByteArray> connections;
    for (int i = 0; i < 5; ++i) {
        const Outcome outcome = call(post(m_server->url(QStringLiteral("/ok")), QByteArray(512 * 1024, 'x')));
        QVERIFY2(outcome.head, outcome.head ? "" : outcome.head.error().detail);
        QCOMPARE(outcome.head->headers.value("X-Protocol"), "HTTP/2.0");
        QCOMPARE(outcome.body, "ok");
        connections.insert(outcome.head->headers.value("X-Connection").value_or(QByteArray()));
    }
    QCOMPARE(connections.size(), 1);
}

void TestCurlHttp2::sendsStreamsOverHttp1()
{
    UpstreamRequest stream = post(m_server->url(QStringLiteral("/ok")));
    stream.isStream = true;
    for (int i = 0; i < 2; ++i) {
        const Outcome whole = call(post(m_server->url(QStringLiteral("/ok"))));
        QVERIFY2(whole.head, whole.head ? "" : whole.head.error().detail);
        QCOMPARE(whole.head->headers.value("X-Protocol"), "HTTP/2.0");
        const Outcome held = call(stream);
        QVERIFY2(held.head, held.head ? "" : held.head.error().detail);
        QCOMPARE(held.head->headers.value("X-Protocol"), "HTTP/1.1");
    }
}

namespace {

Task<> count(Task<Outcome> task, int *successes, QSet<QByteArray> *connections)
{
    const Outcome outcome = co_await std::move(task);
    if (outcome.head && !outcome.bodyError && outcome.body == "ok") {
        ++*successes;
        connections->insert(outcome.head->headers.value("X-Connection").value_or(QByteArray()));
    }
}

} // namespace

void TestCurlHttp2::runsStreamsBesideEachOther()
{
    QVERIFY(call(post(m_server->url(QStringLiteral("/ok")))).head);
    int successes = 0;
    QSet<QByteArray> connections;
    std::vector<std::unique_ptr<TaskRunner>> runners;
    for (int i = 0; i < 50; ++i) {
        runners.push_back(std::make_unique<TaskRunner>());
        runners.back()->start(count(exchange(m_transport.get(), post(m_server->url(QStringLiteral("/ok"))), 10s, 10s),
                                    &successes, &connections),
                              nullptr);
    }
    QTRY_COMPARE_WITH_TIMEOUT(successes, 50, 20'000);
    QCOMPARE(connections.size(), 1);
}

void TestCurlHttp2::holdsBackAStreamThatNobodyReads()
{
    const std::unique_ptr<UpstreamCall> held = m_transport->send(get(QStringLiteral("/large")));
    const auto head = runTask(held->head(deadlineIn(10s)));
    QVERIFY(head && *head);
    const size_t heapBefore = mallinfo2().uordblks;
    // Others on the same connection go on: it is the stream that is held back. Meanwhile curl would fetch what it can.
    for (int i = 0; i < 50; ++i)
        QCOMPARE(call(post(m_server->url(QStringLiteral("/ok")))).body, "ok");
    const qint64 grown = static_cast<qint64>(mallinfo2().uordblks) - static_cast<qint64>(heapBefore);
    qInfo("the heap grew by %lld KiB", grown / 1024);
    // curl 8.14 grants a stream 10 MiB (H2_STREAM_WINDOW_SIZE_MAX in lib/http2.c) and keeps them in a buffer that
    // doubles.
    QVERIFY2(grown < 24 * 1024 * 1024, QByteArray::number(grown));
}

namespace {

Task<bool> endAll(std::vector<std::unique_ptr<UpstreamCall>> *calls)
{
    const Result<UpstreamHead> head = co_await calls->front()->head(deadlineIn(10s));
    const Result<QByteArray> body = co_await calls->front()->read(deadlineIn(10s));
    calls->clear();
    co_return head &&body;
}

} // namespace

// libcurl 8.14 would tell the provider with the next request only.
void TestCurlHttp2::abortsOneStreamOnly()
{
    RawUpstream provider;
    provider.answer = [](QTcpSocket *) {};
    const QUrl url = m_server->urlTo(provider.serverPort(), QStringLiteral("/v1/chat"));
    const Outcome before = call(post(m_server->url(QStringLiteral("/ok"))));
    std::unique_ptr<UpstreamCall> aborted = m_transport->send(post(url));
    const std::unique_ptr<UpstreamCall> other = m_transport->send(post(url));
    QTRY_COMPARE(provider.requests.size(), 2);
    aborted.reset();
    QTRY_COMPARE(provider.disconnections, 1);
    for (const QPointer<QTcpSocket> &socket : provider.sockets) {
        if (socket && socket->state() == QAbstractSocket::ConnectedState)
            socket->write(RawUpstream::ok("late"));
    }
    const auto head = runTask(other->head(deadlineIn(10s)));
    QVERIFY(before.head && head && *head);
    QCOMPARE((*head)->headers.value("X-Protocol"), "HTTP/2.0");
    QCOMPARE((*head)->headers.value("X-Connection"), before.head->headers.value("X-Connection"));
    const auto body = runTask(other->read(deadlineIn(10s)));
    QVERIFY(body && *body);
    QCOMPARE(**body, "late");
}

void TestCurlHttp2::letsAResumedCoroutineEndItsNeighbours()
{
    QVERIFY(call(post(m_server->url(QStringLiteral("/ok")))).head);
    // Answers of streams that share a connection come with one read from its socket: many are told of at once.
    std::vector<std::unique_ptr<UpstreamCall>> calls;
    for (int i = 0; i < 20; ++i)
        calls.push_back(m_transport->send(post(m_server->url(QStringLiteral("/ok")))));
    const auto wasAnswered = runTask(endAll(&calls));
    QVERIFY(wasAnswered && *wasAnswered);
    QVERIFY(calls.empty());
    QCOMPARE(call(post(m_server->url(QStringLiteral("/ok")))).body, "ok");
}

QTEST_GUILESS_MAIN(TestCurlHttp2)
#include "tst_curl_http2.moc"
