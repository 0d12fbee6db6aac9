// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/timer.h"
#include "tests/unit/upstream/call_helpers.h"
#include "tests/unit/upstream/deaf_server.h"
#include "tests/unit/upstream/raw_upstream.h"

#include <QTest>

#include <malloc.h>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

enum class Phase { Connect, Headers, FirstByte, Chunk };

// Runs into the silence of the upstream; notes whether its frame went.
struct NoteExit
{
    bool *flag;
    ~NoteExit() { *flag = true; }
};

Task<> callAndNoteExit(Transport *transport, UpstreamRequest request, bool *exited, int *progress)
{
    const NoteExit note{exited};
    const std::unique_ptr<UpstreamCall> call = transport->send(std::move(request));
    (void)co_await call->head(deadlineIn(1h));
    for (;;) {
        ++*progress;
        (void)co_await call->read(deadlineIn(1h));
    }
}

// The call goes inside the coroutine that one of the reply's signals resumed.
Task<bool> dropAfterHead(Transport *transport, UpstreamRequest request)
{
    std::unique_ptr<UpstreamCall> call = transport->send(std::move(request));
    const auto head = co_await call->head(deadlineIn(10s));
    call.reset();
    co_return head.has_value();
}

Task<bool> dropAfterFirstPiece(Transport *transport, UpstreamRequest request)
{
    std::unique_ptr<UpstreamCall> call = transport->send(std::move(request));
    const auto head = co_await call->head(deadlineIn(10s));
    const auto piece = co_await call->read(deadlineIn(10s));
    call.reset();
    co_return head.has_value() && piece.has_value();
}

} // namespace

class TestTransportCancellation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_upstream = std::make_unique<RawUpstream>();
        m_transport = makeTransport();
    }
    void cleanup()
    {
        m_transport.reset();
        m_upstream.reset();
    }

    void cancelsInEachPhase_data();
    void cancelsInEachPhase();
    void cancelsFromASocketsSignal_data() { cancelsInEachPhase_data(); }
    void cancelsFromASocketsSignal();
    void destroysACallThatNobodyWaitedFor();
    void destroysTheCallFromTheCoroutineItResumed();
    void endsWithCallsUnderWayInAnotherThread();
    void keepsNothingOfManyCalls();

private:
    // What the upstream sends before it falls silent.
    static QByteArray bytesUpTo(Phase phase)
    {
        const QByteArray head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        switch (phase) {
        case Phase::Connect:
        case Phase::Headers:
            return "HTTP/1.1 200 OK\r\n";
        case Phase::FirstByte:
            return head;
        case Phase::Chunk:
            return head + RawUpstream::chunk("data: 1\n\n");
        }
        Q_UNREACHABLE_RETURN({});
    }

    std::unique_ptr<RawUpstream> m_upstream;
    std::unique_ptr<Transport> m_transport;
};

void TestTransportCancellation::cancelsInEachPhase_data()
{
    QTest::addColumn<Phase>("phase");
    QTest::newRow("connect") << Phase::Connect;
    QTest::newRow("headers") << Phase::Headers;
    QTest::newRow("first byte") << Phase::FirstByte;
    QTest::newRow("a chunk") << Phase::Chunk;
}

void TestTransportCancellation::cancelsInEachPhase()
{
    QFETCH(Phase, phase);
    const DeafServer deaf;
    m_upstream->answer = [&](QTcpSocket *socket) { socket->write(bytesUpTo(phase)); };
    const qsizetype timers = TimerQueue::current().size();
    TaskRunner runner;
    bool exited = false;
    int progress = 0;
    bool cancelled = false;
    runner.start(callAndNoteExit(m_transport.get(), post(phase == Phase::Connect ? deaf.url() : m_upstream->url()),
                                 &exited, &progress),
                 [](std::exception_ptr) { QFAIL("it was cancelled"); });
    if (phase != Phase::Connect)
        QTRY_COMPARE(m_upstream->requests.size(), 1);
    // Connect and Headers: 0, FirstByte: 1, Chunk: 2.
    QTRY_COMPARE(progress, std::max(0, int(phase) - int(Phase::Headers)));
    runner.cancel([&] { cancelled = true; });
    QVERIFY(!exited);
    QTRY_VERIFY(cancelled);
    QVERIFY(exited);
    QCOMPARE(TimerQueue::current().size(), timers);
    if (phase != Phase::Connect)
        QTRY_COMPARE(m_upstream->disconnections, 1);
}

