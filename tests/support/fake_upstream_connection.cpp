// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_upstream_connection.h"

#include <QTimer>

#include <sys/socket.h>

namespace lunargate::test {

namespace {

// Small, so that a request that is not read soon fills the peer's buffers.
constexpr qint64 kReadBuffer = 64 * 1024;
// Enough for one write, little enough that the peer's slowness shows at once.
constexpr int kWriteBuffer = 64 * 1024;

} // namespace

FakeUpstreamConnection::FakeUpstreamConnection(FakeUpstream *upstream, QTcpSocket *socket, int number)
    : QObject(upstream), m_upstream(upstream), m_socket(socket), m_number(number)
{
    m_socket->setParent(this);
    m_socket->setReadBufferSize(kReadBuffer);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_socket->setSocketOption(QAbstractSocket::SendBufferSizeSocketOption, kWriteBuffer);
    connect(m_socket, &QTcpSocket::readyRead, this, &FakeUpstreamConnection::readSome);
    connect(m_socket, &QTcpSocket::bytesWritten, this, [this](qint64 bytes) {
        if (m_request)
            m_request->bytesSent += bytes;
        play();
    });
    connect(m_socket, &QTcpSocket::disconnected, this, &FakeUpstreamConnection::peerClosed);
    readSome();
}

void FakeUpstreamConnection::readSome()
{
    while (m_mayReadBody && m_socket->bytesAvailable() > 0 && !m_isPlaying) {
        // Read by line until the head has come, so that nothing of a body is taken that has to wait.
        const QByteArray bytes = m_reader.hasHead() ? m_socket->read(kReadBuffer) : m_socket->readLine(kReadBuffer);
        const bool hadHead = m_reader.hasHead();
        const qsizetype taken = m_reader.feed(bytes);
        if (m_reader.failed() || taken < bytes.size())
            qWarning("The fake upstream was sent nonsense: %s", m_reader.error().constData());
        if (m_reader.hasHead() && !hadHead)
            headCame();
        if (m_request) {
            m_request->body = m_reader.body();
            m_request->hasWholeBody = m_reader.isComplete();
        }
        if (m_reader.isComplete())
            startScript();
    }
}

void FakeUpstreamConnection::headCame()
{
    m_request = m_upstream->record(m_number);
    m_request->method = m_reader.method();
    m_request->path = m_reader.target();
    m_request->headers = m_reader.headers();
    if (m_reader.header("Expect").toLower() == "100-continue")
        m_socket->write("HTTP/1.1 100 Continue\r\n\r\n");
    const GatePointer gate = m_upstream->bodyGate();
    m_mayReadBody = !gate || gate->isOpen();
    if (m_mayReadBody)
        return;
    connect(
        gate.get(), &Gate::opened, this,
        [this] {
            m_mayReadBody = true;
            readSome();
        },
        Qt::SingleShotConnection);
}

void FakeUpstreamConnection::startScript()
{
    m_script = m_upstream->scriptFor(*m_request);
    m_step = 0;
    m_timesSent = 0;
    m_byte = 0;
    m_isPlaying = true;
    play();
}

void FakeUpstreamConnection::play()
{
    while (m_isPlaying && m_step < m_script.steps().size() && playStep())
        ++m_step;
    finishIfDone();
}

bool FakeUpstreamConnection::playStep()
{
    const Script::Step &step = m_script.steps()[m_step];
    if (const auto *send = std::get_if<Script::Send>(&step))
        return playSend(*send);
    if (const auto *hold = std::get_if<Script::Hold>(&step)) {
        if (hold->gate->isOpen())
            return true;
        if (!std::exchange(m_isHeld, true)) {
            connect(
                hold->gate.get(), &Gate::opened, this,
                [this] {
                    m_isHeld = false;
                    play();
                },
                Qt::SingleShotConnection);
        }
        return false;
    }
    if (m_socket->bytesToWrite() > 0)
        return false;
    playClose(std::get<Script::Close>(step).reset);
    return false;
}

bool FakeUpstreamConnection::playSend(const Script::Send &send)
{
    if (send.byteByByte) {
        // The next byte follows from bytesWritten(), hence in a segment of its own.
        if (m_socket->bytesToWrite() > 0)
            return false;
        if (m_byte < send.bytes.size()) {
            m_socket->write(send.bytes.constData() + m_byte++, 1);
            return false;
        }
        m_byte = 0;
        return true;
    }
    while (m_timesSent < send.times) {
        if (m_socket->bytesToWrite() > kWriteBuffer)
            return false;
        m_socket->write(send.bytes);
        ++m_timesSent;
    }
    m_timesSent = 0;
    return true;
}

void FakeUpstreamConnection::playClose(bool reset)
{
    m_isPlaying = false;
    m_request->wasAnswered = true;
    if (reset) {
        const linger noLinger = {.l_onoff = 1, .l_linger = 0};
        ::setsockopt(static_cast<int>(m_socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &noLinger,
                     sizeof(noLinger));
        m_socket->abort();
    } else {
        m_socket->disconnectFromHost();
    }
}

void FakeUpstreamConnection::finishIfDone()
{
    if (!m_isPlaying || m_step < m_script.steps().size() || m_socket->bytesToWrite() > 0)
        return;
    m_isPlaying = false;
    m_request->wasAnswered = true;
    m_request.reset();
    m_script = {};
    m_reader = HttpReader(HttpReader::Kind::Request);
    QTimer::singleShot(0, this, &FakeUpstreamConnection::readSome);
}

void FakeUpstreamConnection::peerClosed()
{
    if (m_request && !m_request->wasAnswered) {
        m_request->wasCancelled = true;
        m_request->cancelledAt = std::chrono::steady_clock::now();
    }
    m_isPlaying = false;
    deleteLater();
}

} // namespace lunargate::test
