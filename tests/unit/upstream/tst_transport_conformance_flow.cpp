// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/event.h"
#include "tests/unit/upstream/wire_test.h"

#include <QSignalSpy>
#include <QTest>

#include <malloc.h>

#include <algorithm>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

constexpr qint64 kMebibyte = 1024 * 1024;

// A part of the body of every answer here: no two parts of it look the same, so that a lost or doubled byte shows.
QByteArray bytesAt(qint64 offset, qint64 size)
{
    static const QByteArray pattern = [] {
        QByteArray bytes(1'000'003, Qt::Uninitialized);
        for (qsizetype i = 0; i < bytes.size(); ++i)
            bytes[i] = static_cast<char>(i * 31 + i / 256 + i / 65'537);
        return bytes;
    }();
    QByteArray bytes;
    while (bytes.size() < size) {
        const qsizetype begin = (offset + bytes.size()) % pattern.size();
        bytes += QByteArrayView(pattern).sliced(begin, std::min(size - bytes.size(), pattern.size() - begin));
    }
    return bytes;
}

qint64 heapSize()
{
    return static_cast<qint64>(mallinfo2().uordblks);
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
        if (auto *tls = qobject_cast<QSslSocket *>(socket)) // says of plain bytes that they are written once encrypted
            connect(tls, &QSslSocket::encryptedBytesWritten, this, &Pump::more);
        connect(socket, &QTcpSocket::bytesWritten, this, &Pump::more);
        more();
    }

    qint64 written() const { return m_written; }

private:
    qint64 waiting() const
    {
        const auto *tls = qobject_cast<const QSslSocket *>(m_socket);
        return m_socket->bytesToWrite() + (tls ? tls->encryptedBytesToWrite() : 0);
    }
    void more()
    {
        while (m_written < m_size && waiting() < 64 * 1024) {
            // Sizes from 1 byte to 40 KB.
            const qint64 size = std::min(m_size - m_written, m_written * 7919 % 40'000 + 1);
            const QByteArray piece = bytesAt(m_written, size);
            m_written += size; // first: write() may come back here
            m_socket->write(m_framing == Chunked ? RawUpstream::chunk(piece) : piece);
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

struct Reading
{
    qint64 taken = 0; ///< negative: the call failed, or brought something else
    qint64 largestHeap = 0;
};

// Takes the whole body, with a pause after each `bytesPerPause`.
Task<Reading> readAll(UpstreamCall *call, qint64 bytesPerPause)
{
    Reading reading;
    qint64 sincePause = 0;
    for (;;) {
        const Result<QByteArray> piece = co_await call->read(deadlineIn(20s));
        if (!piece || *piece != bytesAt(reading.taken, piece->size()))
            co_return Reading{.taken = -1, .largestHeap = 0};
        if (piece->isEmpty())
            co_return reading;
        reading.taken += piece->size();
        reading.largestHeap = std::max(reading.largestHeap, heapSize());
        sincePause += piece->size();
        if (sincePause >= bytesPerPause) {
            sincePause = 0;
            co_await SleepUntil(Clock::now() + 1ms);
        }
    }
}

} // namespace

/// What every transport does over every wire with answers that are larger than its buffers.
class TestTransportConformanceFlow : public WireTest
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup()
    {
        m_pump.reset();
        WireTest::cleanup();
    }

    void holdsBackAFastUpstream_data() { addFramings(); }
    void holdsBackAFastUpstream();
    void losesNothingForASlowReader_data() { addFramings(); }
    void losesNothingForASlowReader();
    void takesALargeAnswerInLittleMemory();

private:
    static void addFramings()
    {
        QTest::addColumn<Pump::Framing>("framing");
        QTest::newRow("chunked") << Pump::Chunked;
        QTest::newRow("content length") << Pump::Length;
        QTest::newRow("until close") << Pump::UntilClose;
    }
    /// A call that such an answer comes to.
    std::unique_ptr<UpstreamCall> callForAnswer(qint64 size, Pump::Framing framing)
    {
        m_wire->upstream().answer = [this, size, framing](QTcpSocket *socket) {
            m_pump = std::make_unique<Pump>(socket, size, framing);
        };
        return m_wire->transport()->send(post(m_wire->url()));
    }
    /// How much the heap may grow for a call, curl's 10 MiB for a stream of HTTP/2 included (H2_STREAM_WINDOW_SIZE_MAX
    /// in lib/http2.c of 8.14), which it keeps in a buffer that doubles.
    qint64 mostHeap() const { return (m_wire->isHttp2() ? 24 : 6) * kMebibyte; }

    std::unique_ptr<Pump> m_pump;
};

void TestTransportConformanceFlow::holdsBackAFastUpstream()
{
    QFETCH(const Pump::Framing, framing);
    const std::unique_ptr<UpstreamCall> call = callForAnswer(128 * kMebibyte, framing);
    const qint64 heapBefore = heapSize();
    const auto head = runTask(call->head(deadlineIn(10s)));
    QVERIFY(head && *head);
    const auto first = runTask(call->read(deadlineIn(10s)));
    QVERIFY(first && *first && !(*first)->isEmpty());

    // Nobody reads any more: the upstream must come to a stop.
    QVERIFY(m_pump);
    QSignalSpy progress(m_wire->upstream().sockets.last(), &QTcpSocket::bytesWritten);
    while (progress.wait(300ms)) {
    }
    const qint64 stopped = m_pump->written();
    const qint64 grown = heapSize() - heapBefore;
    qInfo("the upstream stopped after %lld KiB, the heap grew by %lld KiB", stopped / 1024, grown / 1024);
    // The bulk of it sits in the system's socket buffers (net.ipv4.tcp_rmem allows 6 MiB, tcp_wmem 4 MiB), of two
    // connections where somebody stands between.
    QVERIFY2(stopped < 40 * kMebibyte, QByteArray::number(stopped));
    QVERIFY2(grown < mostHeap(), QByteArray::number(grown));
}

void TestTransportConformanceFlow::losesNothingForASlowReader()
{
    QFETCH(const Pump::Framing, framing);
    constexpr qint64 size = 12 * kMebibyte + 7;
    const std::unique_ptr<UpstreamCall> call = callForAnswer(size, framing);
    const auto head = runTask(call->head(deadlineIn(10s)));
    QVERIFY(head && *head);
    const auto reading = runTask(readAll(call.get(), 60'000), 60s);
    QVERIFY(reading);
    QCOMPARE(reading->taken, size);
}

void TestTransportConformanceFlow::takesALargeAnswerInLittleMemory()
{
    constexpr qint64 size = 100 * kMebibyte;
    (void)bytesAt(0, 1);
    const std::unique_ptr<UpstreamCall> call = callForAnswer(size, Pump::Length);
    const qint64 heapBefore = heapSize();
    const auto head = runTask(call->head(deadlineIn(10s)));
    QVERIFY(head && *head);
    const auto reading = runTask(readAll(call.get(), size), 60s);
    QVERIFY(reading);
    QCOMPARE(reading->taken, size);
    const qint64 grown = reading->largestHeap - heapBefore;
    QVERIFY2(grown < mostHeap(), QByteArray::number(grown));
}

QTEST_GUILESS_MAIN(TestTransportConformanceFlow)
#include "tst_transport_conformance_flow.moc"
