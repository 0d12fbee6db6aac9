// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/http_reader.h"
#include "tests/support/wait.h"

#include <QHostAddress>
#include <QTcpSocket>

#include <chrono>
#include <optional>

namespace lunargate::test {

/// The admin token of every GatewayProcess, unless its test says otherwise. Requests for /admin show it by themselves
/// unless they have a header of kNoCredential's name or `Authorization`.
inline constexpr const char *kAdminToken = "admin-token-of-the-tests";
/// For requests for /admin that show nothing.
inline const HeaderList kNoCredential = {{"X-API-Key", ""}};

/// One TCP connection to the gateway on which a test says every byte itself, and reads answers as they come.
class RawClient : public QObject
{
    Q_OBJECT

public:
    explicit RawClient(quint16 port, const QHostAddress &address = QHostAddress::LocalHost);
    ~RawClient() override;

    bool isConnected() const { return m_socket.state() == QAbstractSocket::ConnectedState; }
    /// The gateway ended the connection.
    bool isClosedByPeer() const { return m_wasConnected && m_socket.state() == QAbstractSocket::UnconnectedState; }
    bool waitForClose(std::chrono::milliseconds limit = kPatience);

    void send(const QByteArray &bytes);
    /// Every byte in a segment of its own; returns when they are out.
    void sendByteByByte(const QByteArray &bytes);
    /// Starts a request; the answer is read by the functions below.
    void sendRequest(const QByteArray &method, const QByteArray &path, const QByteArray &body = {},
                     const HeaderList &headers = {});

    /// The answer being read; interim answers (1xx) count as answers of their own.
    const HttpReader &answer() const { return m_reader; }
    bool waitForHead(std::chrono::milliseconds limit = kPatience);
    /// Waits for the answer's end, also by failure; true if it is complete and well-formed.
    bool waitForAnswer(std::chrono::milliseconds limit = kPatience);
    /// Waits until the decoded body so far holds `text`.
    bool waitForBody(const QByteArray &text, std::chrono::milliseconds limit = kPatience);
    /// Goes on to the next answer of this connection.
    void nextAnswer(HttpReader::Kind kind = HttpReader::Kind::Response);
    /// To be set before the answer to a HEAD request comes.
    void expectAnswerToHead() { nextAnswer(HttpReader::Kind::ResponseToHead); }

    /// From now on nothing is taken from the socket, so that the gateway's sends pile up.
    void stopReading();
    void resumeReading();
    /// When the last bytes came.
    std::chrono::steady_clock::time_point lastBytesAt() const { return m_lastBytesAt; }

    /// Leaves in order (FIN).
    void close() { m_socket.close(); }
    /// Says that no more will be sent, but still reads.
    void finishSending();
    /// Leaves with a reset.
    void reset();

private:
    void readSome();

    QTcpSocket m_socket;
    QByteArray m_bytes; // not taken by an answer yet
    HttpReader m_reader{HttpReader::Kind::Response};
    std::chrono::steady_clock::time_point m_lastBytesAt;
    bool m_wasConnected = false;
    bool m_isReading = true;
};

} // namespace lunargate::test
