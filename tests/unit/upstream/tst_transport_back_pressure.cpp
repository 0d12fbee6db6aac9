// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/event.h"
#include "tests/unit/upstream/call_helpers.h"
#include "tests/unit/upstream/raw_upstream.h"

#include <QSignalSpy>
#include <QTest>

#include <malloc.h>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

// Byte `i` of every body here, so that a lost or doubled byte shows.
char byteAt(qint64 i)
{
    return static_cast<char>(i * 31 + i / 256 + i / 65'537);
}

/// Writes a body of `size` bytes, never holding more than 64 KiB in its own buffer.
class Pump : public QObject
{
public:
    enum Framing { Chunked, Length, UntilClose };

    Pump(QTcpSocket *socket, qint64 size, Framing framing) : m_socket(socket), m_size(size), m_framing(framing)
    {
        socket->setSocketOption(QAbstractSocket::SendBufferSizeSocketOption, 64 * 1024);
        socket->write("HTTP/1.1 200 OK\r\n" +
                      (framing == Chunked  ? QByteArray("Transfer-Encoding: chunked")
                       : framing == Length ? "Content-Length: " + QByteArray::number(size)
                                           : QByteArray("Connection: close")) +
                      "\r\n\r\n");
        connect(socket, &QTcpSocket::bytesWritten, this, &Pump::more);
        more();
    }

    qint64 written() const { return m_written; }

private:
    void more()
    {
        while (m_written < m_size && m_socket->bytesToWrite() < 64 * 1024) {
            // Sizes from 1 byte to 40 KB.
            const qint64 size = std::min(m_size - m_written, m_written * 7919 % 40'000 + 1);
            QByteArray piece(size, Qt::Uninitialized);
            for (qint64 i = 0; i < size; ++i)
                piece[i] = byteAt(m_written + i);
            m_socket->write(m_framing == Chunked ? RawUpstream::chunk(piece) : piece);
            m_written += size;
            if (m_written == m_size) {
                if (m_framing == Chunked)
                    m_socket->write("0\r\n\r\n");
                m_socket->disconnectFromHost(); // at once: the end must not overtake the bytes
            }
        }
    }

    QTcpSocket *m_socket;
    qint64 m_size;
    Framing m_framing;
    qint64 m_written = 0;
};

// Takes the whole body, with a pause after each `bytesPerPause`.
Task<qint64> readSlowly(UpstreamCall *call, qint64 bytesPerPause)
{
    qint64 taken = 0;
    qint64 sincePause = 0;
    for (;;) {
        const Result<QByteArray> piece = co_await call->read(deadlineIn(20s));
        if (!piece)
            co_return -1;
        if (piece->isEmpty())
            co_return taken;
        for (const char byte : *piece) {
            if (byte != byteAt(taken++))
                co_return -2;
        }
        sincePause += piece->size();
        if (sincePause >= bytesPerPause) {
            sincePause = 0;
            co_await SleepUntil(Clock::now() + 1ms);
        }
    }
}

} // namespace

class TestTransportBackPressure : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void holdsBackAFastUpstream_data() { addFramings(); }
    void holdsBackAFastUpstream();
    void losesNothingForASlowReader_data() { addFramings(); }
    void losesNothingForASlowReader();

private:
    static void addFramings()
    {
        QTest::addColumn<Pump::Framing>("framing");
        QTest::newRow("chunked") << Pump::Chunked;
        QTest::newRow("content length") << Pump::Length;
        QTest::newRow("until close") << Pump::UntilClose;
    }
};

void TestTransportBackPressure::holdsBackAFastUpstream()
{
    QFETCH(Pump::Framing, framing);
    constexpr qint64 offered = 64 * 1024 * 1024;
    RawUpstream upstream;
    std::unique_ptr<Pump> pump;
    upstream.answer = [&](QTcpSocket *socket) { pump = std::make_unique<Pump>(socket, offered, framing); };
    const std::unique_ptr<Transport> transport = makeTransport();
    const std::unique_ptr<UpstreamCall> call = transport->send(post(upstream.url()));
    const size_t heapBefore = mallinfo2().uordblks;
    const auto head = runTask(call->head(deadlineIn(10s)));
    QVERIFY(head && *head);
    const auto first = runTask(call->read(deadlineIn(10s)));
    QVERIFY(first && *first && !(*first)->isEmpty());

    // Nobody reads any more: the upstream must come to a stop.
    QVERIFY(pump);
    QSignalSpy progress(upstream.sockets.first(), &QTcpSocket::bytesWritten);
    while (progress.wait(300ms)) {
    }
    const qint64 stopped = pump->written();
    // The bulk of it sits in the system's socket buffers (net.ipv4.tcp_rmem allows 6 MiB).
    QVERIFY2(stopped < 12 * 1024 * 1024, QByteArray::number(stopped));
    const size_t heapAfter = mallinfo2().uordblks;
    QVERIFY2(heapAfter < heapBefore + 4 * 1024 * 1024, QByteArray::number(qint64(heapAfter - heapBefore)));
    qInfo("the upstream stopped after %lld KiB, the heap grew by %lld KiB", stopped / 1024,
          (qint64(heapAfter) - qint64(heapBefore)) / 1024);
}

void TestTransportBackPressure::losesNothingForASlowReader()
{
    QFETCH(Pump::Framing, framing);
    constexpr qint64 size = 12 * 1024 * 1024 + 7;
    RawUpstream upstream;
    std::unique_ptr<Pump> pump;
    upstream.answer = [&](QTcpSocket *socket) { pump = std::make_unique<Pump>(socket, size, framing); };
    const std::unique_ptr<Transport> transport = makeTransport();
    const std::unique_ptr<UpstreamCall> call = transport->send(post(upstream.url()));
    const auto head = runTask(call->head(deadlineIn(10s)));
    QVERIFY(head && *head);
    const auto taken = runTask(readSlowly(call.get(), 30'000), 60s);
    QVERIFY(taken);
    QCOMPARE(*taken, size);
}

QTEST_GUILESS_MAIN(TestTransportBackPressure)
#include "tst_transport_back_pressure.moc"