void TestTransportCancellation::cancelsFromASocketsSignal()
{
    QFETCH(Phase, phase);
    const DeafServer deaf;
    TaskRunner runner;
    bool exited = false;
    int progress = 0;
    bool cancelled = false;
    const auto cancel = [&] {
        runner.cancel([&] { cancelled = true; });
        QVERIFY(!exited);
    };
    m_upstream->answer = [&](QTcpSocket *socket) {
        socket->write(bytesUpTo(phase));
        cancel();
    };
    RawUpstream client; // stands for the client's own connection
    client.onReadyRead = [&](QTcpSocket *) { cancel(); };
    runner.start(callAndNoteExit(m_transport.get(), post(phase == Phase::Connect ? deaf.url() : m_upstream->url()),
                                 &exited, &progress),
                 nullptr);
    QTcpSocket clientSocket;
    if (phase == Phase::Connect) {
        clientSocket.connectToHost(QHostAddress::LocalHost, client.serverPort());
        clientSocket.write("x");
    }
    QTRY_VERIFY(cancelled);
    QVERIFY(exited);
}

void TestTransportCancellation::destroysACallThatNobodyWaitedFor()
{
    m_transport->send(post(m_upstream->url())).reset();
    auto call = m_transport->send(post(m_upstream->url()));
    QTRY_COMPARE(m_upstream->requests.size(), 1);
    call.reset();
    QTRY_COMPARE(m_upstream->disconnections, m_upstream->connections);
}

void TestTransportCancellation::destroysTheCallFromTheCoroutineItResumed()
{
    m_upstream->answer = [](QTcpSocket *socket) {
        socket->write("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 500000\r\n\r\n" + QByteArray(200'000, 'x'));
    };
    for (int i = 1; i <= 20; ++i) {
        QCOMPARE(runTask(dropAfterHead(m_transport.get(), post(m_upstream->url()))), true);
        QCOMPARE(runTask(dropAfterFirstPiece(m_transport.get(), post(m_upstream->url()))), true);
    }
    QTRY_COMPARE(m_upstream->disconnections, 40);
}

void TestTransportCancellation::endsWithCallsUnderWayInAnotherThread()
{
    const QUrl url = m_upstream->url();
    const std::unique_ptr<QThread> worker(QThread::create([url] {
        const auto transport = makeTransport();
        bool exited = false;
        int progress = 0;
        TaskRunner runner;
        runner.start(callAndNoteExit(transport.get(), post(url), &exited, &progress), nullptr);
        QEventLoop loop;
        QTimer::singleShot(50ms, &loop, &QEventLoop::quit);
        loop.exec();
    }));
    worker->start();
    QTRY_VERIFY(worker->isFinished());
    QTRY_COMPARE(m_upstream->disconnections, m_upstream->connections);
}

void TestTransportCancellation::keepsNothingOfManyCalls()
{
    m_upstream->answer = [](QTcpSocket *socket) { socket->write(RawUpstream::ok("{}")); };
    const auto run = [&](int count) {
        for (int i = 0; i < count; ++i) {
            const auto outcome = runTask(exchange(m_transport.get(), post(m_upstream->url(), QByteArray(5'000, 'x'))));
            if (!outcome || !outcome->head)
                return false;
            m_upstream->requests.clear();
        }
        return true;
    };
    QVERIFY(run(200));
    const size_t before = mallinfo2().uordblks;
    QVERIFY(run(1'000));
    const qint64 growth = qint64(mallinfo2().uordblks) - qint64(before);
    QVERIFY2(growth < 100 * 1024, QByteArray::number(growth));
}

QTEST_GUILESS_MAIN(TestTransportCancellation)
#include "tst_transport_cancellation.moc"
