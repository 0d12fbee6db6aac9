// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/raw_client.h"

#include <sys/socket.h>

namespace lunargate::test {

RawClient::RawClient(quint16 port, const QHostAddress &address)
{
    connect(&m_socket, &QTcpSocket::readyRead, this, &RawClient::readSome);
    connect(&m_socket, &QTcpSocket::disconnected, this, [this] {
        readSome();
        m_reader.feedEnd();
    });
    m_socket.connectToHost(address, port);
    m_wasConnected =
        waitUntil([this] { return m_socket.state() != QAbstractSocket::ConnectingState; }) && isConnected();
    if (!m_wasConnected)
        qWarning("Cannot connect to port %d: %s", port, qPrintable(m_socket.errorString()));
    m_socket.setSocketOption(QAbstractSocket::LowDelayOption, 1);
}

RawClient::~RawClient()
{
    m_socket.disconnect(this);
}

bool RawClient::waitForClose(std::chrono::milliseconds limit)
{
    return waitUntil([this] { return isClosedByPeer(); }, limit);
}

void RawClient::send(const QByteArray &bytes)
{
    m_socket.write(bytes);
    m_socket.flush();
}

void RawClient::sendByteByByte(const QByteArray &bytes)
{
    for (const char byte : bytes) {
        m_socket.write(&byte, 1);
        if (!waitUntil([this] { return m_socket.bytesToWrite() == 0 || !isConnected(); }))
            return;
    }
}

void RawClient::sendRequest(const QByteArray &method, const QByteArray &path, const QByteArray &body,
                            const HeaderList &headers)
{
    QByteArray bytes = method + ' ' + path + " HTTP/1.1\r\n";
    if (!headers.contains("Host"))
        bytes += "Host: 127.0.0.1:" + QByteArray::number(m_socket.peerPort()) + "\r\n";
    for (const HeaderList::Field &field : headers)
        bytes += field.name + ": " + field.value + "\r\n";
    const bool showsCredential = headers.contains("Authorization") || headers.contains("X-API-Key");
    if (path.startsWith("/admin") && !showsCredential)
        bytes += QByteArray("Authorization: Bearer ") + kAdminToken + "\r\n";
    if (!headers.contains("Content-Type") && !body.isEmpty())
        bytes += "Content-Type: application/json\r\n";
    if (!body.isEmpty() || method == "POST")
        bytes += "Content-Length: " + QByteArray::number(body.size()) + "\r\n";
    if (method == "HEAD")
        expectAnswerToHead();
    send(bytes + "\r\n" + body);
}

bool RawClient::waitForHead(std::chrono::milliseconds limit)
{
    return waitUntil([this] { return m_reader.hasHead() || m_reader.failed(); }, limit) && m_reader.hasHead();
}

bool RawClient::waitForAnswer(std::chrono::milliseconds limit)
{
    return waitUntil([this] { return m_reader.isComplete() || m_reader.failed(); }, limit) && m_reader.isComplete();
}

bool RawClient::waitForBody(const QByteArray &text, std::chrono::milliseconds limit)
{
    const auto isThere = [this, &text] { return m_reader.body().contains(text); };
    return waitUntil([&] { return isThere() || m_reader.isComplete() || m_reader.failed(); }, limit) && isThere();
}

void RawClient::nextAnswer(HttpReader::Kind kind)
{
    m_reader = HttpReader(kind);
    m_bytes.remove(0, m_reader.feed(m_bytes));
    if (m_wasConnected && !isConnected() && !m_reader.isComplete())
        m_reader.feedEnd();
}

void RawClient::stopReading()
{
    m_isReading = false;
    m_socket.setReadBufferSize(1);
}

void RawClient::resumeReading()
{
    m_isReading = true;
    m_socket.setReadBufferSize(0);
    readSome();
}

void RawClient::finishSending()
{
    m_socket.flush();
    ::shutdown(static_cast<int>(m_socket.socketDescriptor()), SHUT_WR);
}

void RawClient::reset()
{
    const linger noLinger = {.l_onoff = 1, .l_linger = 0};
    ::setsockopt(static_cast<int>(m_socket.socketDescriptor()), SOL_SOCKET, SO_LINGER, &noLinger, sizeof(noLinger));
    m_socket.abort();
}

void RawClient::readSome()
{
    if (!m_isReading || m_socket.bytesAvailable() == 0)
        return;
    m_lastBytesAt = std::chrono::steady_clock::now();
    m_bytes += m_socket.readAll();
    m_bytes.remove(0, m_reader.feed(m_bytes));
}

} // namespace lunargate::test
