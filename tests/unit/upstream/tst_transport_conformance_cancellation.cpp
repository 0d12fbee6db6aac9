// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/timer.h"
#include "tests/unit/upstream/wire_test.h"

#include <QTest>
#include <QThread>

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

/// What every transport does over every wire with calls that are given up.
class TestTransportConformanceCancellation : public WireTest
{
    Q_OBJECT

private Q_SLOTS:
    void cancelsInEachPhase_data();
    void cancelsInEachPhase();
    void cancelsFromASocketsSignal_data() { cancelsInEachPhase_data(); }
    void cancelsFromASocketsSignal();
    void destroysACallThatNobodyWaitedFor();
    void destroysTheCallFromTheCoroutineItResumed();
    void endsWithCallsUnderWayInAnotherThread();

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

    /// Where a call of that phase goes.
    QUrl urlFor(Phase phase) { return phase == Phase::Connect ? m_wire->deafUrl() : m_wire->url(); }
    RawUpstream &upstream() { return m_wire->upstream(); }
};

void TestTransportConformanceCancellation::cancelsInEachPhase_data()
{
    QTest::addColumn<Phase>("phase");
    QTest::newRow("connect") << Phase::Connect;
    QTest::newRow("headers") << Phase::Headers;
    QTest::newRow("first byte") << Phase::FirstByte;
    QTest::newRow("a chunk") << Phase::Chunk;
}

void TestTransportConformanceCancellation::cancelsInEachPhase()
{
    QFETCH(Phase, phase);
    const QUrl url = urlFor(phase);
    upstream().answer = [&](QTcpSocket *socket) { socket->write(bytesUpTo(phase)); };
    const qsizetype timers = TimerQueue::current().size();
    TaskRunner runner;
    bool exited = false;
    int progress = 0;
    bool cancelled = false;
    runner.start(callAndNoteExit(m_wire->transport(), post(url), &exited, &progress),
                 [](std::exception_ptr) { QFAIL("it was cancelled"); });
    if (phase != Phase::Connect)
        QTRY_COMPARE(upstream().requests.size(), 1);
    // Connect and Headers: 0, FirstByte: 1, Chunk: 2.
    QTRY_COMPARE(progress, std::max(0, int(phase) - int(Phase::Headers)));
    runner.cancel([&] { cancelled = true; });
    QVERIFY(!exited);
    QTRY_VERIFY(cancelled);
    QVERIFY(exited);
    QTRY_COMPARE(TimerQueue::current().size(), timers); // curl has its own
    if (phase != Phase::Connect)
        QTRY_COMPARE(upstream().disconnections, 1);
}

void TestTransportConformanceCancellation::cancelsFromASocketsSignal()
{
    QFETCH(Phase, phase);
    const QUrl url = urlFor(phase);
    TaskRunner runner;
    bool exited = false;
    int progress = 0;
    bool cancelled = false;
    const auto cancel = [&] {
        runner.cancel([&] { cancelled = true; });
        QVERIFY(!exited);
    };
    upstream().answer = [&](QTcpSocket *socket) {
        socket->write(bytesUpTo(phase));
        cancel();
    };
    RawUpstream client; // stands for the client's own connection
    client.onReadyRead = [&](QTcpSocket *) { cancel(); };
    runner.start(callAndNoteExit(m_wire->transport(), post(url), &exited, &progress), nullptr);
    QTcpSocket clientSocket;
    if (phase == Phase::Connect) {
        clientSocket.connectToHost(QHostAddress::LocalHost, client.serverPort());
        clientSocket.write("x");
    }
    QTRY_VERIFY(cancelled);
    QVERIFY(exited);
}

void TestTransportConformanceCancellation::destroysACallThatNobodyWaitedFor()
{
    m_wire->transport()->send(post(m_wire->url())).reset();
    auto call = m_wire->transport()->send(post(m_wire->url()));
    QTRY_COMPARE(upstream().requests.size(), 1);
    call.reset();
    QTRY_COMPARE(upstream().disconnections, upstream().connections);
}

void TestTransportConformanceCancellation::destroysTheCallFromTheCoroutineItResumed()
{
    upstream().answer = [](QTcpSocket *socket) {
        socket->write("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 500000\r\n\r\n" + QByteArray(200'000, 'x'));
    };
    for (int i = 1; i <= 20; ++i) {
        QCOMPARE(runTask(dropAfterHead(m_wire->transport(), post(m_wire->url()))), true);
        QCOMPARE(runTask(dropAfterFirstPiece(m_wire->transport(), post(m_wire->url()))), true);
    }
    QTRY_COMPARE(upstream().disconnections, 40);
}

void TestTransportConformanceCancellation::endsWithCallsUnderWayInAnotherThread()
{
    const QUrl url = m_wire->url();
    const std::unique_ptr<QThread> worker(QThread::create([this, url] {
        const auto transport = m_wire->makeTransport();
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
    QTRY_COMPARE(upstream().disconnections, upstream().connections);
}

QTEST_GUILESS_MAIN(TestTransportConformanceCancellation)
#include "tst_transport_conformance_cancellation.moc"
