// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/response_writer.h"

#include <optional>

class QTcpSocket;

namespace lunargate {

constexpr int kSwitchingProtocols = 101; ///< the status that ends HTTP on a connection (RFC 9110 section 15.2.2)

/// Writes an answer in HTTP/1 to a client's socket.
class HttpResponseWriter final : public ResponseWriter
{
public:
    /// `minorVersion` and `keepAlive` are the client's.
    HttpResponseWriter(QTcpSocket *socket, int minorVersion, bool keepAlive, bool headOnly);

    /// The connection closes after this answer.
    void closeAfterwards() { m_keepAlive = false; }
    bool keepsAlive() const { return m_keepAlive; }
    void releaseHeaders() override;

private:
    void putWhole(QByteArrayView contentType, QByteArrayView body) override;
    void putHead(QByteArrayView contentType) override;
    void flushHead() override;
    void putPiece(QByteArrayView bytes) override;
    void putEnd() override;
    qint64 waitingBytes() const override;

    QByteArray head(QByteArrayView contentType, std::optional<qsizetype> length) const;

    QTcpSocket *m_socket;
    int m_minorVersion;
    bool m_keepAlive;
    bool m_chunked = false;
    QByteArray m_head; // of a stream, until its first piece: both leave in one segment
};

} // namespace lunargate
